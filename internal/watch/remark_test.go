package watch

import (
	"fmt"
	"strings"
	"testing"
)

// What a bank said twice of a day, and what came back of more than there was, is known
// of the very entry.
func TestWhatIsRemarkedOfAnEntry(t *testing.T) {
	for name, c := range map[string]struct {
		said []string
		want string
	}{
		"nothing":                          {[]string{"posted 1000", "back 1000 +1h"}, "[{false false false} {false false false}]"},
		"more than was taken":              {[]string{"posted 1000", "back 100000 +1h"}, "[{false false false} {false true false}]"},
		"a part, and more than is left":    {[]string{"posted 1000", "back 400 +1h", "back 601 +2h"}, "[{false false false} {false false false} {false true false}]"},
		"all of it, and some more":         {[]string{"posted 1000", "back 0 +1h", "back 1 +2h"}, "[{false false false} {false false false} {false true false}]"},
		"of what is posted, not yet heard": {[]string{"pending 1", "posted 1000 +1h", "back 1000 +2h"}, "[{false false false} {false false false} {false false false}]"},
		"a day's debit said twice":         {[]string{"posted 1000 day", "posted 1000 day"}, "[{false false false} {true false false}]"},
		"a day's debit, taken again":       {[]string{"posted 1000 day", "back 1000 day", "posted 1000 day"}, "[{false false false} {false false false} {false false false}]"},
		"two postings of a day":            {[]string{"posted 1000", "posted 1000 +10s"}, "[{false false false} {false false true}]"},
		"and of other amounts":             {[]string{"posted 1000", "posted 5000 +10s"}, "[{false false false} {false false true}]"},
		"one that is said to be corrected": {[]string{"posted 1000", "posted 5000 replaces +10s"}, "[{false false false} {false false false}]"},
		"one that came back in between":    {[]string{"posted 1000", "back 1000 +10s", "posted 1000 +20s"}, "[{false false false} {false false false} {false false false}]"},
		"only what came back":              {[]string{"back 1000"}, "[{false false false}]"},
	} {
		a := &slowAccount{watcher: Watcher{ID: "w"}}
		for _, e := range said(t, c.said...) {
			a.add(t, 0, e)
		}
		if got := fmt.Sprint(a.ids[0][0].Remarks()); len(a.ids[0]) != 1 || got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		// The one that was merged, and each posting before it, is told of.
		r := a.ids[0][0]
		merged := strings.HasSuffix(c.want, "true}]")
		for _, e := range r.Story() {
			if r.Merges(e.Event) != merged {
				t.Errorf("%s: %s is merged with another: %v", name, e.Event, !merged)
			}
		}
	}
}
