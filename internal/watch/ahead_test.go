package watch

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// What the bank dates before a debit or link is never told as certain to be of that:
// an id is used again, and what it was of was presented before anybody watched. It is
// so in any order, in one request or in several, of a part and of all.
func TestWhatIsDatedBeforeADebitIsNotCertainToBeOfIt(t *testing.T) {
	midnight := time.Date(noon.Year(), noon.Month(), noon.Day(), 0, 0, 0, 0, JST)
	for name, c := range map[string]struct {
		at       time.Time // of the return; the debit is of noon, or of its day
		day      bool      // the return's day alone is known
		debitDay bool      // and of the debit
		certain  bool
	}{
		"an hour before":                         {noon.Add(-time.Hour), false, false, false},
		"sixty hours before":                     {noon.Add(-60 * time.Hour), false, false, false},
		"as far off as clocks are":               {noon.Add(-ClockSkew), false, false, true},
		"further off":                            {noon.Add(-ClockSkew - 1), false, false, false},
		"at the same moment":                     {noon, false, false, true},
		"after it":                               {noon.Add(time.Hour), false, false, true},
		"of the same day":                        {midnight, true, true, true},
		"of its day, and the debit of a time":    {midnight, true, false, true},
		"of a time of the day of the debit":      {midnight.Add(time.Hour), false, true, true},
		"of the day before":                      {midnight.AddDate(0, 0, -1), true, true, false},
		"of the day before, the debit of a time": {midnight.AddDate(0, 0, -1), true, false, false},
		"of a time of the day before":            {midnight.Add(-time.Minute), false, true, false},
	} {
		for _, yen := range []int64{0, 1000, 100_000} {
			for _, wait := range []time.Duration{0, time.Second, -time.Second} {
				taken := Entry{Event: "taken", Kind: Debit, Status: Posted, At: noon, ReceivedAt: noon.Add(4 * time.Hour), Amount: 100_000, Service: "docomo"}
				if c.debitDay {
					taken.At, taken.DateOnly = midnight, true
				}
				back := Entry{Event: "back", Kind: DebitReversed, At: c.at, DateOnly: c.day, ReceivedAt: taken.ReceivedAt.Add(wait), Amount: yen}
				for _, order := range [][]Entry{{taken, back}, {back, taken}} {
					a := &slowAccount{watcher: Watcher{ID: "w"}}
					for _, e := range order {
						a.add(t, 0, e)
					}
					what := fmt.Sprintf("%s, %d yen, received %v after it, %s first", name, yen, wait, order[0].Event)
					i := slices.IndexFunc(a.ids[0], func(r *Record) bool { return r.Complete })
					r := a.ids[0][i]
					if certain := !r.MayStand(); certain != c.certain || r.Kept() == r.Amount {
						t.Errorf("%s: told as certain %v: %s", what, certain, saysRecord(r))
					}
					if taken := r.Taken() == 100_000; taken == c.certain {
						t.Errorf("%s: %d yen count as taken", what, r.Taken())
					}
					if s := knows(r); s.MayStand() == c.certain {
						t.Errorf("%s: told as %s", what, saysRecord(s))
					}
					urgent := r.Urgency([]Said{{Record: r.ID}}, "w") != 0
					if all := yen != 1000; urgent == (c.certain && all) {
						t.Errorf("%s: it is told with its own reasons: %v", what, urgent)
					}
				}
			}
		}
	}
}
