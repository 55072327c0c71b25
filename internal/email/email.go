// Package email sends messages as mails through Amazon SES v2, and says what
// SES's answers mean. AWS's types stop here. It never decides whether
// a person is told, and it never sends a second time by itself.
package email

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/mail"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// timeout of one attempt, far below the minute for which notify holds a mail
// as being sent: a second worker must not begin while this one still waits.
const timeout = 20 * time.Second

// Config of the client.
type Config struct {
	// AWS holds the region and credentials. Without credentials requests go
	// out unsigned, which only a stand-in at Endpoint takes.
	AWS aws.Config
	// Endpoint replaces SES's own address; empty keeps it.
	Endpoint string
	// From is the sender, "口座守 <alert@example.jp>"; the address must be
	// verified with SES. ReplyTo may be empty.
	From, ReplyTo string
	// ConfigurationSet brings bounces and complaints back; may be empty.
	ConfigurationSet string
	// Labels are the words around a message, in its language.
	Labels func(lang string) message.Labels
	HTTP   *http.Client // nil takes one of its own
}

// Client sends mails.
type Client struct {
	config Config
	// send is the one call of SES's client that is made; see package dynamo.
	send    func(context.Context, *sesv2.SendEmailInput, ...func(*sesv2.Options)) (*sesv2.SendEmailOutput, error)
	from    string
	replyTo []string
}

// New makes a client. It fails if From or ReplyTo is no address, and without
// Labels: a mail must say why it came and how to stop it.
func New(c Config) (*Client, error) {
	if c.Labels == nil {
		return nil, errors.New("email: there are no labels")
	}
	client := &Client{config: c}
	from, err := mail.ParseAddress(c.From)
	if err != nil {
		return nil, errors.New("email: From is not an address")
	}
	client.from = from.String() // encodes a Japanese name (RFC 2047)
	if c.ReplyTo != "" {
		to, err := mail.ParseAddress(c.ReplyTo)
		if err != nil {
			return nil, errors.New("email: ReplyTo is not an address")
		}
		client.replyTo = []string{to.String()}
	}
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
		t.MaxIdleConnsPerHost = Channel.Parallel
		h.Transport = t
	}
	h.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	client.send = sesv2.NewFromConfig(c.AWS, func(o *sesv2.Options) {
		if c.Endpoint != "" {
			o.BaseEndpoint = aws.String(c.Endpoint)
		}
		o.HTTPClient = &h
		// SES drops no second copy. The SDK would repeat a request that timed
		// out although SES may have taken it, without a trace; here
		// every attempt is one of notify's, which counts them.
		o.Retryer = aws.NopRetryer{}
	}).SendEmail
	return client, nil
}

// tagValue tells whether SES takes s as the value of a message tag.
func tagValue(s string) bool {
	return s != "" && len(s) <= 256 && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-'
	})
}

// Send sends a message to one address. The key names the delivery: it comes
// back with bounces, and is all that they say of it. SES keeps no keys, so a
// mail whose attempt ended without an answer may arrive twice.
func (c *Client) Send(ctx context.Context, to, key string, m message.Message) watch.Outcome {
	address, ok := watch.MailAddress(to)
	if !ok {
		return watch.Outcome{Result: watch.SendUnreachable, Problem: "not a mail address"}
	}
	text, html := render(m, c.config.Labels(m.Lang))
	in := &sesv2.SendEmailInput{
		FromEmailAddress: &c.from,
		ReplyToAddresses: c.replyTo,
		Destination:      &types.Destination{ToAddresses: []string{address}, BccAddresses: m.Copies},
		Content: &types.EmailContent{Simple: &types.Message{
			Subject: content(m.Alt),
			Body:    &types.Body{Text: content(text), Html: content(html)},
			Headers: headers(key, m),
		}},
	}
	if c.config.ConfigurationSet != "" {
		in.ConfigurationSetName = &c.config.ConfigurationSet
	}
	if tagValue(key) {
		in.EmailTags = []types.MessageTag{{Name: aws.String("delivery"), Value: &key}}
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	out, err := c.send(ctx, in)
	if err != nil {
		return outcome(err)
	}
	return watch.Outcome{Result: watch.SendAccepted, ProviderID: aws.ToString(out.MessageId)}
}

func content(s string) *types.Content {
	return &types.Content{Data: aws.String(s), Charset: aws.String("UTF-8")}
}

// printable tells whether SES takes s as a header's value; it has no spaces.
func printable(s string) bool {
	return s != "" && len(s) <= 900 && !strings.ContainsFunc(s, func(r rune) bool { return r < '!' || r > '~' })
}

func headers(key string, m message.Message) []types.MessageHeader {
	header := func(name, value string) types.MessageHeader {
		return types.MessageHeader{Name: &name, Value: &value}
	}
	// Alerts share their subjects; without this, mail programs fold the
	// second one under the first, where it is not seen.
	var out []types.MessageHeader
	if tagValue(key) {
		out = append(out, header("X-Entity-Ref-ID", key))
	}
	// RFC 2369 and RFC 8058: the mail program offers to stop these mails.
	if m.StopURL != "" && printable(m.StopURL) {
		out = append(out, header("List-Unsubscribe", fmt.Sprintf("<%s>", m.StopURL)),
			header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
	}
	// RFC 3834: no holiday notices in answer.
	return append(out, header("Auto-Submitted", "auto-generated"))
}
