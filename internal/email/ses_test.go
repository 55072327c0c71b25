package email_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/google/go-cmp/cmp"

	"kozamori/internal/email"
	"kozamori/internal/email/ses"
	"kozamori/internal/message"
	"kozamori/internal/sim"
	"kozamori/internal/testkit/emulator"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// The tests here send to imitations of SES that others wrote, so that it is not
// only our own reading of SES's API that takes our mails.

// seen is a mail as somebody gets it.
type seen struct {
	FromName, From, ReplyTo, To, Subject, Text, HTML string
	Headers                                          map[string]string // those of ours
}

func ours(value func(name string) string) map[string]string {
	out := map[string]string{}
	for _, name := range []string{"List-Unsubscribe", "List-Unsubscribe-Post", "Auto-Submitted", "X-Entity-Ref-ID"} {
		out[name] = value(name)
	}
	return out
}

func bare(t *testing.T, address string) (name, addr string) {
	t.Helper()
	a, err := mail.ParseAddress(address)
	if err != nil {
		t.Fatal(err)
	}
	return a.Name, a.Address
}

// requested keeps what the last request said that the stand-ins do not show.
type requested struct {
	ConfigurationSetName string
	EmailTags            []struct{ Name, Value string }
	signature            string
}

func (q *requested) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	*q = requested{signature: r.Header.Get("Authorization")}
	if err := json.Unmarshal(body, q); err != nil {
		return nil, err
	}
	return http.DefaultTransport.RoundTrip(r)
}

func ask(t *testing.T, address string, to any) {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if err := json.NewDecoder(res.Body).Decode(to); err != nil || res.StatusCode != http.StatusOK {
		t.Fatal(res.StatusCode, err)
	}
}

// stored is the mail as the stand-in understood the request.
func stored(t *testing.T, endpoint, id string) seen {
	t.Helper()
	var store struct {
		Emails []struct {
			MessageID   string `json:"messageId"`
			From        string
			ReplyTo     []string
			Destination struct{ To, Cc, Bcc []string }
			Subject     string
			Body        struct{ Text, HTML string }
			Headers     []struct{ Name, Value string }
		}
	}
	ask(t, endpoint+"/store", &store)
	for _, m := range store.Emails {
		if m.MessageID != id {
			continue
		}
		if len(m.Destination.To) != 1 || len(m.Destination.Cc)+len(m.Destination.Bcc) != 0 || len(m.ReplyTo) != 1 {
			t.Fatalf("to %d, cc %d, bcc %d, reply to %d", len(m.Destination.To), len(m.Destination.Cc), len(m.Destination.Bcc), len(m.ReplyTo))
		}
		s := seen{To: m.Destination.To[0], Subject: m.Subject, Text: m.Body.Text, HTML: m.Body.HTML}
		s.FromName, s.From = bare(t, m.From)
		_, s.ReplyTo = bare(t, m.ReplyTo[0])
		s.Headers = ours(func(name string) string {
			for _, h := range m.Headers {
				if h.Name == name {
					return h.Value
				}
			}
			return ""
		})
		return s
	}
	t.Fatalf("the stand-in has no mail %s", id)
	return seen{}
}

// written is the mail that the stand-in makes of it, read as a mail program
// does.
func written(t *testing.T, endpoint, id string) seen {
	t.Helper()
	var eml struct{ Body struct{ Data []int } }
	ask(t, endpoint+"/get-emlContent?messageId="+url.QueryEscape(id), &eml)
	raw := make([]byte, len(eml.Body.Data))
	for i, b := range eml.Body.Data {
		raw[i] = byte(b)
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	var s seen
	var words mime.WordDecoder
	if s.Subject, err = words.DecodeHeader(m.Header.Get("Subject")); err != nil {
		t.Fatal(err)
	}
	// It takes what is encoded for a name and quotes it.
	name, from := bare(t, m.Header.Get("From"))
	if s.FromName, err = words.DecodeHeader(name); err != nil {
		t.Fatal(err)
	}
	s.From = from
	_, s.ReplyTo = bare(t, m.Header.Get("Reply-To"))
	_, s.To = bare(t, m.Header.Get("To"))
	s.Headers = ours(m.Header.Get)
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatal(kind, err)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return s
		}
		if err != nil {
			t.Fatal(err)
		}
		var r io.Reader = p
		switch p.Header.Get("Content-Transfer-Encoding") {
		case "base64":
			r = base64.NewDecoder(base64.StdEncoding, p)
		case "quoted-printable":
			r = quotedprintable.NewReader(p)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		switch text := strings.ReplaceAll(string(body), "\r\n", "\n"); p.Header.Get("Content-Type") {
		case "text/plain; charset=utf-8":
			s.Text = text
		case "text/html; charset=utf-8":
			s.HTML = text
		default:
			t.Errorf("a part of %s", p.Header.Get("Content-Type"))
		}
	}
}

func TestAnSESOfOthersReadsAMailAsItWasMeant(t *testing.T) {
	t.Parallel()
	endpoint := emulator.SES(t)
	box := &sim.Mailbox{Now: time.Now}
	own := httptest.NewServer(box)
	t.Cleanup(own.Close)
	long := alert()
	long.StopURL += "?" + strings.Repeat("t0ken", 80)
	other := alert()
	other.Lang, other.Alt = string(watch.English), "[Urgent] Please check a withdrawal from your account"
	for name, m := range map[string]message.Message{"in Japanese": alert(), "in English": other, "with a long link to stop": long} {
		t.Run(name, func(t *testing.T) {
			var wire requested
			o := send(t.Context(), client(t, endpoint, &http.Client{Transport: &wire}), to, key, m)
			if o.Result != watch.SendAccepted || o.ProviderID == "" {
				t.Fatalf("%+v", o)
			}
			send(t.Context(), client(t, own.URL, nil), to, key, m)
			sent := box.Messages()[len(box.Messages())-1]
			want := seen{FromName: "口座守", From: "alert@kozamori.example", ReplyTo: "help@kozamori.example", To: to,
				Subject: m.Alt, Text: sent.Text, HTML: sent.HTML,
				Headers: map[string]string{"List-Unsubscribe": "<" + m.StopURL + ">", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
					"Auto-Submitted": "auto-generated", "X-Entity-Ref-ID": key}}
			if !strings.Contains(want.Text, m.Title) || !strings.Contains(want.HTML, m.Title) {
				t.Fatal("the mail does not say what it is about")
			}
			if d := cmp.Diff(want, stored(t, endpoint, o.ProviderID)); d != "" {
				t.Errorf("as understood (-want +got):\n%s", d)
			}
			if d := cmp.Diff(want, written(t, endpoint, o.ProviderID)); d != "" {
				t.Errorf("as a mail (-want +got):\n%s", d)
			}
			if wire.ConfigurationSetName != "kozamori" || len(wire.EmailTags) != 1 || wire.EmailTags[0].Name != "delivery" || wire.EmailTags[0].Value != key ||
				!strings.Contains(wire.signature, "/"+emulator.Region+"/ses/aws4_request") {
				t.Errorf("the request: %+v", wire)
			}
		})
	}
}

func TestRefusalsOfAnSESOfOthersAreSorted(t *testing.T) {
	t.Parallel()
	shows, knows := emulator.SES(t), emulator.Moto(t)
	domain := strings.ToLower(rand.Text()) + ".example"
	from := func(endpoint, domain string, credentials aws.CredentialsProvider) *email.Client {
		c, err := email.New(email.Config{Open: ses.Open, AWS: aws.Config{Region: emulator.Region, Credentials: credentials}, Endpoint: endpoint, From: "口座守 <alert@" + domain + ">", Labels: wording.LabelsIn})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	keys := emulator.AWS(t).Credentials
	admin := sesv2.NewFromConfig(emulator.AWS(t), func(o *sesv2.Options) { o.BaseEndpoint = &knows })
	if _, err := admin.CreateEmailIdentity(t.Context(), &sesv2.CreateEmailIdentityInput{EmailIdentity: &domain}); err != nil {
		t.Fatal(err)
	}
	noSubject := alert()
	noSubject.Alt = ""
	for name, c := range map[string]struct {
		client *email.Client
		m      message.Message
		want   watch.Outcome
	}{
		"a sender of a verified domain is taken": {from(knows, domain, keys), alert(), watch.Outcome{Result: watch.SendAccepted}},
		"a sender of another domain is the operator's to mend": {from(knows, "not-"+domain, keys), alert(),
			watch.Outcome{Result: watch.SendRetry, RetryAfter: time.Minute, Untaken: true, Alone: true, Problem: "SES answered 400 MessageRejected"}},
		"a request that is not valid is given up": {from(shows, domain, keys), noSubject,
			watch.Outcome{Result: watch.SendRefused, Problem: "SES answered 400 UnknownError"}}, // this one names no kind
		"a request that is not signed is the operator's to mend": {from(shows, domain, nil), alert(),
			watch.Outcome{Result: watch.SendRetry, RetryAfter: time.Minute, Untaken: true, Problem: "SES answered 403 UnknownError"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := send(context.Background(), c.client, to, key, c.m)
			if (got.Result == watch.SendAccepted) != (got.ProviderID != "") {
				t.Errorf("an id %q", got.ProviderID)
			}
			got.ProviderID = ""
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if strings.Contains(got.Problem, "@") {
				t.Errorf("the problem names somebody: %q", got.Problem)
			}
		})
	}
}
