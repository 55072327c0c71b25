package web_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"kozamori/internal/message"
	"kozamori/internal/quote"
	"kozamori/internal/store"
	"kozamori/internal/testkit/breadth"
	"kozamori/internal/testkit/browsertest"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// newCrowd is the world of somebody who watches ten accounts, two of them with
// one name, and of their guardian; twenty services and a hundred alerts are on
// record, and each kind of rule is set.
func newCrowd(t *testing.T, lang watch.Lang) *world {
	w := newWorldAt(t, httptest.NewServer)
	at := w.now()
	services := map[string]*watch.ServiceActivity{"paypay": {FirstAt: at, LastAt: at, Debits: 9, LastAmount: 4321}}
	for i := range 19 {
		services[fmt.Sprint("many", i)] = &watch.ServiceActivity{FirstAt: at, LastAt: at, Debits: 1, LastAmount: 1_000_000_000_000}
	}
	w.put(store.PutActivity(account, &watch.Activity{Services: services, Recent: []watch.RecentDebit{{Record: "r2", Service: "paypay"}}}))
	for i := range 100 {
		r := w.record(fmt.Sprint("more", i), int64(1_000_000_000_000-i))
		r.OccurredAt = r.OccurredAt.Add(-time.Duration(i) * time.Minute)
		r.Notices = append(r.Notices, watch.Notice{Watcher: "g1", Reasons: watch.Because(watch.FirstSeen)})
		w.put(store.PutRecord(r))
	}
	w.change(func(a *watch.Account) {
		a.Watchers[0].Lang, a.Watchers[0].Since = lang, at.AddDate(0, -3, 0)
		g := &a.Watchers[1]
		g.LineUser, g.Lang, g.Since, g.Name = guardian, lang, at.AddDate(0, -1, 0), quote.Text(strings.Repeat("長", 20))
		r := &a.Watchers[0].Rules
		r.ServiceMinFor, r.MonthlyTotal = map[string]int64{"paypay": 5000}, map[string]int64{"paypay": 1_000_000_000_000}
		r.Quiet = &watch.Quiet{From: 22 * 60, To: 7 * 60}
		for i := range 20 {
			r.Keywords = append(r.Keywords, strings.Repeat("ガ", 28)+fmt.Sprint(10+i))
		}
		for i := range watch.MaxTrusts {
			r.Trusts = append(r.Trusts, watch.Trust{Service: "paypay", UpTo: int64(1000 + i), Until: at.AddDate(0, 1, 0)})
		}
	})
	for i := range 9 {
		k := watch.AccountKey{Bank: account.Bank, Ref: fmt.Sprint("another", i)}
		mask := fmt.Sprintf("普通 ***%04d", i)
		if i == 0 {
			mask = "普通 ***4567"
		}
		id := fmt.Sprint("a", i)
		w.put(store.PutAccount(&watch.Account{AccountKey: k, Mask: quote.Text(mask), Watchers: []watch.Watcher{{ID: id, Role: watch.Owner, LineUser: accountOwner, Lang: lang, Since: at}}}),
			store.PutBinding(accountOwner, store.Binding{OnAccount: watch.On(k), Watcher: id}))
	}
	return w
}

// walker goes from page to page.
type walker struct {
	*phone
	w        *world
	user, id string
	lang     watch.Lang
	room     string // address of the account's pages
	// Of who has no chat: what the mail of their enrolment carries, and its code.
	secret, paper string
}

func (v *walker) at(path string) { v.Helper(); v.open(v.room+path, "") }

// asks presses a button that is made to ask for something else.
func (v *walker) asks(path, do string) {
	v.Helper()
	v.at(path)
	v.asksHere(do)
}

func (v *walker) asksHere(do string) {
	v.Helper()
	if _, err := chromedp.Run(v.ctx, chromedp.Evaluate[bool](`(document.querySelector("button").value = "`+do+`") !== ""`)); err != nil {
		v.Fatal(err)
	}
	v.press(do, "")
}

// only leaves the form that has a field, of those whose buttons ask for the same.
func (v *walker) only(field string) {
	v.Helper()
	if _, err := chromedp.Run(v.ctx, chromedp.Evaluate[bool](`(document.querySelectorAll("form").forEach((f) => { if (!f.querySelector("`+field+`")) f.remove(); }), true)`)); err != nil {
		v.Fatal(err)
	}
}

// answered opens an alert and presses its buttons one after the other.
func (v *walker) answered(buttons ...string) {
	v.Helper()
	v.open(v.w.chatLink("r1", v.id), "")
	for _, do := range buttons {
		v.press(do, "")
	}
}

const (
	everybody = ""
	owners    = accountOwner
	guardians = guardian
)

// stop is a page in a state, with a part of its heading in both languages.
type stop struct {
	name, who, ja, en string
	get               func(v *walker)
}

// walk is every page in every state that a person can meet, in an order in
// which each can be reached.
var walk = []stop{
	{"a door that is none", everybody, "このリンクは使えません", "This link no longer works", func(v *walker) { v.open(v.w.srv.URL+"/s/x", "") }},
	{"no session", everybody, "この画面の時間が終わりました", "This page has closed", func(v *walker) { v.open(v.w.srv.URL+"/home", "") }},
	{"the door of the family", guardians, "見守り家族", "Family", func(v *walker) { v.open(v.w.door(v.user, v.lang)+wording.ToFamily, "") }},
	{"the door", everybody, "設定を開きますか", "Open your settings?", func(v *walker) { v.open(v.w.door(v.user, v.lang), "") }},
	{"home", everybody, "見守っている口座", "Accounts you watch", func(v *walker) { v.press(wording.DoEnter, "") }},
	{"help", everybody, "身に覚えのないことがあったら", "If something was not you", func(v *walker) { v.open(v.w.srv.URL+"/home/help", "") }},
	{"no such room", everybody, "このページは見つかりません", "We cannot find this page", func(v *walker) { v.open(v.w.srv.URL+"/home/nothing", "") }},

	{"settings", everybody, "お知らせの設定", "What you are told", func(v *walker) { v.at("/settings") }},
	{"settings, every group unfolded", everybody, "お知らせの設定", "What you are told", func(v *walker) {
		for _, field := range []string{"service_min", "add", "any_debit", "quiet_from", "lang", "email"} {
			v.unfold(field)
		}
	}},
	{"settings refused", everybody, "お知らせの設定", "What you are told", func(v *walker) {
		v.fill("service_min", "x", "add_min", "y", "any_debit", "z", "keywords", "あ", "quiet_from", "22:00", "quiet_to", "22:00", "email", "nobody@")
		v.press(wording.DoSave, "")
	}},
	{"settings tried", owners, "お知らせの設定", "What you are told", func(v *walker) {
		v.at("/settings")
		v.fill("any_debit", "1")
		v.press(wording.DoCheck, "")
	}},
	{"settings of two phones at once", everybody, "お知らせの設定", "What you are told", func(v *walker) {
		v.at("/settings")
		v.fill("any_debit", "1", "keywords", "ガクヒ")
		v.w.change(func(a *watch.Account) {
			for i := range a.Watchers {
				a.Watchers[i].Rules.AnyDebit = 2_000_000
			}
		})
		v.press(wording.DoSave, "")
	}},
	{"settings saved, with an address", everybody, "お知らせの設定", "What you are told", func(v *walker) {
		v.fill("email", "hanako@example.jp")
		v.press(wording.DoSave, "")
	}},
	{"too many addresses", everybody, "お知らせの設定", "What you are told", func(v *walker) {
		for range 3 {
			v.fill("email", "hanako@example.jp")
			v.press(wording.DoSave, "")
		}
	}},
	{"a confirmation", everybody, "このアドレスで、口座守のお知らせを受け取りますか", "Do you want Kozamori", func(v *walker) { v.open(v.lastMail().Buttons[0].URL, "") }},
	{"confirmed", everybody, "このアドレスにお知らせします", "Messages will come to this address", func(v *walker) { v.press(wording.DoConfirm, "") }},
	{"a confirmation that is none", everybody, "このリンクは使えません", "This link no longer works", func(v *walker) { v.open(v.w.srv.URL+"/mail/x", "") }},
	{"no button of this page", everybody, "この操作は受け付けられませんでした", "That could not be done", func(v *walker) { v.asks("/settings", "x") }},

	{"past alerts", everybody, "2020年9月のお知らせ", "Alerts in September 2020", func(v *walker) { v.at("/history") }},
	{"more past alerts", everybody, "2020年9月のお知らせ", "Alerts in September 2020", func(v *walker) { v.at("/history?month=2020-09&page=2") }},
	{"a month without alerts", everybody, "2020年5月のお知らせ", "Alerts in May 2020", func(v *walker) { v.at("/history?month=2020-05") }},
	{"changes", everybody, "変更の記録", "Record of changes", func(v *walker) { v.at("/trail") }},
	{"a change to set back", everybody, "この変更を元に戻しますか", "Set this change back?", func(v *walker) { v.open(v.w.srv.URL+"/r/"+v.w.lowered(v.id), "") }},
	{"a change set back", everybody, "変える前の設定に戻しました", "The settings are as they were before", func(v *walker) { v.press(wording.DoRestore, "") }},
	{"a change that is none", everybody, "このリンクは使えません", "This link does not work", func(v *walker) { v.open(v.w.srv.URL+"/r/x", "") }},
	{"services", everybody, "つながっているサービス", "Connected services", func(v *walker) { v.at("/services") }},
	{"which of them", everybody, "身に覚えがないのは、どれですか", "Which of these were not you", func(v *walker) { v.press(wording.DoNotMine, "") }},
	{"what a summary names", everybody, "ご案内した過去の記録", "The past records of the message", func(v *walker) { v.open(v.past(), "") }},
	{"all that a message tells of", everybody, "まとめてお知らせした記録", "All that the message", func(v *walker) { v.open(v.gathered(), "") }},

	{"what the bank can stop", everybody, "銀行に止めてもらう", "Have the bank stop it", func(v *walker) {
		v.w.offering(watch.ControlKinds()...)
		v.at("/controls")
	}},
	{"new links to be stopped?", owners, "銀行に止めてもらう", "Have the bank stop it", func(v *walker) {
		v.only("input[value=stop_links]")
		v.press(wording.DoControl, "")
	}},
	{"new links to be stopped", owners, "銀行に止めてもらう", "Have the bank stop it", func(v *walker) { v.press(wording.DoControl, "") }},
	{"no longer", owners, "銀行に止めてもらう", "Have the bank stop it", func(v *walker) { v.press(wording.DoControlBack, "") }},
	{"the stop again?", owners, "停止をやめるよう、七十七銀行に頼みました", "was asked to stop this no longer", func(v *walker) { v.open(v.takenBack(), "") }},
	{"all debits to be stopped?", owners, "銀行に止めてもらう", "Have the bank stop it", func(v *walker) {
		v.at("/controls")
		v.only("select[name=days]")
		v.press(wording.DoControl, "")
	}},
	{"an amount that is none", owners, "銀行に止めてもらう", "Have the bank stop it", func(v *walker) {
		v.at("/controls")
		v.fill("per_charge", "x")
		v.only("input[name=per_charge]")
		v.press(wording.DoControl, "")
	}},
	{"what was asked, to the family", guardians, "銀行に止めてもらう", "Have the bank stop it", func(v *walker) { v.at("/controls") }},
	{"the bank offers nothing any more", everybody, "銀行に止めてもらう", "Have the bank stop it", func(v *walker) {
		v.w.offering()
		v.at("/controls")
	}},

	{"an alert", everybody, "の引き落としがありました", "from", func(v *walker) { v.answered() }},
	{"no button of an alert", everybody, "この操作は受け付けられませんでした", "That could not be done", func(v *walker) { v.asksHere("x") }},
	{"not mine", everybody, "受付番号", "We have your report", func(v *walker) { v.answered(wording.DoNotMine) }},
	{"the claim sheet", everybody, "身に覚えのない引き落としの届け出", "Report of a debit that was not mine", func(v *walker) { v.answered(); v.tap("?"+wording.SheetMark, "") }},
	{"asked whether to take it back", everybody, "次の申し出を取り消しますか", "Take this report back?", func(v *walker) { v.answered(wording.DoUndo) }},
	{"taken back", everybody, "取り消しました", "withdrawn", func(v *walker) { v.answered(wording.DoUndo); v.press(wording.DoUndo, "") }},
	{"mine", everybody, "として", "Thank you", func(v *walker) { v.answered(wording.DoMine) }},
	{"trusted", owners, "ご本人の利用として", "Thank you", func(v *walker) { v.w.forgets(); v.answered(wording.DoTrust) }},
	{"too late to take back", everybody, "受付番号", "We have your report", func(v *walker) {
		v.answered(wording.DoNotMine)
		v.w.add(11 * time.Minute)
		v.press(wording.DoUndo, "")
	}},
	{"an alert's address alone", everybody, "開き直してください", "open the link in the alert again", func(v *walker) { v.open(v.w.srv.URL+"/alert/x", "") }},
	{"an alert that is none", everybody, "お知らせが見つかりません", "We cannot find this alert", func(v *walker) { v.open(v.w.srv.URL+"/a/x", "") }},
	{"an end of mails", everybody, "メールでのお知らせを止めますか", "Stop the alerts by mail?", func(v *walker) { v.open(v.w.stopLink("r1", v.id), "") }},
	{"mails have ended", everybody, "メールでのお知らせを止めました", "Alerts by mail have stopped", func(v *walker) { v.press(wording.DoStop, "") }},

	{"somebody who left", owners, "この変更を元に戻しますか", "Set this change back?", func(v *walker) { v.open(v.familyLeaves(), "") }},
	{"somebody brought back", owners, "見守りを元に戻しました", "They watch the account again", func(v *walker) { v.press(wording.DoRestore, "") }},
	{"the family", everybody, "見守り家族", "Family", func(v *walker) { v.at("/family") }},
	{"inviting", owners, "家族を招待する", "Invite somebody", func(v *walker) { v.at("/family/invite") }},
	{"inviting somebody with a long name", owners, "家族を招待する", "Invite somebody", func(v *walker) {
		v.fill("name", strings.Repeat("長", 21))
		v.press(wording.DoInvite, "")
	}},
	{"an invitation", owners, "招待をつくりました", "The invitation is ready", func(v *walker) {
		v.fill("name", "次男")
		v.press(wording.DoInvite, "")
	}},
	{"too many invitations", owners, "家族を招待する", "Invite somebody", func(v *walker) {
		for range 5 {
			v.at("/family/invite")
			v.press(wording.DoInvite, "")
		}
	}},
	{"open invitations", owners, "見守り家族", "Family", func(v *walker) { v.at("/family") }},
	{"an invitation taken back", owners, "見守り家族", "Family", func(v *walker) { v.press(wording.DoWithdraw, "") }},
	{"amounts shown to a guardian", owners, "見守り家族", "Family", func(v *walker) {
		v.at("/family")
		v.press(wording.DoShow, "")
	}},
	{"amounts hidden from them", owners, "見守り家族", "Family", func(v *walker) { v.press(wording.DoHide, "") }},
	{"a guardian dismissed", owners, "見守り家族", "Family", func(v *walker) {
		v.at("/family")
		v.press(wording.DoDismiss, "")
	}},

	{"something is broken", everybody, "ただいま、うまく動いていません", "Something is not working", func(v *walker) {
		v.w.breaks(true)
		v.at("/family")
		v.w.breaks(false)
	}},
	{"leaving", everybody, "この口座の見守りをやめる", "Stop watching this account", func(v *walker) { v.at("/leave") }},
	{"erasing without being sure", owners, "この口座の見守りをやめる", "Stop watching this account", func(v *walker) { v.press(wording.DoErase, "") }},
	{"erased", owners, "見守りをやめました。記録もあとで消します", "You have left, and your records will be erased", func(v *walker) {
		v.tick("sure")
		v.press(wording.DoErase, "")
	}},
	{"left", guardians, "見守りをやめました", "You no longer watch the account", func(v *walker) { v.press(wording.DoLeave, "") }},
	{"logged out", owners, "ログアウトしました", "You are logged out", func(v *walker) {
		v.open(v.w.srv.URL+"/home", "")
		v.press(wording.DoLogout, "")
	}},
}

// breaks makes the store fail, or work again.
func (w *world) breaks(fail bool) { w.table.Fail(fail) }

// sizes are the ways in which each page of the walk is measured, in an order in
// which little changes from one to the next.
var sizes = []struct {
	name  string
	width int64
	large bool
}{{"390 px", 390, false}, {"390 px, 200 %", 390, true}, {"360 px, 200 %", 360, true}, {"320 px, 200 %", 320, true}, {"320 px", 320, false}, {"360 px", 360, false}}

// Each page in each state: nothing for axe-core to find, nothing that sticks
// out, everything large enough for a finger, small, and without scripts. The
// browser may run scripts here, so that a page that had any would show it.
func TestEveryPageIsReadableByEverybody(t *testing.T) {
	t.Parallel()
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		for _, user := range []string{owners, guardians} {
			if !breadth.Whole() && (lang == watch.English) != (user == guardians) {
				continue // each language and each role is walked once
			}
			t.Run(string(lang)+" "+map[string]string{owners: "owner", guardians: "guardian"}[user], func(t *testing.T) {
				t.Parallel()
				ctx := browsertest.Open(t)
				w := newCrowd(t, lang)
				_, home := w.login(user, lang)
				v := &walker{phone: &phone{t, ctx}, w: w, user: user, lang: lang, id: map[string]string{owners: "w1", guardians: "g1"}[user]}
				v.room = w.srv.URL + home.room(t)
				browsertest.Speak(t, ctx, string(lang))
				v.walks(walk, user)
			})
		}
	}
}

// walks goes to all stops of one who walks.
func (v *walker) walks(all []stop, user string) {
	v.Helper()
	ctx, lang := v.ctx, v.lang
	for n, stop := range all {
		if stop.who != everybody && stop.who != user {
			continue
		}
		v.Run(stop.name, func(t *testing.T) {
			was := v.T
			v.T = t
			defer func() { v.T = was }()
			// By day and by night in turns: each palette meets each page.
			day := browsertest.View{Scripts: true, Dark: (lang == watch.English) != (user == guardians)}
			browsertest.Look(t, ctx, day)
			stop.get(v)
			if h1 := v.text("h1"); !strings.Contains(h1, map[watch.Lang]string{watch.Japanese: stop.ja, watch.English: stop.en}[lang]) {
				t.Errorf("the page is %q", h1)
			}
			if n%4 != 0 && !breadth.Whole() {
				return
			}
			for _, p := range browsertest.Flaws(t, ctx) {
				t.Error(p)
			}
			for i, size := range sizes {
				if i != 3 && !breadth.Whole() {
					continue // the narrowest with large type shows most
				}
				view := day
				view.Width, view.Large = size.width, size.large
				browsertest.Look(t, ctx, view)
				if out := browsertest.Sideways(t, ctx); out > 0 {
					t.Errorf("at %s %d pixels stick out", size.name, out)
				}
				for _, word := range browsertest.Broken(t, ctx) {
					if !strings.Contains(word, "長") { // a name that is longer than any line
						t.Errorf("at %s a line ends within %s", size.name, word)
					}
				}
				if size.name == "360 px, 200 %" {
					browsertest.Shot(t, ctx, strings.Join([]string{"walk", string(lang), user, stop.name}, " "))
				}
			}
			browsertest.Look(t, ctx, day)
			for _, p := range browsertest.Keyboard(t, ctx) {
				t.Error("with the keyboard alone: " + p)
			}
			for _, p := range browsertest.Heard(t, ctx) {
				t.Error("to a screen reader: " + p)
			}
			browsertest.Axe(t, ctx, "axe-core")
		})
	}
}

func (v *walker) lastMail() message.Message {
	v.Helper()
	if len(v.w.mails.sent) == 0 {
		v.Fatalf("no mail was sent: %s", v.text("main"))
	}
	return v.w.mails.sent[len(v.w.mails.sent)-1]
}
