package watch

import (
	"slices"
	"testing"
	"time"
)

// A posting that bears an earlier time is that of an authorisation which was heard
// of before it: by a clock that is not quite the other's, or by a day alone.
func TestWhichPostingsBearAnEarlierTime(t *testing.T) {
	const day = 30 * time.Hour // a day goes on until six in the morning
	for name, c := range map[string]struct {
		before   time.Duration // how much earlier the posting's time is than the authorisation's
		heard    time.Duration // how much later it was received
		dateOnly bool
		want     bool
	}{
		"the same moment":                    {0, 1, false, true},
		"later than the authorisation":       {-1, 1, false, false},
		"as far off as clocks are":           {ClockSkew, 1, false, true},
		"further off":                        {ClockSkew + 1, 1, false, false},
		"the day alone, of the day before":   {day, 1, true, true},
		"the day alone, further off":         {day + 1, 1, true, false},
		"the day alone, later":               {-1, 1, true, false},
		"received at the same moment":        {0, 0, false, false},
		"received first":                     {0, -1, false, false},
		"the day alone, and received first":  {day, -1, true, false},
		"in between":                         {ClockSkew / 2, time.Hour, false, true},
		"the day alone, beyond clocks' skew": {ClockSkew + 1, 1, true, true},
	} {
		held := &Entry{At: noon, ReceivedAt: noon}
		e := &Entry{At: noon.Add(-c.before), ReceivedAt: noon.Add(c.heard), DateOnly: c.dateOnly}
		if got := e.bookedBefore(held); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// What was removed before the bank told of a link is of that, whether the link
// begins at once or turns out later to be another than the one that was said.
func TestWhatWasRemovedBeforeALinkIsOfIt(t *testing.T) {
	midnight := time.Date(noon.Year(), noon.Month(), noon.Day(), 0, 0, 0, 0, JST)
	evening, night := midnight.Add(18*time.Hour), midnight.Add(26*time.Hour)
	link := func(event, word string, received time.Time) Entry {
		return Entry{Event: event, Kind: LinkRegistered, At: midnight, DateOnly: true, Word: word, ReceivedAt: received}
	}
	removed := func(event, service string, received time.Time) Entry {
		return Entry{Event: event, Kind: LinkRemoved, At: midnight, DateOnly: true, Service: service, ReceivedAt: received}
	}
	of := removed("b", "paypay", evening.Add(time.Minute)) // which the first link is not of
	for name, c := range map[string]struct {
		entries []Entry
		want    int // links that are gone for certain
	}{
		"a link like the one that was removed": {[]Entry{link("a", "nunu", evening), of, removed("c", "", night), link("d", "", night.Add(1))}, 2},
		"one of another name":                  {[]Entry{link("a", "nunu", evening), of, removed("c", "", night), link("d", "nune", night.Add(1))}, 0},
		"without that removal":                 {[]Entry{link("a", "nunu", evening), removed("c", "", night), link("d", "", night.Add(1))}, 0},
	} {
		for _, backwards := range []bool{false, true} {
			entries := slices.Clone(c.entries)
			if backwards {
				slices.Reverse(entries)
			}
			a := &slowAccount{watcher: Watcher{ID: "w"}}
			for _, e := range entries {
				a.add(t, 0, e)
			}
			gone := 0
			for _, r := range a.ids[0] {
				if r.Complete && r.Gone() {
					gone++
				}
			}
			if gone != c.want {
				t.Errorf("%s (backwards %v): %d links are gone, want %d", name, backwards, gone, c.want)
			}
		}
	}
}
