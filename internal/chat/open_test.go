package chat_test

import (
	"strings"
	"testing"
	"time"

	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// incident puts three debits of one story on an account; the first leads.
func (w *world) incident(id string, k watch.AccountKey) {
	w.t.Helper()
	part := func(n string) *watch.Record { return w.Record(id + n) }
	for _, n := range []string{"", "b", "c"} {
		w.alert(id+n, k)
		w.Add(20 * time.Second)
	}
	lead := part("")
	for _, n := range []string{"b", "c"} {
		p := part(n)
		lead.Join(p)
		w.putRecord(p)
	}
	owner := w.account(k).Watchers[0]
	lead.Bring(&owner, watch.LINE, w.Now())
	lead.Deliveries[0].State = watch.Accepted
	w.putRecord(lead)
}

// Two accounts with the same service, several debits each: what waits is
// offered newest first, each button says which account, and each answer is
// about all of its own incident and nothing of the other.
func TestWhatWaitsIsAnsweredRightThere(t *testing.T) {
	t.Parallel()
	other := watch.AccountKey{Bank: "0168", Ref: "acc_2"}
	for _, word := range []string{"一覧", "身に覚えがない", "それは私ではない", "覚えがありません", "not me"} {
		w := newWorld(t)
		w.own(alice, account)
		w.own(alice, other)
		w.say(alice, word)
		if word == "一覧" {
			w.reads(alice, wording.RecentAlerts(wording.ListFacts{}).Title)
		} else {
			w.reads(alice, wording.NothingOpen(wording.TroubleFacts{}).Title, "最近のお知らせ")
		}
		w.incident("r1", account)
		w.incident("r2", other)
		w.say(alice, word)
		w.reads(alice, "carousel", "PayPayの引き落とし（3件）", "9,000円", "身に覚えがない 七十七銀行 ***4567", "身に覚えがない 中国銀行 ***4567")
		shown := w.newest(alice)
		if strings.Index(shown, "中国銀行") > strings.Index(shown, "七十七銀行") {
			t.Error("the older one comes first")
		}
		w.tap(alice, w.button(alice, "a=ask")) // the newest one's
		w.reads(alice, "3件・9,000円")
		w.tap(alice, w.button(alice, "a=notmine"))
		w.reads(alice, opened)
		if r1, r2 := w.Record("r1"), w.Record("r2"); r1.Answer != nil || r2.Answer == nil {
			t.Errorf("%+v, %+v", r1.Answer, r2.Answer)
		}
		w.say(alice, word)
		if got := w.newest(alice); strings.Contains(got, "中国銀行") || !strings.Contains(got, "七十七銀行") {
			t.Error("what is answered is offered again: " + got)
		}
		mine := w.button(alice, "a=mine")
		// More happens before the answer comes: it is shown, and asked about.
		w.alert("r1d", account, func(r *watch.Record) { r.Amount = 77000 })
		lead, p := w.Record("r1"), w.Record("r1d")
		lead.Join(p)
		w.putRecord(p)
		w.putRecord(lead)
		w.tap(alice, mine)
		w.reads(alice, "77,000円")
		if w.Record("r1").Answer != nil {
			t.Error("an answer to what was not shown counts")
		}
		if v := w.line.Violations(); len(v) > 0 {
			t.Error(v)
		}
	}
}

func TestAListAsksOnceWhichDebits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.own(alice, account)
	w.own(alice, watch.AccountKey{Bank: "0168", Ref: "acc_2"})
	w.incident("r1", account)
	var act watch.Activity
	act.Apply(w.Record("r1c"))
	w.putActivity(account, &act)
	w.say(alice, "サービス")
	w.reads(alice, "身に覚えがない 七十七銀行 ***4567")
	w.tap(alice, w.button(alice, "a=ask"))
	w.reads(alice, "合計", "3件・9,000円", "チェックを外してください", "https://kozamori.example/a/r1")
	if w.Record("r1").Answer != nil {
		t.Fatal("it is reported before anybody was asked")
	}
	w.tap(alice, w.button(alice, "a=notmine"))
	w.reads(alice, opened)
	if r := w.Record("r1"); r.Answer == nil || r.Answer.Value != watch.NotMine || len(r.Answer.Except) > 0 {
		t.Errorf("%+v", r.Answer)
	}
}
