package detect_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

// A reversal has no status of its own: said again with one it is the same.
func TestAReversalSaidWithAStatusIsNoSecondOne(t *testing.T) {
	h := newHouse(t)
	h.send(t, say("debit", "a", "t", 3*time.Minute, 5000, ""))
	h.send(t, say("debit.reversed", "b", "t", time.Minute, 1000, ""))
	h.send(t, say("debit.reversed", "c", "t", time.Minute, 1000, pending))
	if r := h.history(t)[0]; r.Returned != 1000 || r.Status != watch.Posted {
		t.Errorf("%d yen came back of what is %s, want 1000 of what is posted", r.Returned, r.Status)
	}
}

// What is known only after a report is new after it, though its undoing was on
// record before.
func TestADebitWhoseUndoingWasKnownIsNewWhenItComes(t *testing.T) {
	h := newHouse(t)
	h.send(t, say("debit.reversed", "b", "t", time.Minute, 500, ""))
	h.Clock.Add(time.Minute)
	act, err := h.store.Activity(t.Context(), h.key)
	if err != nil {
		t.Fatal(err)
	}
	act.Report(&watch.Dispute{ID: "d1", Service: "docomo", AnsweredAt: h.World.Now()}, true)
	h.Put(store.PutActivity(h.key, act))
	h.Clock.Add(time.Minute)
	h.send(t, say("debit", "a", "t", 2*time.Minute, 3000, ""))
	if n, ok := h.history(t)[0].Notice("w1"); !ok || !n.Reasons.Has(watch.AfterDispute) {
		t.Errorf("it is told because of %q", n.Reasons)
	}
}

// What is undone before the morning is news only for the person whose phone has
// rung already.
func TestOnlyThoseWhoseMessageWaitedAreSparedTheUndoing(t *testing.T) {
	h := newHouse(t)
	h.Change(h.key, func(a *watch.Account) {
		awake := worldtest.Owner("w2", "U00000000000000000000000000000002", worldtest.ByLINE)
		for _, r := range []*watch.Rules{&a.Watchers[0].Rules, &awake.Rules} {
			*r = plain()
		}
		a.Watchers[0].Rules.Quiet = &watch.Quiet{From: 14 * 60, To: 15 * 60} // it is 14:06 in Japan
		awake.Since = a.Watchers[0].Since
		a.Watchers = append(a.Watchers, awake)
	})
	h.send(t, say("debit", "a", "t", 2*time.Minute, 5000, ""))
	h.send(t, say("debit.reversed", "b", "t", time.Minute, 0, ""))
	r := h.history(t)[0]
	for watcher, want := range map[string]bool{"w1": true, "w2": false} {
		if n, ok := r.Notice(watcher); !ok || n.Spared != want {
			t.Errorf("%s is spared: %+v, want %v", watcher, n, want)
		}
	}
}

// The end of a link that the bank registered under another id is not the end of
// that one: it waits for its own registration.
func TestTheEndOfALinkThatIsNotKnownYetIsKept(t *testing.T) {
	h := newHouse(t)
	const paypay = `,"service":"paypay"`
	h.send(t, say("charge_link.registered", "a", "l1", time.Hour, 0, paypay))
	h.send(t, say("charge_link.removed", "c", "l2", time.Minute, 0, paypay))
	h.send(t, say("charge_link.registered", "b", "l2", 2*time.Minute, 0, paypay))
	undone := map[string]bool{}
	for _, r := range h.history(t) {
		undone[r.Txn] = !r.UndoneAt.IsZero()
	}
	if len(undone) != 2 || undone["l1"] || !undone["l2"] {
		t.Errorf("removed are %v, want l2 alone", undone)
	}
}

// The bank says a payment service, and its text a card: both are told.
func TestATextThatIsKnownToBeNoServiceIsToldWithTheBanksWord(t *testing.T) {
	h := newHouse(t)
	h.send(t, say("debit", "a", "t", time.Minute, 5000, `,"descriptor":"PAYPAYｶ-ﾄﾞ","service":"docomo"`))
	if r := h.history(t)[0]; r.Service != "docomo" || r.Second == nil || r.Second.Service != "" {
		t.Errorf("told is %s, and next to it %+v", r.Service, r.Second)
	}
}

// The line of each call says what became of it.
func TestEachCallWritesWhatItDid(t *testing.T) {
	h := newHouse(t)
	h.send(t, debit("acc_1", "1", 1, 5000, "PAYPAY", ""), debit("acc_1", "2", 2, 80000, "ﾔﾁﾝ", ""))
	if want := "msg=events messages=1 events=2 accounts=1 alerts=1 failed=0 "; !strings.Contains(h.Log.String(), want) {
		t.Errorf("the log lacks %q:\n%s", want, h.Log)
	}
}

// An id that a bank uses for every debit is found again, however many there were.
func TestOfAnIDForAllDebitsTheOldestIsFoundAgain(t *testing.T) {
	h := newHouse(t)
	const day = 24 * time.Hour
	n := watch.MaxTwins + 3
	for i := range n {
		h.send(t, say("debit", fmt.Sprint("e", i), "0", time.Duration(n-i)*day, 3000, ""))
	}
	h.send(t, say("debit", "again", "0", time.Duration(n-1)*day, 3000, ""))
	if got := len(h.history(t)); got != n {
		t.Errorf("%d records of %d debits", got, n)
	}
	if v := strings.Count(h.Log.String(), "level=ERROR"); v != 0 {
		t.Errorf("the log:\n%s", h.Log)
	}
}

// What is said again of an incident whose first record is gone is known all the
// same.
func TestWhatIsKnownIsKnownWithoutItsLead(t *testing.T) {
	h := newHouse(t)
	h.send(t, four[0], four[1])
	all := h.history(t)
	gone := store.PutRecord(all[1])
	gone.Delete = true
	h.Put(gone)
	h.send(t, four[1])
}

// What was undone before its message waited for the morning has been told, and
// goes on being told.
func TestWhatWasUndoneBeforeTheEveningIsNotSpared(t *testing.T) {
	h := newHouse(t)
	h.rules(func(r *watch.Rules) { *r = plain() })
	h.send(t, say("debit", "a", "t", 4*time.Minute, 5000, ""))
	h.accept(t)
	h.send(t, say("debit.reversed", "b", "t", 3*time.Minute, 0, ""))
	h.accept(t)
	h.rules(func(r *watch.Rules) { r.Quiet = &watch.Quiet{From: 14 * 60, To: 15 * 60} }) // it is 14:06 in Japan
	h.send(t, say("debit", "c", "u", 2*time.Minute, 6000, ""))
	h.send(t, say("debit.reversed", "d", "t", time.Minute, 0, ""))
	if n, ok := h.history(t)[1].Notice("w1"); !ok || n.Spared {
		t.Errorf("of what rang and came back in the day %+v", n)
	}
}

// A debit of the past that had come back when it became known is no part of what
// is summed up.
func TestWhatHadComeBackIsNotSummedUp(t *testing.T) {
	h := newHouse(t)
	const day = 24 * time.Hour
	h.send(t, say("debit.reversed", "b", "t", 19*day, 0, ""))
	h.send(t, say("debit", "a", "t", 20*day, 3000, ""))
	act, err := h.store.Activity(t.Context(), h.key)
	if err != nil {
		t.Fatal(err)
	}
	if s := act.Summary; s != nil && s.Debits != 0 {
		t.Errorf("summed up are %+v", s)
	}
}

// A debit that was told by itself stays a story of its own, also if another one
// began meanwhile.
func TestWhatWasToldByItselfJoinsNoIncidentLater(t *testing.T) {
	const day = 24 * time.Hour
	past := newHouse(t)
	past.send(t, say("debit", "a", "t", 12*day, 3000, pending)) // summed up
	past.send(t, say("debit", "b", "u", 2*time.Minute, 90000, ""))

	// Its message went to a person who has left since, and took it with them.
	left := newHouse(t)
	left.send(t, say("debit", "a", "t", 2*time.Hour, 3000, pending))
	if _, err := left.store.UpdateRecord(t.Context(), left.history(t)[0].ID, func(r *watch.Record) error { r.Deliveries = nil; return nil }); err != nil {
		t.Fatal(err)
	}
	left.send(t, say("debit", "b", "u", 2*time.Minute, 90000, `,"descriptor":"PAYPAY"`))

	// The same, of an incident of two.
	two := newHouse(t)
	two.send(t, say("debit", "a", "t", 2*time.Hour, 3000, pending), say("debit", "c", "t2", 2*time.Hour, 3000, ""))
	for _, r := range two.history(t) {
		if len(r.Members) == 1 {
			if _, err := two.store.UpdateRecord(t.Context(), r.ID, func(r *watch.Record) error { r.Deliveries, r.Notices = nil, nil; return nil }); err != nil {
				t.Fatal(err)
			}
		}
	}
	two.send(t, say("debit", "b", "u", 2*time.Minute, 90000, `,"descriptor":"PAYPAY"`))
	for name, h := range map[string]*house{"summed up": past, "told to no one": left, "told to no one, of two": two} {
		// Its service was reported with the other one, which it would join now.
		act, err := h.store.Activity(t.Context(), h.key)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range h.history(t) {
			if r.Txn == "u" {
				act.Report(&watch.Dispute{ID: "d1", Record: r.ID, Service: "docomo", AnsweredAt: received}, true)
			}
		}
		h.Put(store.PutActivity(h.key, act))
		h.send(t, say("debit", "d", "t", time.Minute, 9900, ""))
		for _, r := range h.history(t) {
			if r.Lead != "" && r.Txn != "t2" {
				t.Errorf("%s: %s belongs to another's incident", name, r.Txn)
			}
		}
	}
}
