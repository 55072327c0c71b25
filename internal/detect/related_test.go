package detect_test

import (
	"testing"
	"time"

	"kozamori/internal/watch"
)

// What is new after reports about a person's other accounts names the latest of
// them that stands, and goes on naming it, whatever they report later; what is not
// new names none.
func TestWhatIsNewNamesTheReportAboutAnotherAccount(t *testing.T) {
	h := newHouse(t)
	reports := func(id string, account watch.AccountKey, status watch.DisputeStatus) {
		h.Clock.Add(time.Minute)
		at := h.World.Now()
		h.Put(h.store.PutDispute(&watch.Dispute{ID: id, OnAccount: watch.On(account), Record: "r-" + id, Watcher: "w9", AnsweredAt: at, Status: status, Service: "kyash"}))
		h.Change(h.key, func(a *watch.Account) { a.Watchers[0].AddReport(id, at) })
		h.Clock.Add(time.Minute)
	}
	related := func(txn string) string {
		t.Helper()
		for _, r := range h.history(t) {
			if n, ok := r.Notice("w1"); ok && r.Txn == txn {
				return n.Related
			}
		}
		t.Fatalf("nobody is told of %s", txn)
		return ""
	}
	other := watch.AccountKey{Bank: "0168", Ref: "acc_other"}
	h.send(t, say("debit", "a", "before", 10*time.Minute, 3000, ""))
	reports("d1", other, watch.DisputeOpened)
	reports("d2", other, watch.DisputeOpened)
	reports("d3", other, watch.DisputeWithdrawn)
	h.sendAt(t, h.World.Now(), say("debit", "b", "new", 0, 3000, pending+`,"descriptor":"PAYPAY"`))
	h.sendAt(t, h.World.Now(), say("debit", "c", "before", 10*time.Minute, 4000, ""))
	if is, was := related("new"), related("before"); is != "d2" || was != "" {
		t.Errorf("what is new names %q, want d2; what is not names %q", is, was)
	}
	reports("d4", other, watch.DisputeOpened)
	h.sendAt(t, h.World.Now(), say("debit", "e", "new", 0, 9000, `,"descriptor":"PAYPAY"`))
	if is := related("new"); is != "d2" {
		t.Errorf("raised after another report it names %q, want d2 still", is)
	}
}
