package samlocal_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"kozamori/internal/sim"
)

// A first deployment keeps every default and has no mail. LINE's tokens come in
// one of three ways.
func TestAFirstDeploymentTellsPeopleOnLINE(t *testing.T) {
	dynamoDB, moto := emulators(t)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	pemKey := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	for i, c := range []struct {
		name   string
		d      deployment
		by     string // what a token is asked for with
		lacks  string // a secret without which it does not start, and what is said then
		reason string
	}{
		{"with every default, and a long-lived token", deployment{
			secrets: map[string]string{"line/channel-secret": "channel-secret", "line/token": "channel-token"},
			line:    &sim.LINE{Token: "channel-token", Secret: "channel-secret", Now: time.Now}},
			"", "line/token", "LINE wants a channel access token"},
		{"with tokens that the channel's secret gets", deployment{
			parameters: map[string]string{"LineChannelId": "1234567890"},
			secrets:    map[string]string{"line/channel-secret": "channel-secret"},
			line:       &sim.LINE{ChannelID: "1234567890", Secret: "channel-secret", Now: time.Now}},
			"client_secret", "line/channel-secret", "channel access token"},
		{"with tokens that a signing key gets", deployment{
			parameters: map[string]string{"LineChannelId": "1234567890"},
			secrets:    map[string]string{"line/channel-secret": "channel-secret", "line/key": "key-1:" + pemKey},
			line:       &sim.LINE{ChannelID: "1234567890", Secret: "channel-secret", Keys: map[string]*rsa.PublicKey{"key-1": &key.PublicKey}, Now: time.Now}},
			"client_assertion", "line/channel-secret", "webhooks need the channel's secret"},
	} {
		t.Run(c.name, func(t *testing.T) {
			asked := &asked{}
			c.d.front = asked.front
			w, err := c.d.stand(t.Context(), fmt.Sprintf("first-%d", i), dynamoDB, moto)
			if w != nil {
				t.Cleanup(w.done)
			}
			if err == nil {
				err = disputed(t.Context(), w)
			}
			if err = errors.Join(append(w.Problems(), err)...); err != nil {
				t.Fatalf("%v\n%s", err, w.Logs())
			}
			for call := range w.Take().Calls {
				if strings.HasPrefix(call, "ses ") {
					t.Errorf("without mail it calls %s", call)
				}
			}
			if _, err := w.Ref("MailSet"); err == nil {
				t.Error("without mail there is something of SES")
			}
			for _, u := range w.Unused() {
				if strings.Contains(u, " may ses:") {
					t.Errorf("without mail %s", u)
				}
			}
			if got := asked.by(); got != c.by {
				t.Errorf("tokens are asked for with %q, want %q", got, c.by)
			}
		})
		t.Run(c.name+", which is not there", func(t *testing.T) {
			d := c.d
			d.secrets = map[string]string{}
			for k, v := range c.d.secrets {
				if k != c.lacks {
					d.secrets[k] = v
				}
			}
			w, err := d.stand(t.Context(), fmt.Sprintf("first-%d-lacks", i), dynamoDB, moto)
			if w != nil {
				t.Cleanup(w.done)
			}
			if err == nil || !strings.Contains(err.Error(), c.reason) {
				t.Errorf("without %s it starts, or does not say %q: %v", c.lacks, c.reason, err)
			}
		})
	}
}

// asked remembers what tokens were asked for with.
type asked struct {
	mu   sync.Mutex
	with string
}

func (a *asked) by() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.with
}

func (a *asked) front(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/oauth2/v3/token" {
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(body))
			form, _ := url.ParseQuery(string(body))
			a.mu.Lock()
			for _, field := range []string{"client_secret", "client_assertion"} {
				if form.Get(field) != "" {
					a.with = field
				}
			}
			a.mu.Unlock()
		}
		next.ServeHTTP(w, r)
	})
}
