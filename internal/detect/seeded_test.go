package detect_test

import (
	"strings"
	"testing"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/testkit/tabletest"
	"kozamori/internal/watch"
)

// seed puts links of before under the account, as opting in does.
func (h *house) seed(t *testing.T, seeds ...watch.Seed) (ids []string) {
	t.Helper()
	act, err := h.store.Activity(t.Context(), h.key)
	if err != nil {
		t.Fatal(err)
	}
	var writes []store.Write
	for _, s := range seeds {
		r := s.Record(h.key, "", s.Service, watch.Named, "", received)
		act.Apply(r)
		writes, ids = append(writes, store.PutRecord(r)), append(ids, r.ID)
	}
	h.Put(append(writes, store.PutActivity(h.key, act))...)
	return ids
}

// standing are the services whose links stand, as the account's activity has it.
func (h *house) standing(t *testing.T) string {
	t.Helper()
	act, err := h.store.Activity(t.Context(), h.key)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, id := range []string{"docomo", "paypay"} {
		if s := act.Services[id]; s != nil {
			for _, l := range s.Links {
				if l.RemovedAt.IsZero() {
					out = append(out, id)
				}
			}
		}
	}
	return strings.Join(out, " ")
}

func TestALinkOfBeforeEndsWithoutItsRegistration(t *testing.T) {
	tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
		h := newHouseOn(t, kind)
		year := 365 * 24 * time.Hour
		ids := h.seed(t, watch.Seed{Service: "docomo", Since: received.Add(-2 * year)}, watch.Seed{Service: "paypay", Since: received.Add(-2 * year)},
			watch.Seed{Service: "paypay", Since: received.Add(-year)})
		removed := say("charge_link.removed", "e1", "lnk-1", time.Minute, 0, `,"service":"docomo"`)
		for range 2 {
			h.send(t, removed)
			if got := h.standing(t); got != "paypay paypay" {
				t.Errorf("%q stand", got)
			}
		}
		// It was shown at opt-in: its end is told, once.
		if r := h.Record(ids[0]); r.UndoneAt.IsZero() || !r.Past || r.Tellings("w1", watch.LINE) != 2 || r.Deliveries[1].Kind != watch.TellUndone {
			t.Errorf("the link of before: %+v", r)
		}
		// Its registration, late, rings nowhere and takes nothing back.
		h.send(t, say("charge_link.registered", "e0", "lnk-1", 2*year, 0, `,"service":"docomo"`))
		if got := h.standing(t); got != "paypay paypay" {
			t.Errorf("after its registration %q stand", got)
		}
		// Of two that stand it is not known which ends.
		h.send(t, say("charge_link.removed", "e2", "lnk-2", time.Minute, 0, `,"service":"paypay"`))
		if got := h.standing(t); got != "paypay paypay" {
			t.Errorf("of two, %q stand", got)
		}
		if n := len(h.deliveries(t)); n != 1 {
			t.Errorf("%d deliveries, want that of the link's end", n)
		}
	})
}

// A removal that came before its registration was another link's.
func TestALinkOfBeforeStandsWhenAnotherEnds(t *testing.T) {
	h := newHouse(t)
	ids := h.seed(t, watch.Seed{Service: "docomo", Since: received.AddDate(-2, 0, 0)})
	h.send(t, say("charge_link.removed", "e2", "lnk-9", time.Minute, 0, `,"service":"docomo"`))
	h.send(t, say("charge_link.registered", "e1", "lnk-9", 2*time.Minute, 0, `,"service":"docomo"`))
	if got := h.standing(t); got != "docomo" {
		t.Errorf("%q stand", got)
	}
	if r := h.Record(ids[0]); !r.UndoneAt.IsZero() {
		t.Errorf("the link of before ended at %v", r.UndoneAt)
	}
}

// A link that was shown at opt-in is told of when it ends, as something that was
// known: no story begins with it, and what its service does next is told by itself.
func TestTheEndOfALinkOfBeforeBeginsNoStory(t *testing.T) {
	h := newHouse(t)
	h.seed(t, watch.Seed{Service: "docomo", Since: received.Add(-time.Hour)})
	h.send(t, say("charge_link.removed", "a", "lnk-1", 30*time.Minute, 0, `,"service":"docomo"`))
	h.accept(t)
	h.send(t, say("debit", "b", "t", time.Minute, 5000, ""))
	for _, r := range h.history(t) {
		if r.Txn == "t" && (r.Lead != "" || !r.IsAlert()) {
			t.Errorf("the debit belongs to the incident %q, and is an alert: %v", r.Lead, r.IsAlert())
		}
	}
}

// The registration of a link that was named is written once, and what comes after it
// in the same message builds on that.
func TestTheRegistrationOfALinkOfBeforeIsOneWrite(t *testing.T) {
	h := newHouse(t)
	day := received.Add(-365 * 24 * time.Hour)
	at := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, watch.JST)
	h.seed(t, watch.Seed{Service: "docomo", Since: at})
	c := h.counting()
	registered := say("charge_link.registered", "a", "lnk-1", received.Sub(at), 0, `,"service":"docomo"`)
	h.send(t, registered, say("debit", "b", "t", time.Minute, 5000, ""))
	if c.writes != 2 {
		t.Errorf("it and a debit take %d writes", c.writes)
	}
	if got := h.standing(t); got != "docomo" {
		t.Errorf("%q stand", got)
	}
}
