package detect_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/watch"
)

// What comes back of a debit of the past is heard of in any order, its debit too:
// if some of it came back just now, the person knows in the end how much did, was
// never alarmed, and is told of no debit; else they are told of nothing.
func TestWhatComesBackOfThePastIsKnownInAnyOrder(t *testing.T) {
	t.Parallel()
	onBoth(t, 4*24, 17, comesBackOfThePast)
}

func comesBackOfThePast(t *testing.T, newHouse func(*testing.T) *house, cases []uint64) {
	const day = 24 * time.Hour
	n := uint64(0)
	for _, c := range []struct {
		returns []time.Duration // how long ago
		yen     []int64
		now     bool
	}{
		{[]time.Duration{10 * time.Minute, 8 * day, 5 * time.Minute}, []int64{1000, 500, 2000}, true},
		{[]time.Duration{8*day + time.Hour, 8 * day, 10 * time.Minute}, []int64{1000, 500, 7500}, true},
		{[]time.Duration{8 * day, 8*day - time.Hour, 8*day - 2*time.Hour}, []int64{1000, 500, 2000}, false},
		{[]time.Duration{6 * day, 5 * day, 8 * day}, []int64{1000, 500, 2000}, false}, // but before they watched
	} {
		events := []jsontext.Value{say("debit", "d", "t", 9*day, 9000, "")}
		back := int64(0)
		for i, ago := range c.returns {
			back += c.yen[i]
			events = append(events, say("debit.reversed", fmt.Sprint("r", i), "t", ago, c.yen[i], ""))
		}
		orders(events, func(order []jsontext.Value) {
			if n++; !slices.Contains(cases, n-1) {
				return
			}
			h := newHouse(t)
			h.Change(h.key, func(a *watch.Account) { a.Watchers[0].Since = received.Add(-day) })
			for _, e := range order {
				h.send(t, e)
				h.accept(t)
			}
			all := h.history(t)
			if len(all) != 1 || !all[0].Complete || all[0].Amount-all[0].Kept() != back || !all[0].Past {
				t.Fatalf("%s: on record are %+v", order, all)
			}
			r := all[0]
			known, told := r.Seen(r, "w1", watch.LINE, len(r.Deliveries))
			if told != c.now || told && known.Amount-known.Kept() != back {
				t.Errorf("%s: told %v, of %+v", order, told, known)
			}
			for i := range r.Deliveries {
				if d := &r.Deliveries[i]; d.Kind == watch.TellAlert || r.Critical() {
					t.Errorf("%s: told is %s of a debit of the past, critical %v", order, d.Kind, r.Critical())
				}
			}
		})
	}
}
