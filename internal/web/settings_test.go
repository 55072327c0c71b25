package web_test

import (
	"context"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

var (
	inputs   = regexp.MustCompile(`<input[^>]*>`)
	selected = regexp.MustCompile(`(?s)<select[^>]* name="([^"]*)".*?</select>`)
	option   = regexp.MustCompile(`<option value="([^"]*)" selected>`)
	area     = regexp.MustCompile(`(?s)<textarea[^>]* name="([^"]*)"[^>]*>\n?(.*?)</textarea>`)
	attr     = regexp.MustCompile(` (name|value|type)="([^"]*)"`)
)

// form reads the first form of a page as a browser would send it untouched.
func (p page) form(t *testing.T) url.Values {
	t.Helper()
	_, body, ok := strings.Cut(p.body, "<form")
	if !ok {
		t.Fatalf("no form:\n%s", p.main())
	}
	body, _, _ = strings.Cut(body, "</form>")
	v := url.Values{}
	for _, in := range inputs.FindAllString(body, -1) {
		a := map[string]string{}
		for _, m := range attr.FindAllStringSubmatch(in, -1) {
			a[m[1]] = html.UnescapeString(m[2])
		}
		if a["type"] != "checkbox" || strings.Contains(in, " checked") {
			v.Add(a["name"], a["value"])
		}
	}
	for _, m := range selected.FindAllStringSubmatch(body, -1) {
		if o := option.FindStringSubmatch(m[0]); o != nil {
			v.Add(m[1], o[1])
		}
	}
	for _, m := range area.FindAllStringSubmatch(body, -1) {
		v.Add(m[1], html.UnescapeString(m[2]))
	}
	return v
}

// send fills in fields of a page's form and presses a button; an empty value
// unticks a box, and empties any other field.
func (b *browser) send(p page, do string, set ...string) page {
	b.t.Helper()
	v := p.form(b.t)
	for i := 0; i+1 < len(set); i += 2 {
		if box := v.Get(set[i]) == "on"; box && set[i+1] == "" {
			v.Del(set[i])
			continue
		}
		v.Set(set[i], set[i+1])
	}
	v.Set("do", do)
	return b.do(http.MethodPost, p.url.String(), v, "Sec-Fetch-Site", "same-origin", "Origin", "null")
}

// rules reads what is stored for the owner.
func (w *world) rules() watch.Rules {
	w.t.Helper()
	a, err := w.store.Account(context.Background(), account)
	if err != nil {
		w.t.Fatal(err)
	}
	return a.Watchers[0].Rules
}

func (w *world) settings() (*browser, page) {
	w.t.Helper()
	act, err := w.store.Activity(context.Background(), account)
	if err != nil {
		w.t.Fatal(err)
	}
	act.Services = map[string]*watch.ServiceActivity{"paypay": {FirstAt: w.now(), Debits: 1}}
	w.put(store.PutActivity(account, act))
	b, home := w.login("U1", watch.Japanese)
	return b, b.open(w.srv.URL + home.room(w.t) + "/settings")
}

func TestAFormThatIsSentUntouchedChangesNothing(t *testing.T) {
	w := newWorld(t)
	a, err := w.store.Account(context.Background(), account)
	if err != nil {
		t.Fatal(err)
	}
	r := &a.Watchers[0].Rules
	r.ServiceMinFor, r.MonthlyTotal = map[string]int64{"kyash": 0, "paypay": 5000}, map[string]int64{"paypay": 30000}
	r.AnyDebit, r.Overdrawn, r.IgnoreUndecided = 100000, true, true
	r.Keywords, r.Quiet = []string{"ヤチン", "ガクヒ"}, &watch.Quiet{From: 22*60 + 30, To: 7 * 60}
	r.PausedUntil = w.now().Add(time.Hour)
	r.Trusts = []watch.Trust{{Service: "paypay", UpTo: 3000, Until: w.now().Add(time.Hour)}}
	want := *r
	w.put(store.PutAccount(a))
	b, p := w.settings()
	p.says(t, 200, "お知らせの設定", "七十七銀行 普通 ***4567", "PayPayの引き落とし", "PayPay：3,000円以下")
	b.send(p, wording.DoSave).says(t, 200, "保存しました")
	if diff := cmp.Diff(want, w.rules()); diff != "" {
		t.Error(diff)
	}
}

func TestEachKindOfRuleCanBeChanged(t *testing.T) {
	w := newWorld(t)
	b, p := w.settings()
	p = b.send(p, wording.DoSave, "new_link", "", "burst", "", "service_min", "１，０００円", "service_min_for.paypay", "1万", "monthly_total.paypay", "50,000",
		"add", "kyash", "add_min", "1", "any_debit", "30000", "overdrawn", "on", "keywords", "やちん\nガクヒ ２ガツ", "quiet_from", "22:00", "quiet_to", "07:30", "undecided", "", "lang", "en")
	p.says(t, 200, "Saved. This applies from the next debit.", `lang="en"`) // in the language that was chosen
	want := watch.DefaultRules()                                            // but for what was changed
	want.NewLink, want.Burst, want.Overdrawn, want.IgnoreUndecided = false, false, true, true
	want.ServiceMin, want.ServiceMinFor = 1000, map[string]int64{"paypay": 10000, "kyash": 1}
	want.MonthlyTotal, want.AnyDebit = map[string]int64{"paypay": 50000}, 30000
	want.Keywords, want.Quiet = []string{"ヤチン", "ガクヒ2ガツ"}, &watch.Quiet{From: 22 * 60, To: 7*60 + 30}
	if diff := cmp.Diff(want, w.rules()); diff != "" {
		t.Error(diff)
	}
	b.send(p, wording.DoSave, "service_min_for.kyash", "", "monthly_total.paypay", "", "keywords", "", "quiet_from", "", "quiet_to", "").says(t, 200, "Saved.")
	if r := w.rules(); len(r.ServiceMinFor) != 1 || len(r.MonthlyTotal) != 0 || len(r.Keywords) != 0 || r.Quiet != nil {
		t.Errorf("%+v", r)
	}
}

func TestASettingThatCannotWorkIsRefusedBesideItsFieldAndTheRestIsKept(t *testing.T) {
	w := newWorld(t)
	b, p := w.settings()
	before := w.rules()
	for name, c := range map[string]struct{ field, value, says string }{
		"letters for an amount":    {"service_min", "たくさん", "数字で書いてください"},
		"a negative amount":        {"any_debit", "-5", "数字で書いてください"},
		"more than there is":       {"any_debit", "9999999999999", "数字で書いてください"},
		"a word of one letter":     {"keywords", "あ", "2文字から30文字"},
		"marks instead of words":   {"keywords", "・・・", "2文字から30文字"},
		"half of the quiet hours":  {"quiet_from", "22:00", "違う時刻"},
		"a service without amount": {"add", "kyash", "数字で書いてください"},
		"an amount for no service": {"add_min", "5000", "どのサービスの金額か"},
		"a monthly total of 0":     {"monthly_total.paypay", "0", "すべて知らせるなら1を"},
		"services from 0 yen":      {"service_min", "0", "すべて知らせるなら1を"},
		"a service from 0 yen":     {"service_min_for.paypay", "０円", "すべて知らせるなら1を"},
		"any debit from 0 yen":     {"any_debit", "0", "すべて知らせるなら1を"},
		"a service from elsewhere": {"add", "nobody", "数字で書いてください"},
	} {
		fields := []string{"service_min_for.paypay", "7777", c.field, c.value}
		if c.field == "service_min_for.paypay" {
			fields = append(fields, "monthly_total.paypay", "7777")
		}
		got := b.send(p, wording.DoSave, fields...)
		got.says(t, 422, "保存していません。赤い枠", c.says, `value="7777"`, `aria-invalid="true"`)
		if c.value != "nobody" && !strings.Contains(got.body, html.EscapeString(c.value)) {
			t.Errorf("%s: what was typed is gone", name)
		}
	}
	if diff := cmp.Diff(before, w.rules()); diff != "" {
		t.Error(diff)
	}
	got := b.send(p, wording.DoSave, "any_debit", "x")
	b.send(got, wording.DoSave, "any_debit", "100").says(t, 200, "保存しました")
}

func TestTwoPhonesSavingAtOnceLoseNothingSilently(t *testing.T) {
	w := newWorld(t)
	b1, p1 := w.settings()
	b2, p2 := w.settings()
	b1.send(p1, wording.DoSave, "service_min", "1000", "any_debit", "50000").says(t, 200, "保存しました")
	p := b2.send(p2, wording.DoSave, "service_min", "2000")
	p.says(t, 409, "先に設定が変更されました", "保存済み：1,000円、この画面：2,000円", "保存済み：50,000円、この画面：なし")
	if r := w.rules(); r.ServiceMin != 1000 || r.AnyDebit != 50000 {
		t.Errorf("%+v", r)
	}
	// Having seen both, the second may decide.
	b2.send(p, wording.DoSave).says(t, 200, "保存しました")
	if r := w.rules(); r.ServiceMin != 2000 || r.AnyDebit != 0 {
		t.Errorf("%+v", r)
	}
	// A pause, or a channel found dead, is no conflict.
	_, p3 := w.settings()
	a, _ := w.store.Account(context.Background(), account)
	a.Watchers[0].Rules.PausedUntil = w.now().Add(time.Hour)
	a.Watchers[0].Channels[1].UnreachableSince = w.now()
	w.put(store.PutAccount(a))
	b2.send(p3, wording.DoSave).says(t, 200, "保存しました")
	if w.rules().PausedUntil.IsZero() {
		t.Error("the pause is gone")
	}
}

func TestWhatIfTellsBeforeAnythingIsSaved(t *testing.T) {
	w := newWorld(t)
	b, p := w.settings()
	before := w.rules()
	got := b.send(p, wording.DoCheck, "service_min", "5000", "first_seen", "", "any_debit", "1")
	got.says(t, 200, "この設定なら、過去90日で2回、お知らせしていました", "PayPay 100,000円", "まだ保存していません", "これより多くなることがあります", `value="5000"`)
	b.send(p, wording.DoCheck, "service_min", "", "first_seen", "").says(t, 200, "過去90日のお知らせはありませんでした")
	if diff := cmp.Diff(before, w.rules()); diff != "" {
		t.Error(diff)
	}
	b.send(got, wording.DoSave).says(t, 200, "保存しました")
	if w.rules().ServiceMin != 5000 {
		t.Errorf("%+v", w.rules())
	}
}

func TestAnAddressIsUsedOnlyOnceItsMailIsAnswered(t *testing.T) {
	w := newWorld(t)
	b, p := w.settings()
	address := func() string {
		a, _ := w.store.Account(context.Background(), account)
		for _, c := range a.Watchers[0].Channels {
			if c.Kind == watch.Email {
				return c.Address
			}
		}
		return ""
	}
	mail := func(to string) page { t.Helper(); return b.send(p, wording.DoSave, "email", to) }
	mail("not an address").says(t, 422, "メールアドレスの形になっていません", `value="not an address"`)
	mail("new@example.jp").says(t, 200, "確認のメールを送りました")
	if len(w.mails.sent) != 1 || w.mails.to[0] != "new@example.jp" || address() != "owner@example.jp" {
		t.Fatalf("mails %v, address %s", w.mails.to, address())
	}
	link := w.mails.sent[0].Buttons[0].URL
	if strings.Contains(w.mails.sent[0].Title+strings.Join(w.mails.sent[0].Text, ""), "***4567") {
		t.Error("the mail names the account to any holder of the address")
	}
	reader := w.browser()
	got := reader.open(link)
	got.says(t, 200, "このアドレスで、口座守のお知らせを受け取りますか")
	if address() != "owner@example.jp" || strings.Contains(got.url.String(), link[strings.LastIndex(link, "/")+1:]) {
		t.Errorf("opening the link changed something, or leaves it in the address %s", got.url)
	}
	reader.press(got, wording.DoConfirm).says(t, 200, "このアドレスにお知らせします")
	if address() != "new@example.jp" {
		t.Errorf("address %s", address())
	}
	w.browser().open(w.srv.URL+"/mail/x").says(t, 403, "このリンクは使えません")
	b.send(p, wording.DoSave, "mailoff", "on").says(t, 200, "メールでのお知らせをやめました")
	if address() != "" {
		t.Errorf("address %s", address())
	}
}

func TestSomebodyElsesAccountIsUnknown(t *testing.T) {
	w := newWorld(t)
	_, p := w.settings()
	stranger, _ := w.login("U7", watch.Japanese)
	none := stranger.open(w.srv.URL + "/home/AAAAAAAAAAAAAAAAAAAAAA/settings")
	none.says(t, 404)
	got := stranger.open(p.url.String())
	if got.status != 404 || got.body != none.body {
		t.Errorf("%d, the same words: %v", got.status, got.body == none.body)
	}
	stranger.do(http.MethodPost, p.url.String(), url.Values{"do": {wording.DoSave}}).says(t, 404)
	w.browser().open(p.url.String()).says(t, 403, "LINEで「設定」と送って")
}
