package web_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"kozamori/internal/membership"
	"kozamori/internal/store"
	"kozamori/internal/testkit/browsertest"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

const mailed = "by mail alone"

// enrols has a bank enrol somebody by mail.
func (v *walker) enrols(role watch.Role, ref string) (secret, paper string) {
	v.Helper()
	post := &secrets{}
	members := &membership.Service{Store: v.w.store, Keys: v.w.keys, Queue: post, Now: v.w.now, Logger: v.w.logger}
	e, err := members.Enrol(v.ctx, account.Bank, membership.EnrolRequest{Role: role, Email: "fumi@example.jp", Lang: v.lang, KeepOthers: true,
		Accounts: []membership.CodeRequest{{AccountRef: ref, Mask: "普通 ***7007"}}})
	if err != nil {
		v.Fatal(err)
	}
	return post.last, e.Code
}

// has tells whether there is such an element.
func (p *phone) has(css string) bool {
	p.Helper()
	found, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool]("document.querySelector('"+css+"') !== null"))
	if err != nil {
		p.Fatal(err)
	}
	return found
}

// href is the address of the first link that ends so.
func (p *phone) href(end string) string {
	p.Helper()
	to, err := chromedp.Run(p.ctx, chromedp.Evaluate[string]("document.querySelector('a[href$=\""+end+"\"]').getAttribute('href')"))
	if err != nil {
		p.Fatal(err)
	}
	return to
}

// tapTo follows the link to an address that begins so.
func (p *phone) tapTo(begin string) {
	p.Helper()
	p.show("", chromedp.Click(chromedp.CSS(`a[href^="`+begin+`"]`)))
}

// walkByMail is every page that somebody without a chat meets, apart from those of
// the settings, which are as everybody's.
var walkByMail = []stop{
	{"an enrolment that is none", everybody, "このお手続きは、もう使えません", "This can no longer be used", func(v *walker) { v.open(v.w.srv.URL+"/join/x", "") }},
	{"a guardian's enrolment", everybody, "ご家族の口座のお知らせを", "a relative's account", func(v *walker) {
		secret, _ := v.enrols(watch.Guardian, account.Ref)
		v.open(v.w.srv.URL+"/join/"+secret, "")
	}},
	{"declined", everybody, "申し込みを取り消しました", "It is cancelled", func(v *walker) { v.press(wording.DoDecline, "") }},
	{"nobody to watch with", everybody, "このお手続きは、もう使えません", "This can no longer be used", func(v *walker) {
		k := watch.AccountKey{Bank: account.Bank, Ref: "lonely"}
		v.w.put(store.PutAccount(&watch.Account{AccountKey: k, Watchers: []watch.Watcher{{ID: "w7", Role: watch.Owner, Lang: v.lang, Rules: watch.DefaultRules()}}}))
		secret, paper := v.enrols(watch.Guardian, k.Ref)
		if _, err := v.w.store.UpdateAccount(v.ctx, k, func(a *watch.Account) ([]store.Write, error) { a.Watchers[0].Role = watch.Guardian; return nil, nil }); err != nil {
			v.Fatal(err) // their only owner has gone meanwhile
		}
		v.open(v.w.srv.URL+"/join/"+secret, "")
		v.fill("code", paper)
		v.press(wording.DoJoin, "")
	}},
	{"an owner's enrolment", everybody, "口座のお知らせを、このメールアドレスで", "messages about your account", func(v *walker) {
		v.secret, v.paper = v.enrols(watch.Owner, "fumis")
		v.open(v.w.srv.URL+"/join/"+v.secret, "")
	}},
	{"a wrong code", everybody, "口座のお知らせを、このメールアドレスで", "messages about your account", func(v *walker) {
		v.fill("code", "AAAA AAAA AAAA")
		v.press(wording.DoJoin, "")
	}},
	{"begun", everybody, "お知らせを始めました", "You are connected", func(v *walker) {
		v.fill("code", strings.ToLower(v.paper))
		v.press(wording.DoJoin, "***7007")
	}},
	{"the door at once", everybody, "設定を開きますか", "Open your settings?", func(v *walker) {
		if !v.has(`a[href^="/s/"]`) {
			v.Fatal("who has just begun is not led to the settings")
		}
		v.tapTo("/s/")
	}},
	{"home", everybody, "見守っている口座", "Accounts you watch", func(v *walker) {
		v.press(wording.DoEnter, "***7007")
		v.room = v.href("/settings")
		v.room = strings.TrimSuffix(v.room, "/settings")
	}},
	{"settings", everybody, "お知らせの設定", "What you are told", func(v *walker) {
		v.open(v.w.srv.URL+v.room+"/settings", "fumi@example.jp")
		v.unfold("email")
		if v.has(`[name="mail_off"]`) {
			v.Error("the only way to tell them can be ticked off")
		}
	}},
	{"inviting by mail", everybody, "招待をつくりました", "The invitation is ready", func(v *walker) {
		v.open(v.w.srv.URL+v.room+"/family/invite", "")
		v.fill("name", "次男", "email", "jiro@example.jp")
		v.press(wording.DoInvite, "")
	}},
	{"an invitation to no address", everybody, "家族を招待する", "Invite somebody", func(v *walker) {
		v.open(v.w.srv.URL+v.room+"/family/invite", "")
		v.fill("email", "jiro＠")
		v.press(wording.DoInvite, "")
	}},
	{"logged out", everybody, "ログアウトしました", "You are logged out", func(v *walker) {
		v.open(v.w.srv.URL+"/home", "")
		v.press(wording.DoLogout, "")
	}},
	{"the mail once more", everybody, "このお手続きは、もう使えません", "This can no longer be used", func(v *walker) { v.open(v.w.srv.URL+"/join/"+v.secret, "") }},
	{"an alert", everybody, "の引き落としがありました", "from", func(v *walker) {
		a, err := v.w.store.Account(v.ctx, watch.AccountKey{Bank: account.Bank, Ref: "fumis"})
		if err != nil {
			v.Fatal(err)
		}
		v.user, v.id = a.Watchers[0].LineUser, a.Watchers[0].ID
		r := v.w.record("f1", 70007)
		r.Account, r.Mask = a.AccountKey, a.Mask
		r.Notices = []watch.Notice{{Watcher: v.id, Reasons: watch.Because(watch.ServiceDebit)}}
		v.w.put(store.PutRecord(r))
		v.open(v.w.link("f1", v.id), "70,007")
	}},
	{"asking for the settings", everybody, "設定を開くリンクを、メールでお送りしますか", "Shall we email you a link", func(v *walker) { v.tapTo("/key/") }},
	{"the link is on its way", everybody, "リンクをお送りしました", "The link is on its way", func(v *walker) { v.press(wording.DoKey, "") }},
	{"too many links", everybody, "設定を開くリンクを、メールでお送りしますか", "Shall we email you a link", func(v *walker) {
		for range 5 {
			v.w.add(2 * time.Minute)
			v.open(v.w.srv.URL+"/key/"+v.w.sign("key", v.user, v.id), "")
			v.press(wording.DoKey, "")
		}
	}},
	{"an alert whose link is over", everybody, "このリンクの期限が切れました", "This link has expired", func(v *walker) {
		over := v.w.link("f1", v.id)
		v.w.add(2 * time.Hour)
		v.open(over, "")
	}},
	{"a way in that is none", everybody, "このリンクは使えません", "This link no longer works", func(v *walker) { v.open(v.w.srv.URL+"/key/x", "") }},
	{"a session that is over", everybody, "この画面の時間が終わりました", "This page has closed", func(v *walker) {
		v.open(v.w.door(v.user, v.lang), "")
		v.press(wording.DoEnter, "")
		v.w.add(31 * time.Minute)
		v.open(v.w.srv.URL+"/home", "")
	}},
}

func TestEveryPageOfWhoHasNoChatIsReadableByEverybody(t *testing.T) {
	t.Parallel()
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		t.Run(string(lang), func(t *testing.T) {
			t.Parallel()
			ctx := browsertest.Open(t)
			w := newWorldAt(t, httptest.NewServer)
			browsertest.Speak(t, ctx, string(lang))
			v := &walker{phone: &phone{t, ctx}, w: w, lang: lang}
			v.walks(walkByMail, mailed)
		})
	}
}
