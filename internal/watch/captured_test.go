package watch

import (
	"testing"
	"time"
)

// An authorisation that is heard of after those that took its place is told unless people
// were told of as much by its service: what another service took under its id says
// nothing of it.
func TestAnAuthorisationIsNewsBeyondWhatItsServiceTookInItsPlace(t *testing.T) {
	day := time.Date(2026, 11, 3, 0, 0, 0, 0, JST)
	entry := func(event string, s Status, yen int64, service string, after time.Duration) Entry {
		return Entry{Event: event, Kind: Debit, Status: s, At: day, DateOnly: true, ReceivedAt: day.Add(after), Amount: yen, Service: service}
	}
	for name, c := range map[string]struct {
		other, held string // services
		word        string // of both that are not in the catalogue: the other's is "nune"
		news        bool
	}{
		"the same service took as much": {other: "docomo", held: "docomo"},
		"its text names no one":         {other: "docomo", held: ""},
		"the other's text names no one": {other: "", held: "docomo", news: true},
		"another service took it":       {other: "paypay", held: "docomo", news: true},
		"the same unlisted service":     {other: Unlisted, held: Unlisted, word: "nune"},
		"another unlisted service":      {other: Unlisted, held: Unlisted, word: "nunu", news: true},
	} {
		own := entry("own", Posted, 1, c.held, time.Hour)
		own.Replaces, own.Word = true, c.word
		other := entry("other", Pending, 500, c.other, 2*time.Hour)
		other.Txn, other.Replaces = "t2", true
		if c.other == Unlisted {
			other.Word = "nune"
		}
		held := entry("held", Pending, 500, c.held, 3*time.Hour)
		held.Word = c.word
		a := &slowAccount{watcher: Watcher{ID: "w"}}
		a.add(t, 0, own)
		a.add(t, 0, other)
		before := len(a.told)
		a.add(t, 0, held)
		if news := len(a.told) > before; news != c.news {
			t.Errorf("%s: told %v, want %v: %q", name, news, c.news, a.told)
		}
	}
}
