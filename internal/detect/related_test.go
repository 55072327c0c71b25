package detect_test

import (
	"cmp"
	"testing"
	"time"

	"kozamori/internal/store"
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
	// All that is new on the account after one report is one incident, whatever it is of.
	h.Clock.Add(48 * time.Hour)
	h.sendAt(t, h.World.Now(), say("debit", "f", "later", 0, 7000, `,"descriptor":"KYASH"`))
	leads := map[string]string{}
	for _, r := range h.history(t) {
		leads[r.Txn] = cmp.Or(r.Lead, r.ID)
	}
	if related("later") != "d2" || leads["later"] != leads["new"] || leads["new"] == leads["before"] {
		t.Errorf("after one report the incidents are %v", leads)
	}
	reports("d4", other, watch.DisputeOpened)
	h.sendAt(t, h.World.Now(), say("debit", "e", "new", 0, 9000, `,"descriptor":"PAYPAY"`))
	if is := related("new"); is != "d2" {
		t.Errorf("raised after another report it names %q, want d2 still", is)
	}
}

// What was urgent because it was new after a report stays so while any report stands,
// though it turns out not to have been the first, and no longer: a report that was taken
// back makes nothing urgent. One of which nothing is known any more was never taken back.
func TestWhatIsUrgentAfterAReportIsSoWhileOneStands(t *testing.T) {
	other := watch.AccountKey{Bank: "0168", Ref: "acc_other"}
	for name, c := range map[string]struct {
		own  bool // the report is about this account
		then func(h *house, d *watch.Dispute)
		want bool
	}{
		"on another account, it stands": {false, func(*house, *watch.Dispute) {}, true},
		"on another, taken back": {false, func(h *house, d *watch.Dispute) {
			d.Status = watch.DisputeWithdrawn
			h.Put(h.store.PutDispute(d))
		}, false},
		"on another, erased with it": {false, func(h *house, d *watch.Dispute) {
			w := h.store.PutDispute(d)
			w.Delete = true
			h.Put(w)
		}, true},
		"on this account, it stands": {true, func(*house, *watch.Dispute) {}, true},
		"on this, taken back": {true, func(h *house, d *watch.Dispute) {
			h.reports(t, d, false)
			d.Status = watch.DisputeWithdrawn
			h.Put(h.store.PutDispute(d))
		}, false},
	} {
		h := newHouse(t)
		d := &watch.Dispute{ID: "d", OnAccount: watch.On(other), Record: "r", Watcher: "w9", AnsweredAt: h.World.Now(), Status: watch.DisputeOpened, Service: "kyash"}
		if c.own {
			d.OnAccount = watch.On(h.key)
			h.reports(t, d, true)
		}
		h.Put(h.store.PutDispute(d))
		h.Change(h.key, func(a *watch.Account) { a.Watchers[0].AddReport(d.ID, d.AnsweredAt) })
		d.Version++
		h.Clock.Add(time.Minute)
		urgent := func(when string, want bool) {
			t.Helper()
			for _, r := range h.history(t) {
				n, ok := r.Notice("w1")
				if r.Txn == "t" && (!ok || n.Reasons.Has(watch.AfterDispute) != want || (n.Related == "d") == c.own) {
					t.Errorf("%s: %s it is told for %+v", name, when, n)
				}
			}
		}
		h.sendAt(t, h.World.Now(), say("debit", "a", "t", 0, 3000, pending+`,"descriptor":"PAYPAY"`))
		urgent("at first", true)
		h.sendAt(t, h.World.Now(), say("debit", "b", "u", 26*time.Hour, 500, `,"descriptor":"PAYPAY"`)) // it was not the first
		if c.then(h, d); name == "on another, erased with it" {                                         // then what is new names none
			h.sendAt(t, h.World.Now(), say("debit", "m", "m", 0, 100, `,"descriptor":"ﾒﾙﾍﾟｲ"`))
			for _, r := range h.history(t) {
				if n, ok := r.Notice("w1"); r.Txn == "m" && (!ok || !n.Reasons.Has(watch.AfterDispute) || n.Related != "") {
					t.Errorf("%s: what is new then is told for %+v", name, n)
				}
			}
		}
		h.sendAt(t, h.World.Now(), say("debit", "c", "t", 0, 9000, `,"descriptor":"PAYPAY"`))
		urgent("in the end", c.want)
	}
}

// reports has the account's activity name a report, or no longer.
func (h *house) reports(t *testing.T, d *watch.Dispute, open bool) {
	t.Helper()
	act, err := h.store.Activity(t.Context(), h.key)
	if err != nil {
		t.Fatal(err)
	}
	act.Report(d, open)
	h.Put(store.PutActivity(h.key, act))
}

// The same holds for what is true of the other name alone, where the bank and the
// descriptor disagree.
func TestWhatIsUrgentByAnotherNameIsSoWhileAReportStands(t *testing.T) {
	for stands, want := range map[bool]watch.Reason{true: watch.FirstSeen | watch.AfterDispute, false: watch.FirstSeen} {
		h := newHouse(t)
		h.send(t, say("debit", "k", "k", 30*time.Hour, 100, `,"descriptor":"PAYPAY"`))
		d := &watch.Dispute{ID: "d", OnAccount: watch.On(watch.AccountKey{Bank: "0168", Ref: "acc_other"}), Record: "r", Watcher: "w9", AnsweredAt: h.World.Now(), Status: watch.DisputeOpened, Service: "kyash"}
		h.Put(h.store.PutDispute(d))
		h.Change(h.key, func(a *watch.Account) { a.Watchers[0].AddReport(d.ID, d.AnsweredAt) })
		h.Clock.Add(time.Minute)
		const both = `,"descriptor":"ﾒﾙﾍﾟｲ","service":"paypay"`
		h.sendAt(t, h.World.Now(), say("debit", "a", "t", 0, 3000, pending+both))
		if !stands {
			d.Version, d.Status = d.Version+1, watch.DisputeWithdrawn
			h.Put(h.store.PutDispute(d))
		}
		h.sendAt(t, h.World.Now(), say("debit", "c", "t", 0, 9000, both))
		for _, r := range h.history(t) {
			if n, ok := r.Notice("w1"); r.Txn == "t" && (!ok || n.Second.Reason != want) {
				t.Errorf("the report stands %v: of the other name it is told for %s, want %s", stands, n.Second, watch.Because(want))
			}
		}
	}
}
