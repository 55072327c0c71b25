// Package callback posts signed bodies to banks, and says what came of it. It
// never decides what a bank is told, or when it is told again.
package callback

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"kozamori/internal/store"
	"kozamori/internal/version"
)

// Time is how long a bank may take to answer a callback.
const Time = 10 * time.Second

// Held is for how long a callback is its caller's alone: until it has ended, and what
// came of it is written, however slow that is.
const Held = 2 * Time

// PerBank is how many calls to one bank one process has under way at a time.
const PerBank = 4

// MaxWait is the longest that a bank can ask us to wait.
const MaxWait = 80 * time.Minute

// Secrets knows the webhook secrets shared with a bank: one, or two while one
// replaces the other. Each of them signs, because which one the bank has by
// now is not known.
type Secrets interface {
	WebhookSecrets(ctx context.Context, bank string) ([]string, error)
}

// Signed posts to banks with Standard Webhooks signatures. The same id
// is used for every attempt, so that a bank can tell a second copy.
type Signed struct {
	Store   *store.Store
	Secrets Secrets
	HTTP    *http.Client // nil takes one with a timeout of 10 seconds
	// Inside lets it call addresses that are not of the public internet.
	Inside bool
	Now    func() time.Time

	once sync.Once
	http *http.Client
}

// client keeps as many connections to a bank open as it may use at a time.
func (c *Signed) client() *http.Client {
	c.once.Do(func() {
		c.http = &http.Client{Timeout: Time}
		if c.HTTP != nil {
			*c.http = *c.HTTP
		}
		if c.http.Transport == nil {
			t := http.DefaultTransport.(*http.Transport).Clone()
			t.MaxIdleConnsPerHost, t.MaxConnsPerHost = PerBank, PerBank
			t.ForceAttemptHTTP2, t.Protocols = false, new(http.Protocols)
			t.Protocols.SetHTTP1(true) // one connection of HTTP/2 takes any number of calls
			if !c.Inside {
				t.DialContext, t.Proxy = Dialer(false, Time/2).DialContext, nil // a proxy would connect to what was not looked at
			}
			c.http.Transport = t
		}
		c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	})
	return c.http
}

// userAgent is what banks know our calls by.
var userAgent = "Kozamori/" + version.Short()

// Reason is why a bank did not take a callback.
type Reason string

// The reasons.
const (
	NoAddress   Reason = "no_address"  // the bank has given none, or none that is a URL
	NoSecret    Reason = "no_secret"   // no webhook secret of the bank can be used
	NotPublic   Reason = "not_public"  // the address is not of the public internet
	Unresolved  Reason = "unresolved"  // there is no host of that name
	Unreachable Reason = "unreachable" // it takes no connection, or broke it off
	Insecure    Reason = "insecure"    // TLS fails: its certificate, or no version in common
	TimedOut    Reason = "timed_out"   // no answer within Time
	Redirected  Reason = "redirected"  // it answered 3xx, which is not followed
	Answered    Reason = "answered"    // it answered anything else but 2xx
)

// NotTaken is the error of a callback that a bank did not take.
type NotTaken struct {
	Reason Reason
	Status int           // that the bank answered; 0 if it did not
	After  time.Duration // how long the bank asked us to wait; 0 if it did not
}

func (e *NotTaken) Error() string {
	if e.Status != 0 {
		return fmt.Sprintf("callback: the bank answered %d", e.Status)
	}
	return "callback: not taken: " + string(e.Reason)
}

// After is how long a bank asked us to wait; 0 if it did not.
func After(err error) time.Duration {
	if e, ok := errors.AsType[*NotTaken](err); ok {
		return e.After
	}
	return 0
}

// failed says why a call came to nothing.
func failed(err error) *NotTaken {
	why := func(r Reason) *NotTaken { return &NotTaken{Reason: r} }
	if errors.Is(err, errNotPublic) {
		return why(NotPublic)
	}
	if d, ok := errors.AsType[*net.DNSError](err); ok && !d.IsTimeout {
		return why(Unresolved)
	}
	if t, ok := errors.AsType[net.Error](err); ok && t.Timeout() {
		return why(TimedOut)
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok || errors.Is(err, http.ErrSchemeMismatch) {
		return why(Insecure)
	}
	if _, ok := errors.AsType[tls.AlertError](err); ok {
		return why(Insecure)
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return why(Insecure)
	}
	return why(Unreachable)
}

// Post returns nil only if the bank answered 2xx; a *NotTaken says why it did not.
func (c *Signed) Post(ctx context.Context, bank, id string, body []byte) error {
	b, err := c.Store.Bank(ctx, bank)
	if err != nil {
		return err
	}
	if b.Callback == "" {
		return &NotTaken{Reason: NoAddress}
	}
	secrets, err := c.Secrets.WebhookSecrets(ctx, bank)
	if err != nil {
		return fmt.Errorf("callback: the bank's webhook secret cannot be read: %w", err)
	}
	if len(secrets) == 0 {
		return &NotTaken{Reason: NoSecret}
	}
	now := c.Now()
	signatures := make([]string, len(secrets))
	for i, secret := range secrets {
		wh, err := webhooks.NewWebhook(secret)
		if err != nil {
			return &NotTaken{Reason: NoSecret}
		}
		if signatures[i], err = wh.Sign(id, now, body); err != nil {
			return &NotTaken{Reason: NoSecret}
		}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, b.Callback, bytes.NewReader(body))
	if err != nil {
		return &NotTaken{Reason: NoAddress}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", userAgent)
	req.Header.Set(webhooks.HeaderWebhookID, id)
	req.Header.Set(webhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	req.Header.Set(webhooks.HeaderWebhookSignature, strings.Join(signatures, " "))
	res, err := c.client().Do(req)
	if err != nil {
		return failed(err)
	}
	defer func() { _ = res.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10))
	switch code := res.StatusCode; {
	case code >= 200 && code <= 299:
		return nil
	case code >= 300 && code <= 399:
		return &NotTaken{Reason: Redirected, Status: code}
	default:
		return &NotTaken{Reason: Answered, Status: code, After: retryAfter(res.Header.Get("Retry-After"), c.Now())}
	}
}
