package watch

import (
	"testing"
	"time"
)

// A return may be heard of before its debit, and may bear an earlier time, for a
// posting may bear that of its booking. One of more than a week before a debit
// is of what nobody told us, and leaves the debit alone, in any order.
func TestAReturnOfMoreThanAWeekBeforeADebitIsNotOfIt(t *testing.T) {
	noon := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	for _, kinds := range [][2]Kind{{Debit, DebitReversed}, {LinkRegistered, LinkRemoved}} {
		taken := Entry{Event: "taken", Kind: kinds[0], At: noon, ReceivedAt: noon.Add(time.Minute), Service: "docomo"}
		if kinds[0] == Debit {
			taken.Status, taken.Amount = Posted, 1000
		}
		for before, back := range map[time.Duration]bool{-time.Hour: true, 0: true, time.Hour: true, PastAfter: true, PastAfter + time.Second: false, 30 * 24 * time.Hour: false} {
			undone := Entry{Event: "undone", Kind: kinds[1], At: noon.Add(-before), ReceivedAt: noon, Service: "docomo"}
			for _, order := range [][]Entry{{taken, undone}, {undone, taken}} {
				var records []*Record
				for _, e := range order {
					if len(records) == 0 {
						records = append(records, NewRecord("first", AccountKey{Bank: "0125", Ref: "a"}, e))
						continue
					}
					_, fresh, err := Add(records, e)
					if err != nil {
						t.Fatal(err)
					}
					for _, entries := range fresh {
						r := &Record{ID: "second"}
						r.Tell(entries)
						records = append(records, r)
					}
				}
				debits := 0
				for _, r := range records {
					if !r.Complete {
						continue
					}
					if debits++; !r.UndoneAt.IsZero() != back {
						t.Errorf("%s, then %s, of %v before: undone at %v", order[0].Kind, order[1].Kind, before, r.UndoneAt)
					}
				}
				if debits != 1 {
					t.Errorf("%s, then %s, of %v before: there are %d", order[0].Kind, order[1].Kind, before, debits)
				}
			}
		}
	}
}
