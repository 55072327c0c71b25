package watch

import (
	"testing"
	"time"
)

// A return may be heard of before its debit, and may bear an earlier time, for a
// posting may bear that of its booking; a link bears that of its registration. One of more than a week before a debit
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
					of := back && (kinds[0] == Debit || before <= ClockSkew)
					if debits++; !r.UndoneAt.IsZero() != of {
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

// What the bank had said to be returned, or removed, before a debit or a link
// happened is of another one under its id: that one stands, in any order.
func TestWhatWasKnownToBeUndoneIsNotOfWhatHappensLater(t *testing.T) {
	noon := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		before, known  time.Duration // how long before it happened the undoing did, and was received
		dayOnly, undid bool
	}{
		"a moment ago":                        {2 * time.Minute, 2 * time.Minute, false, true},
		"within clocks' skew":                 {ClockSkew, ClockSkew, false, true},
		"beyond it":                           {ClockSkew + 1, ClockSkew + 1, false, false},
		"a day ago":                           {24 * time.Hour, 24*time.Hour - time.Second, false, false},
		"a day ago, received with it":         {24 * time.Hour, 0, false, true},
		"a day ago, received after it":        {24 * time.Hour, -time.Hour, false, true},
		"on the same day, known this morning": {12 * time.Hour, 2 * time.Hour, true, true},
		"on the day before":                   {36 * time.Hour, 14 * time.Hour, true, false},
	} {
		for _, kinds := range [][2]Kind{{Debit, DebitReversed}, {LinkRegistered, LinkRemoved}} {
			taken := Entry{Event: "taken", Kind: kinds[0], At: noon, ReceivedAt: noon.Add(time.Second), Service: "docomo"}
			if kinds[0] == Debit {
				taken.Status, taken.Amount = Posted, 100_000
			}
			undone := Entry{Event: "undone", Kind: kinds[1], At: noon.Add(-tt.before), ReceivedAt: noon.Add(-tt.known), DateOnly: tt.dayOnly}
			for _, order := range [][]Entry{{taken, undone}, {undone, taken}} {
				undid := tt.undid && (kinds[0] == Debit || tt.dayOnly || tt.before <= ClockSkew)
				for _, entries := range Divide(order) {
					r := &Record{}
					if r.Tell(entries); r.Complete && !r.UndoneAt.IsZero() != undid {
						t.Errorf("%s: %s, then %s: undone at %v", name, order[0].Kind, order[1].Kind, r.UndoneAt)
					}
				}
			}
		}
	}
}
