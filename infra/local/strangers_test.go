package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// caller has one connection, and counts how often it was made.
type caller struct {
	what, method, address, body string
	sign                        func(h http.Header, body string)
	dials                       int
	client                      *http.Client
}

func (c *caller) call(t *testing.T) int {
	t.Helper()
	if c.client == nil {
		c.client = &http.Client{Transport: &http.Transport{MaxConnsPerHost: 1, DialContext: func(ctx context.Context, network, to string) (net.Conn, error) {
			c.dials++
			return (&net.Dialer{}).DialContext(ctx, network, to)
		}}}
		t.Cleanup(c.client.CloseIdleConnections)
	}
	req, err := http.NewRequestWithContext(t.Context(), c.method, c.address, strings.NewReader(c.body))
	if err != nil {
		t.Fatal(err)
	}
	c.sign(req.Header, c.body)
	res, err := c.client.Do(req)
	if err != nil {
		t.Fatal(c.what, err)
	}
	_, _ = io.Copy(io.Discard, res.Body) // or the client would close the connection
	_ = res.Body.Close()
	return res.StatusCode
}

// More connections of strangers than the stack keeps, each from an address of its own:
// those over which a bank or LINE has shown who they are stay.
func TestStrangersTakeNoConnectionOfWhoIsKnown(t *testing.T) {
	t.Parallel()
	s := up(t, t.TempDir(), noEnv)
	bank := s.Banks["0125"]
	callers := []*caller{
		{what: "a bank's events", method: http.MethodPost, address: s.URL + "/v1/banks/0125/events", body: `{"events":[]}`, sign: func(h http.Header, body string) {
			wh, err := webhooks.NewWebhook(bank.Secrets[0])
			if err != nil {
				t.Fatal(err)
			}
			now := time.Now()
			sig, _ := wh.Sign("msg_1", now, []byte(body))
			h.Set(webhooks.HeaderWebhookID, "msg_1")
			h.Set(webhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
			h.Set(webhooks.HeaderWebhookSignature, sig)
		}},
		{what: "a bank's desk", method: http.MethodGet, address: s.URL + "/v1/banks/0125/disputes", sign: func(h http.Header, _ string) { h.Set("Authorization", "Bearer "+bank.APIKey) }},
		{what: "LINE", method: http.MethodPost, address: s.URL + "/line/webhook", body: `{"destination":"U1","events":[]}`, sign: func(h http.Header, body string) {
			mac := hmac.New(sha256.New, []byte(s.LINE.Secret))
			_, _ = mac.Write([]byte(body))
			h.Set("X-Line-Signature", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
		}},
	}
	was := map[string]int{}
	for _, c := range callers {
		if was[c.what] = c.call(t); was[c.what] == http.StatusUnauthorized {
			t.Fatalf("%s: not known", c.what)
		}
	}
	to := strings.TrimPrefix(s.URL, "http://")
	for i := range 2600 {
		from := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 3, byte(i/250), byte(i%250+1))}}
		c, err := from.DialContext(t.Context(), "tcp", to)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
	}
	for _, c := range callers {
		if got := c.call(t); got != was[c.what] || c.dials != 1 {
			t.Errorf("%s: answered %d after %d, over %d connections", c.what, got, was[c.what], c.dials)
		}
	}
}
