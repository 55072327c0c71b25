// Package line is the LINE platform: pushing messages, drawing them as Flex,
// and what its answers mean. LINE's own types stop here. It never decides
// whether somebody is told.
package line

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// Config of the client.
type Config struct {
	Endpoint string // of the Messaging API; may have a path
	// DataEndpoint takes images; empty is the one that belongs to Endpoint.
	DataEndpoint string
	Tokens       Tokens
	// Labels are the words around a message, in its language. Without them
	// nothing is sent.
	Labels func(lang string) message.Labels
	HTTP   *http.Client // nil takes one with a timeout of 5 seconds
	Logger *slog.Logger // nil logs nothing
}

// Client talks to LINE.
type Client struct{ Config }

// New makes a client.
func New(c Config) *Client {
	c.HTTP = httpClient(c.HTTP)
	if c.Logger != nil {
		c.HTTP.Transport = logged{c.HTTP.Transport, c.Logger}
	}
	if c.DataEndpoint == "" {
		c.DataEndpoint = dataEndpoint(c.Endpoint)
	}
	return &Client{c}
}

func httpClient(c *http.Client) *http.Client {
	if c == nil {
		c = &http.Client{Timeout: 5 * time.Second}
	}
	h := *c
	if h.Transport == nil {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.MaxIdleConns, t.MaxIdleConnsPerHost = 0, idlePerHost
		h.Transport = t
	}
	// The SDK would follow a 302 as a GET, without the message.
	h.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &h
}

// userID tells whether s has LINE's form of one; the SDK puts ids into paths
// unescaped.
func userID(s string) bool {
	hex, ok := strings.CutPrefix(s, "U")
	return ok && len(hex) == 32 && !strings.ContainsFunc(hex, func(r rune) bool { return (r < '0' || r > '9') && (r < 'a' || r > 'f') })
}

var errEndpoint = errors.New("line: the endpoint is not a URL, or there is no token")

// api makes an SDK client for one call: the SDK's own WithContext changes a
// shared client for every later call.
func (c *Client) api(ctx context.Context, token string) (*messaging_api.MessagingApiAPI, error) {
	api, err := messaging_api.NewMessagingApiAPI(token, messaging_api.WithEndpoint(c.Endpoint), messaging_api.WithHTTPClient(c.HTTP))
	if err != nil {
		return nil, errEndpoint
	}
	return api.WithContext(ctx), nil
}

// Push sends a message to one user; see PushAll.
func (c *Client) Push(ctx context.Context, to, retryKey string, m message.Message) watch.Outcome {
	return c.PushAll(ctx, to, retryKey, m)
}

// PushAll sends messages, at most five, to one user; see PushDrawn.
func (c *Client) PushAll(ctx context.Context, to, retryKey string, msgs ...message.Message) watch.Outcome {
	drawn, err := c.Draw(msgs...)
	if err != nil {
		return watch.Outcome{Result: watch.SendRefused, Problem: err.Error()}
	}
	return c.PushDrawn(ctx, to, retryKey, drawn)
}

// PushDrawn sends what Draw wrote, in this release or another, to one user. The retry
// key (a UUID) goes out with the first attempt already, so that LINE drops every second
// one for 24 hours. What LINE refuses as it is drawn goes as text, each form under a key
// of its own.
func (c *Client) PushDrawn(ctx context.Context, to, retryKey string, drawn []byte) watch.Outcome {
	if !userID(to) {
		return watch.Outcome{Result: watch.SendUnreachable, Problem: "not a LINE user id"}
	}
	all, err := drawings(drawn)
	if err != nil {
		return watch.Outcome{Result: watch.SendRefused, Problem: err.Error()}
	}
	for i := 0; ; i++ {
		f := all[i]
		req := &messaging_api.PushMessageRequest{To: to, Messages: f.messages, CustomAggregationUnits: []string{}} // nil would go out as null, which LINE's schema forbids
		res, token, err := c.authorised(ctx, func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
			res, _, err := api.PushMessageWithHttpInfo(req, formKey(f.name, retryKey))
			return res, err
		})
		if err != nil {
			return watch.Outcome{Result: watch.SendRetry, Problem: err.Error()}
		}
		if refused(res) && i+1 < len(all) {
			continue
		}
		o := c.outcome(ctx, token, res)
		if o.Result == watch.SendAccepted {
			c.fellBack(f.name)
		}
		return o
	}
}

// ErrNoToken says that there is no channel access token to be had.
var ErrNoToken = errors.New("line: no channel access token")

// unreachable is a call that got no answer. Its text is fixed: the SDK's own
// would name addresses and ids.
type unreachable struct{ cause error }

func (unreachable) Error() string   { return "line: LINE cannot be reached" }
func (u unreachable) Unwrap() error { return u.cause }

// authorised makes one call, and once more with a fresh token if LINE refuses
// the one at hand. The error says that there was no answer at all; otherwise
// go by the answer's status: the SDK's own error is no guide, for it is set
// for a 200 with an empty body too.
func (c *Client) authorised(ctx context.Context, call func(*messaging_api.MessagingApiAPI) (*http.Response, error)) (*http.Response, string, error) {
	return c.withToken(ctx, func(token string) (*http.Response, error) {
		api, err := c.api(ctx, token)
		if err != nil {
			return nil, err
		}
		return call(api)
	})
}

func (c *Client) withToken(ctx context.Context, call func(token string) (*http.Response, error)) (*http.Response, string, error) {
	token, err := c.Tokens.Token(ctx)
	if err != nil {
		return nil, "", ErrNoToken
	}
	for refreshed := false; ; refreshed = true {
		res, err := call(token)
		switch {
		case errors.Is(err, errEndpoint):
			return nil, token, err
		case res == nil:
			return nil, token, unreachable{err}
		}
		drain(res)
		if res.StatusCode == http.StatusUnauthorized && !refreshed {
			fresh, err := c.Tokens.Refresh(ctx, token)
			if err == nil {
				token = fresh
				continue
			}
		}
		return res, token, nil
	}
}

func drain(res *http.Response) {
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10))
	_ = res.Body.Close()
}

// outcome goes by the status alone: texts may change, and a 200 whose body
// does not parse was still accepted.
func (c *Client) outcome(ctx context.Context, token string, res *http.Response) watch.Outcome {
	o := watch.Outcome{ProviderID: res.Header.Get("X-Line-Request-Id"), Problem: "LINE answered " + strconv.Itoa(res.StatusCode)}
	switch s := res.StatusCode; {
	case s == http.StatusConflict: // accepted earlier
		o.Result, o.ProviderID, o.Problem = watch.SendAccepted, res.Header.Get("X-Line-Accepted-Request-Id"), ""
	case s >= 200 && s < 300:
		o.Result, o.Problem = watch.SendAccepted, ""
	case s >= 500, s == http.StatusUnauthorized, s == http.StatusRequestTimeout:
		o.Result = watch.SendRetry
	case s == http.StatusTooManyRequests:
		o.Result, o.RetryAfter, o.Untaken = watch.SendRetry, 2*time.Second, true
		if c.spent(ctx, token) {
			o.Result, o.Problem = watch.SendExhausted, "the month's LINE messages are spent"
		}
	default:
		o.Result = watch.SendRefused
	}
	return o
}

// spent asks whether the month's quota is used up: 429 means that, or only
// that we are too fast. If LINE does not say, we take it for the latter.
func (c *Client) spent(ctx context.Context, token string) bool {
	api, err := c.api(ctx, token)
	if err != nil {
		return false
	}
	quota, err := api.GetMessageQuota()
	if err != nil || quota.Type != messaging_api.QuotaType_LIMITED {
		return false
	}
	used, err := api.GetMessageQuotaConsumption()
	return err == nil && used.TotalUsage >= quota.Value
}
