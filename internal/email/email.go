// Package email sends messages as mails. A provider hands them over: package ses
// is the one that there is, apart from this one so that only what sends holds it.
// It never decides whether a person is told, and it never sends a second time by
// itself.
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

	"kozamori/internal/channel"
	"kozamori/internal/codec"
	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// timeout of one attempt, far below the minute for which notify holds a mail
// as being sent: a second worker must not begin while this one still waits.
const timeout = 20 * time.Second

// Mail is one mail as a provider takes it.
type Mail struct {
	From             string // "口座守 <alert@example.jp>", encoded
	ReplyTo          []string
	To               string
	Copies           []string // blind ones
	Subject          string
	Text, HTML       string
	Headers          []Header
	Tag              string // comes back with what the provider says of the mail; empty if there is none
	ConfigurationSet string // empty if there is none
}

// Header is a line in front of a mail.
type Header struct{ Name, Value string }

// Provider hands a mail over, once.
type Provider func(context.Context, *Mail) watch.Outcome

// Config of the client.
type Config struct {
	// Open makes the provider: ses.Open.
	Open func(Config) Provider
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
	config  Config
	send    Provider
	from    string
	replyTo []string
}

// New makes a client. It fails if From or ReplyTo is no address, without Labels (a
// mail must say why it came and how to stop it), and without a provider.
func New(c Config) (*Client, error) {
	if c.Labels == nil {
		return nil, errors.New("email: there are no labels")
	}
	if c.Open == nil {
		return nil, errors.New("email: there is no provider")
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
	client.send = c.Open(c)
	return client, nil
}

// tagValue tells whether SES takes s as the value of a message tag.
func tagValue(s string) bool {
	return s != "" && len(s) <= 256 && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-'
	})
}

// drawn is what a message is as a mail, for whichever release sends it.
type drawn struct {
	Subject string `json:"subject"`
	Text    string `json:"text"`
	HTML    string `json:"html"`
	Stop    string `json:"stop,omitempty"` // the page that ends these mails
}

// Draw writes a message as Send takes it.
func (c *Client) Draw(m message.Message) ([]byte, error) {
	text, html := render(m, c.config.Labels(m.Lang))
	return codec.Marshal(drawn{Subject: m.Alt, Text: text, HTML: html, Stop: m.StopURL})
}

// Send sends what was drawn to one address. The key names the delivery: it comes
// back with bounces, and is all that they say of it. SES keeps no keys, so a
// mail whose attempt ended without an answer may arrive twice.
func (c *Client) Send(ctx context.Context, to channel.Address, body []byte) watch.Outcome {
	address, ok := watch.MailAddress(to.To)
	if !ok {
		return watch.Outcome{Result: watch.SendUnreachable, Problem: "not a mail address"}
	}
	var d drawn
	if err := codec.Unmarshal(body, &d); err != nil || d.Text == "" {
		return watch.Outcome{Result: watch.SendRefused, Problem: channel.ErrDrawing.Error()}
	}
	out := &Mail{From: c.from, ReplyTo: c.replyTo, To: address, Copies: to.Copies, Subject: d.Subject, Text: d.Text, HTML: d.HTML,
		Headers: headers(to.Key, d.Stop), ConfigurationSet: c.config.ConfigurationSet}
	if tagValue(to.Key) {
		out.Tag = to.Key
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return c.send(ctx, out)
}

// printable tells whether SES takes s as a header's value; it has no spaces.
func printable(s string) bool {
	return s != "" && len(s) <= 900 && !strings.ContainsFunc(s, func(r rune) bool { return r < '!' || r > '~' })
}

func headers(key, stop string) []Header {
	// Alerts share their subjects; without this, mail programs fold the
	// second one under the first, where it is not seen.
	var out []Header
	if tagValue(key) {
		out = append(out, Header{"X-Entity-Ref-ID", key})
	}
	// RFC 2369 and RFC 8058: the mail program offers to stop these mails.
	if stop != "" && printable(stop) {
		out = append(out, Header{"List-Unsubscribe", fmt.Sprintf("<%s>", stop)},
			Header{"List-Unsubscribe-Post", "List-Unsubscribe=One-Click"})
	}
	// RFC 3834: no holiday notices in answer.
	return append(out, Header{"Auto-Submitted", "auto-generated"})
}
