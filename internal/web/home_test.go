package web_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"kozamori/internal/session"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// login opens the pages of a LINE user, who watches the account.
func (w *world) login(lineUser string, lang watch.Lang) (*browser, page) {
	w.t.Helper()
	a, err := w.store.Account(context.Background(), account)
	if err != nil {
		w.t.Fatal(err)
	}
	if who, ok := a.WatcherOf(lineUser); ok {
		w.put(store.PutBinding(lineUser, store.Binding{OnAccount: watch.On(account), Watcher: who.ID}))
	}
	b := w.browser()
	return b, b.press(b.open(w.door(lineUser, lang)), wording.DoEnter)
}

func (w *world) door(lineUser string, lang watch.Lang) string {
	w.t.Helper()
	secret, err := w.sessions.Door(context.Background(), lineUser, lang)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.srv.URL + "/s/" + secret
}

var roomPath = regexp.MustCompile(`/home/[\w-]{22}`)

// room is the path of the account's pages for a person with a home page.
func (p page) room(t *testing.T) string {
	t.Helper()
	path := roomPath.FindString(p.body)
	if path == "" {
		t.Fatalf("no account on the page:\n%s", p.main())
	}
	return path
}

func TestADoorOpensOnceAndPreviewsDoNotUseItUp(t *testing.T) {
	w := newWorld(t)
	door := w.door("U1", watch.Japanese)
	b := w.browser()
	for range 3 {
		w.browser().open(door).says(t, 200, "設定を開きますか")
	}
	p := b.open(door)
	if p.url.Path != "/enter" {
		t.Errorf("the door's secret stays in the address: %s", p.url)
	}
	b.do(http.MethodPost, p.url.String(), url.Values{"do": {"enter"}}, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example").says(t, 403, "受け付けられませんでした")
	p = b.press(p, wording.DoEnter)
	p.says(t, 200, "見守っている口座", "14:38まで")
	if p.url.Path != "/home" || strings.Contains(p.body, door[strings.LastIndex(door, "/")+1:]) {
		t.Errorf("ended at %s", p.url)
	}
	w.browser().open(door).says(t, 403, "このリンクは使えません")
	b.do(http.MethodPost, w.srv.URL+"/enter", url.Values{"do": {wording.DoEnter}}).says(t, 403)
	if log := w.logged(); strings.Contains(log, door[strings.LastIndex(door, "/")+1:]) || strings.Contains(log, "U1") {
		t.Errorf("the log holds the door or the user:\n%s", log)
	}
}

func TestTheSessionsCookieIsKeptCloseAndEnds(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	b.open(w.door("U1", watch.Japanese))
	p := b.do(http.MethodPost, w.srv.URL+"/enter", url.Values{"do": {"enter"}})
	for _, want := range []string{"; Path=/home", "; HttpOnly", "; Secure", "; SameSite=Lax", "; Max-Age=1800"} {
		if c := p.header.Get("Set-Cookie"); !strings.Contains(c, want) {
			t.Errorf("the cookie %q lacks %q", c, want)
		}
	}
	b.open(w.srv.URL+"/home").says(t, 200)
	w.add(session.Life)
	b.open(w.srv.URL+"/home").says(t, 403, "時間が終わりました", "LINEで「設定」と送って")
	w.browser().open(w.srv.URL+"/home").says(t, 403)
}

func TestLoggingOutEndsTheSessionEverywhere(t *testing.T) {
	w := newWorld(t)
	b, p := w.login("U1", watch.Japanese)
	p.says(t, 200, "七十七銀行 普通 ***4567", "ご自身の口座", p.room(t)+"/settings")
	home := w.srv.URL + "/home"
	stolen := b.Jar.Cookies(mustURL(t, home))
	b.press(p, wording.DoLogout).says(t, 200, "ログアウトしました")
	thief := w.browser()
	thief.Jar.SetCookies(mustURL(t, home), stolen)
	thief.open(home).says(t, 403)
}

func mustURL(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestSomebodyWhoWatchesNothingSeesHowToConnect(t *testing.T) {
	w := newWorld(t)
	_, p := w.login("U7", watch.English)
	p.says(t, 200, `lang="en"`, "No account is connected")
	if roomPath.MatchString(p.body) {
		t.Error("an account of somebody else is shown")
	}
}

// Who asked for the family is there with one press, if there is one account to go to.
func TestTheChatsWayToTheFamilyIsOnePress(t *testing.T) {
	w := newWorld(t)
	w.put(store.PutBinding("U1", store.Binding{OnAccount: watch.On(account), Watcher: "w1"}))
	arrives := func(mark string) string {
		b := w.browser()
		return b.press(b.open(w.door("U1", watch.Japanese)+mark), wording.DoEnter).url.Path
	}
	room := "/home/" + w.room("U1", account)
	if got := arrives(wording.ToFamily); got != room+"/family" {
		t.Errorf("with one account: %s", got)
	}
	// Who watches is read at the door already, as often as it is opened, and changed
	// behind it.
	door := w.door("U1", watch.Japanese) + wording.ToFamily
	for range 3 {
		p := w.browser().open(door)
		p.says(t, 200, "口座の名義人（あなた）", "見守り家族", "家族を招待する・変更する")
		p.saysNot(t, "この人の見守りを終える", "/home/")
	}
	b := w.browser()
	b.press(b.open(door), wording.DoEnter).says(t, 200, "この人の見守りを終える")
	p := w.browser().open(door)
	p.says(t, 403, "このリンクは使えません")
	p.saysNot(t, "口座の名義人")
	for _, mark := range []string{"", "?to=family&x", "?to=//evil.example"} {
		if got := arrives(mark); got != "/home" {
			t.Errorf("%q: %s", mark, got)
		}
	}
	other := watch.AccountKey{Bank: account.Bank, Ref: "second"}
	w.put(store.PutAccount(&watch.Account{AccountKey: other, Watchers: []watch.Watcher{{ID: "w2", Role: watch.Owner, LineUser: "U1", Lang: watch.Japanese}}}),
		store.PutBinding("U1", store.Binding{OnAccount: watch.On(other), Watcher: "w2"}))
	if got := arrives(wording.ToFamily); got != "/home" {
		t.Errorf("with two accounts: %s", got)
	}
}
