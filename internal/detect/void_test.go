package detect_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/queue"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// A message that was held for the morning is not sent for a record that turned
// out to be another's.
func TestWhatIsHeldForARecordThatWasAnothersIsNotSent(t *testing.T) {
	for _, history := range []bool{false, true} { // the bank says so now, or tells it of the past
		h := newHouse(t)
		h.rules(func(r *watch.Rules) {
			*r = plain()
			r.Quiet = &watch.Quiet{From: 14 * 60, To: 15 * 60}
		})
		// Too far apart to be one incident.
		h.send(t, say("debit", "a", "p1", 6*24*time.Hour, 3000, pending))
		h.send(t, say("debit", "b", "t1", 2*time.Minute, 3200, ""))
		replaces := say("debit", "c", "t1", 2*time.Minute, 3200, `,"replaces":"p1"`)
		if history {
			body := wire.EncodeHistory(wire.History{Bank: "0125", Account: "acc_1"}, received, []jsontext.Value{replaces}, 1<<20)[0]
			h.Handle(t.Context(), []queue.Message{{ID: "m", Body: body, Receives: 1}})
		} else {
			h.send(t, replaces)
		}
		waits, tells := 0, 0
		for _, r := range h.history(t) {
			empty := len(r.Story()) == 0
			if !empty {
				tells++
			}
			for _, d := range r.Deliveries {
				if d.State == watch.Held {
					waits++
					if empty {
						t.Errorf("history %v: %s is held for a record that tells of nothing", history, d.ID)
					}
				}
			}
			if empty && !r.Due.IsZero() {
				t.Errorf("history %v: a record that tells of nothing is due at %s", history, r.Due)
			}
		}
		if waits != 1 || tells != 1 {
			t.Errorf("history %v: %d messages wait, of %d debits", history, waits, tells)
		}
	}
}

// A summary is of all that came too late within its time: it goes out though the
// record that carries it turned out to be another's. What else is held there is not
// sent.
func TestASummaryGoesOutThoughItsCarrierWasAnothers(t *testing.T) {
	const day = 24 * time.Hour
	h := newHouse(t)
	h.send(t, say("debit", "b", "t1", 19*day, 3200, "")) // carries the summary
	h.send(t, say("debit", "a", "p1", 19*day, 3000, pending), say("debit", "x", "x", 18*day, 500, ""))
	carrier := ""
	for _, r := range h.history(t) {
		if len(r.Deliveries) > 0 {
			carrier = r.ID
			if _, err := h.store.UpdateRecord(t.Context(), r.ID, func(r *watch.Record) error {
				r.Deliveries = append(r.Deliveries, watch.Delivery{ID: "claim", Kind: watch.TellClaim, Watcher: "w1", Channel: watch.LINE, State: watch.Held, Due: received.Add(day)})
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
	h.send(t, say("debit", "c", "t1", 19*day, 3200, `,"replaces":"p1"`))
	all := h.history(t)
	var told *watch.Record
	for _, r := range all {
		if r.ID == carrier {
			told = r
		}
	}
	if told == nil || len(told.Story()) != 0 || told.Txn != "t1" {
		t.Fatalf("the summary is not carried by a record that tells of nothing: %+v", told)
	}
	if got := strings.Join(states(told), ", "); got != "summary held, claim cancelled" || told.Due.IsZero() {
		t.Errorf("it carries %s, due at %s", got, told.Due)
	}
	if sum := told.SumUp(&told.Deliveries[0], all, received); sum.Debits != 2 || sum.Yen != 3700 {
		t.Errorf("the summary is of %+v", sum)
	}
}

// An attempt that may have been taken is not repeated once its record tells of
// nothing: it would be the old words, after those of the record that tells.
func TestWhatWasTriedForARecordThatWasAnothersIsNotTriedAgain(t *testing.T) {
	for _, state := range []watch.DeliveryState{watch.Queued, watch.Sending} {
		h := newHouse(t)
		h.send(t, say("debit", "a", "p1", 6*24*time.Hour, 3000, pending))
		h.send(t, say("debit", "b", "t1", 2*time.Minute, 3200, ""))
		for _, r := range h.history(t) {
			if _, err := h.store.UpdateRecord(t.Context(), r.ID, func(r *watch.Record) error {
				for i := range r.Deliveries {
					r.Deliveries[i].Tried, r.Deliveries[i].State = true, state
				}
				r.ComputeDue()
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		h.send(t, say("debit", "c", "t1", 2*time.Minute, 3200, `,"replaces":"p1"`))
		void := 0
		for _, r := range h.history(t) {
			if len(r.Story()) > 0 {
				continue
			}
			void++
			if len(r.Deliveries) == 0 || !r.Due.IsZero() {
				t.Errorf("%s: a record that tells of nothing is due at %s", state, r.Due)
			}
			for _, d := range r.Deliveries {
				if !d.State.Ended() {
					t.Errorf("%s: %s of a record that tells of nothing is %s", state, d.ID, d.State)
				}
			}
		}
		if void != 1 {
			t.Errorf("%s: %d records tell of nothing", state, void)
		}
	}
}

// What is new joins no incident whose record turned out to be another's, though that was
// the latest.
func TestWhatIsNewJoinsNoRecordThatWasAnothers(t *testing.T) {
	h := newHouse(t)
	h.send(t, say("debit", "a", "p1", 6*24*time.Hour, 3000, pending)) // too far apart to be one incident
	h.send(t, say("debit", "b", "t1", 20*time.Minute, 3200, ""))
	h.accept(t)
	h.send(t, say("debit", "c", "t1", 20*time.Minute, 3200, `,"replaces":"p1"`))
	h.send(t, say("debit", "d", "u", 10*time.Minute, 400, ""))
	empty := 0
	for _, r := range h.history(t) {
		if len(r.Story()) == 0 {
			empty++
			if len(r.Members) > 0 {
				t.Errorf("%s, which tells of nothing, has %d further alerts", r.Txn, len(r.Members))
			}
			if got := states(r); !slices.Equal(got, []string{"alert accepted"}) { // what was sent was sent
				t.Errorf("its messages are %v", got)
			}
		}
		if r.Txn == "u" && !r.IsAlert() {
			t.Error("what is new is told to no one")
		}
	}
	if empty != 1 {
		t.Errorf("%d records tell of nothing", empty)
	}
}
