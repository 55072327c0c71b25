package detect_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/watch"
)

// A bank gave one id to a debit of the past and to one of today, and some came back of
// either. That today's may not be what came back is told; of the other the person was
// never told, so nothing that they know has changed: to say of it that it may have come
// back would announce a debit of the past, which never rings. It is so on record, where
// lists and the bank find it. If today's debit is heard of last, what came back had been
// told of the other, and so is that it may not be.
func TestHistoryThatAPersonWasNeverToldOfIsNotToldAsWhatMayHaveComeBack(t *testing.T) {
	t.Parallel()
	onBoth(t, 2*6, 5, mayBackOfThePast)
}

func mayBackOfThePast(t *testing.T, newHouse func(*testing.T) *house, cases []uint64) {
	const day = 24 * time.Hour
	n := uint64(0)
	for _, yen := range []int64{1000, 9000} {
		events := []jsontext.Value{say("debit", "past", "t", 9*day, 9000, ""), say("debit", "today", "t", time.Hour, 9000, ""),
			say("debit.reversed", "back", "t", time.Minute, yen, "")}
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
			i, j := slices.IndexFunc(all, func(r *watch.Record) bool { return r.Event == "past" }), slices.IndexFunc(all, func(r *watch.Record) bool { return r.Event == "today" })
			if len(all) != 2 || i < 0 || j < 0 {
				t.Fatalf("%s: on record are %+v", order, all)
			}
			past, today := all[i], all[j]
			of := slices.ContainsFunc(past.Deliveries, func(d watch.Delivery) bool { return d.Kind.OfIncident() })
			if knew := strings.Contains(string(order[2]), `"id":"today"`); !past.Past || !past.MayAlso() || of != knew {
				t.Errorf("%s: told of the past is %v, %+v; may have come back %v", order, of, past.Deliveries, past.MayAlso())
			}
			if known, told := today.Seen(today, "w1", watch.LINE, len(today.Deliveries)); !told || known.Amount-known.Kept() != yen || !known.MayStand() {
				t.Errorf("%s: of today's debit they know %+v", order, known)
			}
		})
	}
}
