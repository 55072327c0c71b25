package detect_test

import (
	"context"
	"testing"

	"kozamori/internal/store"
)

// The record with which an incident began may be gone, because it was kept long
// enough or was erased alone: what comes next is told all the same, and what
// becomes of what is left.
func TestAnIncidentWhoseFirstRecordIsGoneGoesOn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.send(t, four[0], four[1])
	h.accept(t)
	all := h.history(t)
	lead, second := all[1], all[0]
	if second.Lead != lead.ID {
		t.Fatalf("%+v", second)
	}
	w := store.PutRecord(lead)
	w.Delete = true
	if err := h.store.Write(context.Background(), w); err != nil {
		t.Fatal(err)
	}
	h.deliveries(t)
	h.send(t, four[2])
	if d := h.deliveries(t); len(d) != 1 {
		t.Errorf("the next debit is told %d times", len(d))
	}
	h.accept(t)
	h.send(t, reversal("2"))
	for _, r := range h.history(t) {
		if r.ID == second.ID && (r.Lead != "" || r.UndoneAt.IsZero()) {
			t.Errorf("what is left of it: %+v", r)
		}
	}
}
