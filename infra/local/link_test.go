package main

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"kozamori/events"
	"kozamori/internal/watch"
)

var loginLink = regexp.MustCompile(`http://[^"\s]+/login\?linkToken=[^"\s]+`)

// A person connects another account from the bank's own site: the chat's
// link, the bank's page, LINE's dialog.
func TestAnAccountIsConnectedFromTheBanksOwnSite(t *testing.T) {
	t.Parallel()
	s := up(t, t.TempDir(), noEnv)
	user := s.LINE.Users()[0].ID
	if err := s.LINE.Say(user, "口座をつなぐ"); err != nil {
		t.Fatal(err)
	}
	link := ""
	eventually(t, s, "the chat gives a link", func() bool {
		for _, it := range s.LINE.Chat(user) {
			if l := loginLink.FindString(strings.ReplaceAll(string(it.Message), `\u0026`, "&")); l != "" {
				link = l
			}
		}
		return link != ""
	})
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	phone := &http.Client{Jar: jar}
	read := func(res *http.Response, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		b, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if page := read(phone.Get(s.Page + "/sim/line/users/" + user + "/open?url=" + url.QueryEscape(link))); !strings.Contains(page, "貯蓄 ***2201") {
		t.Fatalf("the bank's page: %s", page)
	}
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	code := strings.Split(u.Path, "/")[4]
	form := url.Values{"linkToken": {u.Query().Get("linkToken")}, "account": {events.Accounts[code].Ref + "_2"}}
	u.RawQuery = ""
	if page := read(phone.PostForm(u.String(), form)); !strings.Contains(page, "連携しました") {
		t.Fatalf("LINE's dialog: %s", page)
	}
	k := watch.AccountKey{Bank: code, Ref: events.Accounts[code].Ref + "_2"}
	eventually(t, s, "the account is watched", func() bool {
		ok, err := s.bound(t.Context(), k, user)
		return err == nil && ok
	})
	// The link works once.
	if page := read(phone.PostForm(u.String(), form)); strings.Contains(page, "連携しました") {
		t.Error("the link worked twice")
	}
}
