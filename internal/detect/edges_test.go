package detect_test

import (
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
			r.FirstSeen, r.NearLimit = false, false
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
