package notify_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"kozamori/internal/notify"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
)

// rotating is a bank's secret while another replaces it.
type rotating []string

func (r rotating) WebhookSecrets(context.Context, string) ([]string, error) { return r, nil }

func TestWhileASecretIsReplacedTheBankMayHaveEither(t *testing.T) {
	fresh, old := "whsec_"+strings.Repeat("A", 43)+"=", "whsec_"+strings.Repeat("B", 42)+"A="
	verified := map[string]int{}
	bank := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		for _, secret := range []string{fresh, old} {
			wh, err := webhooks.NewWebhook(secret)
			if err != nil {
				t.Error(err)
				continue
			}
			if wh.Verify(body, r.Header) == nil {
				verified[secret]++
			}
		}
	}))
	defer bank.Close()
	table := worldtest.Table(t, time.Now)
	s := store.New(table)
	if err := s.Write(t.Context(), store.PutBank(&store.Bank{Code: "0125", Callback: bank.URL})); err != nil {
		t.Fatal(err)
	}
	for _, live := range []rotating{{fresh, old}, {fresh}} {
		c := &notify.SignedCallback{Store: s, Secrets: live, Inside: true, Now: time.Now}
		if err := c.Post(t.Context(), "0125", "msg_1", []byte(`{"type":"dispute.opened"}`)); err != nil {
			t.Fatal(err)
		}
	}
	if verified[fresh] != 2 || verified[old] != 1 {
		t.Errorf("the new secret verified %d of 2, the old one %d of 1", verified[fresh], verified[old])
	}
}

// whoCalls is a bank that notes how it is called.
type whoCalls struct {
	mu     sync.Mutex
	agents []string
	answer http.HandlerFunc
}

func (b *whoCalls) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	b.agents = append(b.agents, r.UserAgent())
	b.mu.Unlock()
	if b.answer != nil {
		b.answer(w, r)
	}
}

// calls has a bank at an address called once.
func calls(t *testing.T, address string, inside bool) error {
	t.Helper()
	s := store.New(worldtest.Table(t, time.Now))
	if err := s.Write(t.Context(), store.PutBank(&store.Bank{Code: "0125", Callback: address})); err != nil {
		t.Fatal(err)
	}
	c := &notify.SignedCallback{Store: s, Secrets: rotating{"whsec_" + strings.Repeat("A", 43) + "="}, Inside: inside, Now: time.Now}
	return c.Post(t.Context(), "0125", "msg_1", []byte(`{"type":"dispute.opened"}`))
}

func TestACallbackSaysWhoCalls(t *testing.T) {
	t.Parallel()
	b := &whoCalls{}
	srv := httptest.NewServer(b)
	defer srv.Close()
	if err := calls(t, srv.URL, true); err != nil {
		t.Fatal(err)
	}
	if len(b.agents) != 1 || !regexp.MustCompile(`^Kozamori/[0-9A-Za-z._-]+$`).MatchString(b.agents[0]) {
		t.Errorf("the bank is called by %q", b.agents)
	}
}

func TestACallbackWhoseAddressLeadsInsideIsNotMade(t *testing.T) {
	t.Parallel()
	b := &whoCalls{}
	srv := httptest.NewServer(b)
	defer srv.Close()
	_, port, _ := strings.Cut(strings.TrimPrefix(srv.URL, "http://"), ":")
	for _, host := range []string{"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0", "0x7f000001", "2130706433", "127.1"} {
		if err := calls(t, "http://"+host+":"+port, false); err == nil {
			t.Errorf("%s is called", host)
		}
	}
	if err := calls(t, "http://localhost:"+port, false); err == nil || !strings.Contains(err.Error(), "not of the public internet") {
		t.Errorf("why it was not called is told as %v", err)
	}
	// Nor is what an answer leads to.
	public := &whoCalls{answer: func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, srv.URL, http.StatusTemporaryRedirect)
	}}
	leads := httptest.NewServer(public)
	defer leads.Close()
	if err := calls(t, leads.URL, true); err == nil {
		t.Error("a redirect is taken for an answer")
	}
	if len(b.agents) != 0 {
		t.Errorf("what is inside was called %d times", len(b.agents))
	}
}
