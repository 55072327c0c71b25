package watch

import (
	"testing"
	"time"
)

// A posting of just what stands as authorised is that debit's for weeks, as hotels
// hold it; another amount after two weeks is another debit, and so is each month's of
// a bank that gives a series one id.
func TestWhatWasHeldForWeeksIsPostedAsOne(t *testing.T) {
	day := 24 * time.Hour
	at := func(days int, s Status, yen int64, service string) Entry {
		return Entry{Kind: Debit, Status: s, At: noon.Add(time.Duration(days) * day), ReceivedAt: noon.Add(time.Duration(days) * day), Amount: yen, Service: service}
	}
	back := func(days int, yen int64) Entry {
		e := at(days, "", yen, "")
		e.Kind = DebitReversed
		return e
	}
	own := at(45, Posted, 900, "docomo")
	own.Replaces = true
	for name, c := range map[string]struct {
		entries []Entry
		debits  int
	}{
		"posted after 20 days":                      {[]Entry{at(0, Pending, 900, "docomo"), at(20, Posted, 900, "docomo")}, 1},
		"after 27":                                  {[]Entry{at(0, Pending, 900, "docomo"), at(27, Posted, 900, "docomo")}, 1},
		"after a month":                             {[]Entry{at(0, Pending, 900, "docomo"), at(28, Posted, 900, "docomo")}, 2},
		"after 45 days, and it says so":             {[]Entry{at(0, Pending, 900, "docomo"), own}, 1},
		"under a text that names no one":            {[]Entry{at(0, Pending, 900, "docomo"), at(20, Posted, 900, "")}, 1},
		"under another service's":                   {[]Entry{at(0, Pending, 900, "docomo"), at(20, Posted, 900, "paypay")}, 2},
		"more than was held":                        {[]Entry{at(0, Pending, 900, "docomo"), at(20, Posted, 901, "docomo")}, 2},
		"less what came back":                       {[]Entry{at(0, Pending, 900, "docomo"), back(5, 100), at(20, Posted, 800, "docomo")}, 1},
		"all of it had come back":                   {[]Entry{at(0, Pending, 900, "docomo"), back(5, 0), at(20, Posted, 900, "docomo")}, 2},
		"held twice":                                {[]Entry{at(0, Pending, 900, "docomo"), at(20, Pending, 900, "docomo")}, 2},
		"it was posted before":                      {[]Entry{at(0, Pending, 900, "docomo"), at(2, Posted, 900, "docomo"), at(20, Posted, 900, "docomo")}, 2},
		"a series of postings":                      {[]Entry{at(0, Posted, 900, "docomo"), at(30, Posted, 900, "docomo"), at(61, Posted, 900, "docomo")}, 3},
		"a series of holds, each posted":            {[]Entry{at(0, Pending, 900, "docomo"), at(20, Posted, 900, "docomo"), at(31, Pending, 900, "docomo"), at(51, Posted, 900, "docomo")}, 2},
		"a series of which the first stays pending": {[]Entry{at(0, Pending, 900, "docomo"), at(28, Posted, 900, "docomo"), at(59, Posted, 900, "docomo")}, 3},
	} {
		for i := range c.entries {
			c.entries[i].Event = string(rune('a' + i))
		}
		if got := len(Divide(c.entries)); got != c.debits {
			t.Errorf("%s: %d debits, want %d", name, got, c.debits)
		}
	}
}
