package watch

import (
	"testing"
	"time"
)

// "All that is left" is said of what was known to be taken then. If more turns out to have
// been posted, that came back when the rest of it did.
func TestADebitCameBackWhenTheRestOfItDid(t *testing.T) {
	day := func(n int) time.Time { return time.Date(noon.Year(), noon.Month(), n, 0, 0, 0, 0, JST) }
	entry := func(event string, kind Kind, status Status, n, hours int, yen int64) Entry {
		return Entry{Event: event, Kind: kind, Status: status, At: day(n), DateOnly: true, ReceivedAt: day(n).Add(time.Duration(hours) * time.Hour), Amount: yen, Service: "docomo"}
	}
	lowered := entry("c", Debit, Pending, 2, 25, 1)
	lowered.Replaces = true
	story := []Entry{
		entry("a", Debit, Pending, 1, 23, 500),
		entry("b", DebitReversed, "", 1, 26, 1),
		lowered,
		entry("d", DebitReversed, "", 2, 26, 1),
		entry("e", DebitReversed, "", 2, 27, 0), // of 1 yen, of which nothing was left
		entry("f", Debit, Posted, 3, 1, 500),
		entry("g", DebitReversed, "", 3, 2, 0),
	}
	late := entry("h", Debit, Pending, 3, 3, 500) // the authorisation of that day
	for name, story := range map[string][]Entry{"as it happened": story, "and its authorisation, late": append(story, late)} {
		chains := Divide(story)
		if len(chains) != 1 {
			t.Fatalf("%s: %d debits, want 1", name, len(chains))
		}
		r := &Record{}
		if r.Tell(chains[0]); r.Amount != 500 || !r.UndoneAt.Equal(day(3)) {
			t.Errorf("%s: %d yen came back on %v, want 500 on %v", name, r.Amount, r.UndoneAt, day(3))
		}
		c, _, _ := read(chains[0][:6])
		if c.returned != 2 || c.undone() {
			t.Errorf("%s: of 500 yen that were posted %d came back before, gone %v; want 2, and not", name, c.returned, c.undone())
		}
	}
}
