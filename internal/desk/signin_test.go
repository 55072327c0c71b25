package desk_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"kozamori/internal/clerk"
	"kozamori/internal/desk"
)

func TestASignInLeadsToPagesOfThatDeskAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.report(ours, "acc_1", "dbarai", 98765)
	for to, want := range map[string]string{
		"/desk/0168/cases/" + d.ID:               "/desk/0168/cases/" + d.ID,
		"/desk/0168?number=KZ-7F3K-9Q4M":         "/desk/0168?number=KZ-7F3K-9Q4M",
		"":                                       "/desk/0168",
		"/desk/0125":                             "/desk/0168",
		"/desk/01680":                            "/desk/0168",
		"/home":                                  "/desk/0168",
		"https://evil.example/desk/0168":         "/desk/0168",
		"//evil.example/desk/0168":               "/desk/0168",
		`/\evil.example/desk/0168`:               "/desk/0168",
		`\\evil.example`:                         "/desk/0168",
		"/desk/0168/../../home":                  "/desk/0168",
		"/desk/0168/%2e%2e/0125":                 "/desk/0168",
		"/desk/0168/sign-in":                     "/desk/0168",
		"/desk/0168/callback?code=x":             "/desk/0168",
		"/desk/0168/\r\nSet-Cookie: a=b":         "/desk/0168",
		"javascript:alert(1)":                    "/desk/0168",
		"/desk/0168/#x":                          "/desk/0168",
		"/desk/0168/" + strings.Repeat("x", 500): "/desk/0168",
	} {
		s := w.stranger()
		address := w.url + "/desk/0168/sign-in?" + url.Values{"to": {to}}.Encode()
		back := s.leads(s.leads(address, nil), url.Values{"subject": {subjects[clerk.Look]}})
		if got := s.leads(back, nil); got != w.url+want {
			t.Errorf("%q leads to %q", to, got)
		}
	}
}

func TestACookieIsOfOneHostOneBankAndOneBrowser(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.signedIn(ours, clerk.Manage)
	at, err := url.Parse(w.url + "/desk/0125")
	if err != nil {
		t.Fatal(err)
	}
	var value string
	for _, c := range s.Jar.Cookies(at) {
		if c.Name == "kozamori-desk-0168" {
			value = c.Value
		}
	}
	if value == "" {
		t.Fatal("there is no session")
	}
	thief := w.stranger()
	thief.Jar.SetCookies(at, []*http.Cookie{{Name: "kozamori-desk-0125", Value: value, Path: "/"}})
	if code, _, _ := thief.ask("GET", "/desk/0125", nil); code != http.StatusUnauthorized {
		t.Errorf("our session at another bank: %d", code)
	}
	secure := desk.New(desk.Config{Store: w.World.Store, Clerks: w.clerks, BaseURL: "https://kozamori.example", Now: w.Now, Logger: w.Logger})
	r, _ := http.NewRequestWithContext(ctx, "GET", "/desk/0168/sign-in", nil)
	rec := newRecorder(secure, r)
	for _, c := range rec.Cookies() {
		if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("%+v", c)
		}
	}
	if len(rec.Cookies()) != 1 {
		t.Errorf("%v", rec.Cookies())
	}
}

func TestSigningOutEndsTheSessionAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.signedIn(ours, clerk.Look)
	at, _ := url.Parse(w.url)
	kept := s.Jar.Cookies(at)
	if code, _, _ := s.ask("POST", "/desk/0168/sign-out", url.Values{}); code != http.StatusSeeOther {
		t.Fatal(code)
	}
	thief := w.stranger()
	thief.Jar.SetCookies(at, kept)
	for _, x := range []*seat{s, thief} {
		if code, _, _ := x.ask("GET", "/desk/0168", nil); code != http.StatusUnauthorized {
			t.Errorf("%d", code)
		}
	}
}
