package web_test

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// Everybody who may come to the pages of the account, by LINE user.
const (
	stranger     = "U7" // watches nothing
	guardian     = "U2"
	otherGuard   = "U3" // of another account
	sameBank     = "U4" // owns another account at the same bank
	anotherBank  = "U5" // owns an account of the same reference at another bank
	accountOwner = "U1"
)

// everybody lets each of them watch what they watch, and logs them in.
func (w *world) everybody() map[string]*browser {
	w.t.Helper()
	w.change(func(a *watch.Account) { a.Watchers[1].LineUser = guardian })
	bind := func(user string, k watch.AccountKey, watcher string) {
		w.put(store.PutBinding(user, store.Binding{Account: k, Watcher: watcher}))
	}
	other, elsewhere := watch.AccountKey{Bank: "0125", Ref: "other"}, watch.AccountKey{Bank: "0001", Ref: account.Ref}
	a, err := w.store.Account(context.Background(), other)
	if err != nil {
		w.t.Fatal(err)
	}
	a.Watchers[0].LineUser = sameBank
	a.Watchers = append(a.Watchers, watch.Watcher{ID: "g9", Role: watch.Guardian, LineUser: otherGuard, Lang: watch.Japanese})
	w.put(store.PutAccount(a), store.PutAccount(&watch.Account{AccountKey: elsewhere, Watchers: []watch.Watcher{{ID: "w5", Role: watch.Owner, LineUser: anotherBank, Lang: watch.Japanese}}}))
	bind(sameBank, other, "w9")
	bind(otherGuard, other, "g9")
	bind(anotherBank, elsewhere, "w5")
	out := map[string]*browser{"nobody": w.browser()}
	for name, user := range map[string]string{"a stranger": stranger, "a guardian": guardian, "a guardian of another account": otherGuard,
		"the owner": accountOwner, "an owner at the same bank": sameBank, "an owner at another bank": anotherBank} {
		out[name], _ = w.login(user, watch.Japanese)
	}
	return out
}

// rooms are the pages of an account, with the buttons of each.
var rooms = map[string][]string{
	"/settings":      {wording.DoSave, wording.DoCheck},
	"/history":       nil,
	"/history.csv":   nil,
	"/services":      {wording.DoMine, wording.DoNotMine},
	"/family":        {wording.DoDismiss},
	"/family/invite": {wording.DoInvite},
	"/leave":         {wording.DoLeave, wording.DoErase},
}

// buttons are those of every page there is, and what is none.
var buttons = []string{wording.DoEnter, wording.DoLogout, wording.DoSave, wording.DoCheck, wording.DoMine, wording.DoNotMine,
	wording.DoUndo, wording.DoTrust, wording.DoStop, wording.DoInvite, wording.DoDismiss, wording.DoLeave, wording.DoErase, wording.DoConfirm, "", "x"}

// form asks for a button with every field that one of them reads.
func form(do string) url.Values {
	return url.Values{"do": {do}, "record": {"r1"}, "watcher": {"g1"}, "name": {"x"}, "email": {"evil@example.jp"}, "service_min": {"1"}, "sure": {"on"}}
}

func TestSomebodyElsesRoomsAreAsUnknownAsNone(t *testing.T) {
	w := newWorld(t)
	all := w.everybody()
	mine := w.srv.URL + all["the owner"].open(w.srv.URL+"/home").room(t)
	before := w.everything()
	for who, b := range all {
		if who == "the owner" {
			continue
		}
		status := http.StatusNotFound
		if who == "nobody" {
			status = http.StatusForbidden
		}
		ask := func(room, method, do string) (page, string) {
			t.Helper()
			w.table.taken()
			v := form(do)
			if method == http.MethodGet {
				v, do = nil, "?"+v.Encode()
				return b.do(method, room+do, v), w.table.taken()
			}
			return b.do(method, room, v), w.table.taken()
		}
		for room := range rooms {
			for _, do := range buttons {
				for _, method := range []string{http.MethodGet, http.MethodPost} {
					got, took := ask(mine+room, method, do)
					none, reads := ask(w.srv.URL+"/home/AAAAAAAAAAAAAAAAAAAAAA"+room, method, do)
					want := status
					if method == http.MethodPost && rooms[room] == nil {
						want = http.StatusMethodNotAllowed
					}
					if got.status != want || got.body != none.body || none.status != want || took != reads {
						t.Errorf("%s, %s %s, do=%s: status %d (%d for no room), want %d; the same words: %v; reads %q and %q", who, method, room, do,
							got.status, none.status, want, got.body == none.body, took, reads)
					}
				}
			}
		}
	}
	if diff := cmp.Diff(before, w.everything()); diff != "" {
		t.Errorf("somebody changed something:\n%s", diff)
	}
}

func TestEachRoomDoesOnlyWhatItsButtonsSay(t *testing.T) {
	w := newWorld(t)
	all := w.everybody()
	before := w.everything()
	for who, allowed := range map[string]map[string]bool{
		"the owner": {wording.DoSave: true, wording.DoCheck: true, wording.DoMine: true, wording.DoNotMine: true,
			wording.DoInvite: true, wording.DoDismiss: true, wording.DoLeave: true, wording.DoErase: true},
		// What a guardian may not do is "not found", or not offered.
		"a guardian": {wording.DoSave: true, wording.DoMine: true, wording.DoNotMine: true, wording.DoLeave: true},
	} {
		b := all[who]
		mine := w.srv.URL + b.open(w.srv.URL+"/home").room(t)
		for room, does := range rooms {
			// Only an owner invites: to a guardian there is no such page.
			closed := who == "a guardian" && room == "/family/invite"
			// A GET changes nothing, whatever its address says.
			for _, do := range does {
				if got := b.open(mine + room + "?" + form(do).Encode()); got.status != 200 && (got.status != 404 || !closed) {
					t.Errorf("%s, GET %s?do=%s: %d", who, room, do, got.status)
				}
			}
			for _, do := range buttons {
				known := false
				for _, d := range does {
					known = known || d == do
				}
				if known && allowed[do] {
					continue // what it does is tested with the page
				}
				got := b.do(http.MethodPost, mine+room, form(do))
				switch {
				case closed && got.status == 404, does == nil && got.status == 405, !known && got.status == 400, known && (got.status == 404 || do == wording.DoCheck && got.status == 400):
				default:
					t.Errorf("%s, POST %s, do=%s: %d", who, room, do, got.status)
				}
			}
		}
		for _, path := range []string{"/home", "/home/help"} {
			for _, do := range buttons {
				if do == wording.DoLogout {
					continue
				}
				if got := b.do(http.MethodPost, w.srv.URL+path, form(do)); got.status != 400 && got.status != 405 {
					t.Errorf("%s, POST %s, do=%s: %d", who, path, do, got.status)
				}
			}
		}
		// From another site, nothing at all.
		for room, does := range rooms {
			for _, do := range does {
				if got := b.do(http.MethodPost, mine+room, form(do), "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"); got.status != 403 {
					t.Errorf("%s, from another site, %s, do=%s: %d", who, room, do, got.status)
				}
			}
		}
	}
	if diff := cmp.Diff(before, w.everything()); diff != "" {
		t.Errorf("something changed:\n%s", diff)
	}
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
			for _, do := range buttons {
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
