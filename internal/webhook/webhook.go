// Package webhook posts a bank's events as the bank does: signed by Standard
// Webhooks, and again under the same id until they are taken. It reads no
// events, and keeps nothing.
package webhook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"kozamori/internal/watch"
)

// Client posts as one bank.
type Client struct {
	URL    string // of the deployment
	Bank   string
	Secret string // whsec_…
	HTTP   *http.Client
	Now    func() time.Time
	// Wait waits, or returns early with the context's error.
	Wait func(ctx context.Context, d time.Duration) error
	// Patience is how long Deliver goes on; 0 is until the context ends.
	Patience time.Duration
	// Again is told why an attempt is made again, and when.
	Again func(err error, in time.Duration)
}

// Reply is what became of the events of a request.
type Reply struct {
	Accepted int        `json:"accepted"`
	Rejected []Rejected `json:"rejected"`
}

// Rejected is an event that was refused; its index is that in its request.
type Rejected struct {
	Index   int        `json:"index"`
	ID      string     `json:"id,omitempty"`
	Field   string     `json:"field,omitempty"`
	Problem string     `json:"problem"`
	Code    watch.Code `json:"code"`
}

// StatusError is an answer that takes nothing.
type StatusError struct {
	URL        string
	Status     int
	Title      string
	Why        string        // which part of the request is wrong; empty if it does not say
	RetryAfter time.Duration // 0 if it does not say
}

func (e *StatusError) Error() string {
	if e.Title == "" {
		return fmt.Sprintf("%s answered %d, and not in JSON", e.URL, e.Status)
	}
	said := fmt.Sprintf("%s answered %d: %s", e.URL, e.Status, e.Title)
	if e.Why != "" {
		said += ": " + e.Why
	}
	return said
}

// ErrNoAnswer says that no answer came, so that it is not known what was taken.
var ErrNoAnswer = errors.New("no answer")

// Body joins events to the body of a request, as they are.
func Body(events []json.RawMessage) []byte { return body("{", events) }

// FileBody is Body for events of a file, of which people are told in the morning. Its
// name is letters, digits and . _ -
func FileBody(file string, events []json.RawMessage) []byte {
	return body(fmt.Sprintf(`{"file":%q,`, file), events)
}

func body(begin string, events []json.RawMessage) []byte {
	var b bytes.Buffer
	b.WriteString(begin)
	b.WriteString(`"events":[`)
	for i, e := range events {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(e) // what is wrong with it is for the other side to find
	}
	b.WriteString(`]}`)
	return b.Bytes()
}

// ID is the webhook-id of a body: the same one for the same body.
func ID(bank string, body []byte) string { return "msg_" + watch.Derive("send", bank, string(body)) }

// Post signs and posts one request.
func (c *Client) Post(ctx context.Context, id string, body []byte) (*Reply, error) {
	wh, err := webhooks.NewWebhook(c.Secret)
	if err != nil {
		return nil, errors.New("the bank's secret must be whsec_ and base64")
	}
	now := c.Now()
	sig, err := wh.Sign(id, now, body)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL+"/v1/banks/"+c.Bank+"/events", bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("the address is not a URL, such as https://kozamori.example")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(webhooks.HeaderWebhookID, id)
	req.Header.Set(webhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	req.Header.Set(webhooks.HeaderWebhookSignature, sig)
	return c.Answer(req)
}

// Answer does a request of the bank API and reads what came of its events.
func (c *Client) Answer(req *http.Request) (*Reply, error) {
	res, err := c.HTTP.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%w from %s", ErrNoAnswer, c.URL)
	}
	defer func() { _ = res.Body.Close() }()
	var r struct {
		Reply
		Title, Field, Reason string
	}
	bad := json.NewDecoder(io.LimitReader(res.Body, 4<<20)).Decode(&r)
	if bad == nil && (res.StatusCode == http.StatusAccepted || res.StatusCode == http.StatusUnprocessableEntity) {
		return &r.Reply, nil
	}
	if bad != nil {
		r.Title, r.Reason = "", ""
	}
	why := ""
	if r.Reason != "" {
		why = strings.TrimSpace(r.Field + " " + r.Reason)
	}
	return nil, &StatusError{URL: c.URL, Status: res.StatusCode, Title: r.Title, Why: why, RetryAfter: retryAfter(res.Header.Get("Retry-After"), c.Now())}
}

// retryAfter reads seconds, or a time.
func retryAfter(s string, now time.Time) time.Duration {
	if n, err := strconv.Atoi(strings.TrimSpace(s)); err == nil && n > 0 {
		return time.Duration(n) * time.Second
	}
	if t, err := http.ParseTime(s); err == nil && t.After(now) {
		return t.Sub(now)
	}
	return 0
}

// How long Deliver waits where an answer does not say.
const (
	firstWait = time.Second
	mostWait  = time.Minute
)

// Deliver posts a request until an answer says what became of it: after a 429, a
// 5xx or no answer it waits and posts the same body under the same id.
func (c *Client) Deliver(ctx context.Context, id string, body []byte) (*Reply, error) {
	start := c.Now()
	for wait := firstWait; ; wait = min(2*wait, mostWait) {
		r, err := c.Post(ctx, id, body)
		status, said := errors.AsType[*StatusError](err)
		if err == nil || ctx.Err() != nil || !errors.Is(err, ErrNoAnswer) && (!said || status.Status != http.StatusTooManyRequests && status.Status < http.StatusInternalServerError) {
			return r, err
		}
		in := wait
		if said && status.RetryAfter > 0 {
			in = status.RetryAfter
		}
		if c.Patience > 0 && c.Now().Add(in).Sub(start) > c.Patience {
			return nil, err
		}
		if c.Again != nil {
			c.Again(err, in)
		}
		if err := c.Wait(ctx, in); err != nil {
			return nil, err
		}
	}
}

// Wait waits by the clock of the machine.
func Wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
