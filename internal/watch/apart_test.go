package watch

import (
	"testing"
	"time"
)

// A record stays apart, though its bank says that its id replaces another, if it tells
// of a debit of its own: not of one of which the other id tells, too.
func TestARecordStaysApartThatTellsOfAnotherDebit(t *testing.T) {
	t.Parallel()
	key := AccountKey{Bank: "0125", Ref: "a"}
	day := 24 * time.Hour
	of := func(txn string, entries ...Entry) *Record {
		id := Event{Bank: key.Bank, AccountRef: key.Ref, TransactionID: txn, Kind: Debit}
		r := &Record{ID: id.RecordID(), OnAccount: On(key), Txn: txn, Version: 1}
		r.Tell(entries)
		return r
	}
	at := func(event string, s Status, when time.Duration, yen int64) Entry {
		return Entry{Event: event, Kind: Debit, Status: s, At: noon.Add(when), ReceivedAt: noon.Add(when), Amount: yen, Service: "docomo"}
	}
	for name, c := range map[string]struct {
		own  []Entry
		want bool
	}{
		"it told of this debit":           {[]Entry{at("b", Posted, time.Hour, 3200)}, false},
		"it told of one of days before":   {[]Entry{at("b", Posted, -9*day, 900)}, true},
		"it told of one of days after":    {[]Entry{at("b", Posted, 9*day, 900)}, true},
		"it told of nothing":              {nil, false},
		"it told of what came back alone": {[]Entry{{Event: "b", Kind: DebitReversed, At: noon.Add(2 * time.Hour), ReceivedAt: noon.Add(2 * time.Hour), Amount: 3200}}, false},
	} {
		root, own := of("p", at("a", Pending, 0, 3000)), of("t", c.own...)
		e := at("c", Posted, time.Hour, 3200)
		e.Replaces, e.Txn = true, "t"
		before := len(root.Story())
		stays, err := StaysApart([]*Record{root, own}, e)
		if err != nil || stays != c.want {
			t.Errorf("%s: %v (%v)", name, stays, err)
		}
		if len(root.Story()) != before || len(own.Story()) != len(c.own) {
			t.Errorf("%s: a record is changed", name)
		}
	}
}

// What a summary said over one channel is not said over another again, unless it did
// not arrive.
func TestASummaryIsSaidOverOneChannel(t *testing.T) {
	t.Parallel()
	for state, want := range map[DeliveryState]int{Accepted: 0, Queued: 0, Undelivered: 1, Cancelled: 1} {
		r := alerted("r", 100, noon.AddDate(0, 0, -30), ServiceDebit)
		r.Past, r.SummedAt = true, noon
		r.Deliveries = []Delivery{
			{ID: "line", Kind: TellSummary, Watcher: "w", Channel: LINE, State: state, CreatedAt: noon, Sum: &PastSum{Debits: 1, At: noon.Add(time.Hour)}},
			{ID: "mail", Kind: TellSummary, Watcher: "w", Channel: Email, State: Queued, CreatedAt: noon},
		}
		if sum := r.SumUp(&r.Deliveries[1], []*Record{r}, noon.Add(2*time.Hour)); sum.Debits != want {
			t.Errorf("over LINE it is %s: by mail it says %d debits, want %d", state, sum.Debits, want)
		}
	}
}
