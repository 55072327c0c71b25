package notify

import (
	"bytes"
	"context"
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

// CallbackTime is how long a bank may take to answer a callback.
const CallbackTime = 10 * time.Second

// Secrets knows the webhook secrets shared with a bank: one, or two while one
// replaces the other. Each of them signs, because which one the bank has by
// now is not known.
type Secrets interface {
	WebhookSecrets(ctx context.Context, bank string) ([]string, error)
}

// SignedCallback posts to banks with Standard Webhooks signatures. The same id
// is used for every attempt, so that a bank can tell a second copy.
type SignedCallback struct {
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
func (c *SignedCallback) client() *http.Client {
	c.once.Do(func() {
		c.http = &http.Client{Timeout: CallbackTime}
		if c.HTTP != nil {
			*c.http = *c.HTTP
		}
		if c.http.Transport == nil {
			t := http.DefaultTransport.(*http.Transport).Clone()
			t.MaxIdleConnsPerHost, t.MaxConnsPerHost = PerBank, PerBank
			if !c.Inside {
				d := &net.Dialer{Timeout: CallbackTime / 2, KeepAlive: 30 * time.Second, Control: onlyPublic}
				t.DialContext, t.Proxy = d.DialContext, nil // a proxy would connect to what was not looked at
			}
			c.http.Transport = t
		}
		c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	})
	return c.http
}

// userAgent is what banks know our calls by.
var userAgent = "Kozamori/" + version.Short()

// errNotTaken says why a bank did not take a callback. After is how long the
// bank asked us to wait; 0 if it did not.
type errNotTaken struct {
	why   string
	after time.Duration
}

func (e *errNotTaken) Error() string { return "notify: " + e.why }

// after is how long a bank asked us to wait.
func after(err error) time.Duration {
	if e, ok := errors.AsType[*errNotTaken](err); ok {
		return e.after
	}
	return 0
}

// Post returns nil only if the bank answered 2xx.
func (c *SignedCallback) Post(ctx context.Context, bank, id string, body []byte) error {
	b, err := c.Store.Bank(ctx, bank)
	if err != nil {
		return err
	}
	if b.Callback == "" {
		return errors.New("notify: the bank has no callback address")
	}
	secrets, err := c.Secrets.WebhookSecrets(ctx, bank)
	if err != nil || len(secrets) == 0 {
		return errors.New("notify: the bank's webhook secret cannot be read")
	}
	now := c.Now()
	signatures := make([]string, len(secrets))
	for i, secret := range secrets {
		wh, err := webhooks.NewWebhook(secret)
		if err != nil {
			return errors.New("notify: the bank's webhook secret is not base64")
		}
		if signatures[i], err = wh.Sign(id, now, body); err != nil {
			return errors.New("notify: the callback cannot be signed")
		}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, b.Callback, bytes.NewReader(body))
	if err != nil {
		return errors.New("notify: the bank's callback address is not a URL")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", userAgent)
	req.Header.Set(webhooks.HeaderWebhookID, id)
	req.Header.Set(webhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	req.Header.Set(webhooks.HeaderWebhookSignature, strings.Join(signatures, " "))
	res, err := c.client().Do(req)
	switch {
	case errors.Is(err, errNotPublic):
		return &errNotTaken{why: "the bank's callback address is not of the public internet"}
	case err != nil:
		return &errNotTaken{why: "the bank cannot be reached"}
	}
	defer func() { _ = res.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10))
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return &errNotTaken{why: fmt.Sprintf("the bank answered %d", res.StatusCode), after: retryAfter(res.Header.Get("Retry-After"), c.Now())}
	}
	return nil
}
