package web_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"kozamori/internal/store"
	"kozamori/internal/testkit/browsertest"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// newRooms is a world to look at: services that touched the account, a month
// before this one, a guardian with a name.
func newRooms(t *testing.T) *world {
	w := newWorldAt(t, httptest.NewServer)
	link, old := w.record("l1", 0), w.record("r0", 98765)
	link.Kind, link.Service, link.Amount = watch.LinkRegistered, "kyash", 0
	old.OccurredAt = old.OccurredAt.AddDate(0, -1, 0)
	w.put(store.PutRecord(link), store.PutRecord(old), store.PutActivity(account, &watch.Activity{
		Services: map[string]*watch.ServiceActivity{
			"paypay": {FirstAt: old.OccurredAt, LastAt: w.now(), Debits: 3, LastAmount: 4321},
			"kyash":  {FirstAt: link.OccurredAt, LastAt: link.OccurredAt, Links: []watch.Link{{Record: "l1", RegisteredAt: link.OccurredAt}}},
		},
		Recent: []watch.RecentDebit{{Record: "r2", Service: "paypay"}}}))
	w.change(func(a *watch.Account) {
		a.Watchers[0].Since, a.Watchers[1].Since = w.now().AddDate(0, -3, 0), w.now().AddDate(0, -1, 0)
		a.Watchers[1].Name = "長女"
		a.Watchers[0].Rules.Trusts = []watch.Trust{{Service: "paypay", UpTo: 3000, Until: w.now().AddDate(0, 1, 0)}}
	})
	return w
}

// phone is a browser as a person holds it.
type phone struct {
	*testing.T
	ctx context.Context
}

func (p *phone) open(address, says string) { p.Helper(); p.show(says, chromedp.Navigate(address)) }

// tap follows the link to an address that ends so.
func (p *phone) tap(end, says string) {
	p.Helper()
	p.show(says, chromedp.Click(chromedp.CSS(`a[href$="`+end+`"]`)))
}

func (p *phone) press(do, says string) {
	p.Helper()
	p.show(says, chromedp.Click(chromedp.CSS(`button[value="`+do+`"]`)))
}

func (p *phone) show(says string, step chromedp.Action[chromedp.Void]) {
	p.Helper()
	browsertest.Go(p.T, p.ctx, step)
	if got := p.text("main"); !strings.Contains(got, says) {
		p.Fatalf("the page lacks %q:\n%s", says, got)
	}
}

func (p *phone) text(css string) string {
	p.Helper()
	got, err := chromedp.Run(p.ctx, chromedp.Text(chromedp.CSS(css)))
	if err != nil {
		p.Fatal(err)
	}
	return got
}

// unfold taps the group that a field is folded away in.
func (p *phone) unfold(name string) {
	p.Helper()
	group := `details:not([open]):has([name="` + name + `"]) > summary`
	if folded, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool]("document.querySelector('"+group+"') !== null")); err != nil {
		p.Fatal(err)
	} else if folded {
		browsertest.Do(p.T, p.ctx, chromedp.Click(chromedp.CSS(group)), chromedp.WaitVisible(chromedp.CSS(`[name="`+name+`"]`)))
	}
}

// fill types into fields, by name.
func (p *phone) fill(pairs ...string) {
	p.Helper()
	for i := 0; i+1 < len(pairs); i += 2 {
		p.unfold(pairs[i])
		field := chromedp.CSS(`[name="` + pairs[i] + `"]`)
		if pairs[i+1] == "" {
			browsertest.Do(p.T, p.ctx, chromedp.Clear(field))
		} else {
			browsertest.Do(p.T, p.ctx, chromedp.SetValue(field, pairs[i+1]))
		}
	}
}

// tick taps the box of a field.
func (p *phone) tick(name string) {
	p.Helper()
	p.unfold(name)
	browsertest.Do(p.T, p.ctx, chromedp.Click(chromedp.CSS(`input[name="`+name+`"]`)))
}

// look measures the page in all ways, and takes its picture.
func (p *phone) look(step string) { p.Helper(); seen(p.T, p.ctx, "room "+step) }

func TestThePagesBehindTheChatsLinkInABrowserWithoutScripts(t *testing.T) {
	t.Parallel()
	ctx := browsertest.Open(t)
	w := newRooms(t)
	w.login("U1", watch.Japanese) // binds
	browsertest.Look(t, ctx, views[0].View)
	p := &phone{t, ctx}
	p.open(w.door("U1", watch.Japanese), "設定を開きますか")
	p.look("01 door")
	p.press(wording.DoEnter, "見守っている口座")
	p.look("02 home")

	p.tap("/settings", "お知らせの設定")
	p.look("03 settings")
	p.fill("service_min", "たくさん", "any_debit", "30000")
	p.press(wording.DoSave, "数字で書いてください")
	p.look("04 refused")
	p.tick("burst")
	p.fill("service_min", "1,000", "service_min_for.paypay", "5000", "monthly_total.paypay", "1万", "add", "docomo", "add_min", "300",
		"keywords", "ヤチン\nガクヒ", "quiet_from", "22:00", "quiet_to", "07:00")
	p.tick("undecided")
	p.tick("overdrawn")
	p.tick("untrust")
	p.press(wording.DoCheck, "過去90日で3回、お知らせしていました")
	p.look("05 what if")
	other, home := w.login("U1", watch.Japanese) // the other phone
	other.send(other.open(w.srv.URL+home.room(t)+"/settings"), wording.DoSave, "any_debit", "7000").says(t, 200, "保存しました")
	p.press(wording.DoSave, "保存済み：7,000円、この画面：30,000円")
	p.look("06 conflict")
	p.press(wording.DoSave, "保存しました")
	p.look("07 saved")
	if r := w.rules(); r.Burst || !r.Overdrawn || r.ServiceMin != 1000 || r.AnyDebit != 30000 || r.ServiceMinFor["docomo"] != 300 || r.MonthlyTotal["paypay"] != 10000 ||
		len(r.Keywords) != 2 || r.Quiet == nil || len(r.Trusts) != 0 || !r.IgnoreUndecided {
		t.Errorf("%+v", r)
	}

	p.fill("email", "nobody@nowhere")
	p.press(wording.DoSave, "メールアドレスの形になっていません")
	p.look("08 mail refused")
	p.fill("email", "hanako@example.jp")
	p.press(wording.DoSave, "確認のメールを送りました")
	p.open(w.mails.sent[len(w.mails.sent)-1].Buttons[0].URL, "このアドレスで、口座守のお知らせを受け取りますか")
	p.look("09 confirm")
	p.press(wording.DoConfirm, "このアドレスにお知らせします")
	p.look("10 confirmed")
	p.open(w.srv.URL+"/home", "見守っている口座")

	p.tap("/history", "2020年9月のお知らせ")
	p.look("11 history")
	p.tap("month=2020-08", "98,765円")
	p.tap("month=2020-09", "100,000円")
	file := browsertest.Download(t, ctx, chromedp.Click(chromedp.CSS(`a[href$=".csv"]`)))
	// Four alerts, and the three changes that were made on these pages.
	if !strings.HasPrefix(file, "\uFEFF銀行,口座,発生日時") || strings.Count(file, "\r\n") != 8 || !strings.Contains(file, "メールの届け先：o…@e… → h…@e…") {
		t.Errorf("the file is\n%s", file)
	}
	browsertest.Go(t, ctx, chromedp.Click(chromedp.CSS(`a[href^="/a/"]`)))
	p.press(wording.DoNotMine, "受付番号")
	p.look("12 answered")
	p.tap("/home", "見守っている口座")

	p.tap("/services", "つながっているサービス")
	p.look("13 services")
	p.press(wording.DoNotMine, "受付番号")
	p.tap("/home", "見守っている口座")

	p.tap("/family", "長女")
	p.look("14 family")
	p.tap("/invite", "家族を招待する")
	p.fill("name", "次男")
	p.tick("hide")
	p.press(wording.DoInvite, "招待をつくりました")
	p.look("15 invited")
	if n, err := chromedp.Run(ctx, chromedp.Evaluate[float64](`document.querySelector('.qr svg').getBoundingClientRect().width`)); err != nil || n < 150 {
		t.Errorf("the QR code is %v px wide (%v)", n, err)
	}
	p.tap("/family", "長女")
	p.press(wording.DoDismiss, "見守りを終えました")
	p.tap("/home", "見守っている口座")
	p.tap("/help", "困ったとき")
	p.look("16 help")
	p.tap("/home", "見守っている口座")
	p.tap("/leave", "この口座の見守りをやめる")
	p.look("17 leave")
	p.press(wording.DoErase, "まだ何も消していません")
	p.tick("sure")
	p.press(wording.DoErase, "記録もあとで消します")
	p.look("18 erased")
	p.open(w.srv.URL+"/home", "This page has closed") // no session any more; the browser speaks English
	p.look("19 over")
}

// A guardian reads English, sees no amounts, and leaves.
func TestAGuardiansPagesInEnglish(t *testing.T) {
	t.Parallel()
	ctx := browsertest.Open(t)
	w := newRooms(t)
	w.change(func(a *watch.Account) { a.Watchers[1].LineUser = "U2" })
	r := w.record("r5", 100000)
	r.Notices = append(r.Notices, watch.Notice{Watcher: "g1", Reasons: watch.Because(watch.FirstSeen)})
	w.put(store.PutRecord(r))
	w.login("U2", watch.English) // binds
	browsertest.Look(t, ctx, views[0].View)
	p := &phone{t, ctx}
	p.open(w.door("U2", watch.English), "Open your settings?")
	p.press(wording.DoEnter, "Accounts you watch")
	p.look("30 guardian home")
	for _, room := range [][2]string{{"/settings", "What you are told"}, {"/history", "Alerts in September 2020"}, {"/services", "Connected services"}, {"/family", "Family"}, {"/help", "What to do now"}, {"/leave", "Stop watching"}} {
		p.tap(room[0], room[1])
		p.look("31 guardian " + room[0][1:])
		if got := p.text("main"); strings.Contains(got, "100,000") || strings.Contains(got, "4,321") {
			t.Errorf("an amount is shown:\n%s", got)
		}
		if room[0] != "/leave" {
			p.tap("/home", "Accounts you watch")
		}
	}
	p.press(wording.DoLeave, "You no longer watch the account")
	p.look("32 guardian left")
	a, err := w.store.Account(ctx, account)
	if err != nil || len(a.Watchers) != 1 {
		t.Errorf("%+v %v", a, err)
	}
}
