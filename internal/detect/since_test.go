package detect_test

import (
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/queue"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// An account that is watched since then knows nothing of before by itself.
func TestSinceWhenAnAccountsDebitsAreKnown(t *testing.T) {
	h := newHouse(t)
	since := received.AddDate(-1, 0, 0)
	h.Change(h.key, func(a *watch.Account) { a.Watchers[0].Since = since })
	tell := func(from time.Time) {
		t.Helper()
		for _, body := range wire.EncodeHistory(wire.History{Bank: "0125", Account: "acc_1", From: from}, received, nil, 1<<20) {
			if v := h.Handle(t.Context(), []queue.Message{{ID: "m", Body: body, Receives: 1}}); !v[0].Done {
				t.Fatalf("%+v", v)
			}
		}
	}
	for _, c := range []struct{ from, want time.Time }{
		{since, time.Time{}}, {since.Add(time.Hour), time.Time{}}, {since.Add(-time.Hour), since.Add(-time.Hour)},
		{since.Add(-time.Minute), since.Add(-time.Hour)}, {since.Add(-48 * time.Hour), since.Add(-48 * time.Hour)},
	} {
		tell(c.from)
		act, err := h.store.Activity(t.Context(), h.key)
		if err != nil || !act.HistoryFrom.Equal(c.want) {
			t.Errorf("told since %s: known since %s, want %s (%v)", c.from, act.HistoryFrom, c.want, err)
		}
	}
}

// A message of which nothing can be read leaves nothing to do.
func TestAMessageOfNothing(t *testing.T) {
	h := newHouse(t)
	if v := h.Handle(t.Context(), []queue.Message{{ID: "m", Receives: 1, Body: []byte("{}")}}); len(v) != 1 || v[0].DeadLetter == "" {
		t.Errorf("%+v", v)
	}
	if reads := h.Table.Taken(); reads != "" {
		t.Errorf("it reads %q", reads)
	}
}

// What replaces something that was never heard of is history if it is too late.
func TestALateReplacementIsHistory(t *testing.T) {
	h := newHouse(t)
	h.send(t, say("debit", "b", "t", 20*24*time.Hour, 3200, `,"replaces":"p"`))
	complete := 0
	for _, r := range h.history(t) {
		if r.Complete {
			if complete++; !r.Past || r.IsAlert() || r.Amount != 3200 {
				t.Errorf("it rings: %+v", r)
			}
		}
	}
	if complete != 1 {
		t.Errorf("%d debits", complete)
	}
}

// A link of no known service, late, is summed up; and what a bank's history
// completes is history.
func TestLateLinksAndWhatHistoryCompletesRingNowhere(t *testing.T) {
	h := newHouse(t)
	h.send(t, say("charge_link.registered", "l", "l", 20*24*time.Hour, 0, `,"service":"none"`))
	if act, err := h.store.Activity(t.Context(), h.key); err != nil || act.Summary == nil || act.Summary.Links != 1 {
		t.Errorf("summed up is %+v (%v)", act.Summary, err)
	}
	h.send(t, say("debit.reversed", "r", "t", time.Minute, 1, ""))
	for _, body := range wire.EncodeHistory(wire.History{Bank: "0125", Account: "acc_1"}, received, []jsontext.Value{say("debit", "d", "t", 2*time.Minute, 3000, "")}, 1<<20) {
		h.Handle(t.Context(), []queue.Message{{ID: "m", Body: body, Receives: 1}})
	}
	for _, r := range h.history(t) {
		if !r.Past || r.IsAlert() {
			t.Errorf("%s rings: %+v", r.Txn, r)
		}
	}
}

// The one link that stands ends, whatever ended before and begins after.
func TestTheLinkOfBeforeThatStandsEnds(t *testing.T) {
	h := newHouse(t)
	year := 365 * 24 * time.Hour
	ids := h.seed(t, watch.Seed{Service: "docomo", Since: received.Add(-3 * year)})
	h.send(t, say("charge_link.removed", "e1", "lnk-1", 2*year, 0, `,"service":"docomo"`))
	ids = append(ids, h.seed(t, watch.Seed{Service: "docomo", Since: received.Add(-year)}, watch.Seed{Service: "docomo", Since: received})...)
	h.send(t, say("charge_link.removed", "e2", "lnk-2", time.Hour, 0, `,"service":"docomo"`))
	for i, ended := range []bool{true, true, false} {
		if r := h.Record(ids[i]); r.UndoneAt.IsZero() == ended {
			t.Errorf("link %d ended at %s", i, r.UndoneAt)
		}
	}
}

// Each message of a call that tells of an older past is one write.
func TestTwoPastsOfACallAreTwoWrites(t *testing.T) {
	h := newHouse(t)
	h.Change(h.key, func(a *watch.Account) { a.Watchers[0].Since = received })
	c := h.counting()
	var msgs []queue.Message
	for years := range 2 {
		past := wire.History{Bank: "0125", Account: "acc_1", From: received.AddDate(-1-years, 0, 0)}
		msgs = append(msgs, queue.Message{ID: "m", Receives: 1, Body: wire.EncodeHistory(past, received, nil, 1<<20)[0]})
	}
	for _, v := range h.Handle(t.Context(), msgs) {
		if !v.Done {
			t.Errorf("%+v", v)
		}
	}
	act, err := h.store.Activity(t.Context(), h.key)
	if err != nil || !act.HistoryFrom.Equal(received.AddDate(-2, 0, 0)) || c.writes != 2 {
		t.Errorf("%d writes, and the past is known since %s (%v)", c.writes, act.HistoryFrom, err)
	}
}

// Each message of a call that tells of a past comes again if that could not be noted.
func TestAPastThatCannotBeNotedComesAgain(t *testing.T) {
	failed := 0
	for at := 1; at < 8; at++ {
		s := newStage(newHouse(t), "acc_d")
		s.at, s.how = at, fails
		var msgs []queue.Message
		for years := range 2 {
			past := wire.History{Bank: "0125", Account: "acc_d", From: received.AddDate(-1-years, 0, 0)}
			msgs = append(msgs, queue.Message{ID: "m", Receives: 1, Body: wire.EncodeHistory(past, received, nil, 1<<20)[0]})
		}
		verdicts := s.stage.Handle(t.Context(), msgs)
		act, err := s.store.Activity(t.Context(), s.key)
		if err != nil {
			t.Fatal(err)
		}
		for years, v := range verdicts {
			from := received.AddDate(-1-years, 0, 0)
			if noted := !act.HistoryFrom.IsZero() && !from.Before(act.HistoryFrom); v.Done && !noted || v.DeadLetter != "" {
				t.Errorf("call %d fails: the past since %s is %+v, and known is that since %s", at, from, v, act.HistoryFrom)
			} else if !v.Done {
				failed++
			}
		}
	}
	if failed == 0 {
		t.Error("nothing fails")
	}
}

// What was news when it was told stays so, however late the bank says more of it.
func TestWhatWasToldAsNewsIsNoHistoryWhenMoreIsSaidLate(t *testing.T) {
	const day = 24 * time.Hour
	h := newHouse(t)
	h.sendAt(t, received.Add(-20*day), say("debit", "a", "t", 20*day, 3000, pending))
	h.accept(t)
	h.sendAt(t, received, say("debit", "b", "t", 20*day-time.Minute, 9000, ""))
	if r := h.of(t, "t"); r.Past || told(r, h.history(t)) != "alert 3000, changed 9000" {
		t.Errorf("it is history: %v, told %s", r.Past, told(r, h.history(t)))
	}
}
