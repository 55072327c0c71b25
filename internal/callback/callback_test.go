package callback_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"kozamori/internal/callback"
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
		c := &callback.Signed{Store: s, Secrets: live, Inside: true, Now: time.Now}
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
	c := &callback.Signed{Store: s, Secrets: rotating{"whsec_" + strings.Repeat("A", 43) + "="}, Inside: inside, Now: time.Now}
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
	if err := calls(t, "http://localhost:"+port, false); err == nil || why(err) != callback.NotPublic {
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

// why is the reason for which a callback was not taken.
func why(err error) callback.Reason {
	if e, ok := errors.AsType[*callback.NotTaken](err); ok {
		return e.Reason
	}
	return ""
}

func TestWhyACallbackWasNotTakenIsSaid(t *testing.T) {
	t.Parallel()
	serve := func(h http.HandlerFunc) string {
		srv := httptest.NewServer(h)
		t.Cleanup(srv.Close)
		return srv.URL
	}
	answers := func(status int) string {
		return serve(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
	}
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	tls := httptest.NewTLSServer(http.NotFoundHandler()) // signed by nobody we know
	tls.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(tls.Close)
	plain := answers(204)
	for name, c := range map[string]struct {
		address string
		inside  bool
		want    callback.Reason
		status  int
	}{
		"taken":             {answers(204), true, "", 0},
		"no address":        {"", true, callback.NoAddress, 0},
		"not a URL":         {"http://bank example/", true, callback.NoAddress, 0},
		"an error":          {answers(503), true, callback.Answered, 503},
		"not found":         {answers(404), true, callback.Answered, 404},
		"a redirect":        {answers(302), true, callback.Redirected, 302},
		"nobody listens":    {closed.URL, true, callback.Unreachable, 0},
		"broken off":        {serve(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), true, callback.Unreachable, 0},
		"no such host":      {"http://callbacks.invalid/", true, callback.Unresolved, 0},
		"of this machine":   {plain, false, callback.NotPublic, 0},
		"no certificate":    {tls.URL, true, callback.Insecure, 0},
		"no TLS":            {"https" + strings.TrimPrefix(plain, "http"), true, callback.Insecure, 0},
		"TLS spoken to one": {"http" + strings.TrimPrefix(tls.URL, "https"), true, callback.Answered, 400},
	} {
		t.Run(name, func(t *testing.T) {
			err := calls(t, c.address, c.inside)
			var status int
			if e, ok := errors.AsType[*callback.NotTaken](err); ok {
				status = e.Status
			}
			if why(err) != c.want || status != c.status || (err == nil) != (c.want == "") {
				t.Errorf("%v: %q %d, want %q %d", err, why(err), status, c.want, c.status)
			}
		})
	}
}

func TestABankThatDoesNotAnswerInTimeIsSaidSo(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer srv.Close()
	defer close(release)
	s := store.New(worldtest.Table(t, time.Now))
	if err := s.Write(t.Context(), store.PutBank(&store.Bank{Code: "0125", Callback: srv.URL})); err != nil {
		t.Fatal(err)
	}
	c := &callback.Signed{Store: s, Secrets: rotating{"whsec_" + strings.Repeat("A", 43) + "="}, HTTP: &http.Client{Timeout: time.Millisecond}, Inside: true, Now: time.Now}
	if p, err := c.Ping(t.Context(), "0125"); err != nil || p.Failed == nil || p.Failed.Reason != callback.TimedOut || p.Took < time.Millisecond {
		t.Errorf("%+v %v", p, err)
	}
}

func TestAPingIsACallbackLikeAnyOther(t *testing.T) {
	t.Parallel()
	var got []string
	key := "whsec_" + strings.Repeat("A", 43) + "="
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		wh, bad := webhooks.NewWebhook(key)
		if err != nil || bad != nil || wh.Verify(body, r.Header) != nil {
			t.Errorf("%v %v: %s does not verify", err, bad, body)
		}
		var v struct{ Type, Bank string }
		if err := json.Unmarshal(body, &v); err != nil {
			t.Error(err)
		}
		got = append(got, v.Type+" "+v.Bank+" "+r.Header.Get(webhooks.HeaderWebhookID))
	}))
	defer srv.Close()
	s := store.New(worldtest.Table(t, time.Now))
	if err := s.Write(t.Context(), store.PutBank(&store.Bank{Code: "0125", Callback: srv.URL})); err != nil {
		t.Fatal(err)
	}
	c := &callback.Signed{Store: s, Secrets: rotating{key}, Inside: true, Now: time.Now}
	var want []string
	for range 2 {
		p, err := c.Ping(t.Context(), "0125")
		if err != nil || p.Failed != nil {
			t.Fatalf("%+v %v", p, err)
		}
		want = append(want, "ping 0125 "+p.ID)
	}
	if !slices.Equal(got, want) || got[0] == got[1] {
		t.Errorf("the bank got %q, want %q", got, want)
	}
	if _, err := c.Ping(t.Context(), "0168"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a bank that is none: %v", err)
	}
}
