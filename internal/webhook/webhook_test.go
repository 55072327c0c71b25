package webhook_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"kozamori/internal/webhook"
)

var secret = "whsec_" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))

// other is the other side: it answers in turn, and says what it heard.
type other struct {
	t       *testing.T
	mu      sync.Mutex // a try that was cut off may still be served while the next one is made
	now     time.Time
	answers []func(http.ResponseWriter)
	ids     []string
	bodies  []string
	waits   []time.Duration
}

func (o *other) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	o.mu.Lock()
	defer o.mu.Unlock()
	wh, bad := webhooks.NewWebhook(secret)
	if err != nil || bad != nil || wh.VerifyIgnoringTimestamp(body, r.Header) != nil || r.URL.Path != "/v1/banks/0125/events" || r.Header.Get(webhooks.HeaderWebhookTimestamp) != fmt.Sprint(o.now.Unix()) {
		o.t.Errorf("%v %v: %s %v", err, bad, r.URL, r.Header)
	}
	o.ids, o.bodies = append(o.ids, r.Header.Get(webhooks.HeaderWebhookID)), append(o.bodies, string(body))
	answer := o.answers[0]
	o.answers = o.answers[1:]
	answer(w)
}

func (o *other) client() *webhook.Client {
	s := httptest.NewServer(o)
	o.t.Cleanup(s.Close)
	return &webhook.Client{URL: s.URL, Bank: "0125", Secret: secret, HTTP: s.Client(), Now: func() time.Time {
		o.mu.Lock()
		defer o.mu.Unlock()
		return o.now
	},
		Wait: func(_ context.Context, d time.Duration) error {
			o.mu.Lock()
			defer o.mu.Unlock()
			o.waits, o.now = append(o.waits, d), o.now.Add(d)
			return nil
		}}
}

func status(code int, retryAfter, body string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

func cut(http.ResponseWriter) { panic(http.ErrAbortHandler) }

var taken = status(202, "", `{"accepted":1,"rejected":[]}`)

func TestARequestIsMadeAgainUnderItsIDUntilItIsTaken(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 27, 3, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		answers []func(http.ResponseWriter)
		waits   string
		fails   int // the status of the error; -1 is no answer
	}{
		"taken":                         {[]func(http.ResponseWriter){taken}, "[]", 0},
		"all refused":                   {[]func(http.ResponseWriter){status(422, "", `{"accepted":0,"rejected":[{"index":0,"problem":"x"}]}`)}, "[]", 0},
		"too many, for so long":         {[]func(http.ResponseWriter){status(429, "7", `{"title":"slow"}`), taken}, "[7s]", 0},
		"too many, until then":          {[]func(http.ResponseWriter){status(429, now.Add(20*time.Second).Format(http.TimeFormat), `{}`), taken}, "[20s]", 0},
		"unavailable, not saying":       {[]func(http.ResponseWriter){status(503, "", ``), status(500, "-1", ``), status(502, "x", "<html>"), taken}, "[1s 2s 4s]", 0},
		"no answer":                     {[]func(http.ResponseWriter){cut, taken}, "[1s]", 0},
		"never taken":                   {[]func(http.ResponseWriter){cut, status(503, "100", `{}`), status(503, "100", `{}`), status(503, "100", `{}`)}, "[1s 1m40s 1m40s]", 503},
		"not signed":                    {[]func(http.ResponseWriter){status(401, "", `{"title":"not signed"}`)}, "[]", 401},
		"unknown":                       {[]func(http.ResponseWriter){status(404, "9", `not json`)}, "[]", 404},
		"no answer, and then too large": {[]func(http.ResponseWriter){cut, status(413, "", `{"title":"large"}`)}, "[1s]", 413},
		"a 202 that is no JSON":         {[]func(http.ResponseWriter){status(202, "", `ok`)}, "[]", 202},
	} {
		o := &other{t: t, now: now, answers: c.answers}
		client := o.client()
		client.HTTP.Transport = &http.Transport{DisableKeepAlives: true}
		client.Patience = 5 * time.Minute
		again := 0
		client.Again = func(error, time.Duration) { again++ }
		body := webhook.Body([]json.RawMessage{json.RawMessage(`{"id":"a"}`), json.RawMessage(`{"id":"b"}`)})
		r, err := client.Deliver(t.Context(), webhook.ID("0125", body), body)
		e, said := errors.AsType[*webhook.StatusError](err)
		if (c.fails == 0) != (err == nil) || c.fails > 0 && (!said || e.Status != c.fails) || err == nil && r == nil {
			t.Errorf("%s: %v", name, err)
		}
		o.mu.Lock()
		if fmt.Sprint(o.waits) != c.waits || again != len(o.waits) || len(o.answers) > 0 {
			t.Errorf("%s: waited %v, %d answers are left", name, o.waits, len(o.answers))
		}
		for i := range o.ids {
			if o.ids[i] != webhook.ID("0125", body) || o.bodies[i] != `{"events":[{"id":"a"},{"id":"b"}]}` {
				t.Errorf("%s: attempt %d is another request: %s", name, i, o.bodies[i])
			}
		}
		o.mu.Unlock()
	}
	if webhook.ID("0125", []byte("a")) == webhook.ID("0168", []byte("a")) {
		t.Error("two banks have one id")
	}
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := webhook.Wait(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := webhook.Wait(t.Context(), time.Nanosecond); err != nil {
		t.Error(err)
	}
	o := &other{t: t, answers: []func(http.ResponseWriter){status(503, "5", `{}`)}}
	c := o.client()
	c.Wait = func(context.Context, time.Duration) error { return context.Canceled }
	if _, err := c.Deliver(t.Context(), "a", []byte("{}")); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	c.Secret = "no"
	if _, err := c.Deliver(t.Context(), "a", []byte("{}")); err == nil || !strings.Contains(err.Error(), "whsec_") {
		t.Error(err)
	}
}

func TestARefusalSaysWhichPartIsWrong(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"title":"not signed","field":"webhook-timestamp","reason":"is missing"}`: "answered 401: not signed: webhook-timestamp is missing",
		`{"title":"not signed","reason":"all of it"}`:                              "answered 401: not signed: all of it",
		`{"title":"not signed","field":"webhook-id"}`:                              "answered 401: not signed",
		`{"title":"not signed"`:                                                    "answered 401, and not in JSON",
	} {
		o := &other{t: t, answers: []func(http.ResponseWriter){status(401, "", body)}}
		if _, err := o.client().Post(t.Context(), "a", []byte("{}")); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s is told as %v", body, err)
		}
	}
}
