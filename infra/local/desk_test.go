package main

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
)

// Each bank's clerks come to their desk by the login that is played here, also after
// the stack was started again, and see what the phone reported.
func TestTheDeskOfEachBankStandsNextToThePhone(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	for range 2 {
		s, err := start(t.Context(), options{Data: data, Addr: "127.0.0.1:0", Env: noEnv, Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		for _, code := range codes {
			if page := signedIn(t, s, code, "clerk-2"); !strings.Contains(page, "鈴木 一郎") || !strings.Contains(page, "サインアウト") {
				t.Errorf("%s: %s", code, page)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// A bank whose operator has set another provider keeps it.
func TestAnotherProviderOfABankStays(t *testing.T) {
	t.Parallel()
	s := up(t, t.TempDir(), noEnv)
	b, err := s.System.Store.Bank(t.Context(), codes[0])
	if err != nil {
		t.Fatal(err)
	}
	b.SignIn.ClientID = "theirs"
	if in, err := s.signIn(t.Context(), codes[0], b.SignIn); err != nil || in != b.SignIn {
		t.Errorf("%+v %v", in, err)
	}
}

// signedIn is the first page of a clerk of a bank.
func signedIn(t *testing.T, s *stack, code, subject string) string {
	t.Helper()
	jar, _ := cookiejar.New(nil) // it takes no options that could be wrong
	browser := &http.Client{Jar: jar}
	res, err := browser.Get(s.System.BaseURL + "/desk/" + code + "/sign-in")
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res, err = browser.PostForm(res.Request.URL.String(), url.Values{"subject": {subject}}); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v %s", code, res.Status, err, body)
	}
	return string(body)
}
