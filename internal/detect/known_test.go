package detect_test

import (
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/wire"
)

// What a bank sends again counts as known already in its feed's hour, but not what
// it gives of the past again, which it does in whole years.
func TestWhatIsKnownAlreadyIsCountedOfTheFeedAlone(t *testing.T) {
	h := newHouse(t)
	known := func() int {
		h.Add(store.SaveEvery)
		h.send(t, debit("acc_1", "later", 3, 100, "PAYPAY", "")) // what was counted is written with it
		hours, err := h.store.Hours(t.Context(), "0125", 3, h.World.Now())
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, hour := range hours {
			n += hour.Known
		}
		return n
	}
	h.send(t, debit("acc_1", "1", 1, 3000, "PAYPAY", ""), debit("acc_1", "1", 1, 3000, "PAYPAY", ""))
	first := known()
	if first != 1 {
		t.Errorf("%d events are known already, want one", first)
	}
	past := wire.EncodeHistory(wire.History{Bank: "0125", Account: "acc_1", From: received.AddDate(-1, 0, 0)}, received, []jsontext.Value{debit("acc_1", "1", 1, 3000, "PAYPAY", "")}, 1<<20)[0]
	for range 2 {
		if v := h.Handle(t.Context(), []queue.Message{{ID: "p", Body: past, Receives: 1}})[0]; !v.Done {
			t.Fatalf("the past is %+v", v)
		}
	}
	if n := known(); n != first+1 { // the event that writes the count, sent again
		t.Errorf("%d are known already after the past was given twice, want %d", n, first+1)
	}
}

// A text that names no one, of a debit whose pending event named its service and
// said the same, is that debit's event, and leads to it.
func TestAnEventThatNamesNoOneLeadsToTheDebitOfItsID(t *testing.T) {
	h := newHouse(t)
	h.send(t, say("debit", "a", "t", 10*time.Minute, 3000, ""))
	h.send(t, say("debit", "b", "t", 10*time.Minute, 3000, `,"descriptor":"ｺｳｻﾞﾌﾘｶｴ"`))
	traces, err := h.store.Traced(t.Context(), "0125", "b")
	if err != nil || len(traces) != 1 || h.Record(traces[0].Record).Amount != 3000 {
		t.Errorf("the second leads to %+v (%v)", traces, err)
	}
	if n := len(h.history(t)); n != 1 {
		t.Errorf("%d records", n)
	}
}
