package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"kozamori/internal/dispute"
	"kozamori/internal/lesson"
	"kozamori/internal/store"
	"kozamori/internal/token"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

func TestAPersonSaysThatItWasNotThem(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	p := b.open(w.link("r1", "w1"))
	p.says(t, 200, "緊急", "あなたの口座から、PayPayの引き落としがありました", "100,000円", "七十七銀行 普通 ***4567", "9月4日(金) 14:05",
		"この口座では、PayPayの引き落としは初めてです。", "LINEであなたにお知らせしました", "身に覚えがない", "心当たりがある")
	p = b.press(p, wording.DoNotMine)
	d, err := w.store.Dispute(context.Background(), watch.Derive("dispute", "r1"))
	if err != nil || d.Via != watch.ViaPage || d.Watcher != "w1" {
		t.Fatalf("%+v %v", d, err)
	}
	p.says(t, 200, "受付番号", d.Reference, "0120-000-000", "#9110", "暗証番号", "取り消す（14:18まで）", "七十七銀行に伝えているところです。",
		"あなたが「身に覚えがない」と回答しました")
	// A reload and a second press change nothing.
	_, before := w.stored("r1")
	b.open(p.url.String()).says(t, 200, d.Reference)
	again := b.do(http.MethodPost, p.url.String(), url.Values{"do": {wording.DoNotMine}})
	again.says(t, 200, d.Reference)
	if _, after := w.stored("r1"); after != before {
		t.Errorf("version %d became %d", before, after)
	}
	p = b.press(p, wording.DoUndo)
	p.says(t, 200, "次の申し出を取り消しますか", d.Reference, "あなた")
	if a, _ := w.stored("r1"); a != watch.NotMine {
		t.Errorf("one press took it back: %q", a)
	}
	p = b.press(p, wording.DoUndo)
	p.says(t, 200, "「身に覚えがない」を取り消しました", d.Reference, "やはり身に覚えがないときは")
	if a, _ := w.stored("r1"); a != "" {
		t.Errorf("the answer is still %q", a)
	}
	p = b.press(p, wording.DoNotMine)
	w.add(dispute.UndoFor + time.Second)
	late := b.do(http.MethodPost, p.url.String(), url.Values{"do": {wording.DoUndo}})
	late.says(t, 409, "時間が過ぎたため、ここでは取り消せません", d.Reference)
	late.saysNot(t, `value="undo"`)
	if a, _ := w.stored("r1"); a != watch.NotMine {
		t.Errorf("the answer is %q", a)
	}
}

func TestAPersonSaysThatItWasThemAndTrustsTheService(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	p := b.press(b.open(w.chatLink("r2", "w1")), wording.DoMine)
	p.says(t, 200, "ご本人の利用として記録しました", "PayPayの4,321円以下の引き落としを、90日間お知らせしないこともできます。", `value="notmine"`)
	p = b.press(p, wording.DoTrust)
	p.says(t, 200, "PayPayの4,321円以下の引き落としは、2020年12月3日までお知らせしません。")
	p.saysNot(t, `value="trust"`)
	a, err := w.store.Account(context.Background(), account)
	if err != nil || len(a.Watchers[0].Rules.Trusts) != 1 {
		t.Fatalf("%+v %v", a, err)
	}
	b.press(p, wording.DoNotMine).says(t, 200, "受付番号：")
	b.do(http.MethodPost, p.url.String(), url.Values{"do": {wording.DoTrust}}).says(t, 409, "いまは、このサービスを「知らせない」ように設定できません。")
}

// Of a debit that may be a card's bill a person can say that it was: it is
// their own, the catalogue learns of it, and no other page offers or takes it.
func TestAPersonSaysThatItWasTheCard(t *testing.T) {
	w := newWorld(t)
	counted := lesson.New(w.store, w.now, w.logger)
	w.disputes.Lessons = counted
	r := w.record("r3", 31872)
	r.Confidence, r.Other, r.Descriptor = watch.Undecided, "PayPayカードの請求", "PAYPAYｶ"
	w.put(store.PutRecord(r))
	b := w.browser()
	p := b.open(w.chatLink("r3", "w1"))
	p.says(t, 200, "PayPayカードの請求でした")
	p = b.press(p, wording.DoOther)
	p.says(t, 200, "PayPayカードの請求として記録しました", `value="notmine"`)
	p.saysNot(t, `value="trust"`)
	other := b.open(w.chatLink("r2", "w1"))
	other.saysNot(t, `value="other"`)
	b.do(http.MethodPost, other.url.String(), url.Values{"do": {wording.DoOther}})
	for id, want := range map[string]bool{"r3": true, "r2": false} {
		r, err := w.store.Record(t.Context(), id)
		if err != nil || r.Answer == nil || r.Answer.Value != watch.Mine || r.Answer.Other != want {
			t.Errorf("%s: %+v (%v)", id, r.Answer, err)
		}
	}
	w.add(time.Hour)
	counted.Save(t.Context())
	got := map[string][2]int{}
	for part, err := range w.store.Lessons(t.Context(), "0125") {
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range part.Counted {
			sum := got[l.Form]
			got[l.Form] = [2]int{max(sum[0], l.Mine), max(sum[1], l.Other)}
		}
	}
	if got["PAYPAYカ"] != [2]int{0, 1} || got["PAYPAY"] != [2]int{1, 0} {
		t.Errorf("counted are %v", got)
	}
}

func TestALinkInAMailReportsAndReadsButTrustsNothing(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	p := b.press(b.open(w.link("r2", "w1")), wording.DoMine)
	p.says(t, 200, "ご本人の利用として記録しました")
	p.saysNot(t, `value="trust"`, "お知らせしないこともできます")
	trust := url.Values{"do": {wording.DoTrust}}
	b.do(http.MethodPost, p.url.String(), trust).says(t, 409, "メールのリンクからは、お知らせを減らす設定はできません。")
	// Nor with the mark of another link, or one of their own making.
	for _, k := range []string{"x", w.keys.InPlace("x"), w.chatLink("r1", "w1")[len(w.link("r1", "w1"))+3:], ""} {
		thief := w.browser()
		p = thief.open(w.link("r2", "w1") + "?k=" + k)
		thief.do(http.MethodPost, p.url.String(), trust).says(t, 409, "メールのリンクからは")
	}
	if a, err := w.store.Account(context.Background(), account); err != nil || len(a.Watchers[0].Rules.Trusts) != 0 {
		t.Fatalf("%+v %v", a, err)
	}
	b.press(b.open(w.link("r2", "w1")), wording.DoNotMine).says(t, 200, "受付番号：")
}

func TestAGuardianAnswersInTheirLanguageWithoutAmounts(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	p := b.open(w.link("r1", "g1"))
	p.says(t, 200, `lang="en"`, "It was not them", "We told you by mail")
	p.saysNot(t, "100,000", "¥", "on LINE")
	b.press(p, wording.DoNotMine).says(t, 200, "We have your report. This is its number", "Undo until 14:18")
	owner := w.browser()
	p = owner.open(w.link("r1", "w1"))
	p.says(t, 200, "見守り家族が「身に覚えがない」と回答しました", `value="undo"`)
	// A guardian neither trusts a service nor takes the owner's answer back.
	p = owner.press(p, wording.DoUndo)
	p.says(t, 200, "次の申し出を取り消しますか", "見守り家族")
	owner.press(owner.press(p, wording.DoUndo), wording.DoNotMine).says(t, 200, "あなたが「身に覚えがない」と回答しました")
	p = b.open(w.link("r1", "g1"))
	p.saysNot(t, `value="undo"`, `value="trust"`)
	for _, do := range []string{wording.DoUndo, wording.DoTrust} {
		b.do(http.MethodPost, p.url.String(), url.Values{"do": {do}}).says(t, 409, `role="alert"`)
	}
}

func TestEachStatusOfTheBankIsShown(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	p := b.press(b.open(w.link("r1", "w1")), wording.DoNotMine)
	id := watch.Derive("dispute", "r1")
	for _, c := range []struct {
		status watch.DisputeStatus
		says   string
		steps  bool
	}{
		{watch.DisputeReceived, "七十七銀行がご連絡を確認しました", true},
		{watch.DisputeFrozen, "七十七銀行が引き落としを止めました", true},
		{watch.DisputeRefunded, "七十七銀行が返金しました", false},
		{watch.DisputeClosed, "七十七銀行での対応が完了しました", false},
	} {
		d, err := w.disputes.SetStatus(context.Background(), "0125", id, c.status, "担当より<b>ご連絡</b>します")
		if err != nil {
			t.Fatal(err)
		}
		got := b.open(p.url.String())
		got.says(t, 200, c.says, d.Reference, "担当より&lt;b&gt;ご連絡&lt;/b&gt;します")
		if strings.Contains(got.body, "#9110") != c.steps {
			t.Errorf("%s: the steps are shown: %v", c.status, !c.steps)
		}
	}
}

// A token is not in the address after the first request, not in the log, and
// a page without its cookie opens nothing.
func TestTokensStayOutOfAddressesAndLogs(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	link := w.link("r1", "w1")
	tok := link[strings.LastIndex(link, "/")+1:]
	p := b.press(b.open(link), wording.DoNotMine)
	if strings.Contains(p.url.String()+p.body, tok) {
		t.Errorf("the token is in %s or in the page", p.url)
	}
	w.browser().open(p.url.String()).says(t, 403, "お知らせのリンクから、開き直してください")
	w.browser().do(http.MethodPost, p.url.String(), url.Values{"do": {wording.DoUndo}}).says(t, 403)
	w.browser().open(w.srv.URL+"/a/"+tok+"x").says(t, 404)
	if a, _ := w.stored("r1"); a != watch.NotMine {
		t.Error("somebody without the cookie took the answer back")
	}
	log := w.logged()
	for _, secret := range []string{tok, tok[:20], strings.TrimPrefix(p.url.Path, "/alert/"), "acc_8f3k", "***4567", "U1", "example.jp"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q:\n%s", secret, log)
		}
	}
	if !strings.Contains(log, `route=/alert/{handle} method=POST status=303`) {
		t.Errorf("the log:\n%s", log)
	}
}

func TestTheCookieIsKeptClose(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	p := b.open(w.link("r1", "w1"))
	c := p.header.Get("Set-Cookie")
	for _, want := range []string{"; Path=" + p.header.Get("Location"), "; HttpOnly", "; Secure", "; SameSite=Lax", "; Max-Age=7200"} {
		if !strings.Contains(c, want) {
			t.Errorf("the cookie %q lacks %q", c, want)
		}
	}
	if p.status != 303 || !strings.HasPrefix(p.header.Get("Location"), "/alert/") {
		t.Errorf("%d to %q", p.status, p.header.Get("Location"))
	}
}

func TestTwoAlertsInTwoTabsDoNotMix(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	first, second := b.open(w.link("r1", "w1")), b.open(w.link("r2", "w1"))
	first.says(t, 200, "100,000円")
	second.says(t, 200, "4,321円")
	b.press(first, wording.DoNotMine).says(t, 200, "100,000円")
	if a, _ := w.stored("r1"); a != watch.NotMine {
		t.Errorf("the first alert has the answer %q", a)
	}
	if a, _ := w.stored("r2"); a != "" {
		t.Errorf("the second alert has the answer %q", a)
	}
}

func TestManyPhonesAtOnceEndInOneDispute(t *testing.T) {
	w := newWorld(t)
	var phones sync.WaitGroup
	for i := range 12 {
		b, link := w.browser(), w.link("r1", []string{"w1", "g1"}[i%2])
		phones.Go(func() {
			p := b.open(link)
			b.do(http.MethodPost, p.url.String(), url.Values{"do": {wording.DoNotMine}}).says(t, 200, "KZ-")
		})
	}
	phones.Wait()
	d, err := w.store.Dispute(context.Background(), watch.Derive("dispute", "r1"))
	if err != nil || len(d.Changes) != 1 {
		t.Errorf("%+v %v", d, err)
	}
}

func TestAGETChangesNothing(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	p := b.open(w.link("r1", "w1"))
	for _, address := range []string{w.link("r1", "w1"), p.url.String(), p.url.String() + "?do=notmine", w.stopLink("r1", "w1"), w.stopLink("r1", "w1") + "?List-Unsubscribe=One-Click"} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			if got := b.do(method, address, nil); got.status != 200 || method == http.MethodHead && got.body != "" {
				t.Errorf("%s %s: %d", method, address, got.status)
			}
		}
	}
	b.do(http.MethodPost, p.url.String()+"?do=notmine", url.Values{"x": {"y"}}).says(t, 400)
	if a, v := w.stored("r1"); a != "" || v != 1 {
		t.Errorf("answer %q, version %d", a, v)
	}
	a, err := w.store.Account(context.Background(), account)
	if err != nil || a.Version != 1 {
		t.Errorf("account %+v %v", a, err)
	}
}

func TestLinksThatOpenNothingAllLookTheSame(t *testing.T) {
	w := newWorld(t)
	sign := func(purpose, subject string, d time.Duration) string {
		return w.keys.Sign(purpose, subject, w.now().Add(d))
	}
	good := sign(token.PurposeAnswer, "r1|w1", time.Hour)
	foreign, err := token.NewKeys(token.Key{ID: "k", Secret: []byte(strings.Repeat("x", 32))})
	if err != nil {
		t.Fatal(err)
	}
	b := w.browser()
	var body, reads string
	for name, tok := range map[string]string{
		"made for another purpose":         sign(token.PurposeStop, "r1|w1", time.Hour),
		"for a watcher of another account": sign(token.PurposeAnswer, "r1|w9", time.Hour),
		"for a watcher who left":           sign(token.PurposeAnswer, "r1|gone", time.Hour),
		"of an unknown record":             sign(token.PurposeAnswer, "r7|w1", time.Hour),
		"without a watcher":                sign(token.PurposeAnswer, "r1", time.Hour),
		"expired, for one who left":        sign(token.PurposeAnswer, "r1|gone", -time.Hour),
		"tampered with in its tag":         good[:len(good)-2] + "AA",
		"tampered with in its time":        strings.Replace(good, ".", ".z", 1),
		"signed with another key":          foreign.Sign(token.PurposeAnswer, "r1|w1", w.now().Add(time.Hour)),
		"nonsense":                         "x",
		"very long":                        strings.Repeat("a", 2000),
	} {
		w.table.Taken()
		p := b.open(w.srv.URL + "/a/" + tok)
		took := w.table.Taken()
		if body == "" {
			body, reads = p.body, took
		}
		if p.status != 404 || p.body != body || took != reads || p.header.Get("Set-Cookie") != "" {
			t.Errorf("a link %s: status %d, reads %q (others %q), the same words: %v", name, p.status, took, reads, p.body == body)
		}
	}
	if !strings.Contains(body, "お知らせが見つかりません") || reads != "1 1" {
		t.Errorf("reads %q, page %s", reads, body)
	}
	// A good token, but in the cookie of another page.
	p := b.open(w.srv.URL + "/a/" + good)
	b.do(http.MethodPost, p.url.String(), url.Values{"do": {"notmine"}}, "Cookie", "kozamori="+sign(token.PurposeAnswer, "r2|w1", time.Hour)).says(t, 403)
	for _, id := range []string{"r1", "r2"} {
		if a, _ := w.stored(id); a != "" {
			t.Errorf("a cookie of another page answered %s", id)
		}
	}
}

func TestAnExpiredLinkSaysWhatToDoAndDoesNothing(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	p := b.open(w.link("r1", "w1"))
	link := w.link("r1", "w1")
	w.add(time.Hour + time.Second)
	for _, got := range []page{b.open(link), b.open(p.url.String()), b.do(http.MethodPost, p.url.String(), url.Values{"do": {"notmine"}})} {
		got.says(t, 410, "このリンクの期限が切れました", "七十七銀行", "0120-000-000", "#9110", "LINEのお知らせにあるボタンからは、今も回答できます。")
		got.saysNot(t, "100,000", "***4567", "<button")
	}
	if a, v := w.stored("r1"); a != "" || v != 1 {
		t.Errorf("answer %q, version %d", a, v)
	}
}

func TestWhoWasUnboundAMomentAgoAnswersNothing(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	p := b.open(w.link("r1", "g1"))
	a, err := w.store.Account(context.Background(), account)
	if err != nil {
		t.Fatal(err)
	}
	a.Watchers = a.Watchers[:1]
	w.put(store.PutAccount(a))
	b.do(http.MethodPost, p.url.String(), url.Values{"do": {"notmine"}}).says(t, 404)
	b.open(p.url.String()).says(t, 404)
}
