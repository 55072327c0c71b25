package detect_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/watch"
)

// orders calls f with each order of some events.
func orders(events []jsontext.Value, f func([]jsontext.Value)) {
	var pick func(n int)
	pick = func(n int) {
		if n == len(events) {
			f(events)
			return
		}
		for i := n; i < len(events); i++ {
			events[n], events[i] = events[i], events[n]
			pick(n + 1)
			events[n], events[i] = events[i], events[n]
		}
	}
	pick(0)
}

// A posting of which the bank says only when it comes again that it takes the
// place of a pending one, and what came back of it under either id: in whatever
// order they are heard of, they are one debit, of which all of that came back.
func TestAPostingThatSaysLateWhatItReplacesIsOneDebitInAnyOrder(t *testing.T) {
	t.Parallel()
	onBoth(t, 120, 29, postingThatSaysLate)
}

func postingThatSaysLate(t *testing.T, newHouse func(*testing.T) *house, cases []uint64) {
	for name, c := range map[string]struct {
		posted   int64
		back     []int64 // of the pending one's id and of the posting's own; 0 is all that is left
		returned int64
	}{
		"nothing came back":              {3000, nil, 0},
		"a part of the pending one":      {3000, []int64{300}, 300},
		"all of the pending one":         {3000, []int64{0}, 3000},
		"parts of both":                  {3000, []int64{300, 200}, 500},
		"a part, and then the rest":      {3000, []int64{300, 0}, 3000},
		"it was posted at more":          {4000, []int64{300, 200}, 500},
		"at more, and all of it is back": {4000, []int64{0}, 4000},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			events := []jsontext.Value{
				say("debit", "e1", "p", 10*time.Minute, 3000, pending),
				say("debit", "e2", "t", 9*time.Minute, c.posted, ""),
				say("debit", "f2", "t", 9*time.Minute, c.posted, `,"replaces":"p"`),
			}
			for i, yen := range c.back {
				events = append(events, say("debit.reversed", fmt.Sprint("r", i), []string{"p", "t"}[i], time.Duration(8-i)*time.Minute, yen, ""))
			}
			n := uint64(0)
			orders(events, func(order []jsontext.Value) {
				if n++; !slices.Contains(cases, n-1) {
					return
				}
				h := newHouse(t)
				for _, e := range order {
					h.send(t, e)
				}
				var ids []string
				for _, e := range order {
					ids = append(ids, string(e[7:9]))
				}
				debits := 0
				for _, r := range h.history(t) {
					if len(r.Story()) == 0 {
						continue
					}
					debits++
					if r.Amount != c.posted || r.Status != watch.Posted || r.Amount-r.Kept() != c.returned {
						t.Errorf("%s: %s is %d %s, of which %d came back", strings.Join(ids, " "), r.Txn, r.Amount, r.Status, r.Amount-r.Kept())
					}
				}
				if debits != 1 {
					t.Errorf("%s: they are %d debits", strings.Join(ids, " "), debits)
				}
			})
		})
	}
}
