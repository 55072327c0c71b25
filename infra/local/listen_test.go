package main

import (
	"bytes"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
)

// ask asks for a path under a name and from a page, and tells the status.
func ask(t *testing.T, method, address, host, origin string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(`{"account_ref":"acc_8f3k"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Host = host
	if origin != "" {
		req.Header.Set("Origin", origin)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}

// simulatedPaths are what only the user of this machine may reach.
var simulatedPaths = map[string]string{
	"/sim/state": "GET", "/sim/changes": "GET", "/sim/line/messages": "GET", "/sim/mail/messages": "GET", "/sim/bank/disputes": "GET", "/sim/bank/0125/codes": "POST",
	"/sim/send/0125-overdrawn.json": "POST", "/outside/line/v2/bot/message/push": "POST", "/outside/ses/v2/email/outbound-emails": "POST", "/sim/bank/0125/callback": "POST", "/sim/line/users": "POST", "/sim/mail/fail": "POST", "/sim/events": "POST", "/sim/clock": "POST", "/page.js": "GET", "/index.html": "GET",
}

func TestWhatIsSimulatedIsForWhoKnowsItsPathAlone(t *testing.T) {
	t.Parallel()
	s := up(t, t.TempDir(), noEnv)
	page, err := url.Parse(s.Page)
	if err != nil {
		t.Fatal(err)
	}
	if ip := net.ParseIP(page.Hostname()); ip == nil || !ip.IsLoopback() || len(page.Path) < 17 {
		t.Errorf("the page is at %s", s.Page)
	}
	bare := "http://" + page.Host
	for path, method := range simulatedPaths {
		for _, at := range []string{s.URL + path, bare + path, bare + "/" + strings.Repeat("a", len(page.Path)-1) + path, bare + "//" + path} {
			if got := ask(t, method, at, "", ""); got != http.StatusNotFound && got != http.StatusMovedPermanently && got != http.StatusTemporaryRedirect {
				t.Errorf("%s %s without the path is answered %d", method, at, got)
			}
		}
	}
	if got := ask(t, "GET", s.Page+"/sim/line/messages", "", ""); got != http.StatusOK {
		t.Errorf("with the path it is answered %d", got)
	}
	for path, method := range simulatedPaths {
		if got := ask(t, method, s.Page+path, "", "https://evil.example"); method != "GET" && got != http.StatusForbidden {
			t.Errorf("%s of another site's page is answered %d", path, got)
		}
	}
}

func TestNamesOfOthersThatLeadHereAreNotServed(t *testing.T) {
	t.Parallel()
	s := up(t, t.TempDir(), func(name string) string { return map[string]string{"KOZAMORI_URL": "https://tunnel.example"}[name] })
	for host, want := range map[string]map[bool]int{ // of Kozamori itself, of the page
		"":                            {true: 200, false: 200},
		"localhost":                   {true: 200, false: 200},
		"LOCALHOST:1":                 {true: 200, false: 200},
		"127.0.0.1:99":                {true: 200, false: 200},
		"[::1]":                       {true: 200, false: 200},
		"tunnel.example":              {true: 200, false: 421},
		"Tunnel.Example:443":          {true: 200, false: 421},
		"192.168.1.7":                 {true: 200, false: 421},
		"evil.example":                {true: 421, false: 421},
		"localhost.evil.example":      {true: 421, false: 421},
		"127.0.0.1.evil.example:8080": {true: 421, false: 421},
		"evil.example:8080":           {true: 421, false: 421},
		"0":                           {true: 421, false: 421},
		"a b":                         {true: 421, false: 421},
	} {
		if got := ask(t, "GET", s.URL+"/healthz", host, ""); got != want[true] {
			t.Errorf("Kozamori as %q is answered %d, want %d", host, got, want[true])
		}
		if got := ask(t, "GET", s.Page+"/sim/state", host, ""); got != want[false] {
			t.Errorf("the page as %q is answered %d, want %d", host, got, want[false])
		}
	}
}

func TestOtherMachinesReachKozamoriOnlyIfThatIsMeantAndNothingElse(t *testing.T) {
	t.Parallel()
	var out, errs bytes.Buffer
	for _, addr := range []string{"0.0.0.0:0", ":0", "[::]:0"} {
		if code := run(t.Context(), []string{"-data", t.TempDir(), "-addr", addr}, noEnv, &out, &errs); code != 1 || !strings.Contains(errs.String(), "-expose") {
			t.Errorf("%s: %d %s", addr, code, errs.String())
		}
	}
	s, err := start(t.Context(), options{Data: t.TempDir(), Addr: "0.0.0.0:0", Expose: true, Env: noEnv, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for path, method := range simulatedPaths {
		if got := ask(t, method, s.URL+path, "", ""); got != http.StatusNotFound {
			t.Errorf("%s %s is answered %d", method, path, got)
		}
	}
	for _, path := range []string{"/healthz", "/"} {
		if got := ask(t, "GET", s.URL+path, "", ""); got != http.StatusNotFound {
			t.Errorf("%s is answered %d", path, got)
		}
	}
	if got := ask(t, "POST", s.URL+"/v1/banks/0125/events", "", ""); got != http.StatusUnauthorized {
		t.Errorf("an event without a signature is answered %d", got)
	}
	if !strings.HasPrefix(s.Page, "http://127.0.0.1:") {
		t.Errorf("the page is at %s", s.Page)
	}
	if got, want := s.limit(t), requestsPerSecond+"0"; got != want { // of ten seconds
		t.Errorf("a bank may send %q requests at once, want %s", got, want)
	}
}

// limit is what a bank is told that it may send at once; nothing if that is not limited.
func (s *stack) limit(t *testing.T) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/v1/banks/0125/health", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.Banks["0125"].APIKey)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("answered %d", res.StatusCode)
	}
	return res.Header.Get("RateLimit-Limit")
}

// A bank may send as much to a stack that other machines reach as on AWS, unless its
// user says otherwise, and as much as it likes to one that they do not.
func TestABankMaySendToAStackThatIsExposedWhatItMayOnAWS(t *testing.T) {
	t.Parallel()
	template, err := os.ReadFile("../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, is := range map[string]string{"EventsPerSecond": eventsPerSecond, "RequestsPerSecond": requestsPerSecond} {
		if !strings.Contains(string(template), "\n  "+name+":\n    Type: Number\n    Default: "+is+"\n") {
			t.Errorf("%s is another in the template than %s", name, is)
		}
	}
	env := func(name string) string { return map[string]string{"KOZAMORI_EVENTS_PER_SECOND": "7"}[name] }
	for _, c := range []struct {
		expose           bool
		events, requests string
	}{{true, "7", requestsPerSecond}, {false, "7", ""}} {
		s := &stack{options: options{Expose: c.expose, Env: env}}
		if get := s.limited(); get("KOZAMORI_EVENTS_PER_SECOND") != c.events || get("KOZAMORI_REQUESTS_PER_SECOND") != c.requests {
			t.Errorf("exposed %t: %q events, %q requests", c.expose, get("KOZAMORI_EVENTS_PER_SECOND"), get("KOZAMORI_REQUESTS_PER_SECOND"))
		}
	}
}
