package web_test

import (
	"maps"
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// LINE users.
const (
	stranger     = "U7" // watches nothing
	guardian     = "U2"
	sameBank     = "U4" // owns another account at the same bank
	anotherBank  = "U5" // owns an account of the same reference at another bank
	accountOwner = "U1"
)

// form asks for a button with every field that one of them reads.
func form(do string) url.Values {
	return url.Values{"do": {do}, "record": {"r1"}, "watcher": {"g1"}, "name": {"x"}, "email": {"evil@example.jp"}, "service_min": {"1"}, "sure": {"on"}, "control": {"stop_service"}, "service": {"paypay"}}
}

// A secret opens one kind of page only, in whichever cookie it is put.
func TestASecretOfOnePageOpensNoOther(t *testing.T) {
	w := newWorld(t)
	b, home := w.login(accountOwner, watch.Japanese)
	session := b.Jar.Cookies(mustURL(t, w.srv.URL+"/home"))[0].Value
	alert := w.link("r1", "w1")
	token := alert[len(w.srv.URL+"/a/"):]
	door := w.door(accountOwner, watch.Japanese)[len(w.srv.URL+"/s/"):]
	p := b.open(alert)
	all := allButtons(t)
	before := w.everything()
	for name, c := range map[string]struct{ path, cookie, secret string }{
		"a session at the door":             {"/enter", "kozamori", session},
		"a session at a confirmation":       {"/confirm", "kozamori", session},
		"a session at an alert":             {p.url.Path, "kozamori", session},
		"a session at an alert, by its own": {p.url.Path, "kozamori-session", session},
		"a session at the end of mails":     {"/mails/" + p.url.Path[len("/alert/"):], "kozamori", session},
		"an alert's token at home":          {"/home", "kozamori-session", token},
		"an alert's token in a room":        {home.room(t) + "/settings", "kozamori-session", token},
		"an alert's token at the door":      {"/enter", "kozamori", token},
		"an alert's token at the mails":     {"/mails/" + p.url.Path[len("/alert/"):], "kozamori", token},
		"a door as a session":               {"/home", "kozamori-session", door},
		"a door at a confirmation":          {"/confirm", "kozamori", door},
		"nothing at all":                    {"/enter", "x", "x"},
	} {
		for method, v := range map[string]url.Values{http.MethodGet: nil, http.MethodPost: nil} {
			for _, do := range all {
				if method == http.MethodPost {
					v = form(do)
				}
				got := w.browser().do(method, w.srv.URL+c.path, v, "Cookie", c.cookie+"="+c.secret)
				if got.status != 403 && got.status != 404 && (got.status != 400 || method == http.MethodGet) {
					t.Errorf("%s: %s do=%s: %d", name, method, do, got.status)
				}
				if method == http.MethodGet {
					break
				}
			}
		}
	}
	if diff := cmp.Diff(before, w.everything()); diff != "" {
		t.Errorf("something changed:\n%s", diff)
	}
}

// Mail scanners and previews open each link as often as they like.
func TestNoLinkIsUsedUpByLookingAtIt(t *testing.T) {
	w := newWorld(t)
	b, p := w.settings()
	b.send(p, wording.DoSave, "email", "new@example.jp").says(t, 200, "確認のメールを送りました")
	links := []string{w.door(accountOwner, watch.Japanese), w.mails.sent[0].Buttons[0].URL, w.link("r1", "w1"), w.stopLink("r1", "w1")}
	before := w.everything()
	for _, link := range links {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodGet} {
			for _, query := range []string{"", "?do=enter", "?do=confirm", "?do=notmine", "?do=stop"} {
				if got := w.browser().do(method, link+query, nil); got.status != 200 {
					t.Errorf("%s %s: %d", method, link, got.status)
				}
			}
		}
	}
	if diff := cmp.Diff(before, w.everything()); diff != "" {
		t.Errorf("something changed:\n%s", diff)
	}
	for i, do := range []string{wording.DoEnter, wording.DoConfirm} {
		phone, thief := w.browser(), w.browser()
		at := thief.open(links[i])
		phone.press(phone.open(links[i]), do).says(t, 200)
		if got := thief.do(http.MethodPost, at.url.String(), url.Values{"do": {do}}); do == wording.DoEnter && got.status != 403 {
			t.Errorf("a link opened twice: %d", got.status)
		}
	}
	after := w.everything()
	if maps.Equal(before, after) {
		t.Error("the links do nothing")
	}
}
