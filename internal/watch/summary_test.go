package watch

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// summaryOf is the first delivery of one of the summaries that a record carries.
func summaryOf(t *testing.T, r *Record, seq int) *Delivery {
	t.Helper()
	i := slices.IndexFunc(r.Deliveries, func(d Delivery) bool { return d.Kind == TellSummary && d.Seq == seq })
	if i < 0 {
		t.Fatalf("%s carries no summary %d", r.ID, seq)
	}
	return &r.Deliveries[i]
}

// What somebody was told by one summary is not new in the next: it has changed, by what
// more was taken than they know.
func TestWhatWasSummedUpIsCountedOnce(t *testing.T) {
	const hour = time.Hour
	for name, c := range map[string]struct {
		// The debit of 1,000 was put into the first summary, at 0h, and again, as 5,000, at
		// raised; 0 is never.
		raised time.Duration
		sent   time.Duration // when the first summary was sent; 0 if it was not
		state  DeliveryState // of it
		whose  string        // the reader of the second one
		gone   bool          // by then
		first  PastSum       // as it would be summed up at 30h
		second PastSum
	}{
		"it stays as it was":                   {0, hour, Accepted, "w", false, PastSum{Debits: 1, Yen: 1000}, PastSum{}},
		"it was raised after that":             {25 * hour, hour, Accepted, "w", false, PastSum{Debits: 1, Yen: 5000}, PastSum{Changed: 1, More: 4000}},
		"it was raised before that was sent":   {25 * hour, 26 * hour, Accepted, "w", false, PastSum{Debits: 1, Yen: 5000}, PastSum{}},
		"it may have arrived":                  {25 * hour, hour, Queued, "w", false, PastSum{Debits: 1, Yen: 5000}, PastSum{Changed: 1, More: 4000}},
		"it never arrived":                     {25 * hour, hour, Undelivered, "w", false, PastSum{Debits: 1, Yen: 5000}, PastSum{Debits: 1, Yen: 5000}},
		"it was no longer wanted":              {25 * hour, hour, Cancelled, "w", false, PastSum{Debits: 1, Yen: 5000}, PastSum{Debits: 1, Yen: 5000}},
		"it was not sent yet":                  {25 * hour, 0, Held, "w", false, PastSum{Debits: 1, Yen: 5000}, PastSum{Debits: 1, Yen: 5000}},
		"another person was told":              {25 * hour, hour, Accepted, "x", false, PastSum{Debits: 1, Yen: 5000}, PastSum{Debits: 1, Yen: 5000}},
		"it was raised while it gathered":      {hour / 2, hour, Accepted, "w", false, PastSum{Debits: 1, Yen: 5000}, PastSum{}},
		"it was raised, and all of it is back": {25 * hour, hour, Accepted, "w", true, PastSum{}, PastSum{}},
	} {
		t.Run(name, func(t *testing.T) {
			a := &Activity{}
			r := &Record{ID: "r", Kind: Debit, Past: true, Complete: true, Amount: 1000, OccurredAt: noon.Add(-900 * hour)}
			a.Sum(nil, r, noon)
			r.Deliveries = []Delivery{{ID: "first", Kind: TellSummary, Watcher: "w", State: c.state, CreatedAt: noon}}
			if c.sent > 0 {
				r.Deliveries[0].Sum = &PastSum{At: noon.Add(c.sent)}
			}
			if c.raised > 0 {
				was := r.Clone()
				r.Amount = 5000
				a.Sum(was, r, noon.Add(c.raised))
				if len(was.Summed) != 0 {
					t.Error("what it was has changed")
				}
			}
			if c.gone {
				r.UndoneAt = noon.Add(27 * hour)
			}
			next := &Record{ID: "n", Deliveries: []Delivery{{ID: "second", Kind: TellSummary, Watcher: c.whose, State: Held, CreatedAt: noon.Add(24 * hour)}}}
			all := []*Record{r, next}
			for of, want := range map[*Record]PastSum{r: c.first, next: c.second} {
				got := of.SumUp(&of.Deliveries[0], all, noon.Add(30*hour))
				if got.Debits != want.Debits || got.Yen != want.Yen || got.Changed != want.Changed || got.More != want.More || got.Links != 0 || got.Empty() != (want.Debits+want.Changed == 0) {
					t.Errorf("%s is %+v, want %+v", of.Deliveries[0].ID, got, want)
				}
			}
		})
	}
}

// Whenever debits of the past become more, and however late the summaries go out: what
// they say in all is what was taken in all, and each debit is new in one of them.
func TestSummariesSayInAllWhatWasTaken(t *testing.T) {
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 12))
		a, now := &Activity{}, noon
		var all []*Record
		var told PastSum
		send := func(at time.Time, late int) {
			for _, c := range all {
				for i := range c.Deliveries {
					if d := &c.Deliveries[i]; d.Sum == nil && !d.Due.After(at) && r.IntN(late) == 0 {
						s := c.SumUp(d, all, at)
						if d.Sum, d.State = &s, Accepted; s.Empty() {
							d.State = Cancelled
						}
						told.Debits, told.Yen, told.More = told.Debits+s.Debits, told.Yen+s.Yen, told.More+s.More
					}
				}
			}
		}
		w := &Watcher{ID: "w", Channels: []Channel{{Kind: LINE}}}
		for i := range 40 {
			now = now.Add(time.Duration(1+r.IntN(600)) * time.Minute)
			send(now.Add(-time.Second), 3)
			var was *Record
			o := &Record{ID: fmt.Sprint(i), Kind: Debit, Past: true, Complete: true, OccurredAt: noon.AddDate(0, -2, 0)}
			if len(all) > 0 && r.IntN(2) == 0 {
				o = all[r.IntN(len(all))]
				was = o.Clone()
			} else {
				all = append(all, o)
			}
			o.Amount += int64(1 + r.IntN(1000))
			if fresh := a.Sum(was, o, now); fresh {
				d, _ := o.Deliver(TellSummary, w, LINE, o.Summaries(), now, a.Summary.Until)
				d.State = Held
			}
		}
		send(now.AddDate(1, 0, 0), 1)
		yen := int64(0)
		for _, o := range all {
			yen += o.Amount
		}
		if told.Debits != len(all) || told.Yen+told.More != yen {
			t.Fatalf("seed %d: %d debits of %d yen are told as %+v", seed, len(all), yen, told)
		}
	}
}
