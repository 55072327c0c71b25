// Package ses hands mails over to Amazon SES v2, and says what its answers mean.
// AWS's types of SES stop here. It never sends a second time by itself.
package ses

import (
	"context"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"

	"kozamori/internal/email"
	"kozamori/internal/watch"
)

// Open makes a client of SES. Without credentials requests go out unsigned, which
// only a stand-in takes.
func Open(c email.Config) email.Provider {
	if c.Endpoint != "" && c.AWS.Region == "" {
		c.AWS.Region = "ap-northeast-1"
	}
	if c.Endpoint != "" && c.AWS.Credentials == nil {
		c.AWS.Credentials = aws.AnonymousCredentials{}
	}
	h := http.Client{}
	if c.HTTP != nil {
		h = *c.HTTP
	}
	if h.Transport == nil {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.MaxIdleConnsPerHost = email.Channel.Parallel
		h.Transport = t
	}
	h.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	// The one call that is made; see package dynamo.
	call := sesv2.NewFromConfig(c.AWS, func(o *sesv2.Options) {
		if c.Endpoint != "" {
			o.BaseEndpoint = aws.String(c.Endpoint)
		}
		o.HTTPClient = &h
		// SES drops no second copy. The SDK would repeat a request that timed
		// out although SES may have taken it, without a trace; here
		// every attempt is one of notify's, which counts them.
		o.Retryer = aws.NopRetryer{}
	}).SendEmail
	return func(ctx context.Context, m *email.Mail) watch.Outcome {
		out, err := call(ctx, input(m))
		if err != nil {
			return outcome(err)
		}
		return watch.Outcome{Result: watch.SendAccepted, ProviderID: aws.ToString(out.MessageId)}
	}
}

func input(m *email.Mail) *sesv2.SendEmailInput {
	in := &sesv2.SendEmailInput{
		FromEmailAddress: &m.From,
		ReplyToAddresses: m.ReplyTo,
		Destination:      &types.Destination{ToAddresses: []string{m.To}, BccAddresses: m.Copies},
		Content: &types.EmailContent{Simple: &types.Message{
			Subject: content(m.Subject),
			Body:    &types.Body{Text: content(m.Text), Html: content(m.HTML)},
		}},
	}
	for _, h := range m.Headers {
		in.Content.Simple.Headers = append(in.Content.Simple.Headers, types.MessageHeader{Name: &h.Name, Value: &h.Value})
	}
	if m.ConfigurationSet != "" {
		in.ConfigurationSetName = &m.ConfigurationSet
	}
	if m.Tag != "" {
		in.EmailTags = []types.MessageTag{{Name: aws.String("delivery"), Value: &m.Tag}}
	}
	return in
}

func content(s string) *types.Content {
	return &types.Content{Data: aws.String(s), Charset: aws.String("UTF-8")}
}
