package dispute_test

import (
	"testing"
	"time"

	"kozamori/internal/dispute"
	"kozamori/internal/watch"
)

// Of several debits of one id some comes back: a bank is told of each reported one of
// which that may be, be it the one that it is taken for or another; and again once the
// bank says more, by which it is certain.
func TestEachDebitThatMayHaveComeBackIsSaidToBeUncertain(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 2, 3, 0, 0, 0, time.UTC)
	debit := func(event string, day int, yen int64) watch.Entry {
		when := at.AddDate(0, 0, day)
		return watch.Entry{Event: event, Kind: watch.Debit, Status: watch.Posted, At: when, ReceivedAt: when, Amount: yen, Service: "docomo"}
	}
	var records []*watch.Record
	for i, e := range []watch.Entry{debit("a", 0, 5000), debit("b", 1, 7000), debit("c", 2, 100)} {
		r := watch.NewRecord("r"+string(rune('1'+i)), watch.AccountKey{Bank: "0125", Ref: "acc"}, e)
		r.Txn = "t"
		records = append(records, r)
	}
	first, rest := records[0], records[1:]
	d := &watch.Dispute{ID: "d", Record: first.ID, Kind: watch.Debit, Txn: "t", Status: watch.DisputeOpened}
	d.Note(first)
	d.Changes = []watch.DisputeChange{{Seq: 1, Status: watch.DisputeOpened, At: at, TellBank: true, Shows: first.Shows("")}}
	d.Open(rest, d.Opening())
	add := func(e watch.Entry) {
		t.Helper()
		changed, fresh, err := watch.Add(records, e)
		if err != nil || len(fresh) > 0 {
			t.Fatal(fresh, err)
		}
		for _, r := range append(changed, watch.MarkPresented(records)...) {
			d.Update(r, e.ReceivedAt)
		}
	}
	says := func(when string, want ...bool) {
		t.Helper()
		for i, x := range dispute.FactsOf(d).Transactions {
			if x.Uncertain != want[i] {
				t.Errorf("%s: of %d yen it says uncertain: %v", when, x.Amount, x.Uncertain)
			}
		}
	}
	says("before", false, false, false)
	back := watch.Entry{Event: "d", Kind: watch.DebitReversed, At: at.AddDate(0, 0, 3), ReceivedAt: at.AddDate(0, 0, 3), Amount: 1000}
	add(back)
	says("1,000 come back of one of the two that are more", true, true, false)
	back.Event, back.Amount, back.At = "e", 5000, back.At.Add(time.Hour)
	back.ReceivedAt = back.At
	add(back)
	back.Event, back.Amount, back.At = "f", 6000, back.At.Add(time.Hour)
	back.ReceivedAt = back.At
	add(back)
	says("all of both came back", false, false, false)
}
