package web_test

import (
	"context"
	"encoding/csv"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"kozamori/internal/dispute"
	"kozamori/internal/membership"
	"kozamori/internal/quote"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// inside opens one of the account's pages for its owner.
func (w *world) inside(path string) (*browser, page) {
	w.t.Helper()
	b, home := w.login("U1", watch.Japanese)
	return b, b.open(w.srv.URL + home.room(w.t) + path)
}

func TestThePastIsShownByMonthWithWhatBecameOfIt(t *testing.T) {
	w := newWorld(t)
	old := w.record("r0", 777)
	old.OccurredAt = old.OccurredAt.AddDate(0, -1, 0)
	silent := w.record("r9", 999)
	silent.Notices = nil
	w.put(store.PutRecord(old), store.PutRecord(silent))
	if _, err := w.disputes.Answer(context.Background(), "r1", dispute.Answerer{Watcher: "w1"}, watch.NotMine, watch.ViaPage); err != nil {
		t.Fatal(err)
	}
	b, p := w.inside("/history")
	p.says(t, 200, "2020年9月のお知らせ", "PayPayの引き落とし 100,000円", "銀行へ連絡中（受付番号：KZ-", "PayPayの引き落とし 4,321円", "まだ回答がありません", "?month=2020-08")
	p.saysNot(t, "777円", "999円", "?month=2020-10")
	b.open(p.url.String()+"?month=2020-08").says(t, 200, "2020年8月のお知らせ", "777円", "?month=2020-09")
	b.open(p.url.String()+"?month=2031-01").says(t, 200, "2020年9月のお知らせ")
	link := regexp.MustCompile(`/a/[\w.-]+\?from=home`).FindString(p.body)
	got := b.open(w.srv.URL + link)
	got.says(t, 200, "お知らせ", `href="/home"`)
	b.press(got, wording.DoNotMine).says(t, 200, "受付番号", `href="/home"`) // and still after an answer
	got = b.open(w.link("r2", "w1"))
	got.saysNot(t, `href="/home"`) // a link of a message opens no rooms
	b.open(got.url.String()+"?from=https://evil.example").saysNot(t, "evil", `href="/home"`)
}

// A month's services are compared in a drawing without scripts; who may see no
// amounts sees how often, and no bar is as long as an amount would make it.
func TestAMonthIsDrawnByService(t *testing.T) {
	w := newWorld(t)
	other := w.record("r7", 20_000)
	other.Service = "merpay"
	undone := w.record("r8", 5_000)
	undone.Service, undone.UndoneAt = "merpay", undone.OccurredAt
	w.put(store.PutRecord(other), store.PutRecord(undone))
	_, p := w.inside("/history")
	p.says(t, 200, "サービスごとの合計", "20,000円（1件）", `aria-hidden="true"`)
	p.saysNot(t, "25,000円", "<script")
	bars := regexp.MustCompile(`<rect width="(\d+)"`).FindAllStringSubmatch(p.body, -1)
	if len(bars) != 2 || bars[0][1] != "1000" || bars[1][1] == "0" || bars[1][1] == "1000" {
		t.Errorf("the bars are %v", bars)
	}
	a, err := w.store.Account(t.Context(), other.Account)
	if err != nil {
		t.Fatal(err)
	}
	a.Watchers[0].HideAmount = true
	w.put(store.PutAccount(a))
	_, p = w.inside("/history")
	p.says(t, 200, "サービスごとの合計", "1件")
	p.saysNot(t, "円")
	for _, m := range regexp.MustCompile(`<rect width="(\d+)"`).FindAllStringSubmatch(p.body, -1) {
		if m[1] != "1000" && m[1] != "500" && m[1] != "333" && m[1] != "250" {
			t.Errorf("a bar of %s tells an amount", m[1])
		}
	}
}

// What is on record from before anybody watched stands in the lists, marked so,
// and what an ordinary debit left there does not.
func TestTheHistoryOfAnAccountStandsInTheListsMarkedSo(t *testing.T) {
	w := newWorld(t)
	past := func(id string, yen int64, change func(*watch.Record)) {
		r := w.record(id, yen)
		r.Notices, r.Deliveries, r.Past, r.OccurredAt = nil, nil, true, r.OccurredAt.AddDate(0, -3, 0)
		change(r)
		w.put(store.PutRecord(r))
	}
	past("p1", 771, func(*watch.Record) {})
	past("p2", 772, func(r *watch.Record) { r.UndoneAt = r.OccurredAt.Add(time.Hour) })
	past("p3", 0, func(r *watch.Record) { r.Kind = watch.LinkRegistered })
	past("p4", 0, func(r *watch.Record) { r.Kind, r.UndoneAt = watch.LinkRegistered, r.OccurredAt.Add(time.Hour) })
	past("p5", 775, func(r *watch.Record) { r.Complete = false }) // its events are another record's
	past("p6", 1776, func(r *watch.Record) { r.Returned = 1000 })
	b, p := w.inside("/history?month=2020-06")
	p.says(t, 200, "PayPayの引き落とし 771円", "PayPayの引き落とし 772円", "過去の記録<", "銀行が取り消しました（過去の記録）", "PayPayへの口座の登録", "解除されています（過去の記録）",
		"PayPayの引き落とし 776円（ほかに1,000円は戻りました）", "過去の記録")
	p.saysNot(t, "775円", "まだ回答がありません")
	link := regexp.MustCompile(`/a/[\w.-]+\?from=home`).FindString(p.body)
	b.open(w.srv.URL+link).says(t, 200, `href="/home"`)
	_, p = w.inside("/history.csv")
	if n := strings.Count(p.body, "過去の記録"); n != 5 {
		t.Errorf("%d lines of the past in the file", n)
	}
	for _, cells := range []string{",771,0,", ",772,772,", ",1776,1000,"} { // what was taken, and how much came back
		if !strings.Contains(p.body, cells) {
			t.Errorf("no line has %s: %s", cells, p.body)
		}
	}
}

// A name that an owner gave a guardian is a stranger's text to a spreadsheet too.
func TestAGuardiansNameIsNoFormulaInTheFile(t *testing.T) {
	w := newWorld(t)
	a, err := w.store.Account(context.Background(), account)
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range []quote.Text{"=1+1", "+81", "0012", "@SUM(A1)"} {
		id := "w9" + strconv.Itoa(i)
		a.Watchers = append(a.Watchers, watch.Watcher{ID: id, Role: watch.Guardian, Name: name, LineUser: "U" + id})
		w.put(w.store.PutStep(&watch.Step{ID: "s9" + id, OnAccount: watch.On(a.AccountKey), At: w.Now(), Kind: watch.StepReported, By: id, ByRole: watch.Guardian}))
	}
	w.put(store.PutAccount(a))
	_, p := w.inside("/history.csv")
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(p.body, "\uFEFF"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, l := range lines[1:] {
		for _, cell := range l {
			if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
				t.Errorf("a cell is a formula: %q", cell)
			}
		}
		if strings.Contains(l[12], "1+1") || strings.Contains(l[12], "81") || strings.Contains(l[12], "0012") || strings.Contains(l[12], "SUM") {
			seen++
		}
	}
	if seen != 4 {
		t.Errorf("%d of the guardians' steps stand in the file: %q", seen, lines)
	}
}

func TestTheFileHoldsEverythingAndNoFormula(t *testing.T) {
	w := newWorld(t)
	evil := w.record("r3", 55)
	evil.Descriptor, evil.OccurredAt = `=HYPERLINK("x")`, evil.OccurredAt.AddDate(0, -3, 0)
	wide := w.record("r4", 66)
	evil.Txn = "00012345678901234567"
	wide.Descriptor, wide.Txn, wide.OccurredAt = "＝1+1", "@x", evil.OccurredAt.Add(time.Minute)
	w.put(store.PutRecord(evil), store.PutRecord(wide))
	if _, err := w.disputes.Answer(context.Background(), "r1", dispute.Answerer{Watcher: "w1"}, watch.NotMine, watch.ViaPage); err != nil {
		t.Fatal(err)
	}
	_, p := w.inside("/history.csv")
	if p.status != 200 || !strings.HasPrefix(p.header.Get("Content-Disposition"), "attachment") || !strings.HasPrefix(p.header.Get("Content-Type"), "text/csv") {
		t.Fatalf("%d %v", p.status, p.header)
	}
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(p.body, "\uFEFF"))).ReadAll()
	if err != nil || len(lines) != 6 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	if step := lines[5]; step[3] != "「身に覚えがない」の申し出がありました" || step[12] != "あなた" || step[2] == "" {
		t.Errorf("%q", step)
	}
	if l := lines[3]; l[5] != "'＝1+1" || l[8] != "'@x" {
		t.Errorf("%q", l)
	}
	if last := lines[4]; last[0] != "七十七銀行" || last[1] != "普通 ***4567" || last[5] != `'=HYPERLINK("x")` || last[6] != "55" || last[7] != "0" || last[8] != "'00012345678901234567" {
		t.Errorf("%q", last)
	}
	for _, l := range lines[1:] {
		if l[8] == "t-r1" && (l[2] != "2020-09-04 14:05:11" || !strings.HasPrefix(l[12], "銀行へ連絡中") || !strings.HasPrefix(l[14], "KZ-") || l[13] == "") {
			t.Errorf("%q", l)
		}
	}
}

// An older alert waits while the newest of its service is reported: "not me" of the
// service is about the one that waits.
func TestWhatWaitsIsAskedAboutThoughTheNewestIsReported(t *testing.T) {
	w := newWorld(t)
	w.put(store.PutActivity(account, &watch.Activity{
		Services: map[string]*watch.ServiceActivity{"paypay": {FirstAt: w.now(), LastAt: w.now(), Debits: 2}},
		Recent:   []watch.RecentDebit{{Record: "r1", Service: "paypay"}, {Record: "r2", Service: "paypay"}}}))
	if _, err := w.disputes.Answer(t.Context(), "r2", dispute.Answerer{Watcher: "w1"}, watch.NotMine, watch.ViaPage); err != nil {
		t.Fatal(err)
	}
	b, p := w.inside("/services")
	p.says(t, 200, `value="r2"`)
	got := b.do(http.MethodPost, p.url.String(), url.Values{"do": {wording.DoNotMine}, "record": {"r2"}})
	got.says(t, 200, "身に覚えがないのは、どれですか", "100,000円")
	got.saysNot(t, "4,321円")
	if a, _ := w.stored("r1"); a != "" {
		t.Errorf("it was answered unasked: %q", a)
	}
	b.do(http.MethodPost, p.url.String(), got.formOf(t, wording.DoNotMine)).says(t, 200, "受付番号", "100,000円")
	if a, _ := w.stored("r1"); a != watch.NotMine {
		t.Errorf("what was ticked is answered %q", a)
	}
}

func TestEachConnectedServiceCanBeAnswered(t *testing.T) {
	w := newWorld(t)
	link := w.record("l1", 0)
	link.Kind, link.Notices = watch.LinkRegistered, nil
	w.put(store.PutRecord(link), store.PutActivity(account, &watch.Activity{
		Services: map[string]*watch.ServiceActivity{
			"paypay": {FirstAt: w.now(), LastAt: w.now().Add(time.Minute), Debits: 2, LastAmount: 4321, Links: []watch.Link{{Record: "l1", RegisteredAt: w.now()}}},
			"kyash":  {FirstAt: w.now(), LastAt: w.now().Add(-time.Hour), Debits: 1, LastAmount: 50},
			"dbarai": {FirstAt: w.now(), LastAt: w.now(), Links: []watch.Link{{Record: "l2", RegisteredAt: w.now()}}},
		},
		Recent: []watch.RecentDebit{{Record: "r1", Service: "paypay"}}}))
	b, p := w.inside("/services")
	p.says(t, 200, "つながっているサービス", "PayPay", "4,321円", "口座の登録", `value="l1"`)
	if n := strings.Count(p.body, "最後の利用"); n != 2 || !strings.Contains(p.body, "まだありません") {
		t.Errorf("%d services are said to have been used; one was only linked", n)
	}
	got := b.do(http.MethodPost, p.url.String(), url.Values{"do": {wording.DoNotMine}, "record": {"l1"}})
	// It asks once which of the service's alerts are meant.
	got.says(t, 200, "身に覚えがないのは、どれですか", "100,000円", "4,321円", "口座の登録")
	if a, _ := w.stored("l1"); a != "" {
		t.Errorf("it was answered unasked: %q", a)
	}
	form := got.formOf(t, wording.DoNotMine)
	form[wording.FieldPart] = slices.DeleteFunc(form[wording.FieldPart], func(id string) bool { return id == "r2" })
	got = b.do(http.MethodPost, p.url.String(), form)
	got.says(t, 200, "受付番号", "100,000円")
	if r := w.Record("r2"); r.Answer != nil || r.Lead != "" {
		t.Errorf("what was unticked is part of the report: %+v", r)
	}
	lead, err := w.store.Record(t.Context(), "l1")
	if err == nil {
		lead, err = w.store.Lead(t.Context(), lead)
	}
	if err != nil {
		t.Fatal(err)
	}
	d, err := w.store.Dispute(t.Context(), lead.Dispute)
	if err != nil {
		t.Fatal(err)
	}
	var reported []string
	for _, x := range dispute.FactsOf(d).Transactions {
		reported = append(reported, x.Transaction)
	}
	slices.Sort(reported)
	one, two := w.Record("r1"), w.Record("l1")
	if want := []string{two.Txn, one.Txn}; !slices.Equal(slices.Compact(reported), slices.Sorted(slices.Values(want))) {
		t.Errorf("the bank hears of %q, want %q", reported, want)
	}
	// An old button, of an incident that has become part of another, still works.
	if res, err := w.disputes.Look(t.Context(), "r1", dispute.Answerer{Watcher: "w1"}); err != nil || res.Outcome != dispute.AlreadyOpen || res.Dispute.ID != d.ID {
		t.Errorf("%v %v", res.Outcome, err)
	}
	b.do(http.MethodPost, p.url.String(), url.Values{"do": {wording.DoNotMine}, "record": {"r2"}}).says(t, 400)
	if a, _ := w.stored("r2"); a != "" {
		t.Error("a record that the page does not ask about was answered")
	}
}

var inviteCode = regexp.MustCompile(`[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{5}`)

func TestAnOwnerInvitesAndDismissesAGuardian(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	b, p := w.inside("/family")
	p.says(t, 200, "見守り家族", "お知らせと、つながっているサービス（金額は見えません）", `value="g1"`)
	b.do(http.MethodPost, p.url.String()+"/invite", url.Values{"do": {wording.DoInvite}, "name": {strings.Repeat("長", 21)}, "hide": {"on"}}).
		says(t, 422, "20文字まで", `name="hide" value="on" checked`)
	got := b.do(http.MethodPost, p.url.String()+"/invite", url.Values{"do": {wording.DoInvite}, "name": {"長女"}, "hide": {"on"}})
	got.says(t, 200, "招待をつくりました", "https://line.me/R/share?text=", "oaMessage%2F%2540kozamori", "<svg", "9月5日(土) 14:08")
	code := inviteCode.FindString(got.body)
	members := &membership.Service{Store: w.store, Keys: w.keys, Now: w.now}
	if _, err := members.Accept(ctx, "U2", code, watch.Japanese); err != nil {
		t.Fatal(err)
	}
	b.open(p.url.String()).says(t, 200, "長女")
	daughter, home := w.login("U2", watch.Japanese)
	mine := w.srv.URL + home.room(t)
	theirs := daughter.open(mine + "/family")
	theirs.says(t, 200, "見守り家族として見守っています")
	theirs.saysNot(t, "長女", `value="dismiss"`, `value="invite"`)
	for room, do := range map[string]string{"/family/invite": wording.DoInvite, "/family": wording.DoDismiss} {
		daughter.do(http.MethodPost, mine+room, url.Values{"do": {do}, "watcher": {"w1"}}).says(t, 404)
	}
	a, _ := w.store.Account(ctx, account)
	g, _ := a.WatcherOf("U2")
	b.do(http.MethodPost, p.url.String(), url.Values{"do": {wording.DoDismiss}, "watcher": {g.ID}}).says(t, 200, "見守りを終えました")
	daughter.open(mine+"/family").says(t, 403) // nothing left to see: the session ended too
}

func TestAnOwnerTakesAnInvitationBackThatWentToTheWrongPerson(t *testing.T) {
	w := newWorld(t)
	b, p := w.inside("/family")
	p.saysNot(t, "招待中")
	var code string
	for i := range 6 {
		got := b.do(http.MethodPost, p.url.String()+"/invite", url.Values{"do": {wording.DoInvite}, "name": {"次男"}, "hide": {"on"}})
		if i == 0 {
			got.says(t, 200, "送る相手を間違えたときは、見守り家族の一覧から取り消せます。")
			code = inviteCode.FindString(got.body)
		}
		if i == 5 {
			got.says(t, 409, "見守り家族の一覧で、不要な招待を取り消してください", `/family"`)
		}
	}
	p = b.open(p.url.String())
	p.says(t, 200, "招待中：次男", "金額は見えません", "招待した日時", "14:08", "招待の期限", "9月5日(土) 14:08", "この招待を取り消す")
	p.saysNot(t, code, strings.ReplaceAll(code, "-", ""))
	id := regexp.MustCompile(`name="invitation" value="([^"]+)"`).FindStringSubmatch(p.body)[1]
	take := url.Values{"do": {wording.DoWithdraw}, "invitation": {id}}
	got := b.do(http.MethodPost, p.url.String(), take)
	got.says(t, 200, "招待を取り消しました")
	if n := strings.Count(got.body, "招待中："); n != 4 {
		t.Errorf("%d are open", n)
	}
	members := &membership.Service{Store: w.store, Keys: w.keys, Now: w.now}
	if _, err := members.Accept(context.Background(), "U2", code, watch.Japanese); !errors.Is(err, membership.ErrInvite) {
		t.Errorf("a withdrawn invitation: %v", err)
	}
	b.do(http.MethodPost, p.url.String(), take).says(t, 200, "その招待は、すでに使われたか、終わっています。")
	b.do(http.MethodPost, p.url.String()+"/invite", url.Values{"do": {wording.DoInvite}}).says(t, 200, "招待をつくりました")
}

func TestLeavingAndErasingAreSaidAndTrue(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	if _, err := w.disputes.Answer(ctx, "r1", dispute.Answerer{Watcher: "w1"}, watch.NotMine, watch.ViaPage); err != nil {
		t.Fatal(err)
	}
	b, p := w.inside("/leave")
	p.says(t, 200, "この口座の見守りをやめる", "見守り家族（1人）", "証拠として5年間残ります")
	if _, err := w.store.Account(ctx, account); err != nil {
		t.Fatal("opening the page left")
	}
	b.do(http.MethodPost, p.url.String(), url.Values{"do": {wording.DoErase}, "sure": {"on"}}).says(t, 200, "記録もあとで消します", "証拠として")
	if _, err := w.store.Account(ctx, account); err == nil {
		t.Error("the account is still watched")
	}
	if wish, err := w.store.ErasureWish(ctx, account); err != nil || wish.Way != watch.WayPage {
		t.Errorf("the records will not be erased: %+v, %v", wish, err)
	}
	if _, err := w.store.Dispute(ctx, watch.Derive("dispute", "r1")); err != nil {
		t.Errorf("the evidence is gone: %v", err)
	}
}

func TestHelpNamesTheBankAndTheService(t *testing.T) {
	w := newWorld(t)
	_, p := w.login("U1", watch.Japanese)
	b, _ := w.login("U1", watch.Japanese)
	b.open(w.srv.URL+"/home/help").says(t, 200, "七十七銀行", "0120-000-000", "PayPay", "0120-990-633", "#9110", "188")
	p.says(t, 200, "/home/help")
}
