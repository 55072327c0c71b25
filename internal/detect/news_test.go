package detect_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/queue"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// Money that is taken while somebody watches rings, whatever the bank had said
// of the debit before that; what was only said again, or of before, does not.
// What comes back of it now is told calmly.
func TestMoneyTakenNowRingsWhateverItsDebitWasBefore(t *testing.T) {
	t.Parallel()
	onBoth(t, 432, 37, moneyTakenNow)
}

func moneyTakenNow(t *testing.T, newHouse func(*testing.T) *house, cases []uint64) {
	n := uint64(0)
	const day = 24 * time.Hour
	optedIn := received.Add(-time.Hour)
	firsts := map[string][]jsontext.Value{}
	for name, ago := range map[string]time.Duration{"an hour and a half ago": 90 * time.Minute, "three days ago": 3 * day, "nine days ago": 9 * day} {
		firsts["pending "+name] = []jsontext.Value{say("debit", "a", "t", ago, 3000, pending)}
		firsts["posted "+name] = []jsontext.Value{say("debit", "a", "t", ago, 3000, "")}
		firsts["reversed "+name] = []jsontext.Value{say("debit", "a", "t", ago, 3000, ""), say("debit.reversed", "b", "t", ago-time.Minute, 3000, "")}
		firsts["nothing "+name] = nil
	}
	type then struct {
		event   func(ago time.Duration) jsontext.Value
		pending bool // more is taken if it was pending,
		posted  bool // or posted
		came    bool // or had come back
	}
	thens := map[string]then{
		"as much is posted":  {func(ago time.Duration) jsontext.Value { return say("debit", "c", "t", ago, 3000, "") }, false, true, true},
		"more is posted":     {func(ago time.Duration) jsontext.Value { return say("debit", "c", "t", ago, 9000, "") }, true, true, true},
		"less is posted":     {func(ago time.Duration) jsontext.Value { return say("debit", "c", "t", ago, 2000, "") }, false, true, true},
		"more is authorised": {func(ago time.Duration) jsontext.Value { return say("debit", "c", "t", ago, 9000, pending) }, true, true, true},
		"another service has posted": {func(ago time.Duration) jsontext.Value {
			return say("debit", "c", "t", ago, 3000, `,"descriptor":"PAYPAY"`)
		}, true, true, true},
		"more takes its place":        {func(ago time.Duration) jsontext.Value { return say("debit", "c", "u", ago, 9000, `,"replaces":"t"`) }, true, true, true},
		"as much takes its place":     {func(ago time.Duration) jsontext.Value { return say("debit", "c", "u", ago, 3000, `,"replaces":"t"`) }, false, true, true},
		"some of it came back":        {func(ago time.Duration) jsontext.Value { return say("debit.reversed", "c", "t", ago, 100, "") }, false, false, false},
		"the same is said once again": {nil, false, false, false},
	}
	for _, way := range []string{"as news", "as history"} {
		for firstly, first := range firsts {
			for secondly, second := range thens {
				for _, ago := range []time.Duration{time.Minute, 70 * time.Minute} { // watched, and before
					if n++; !slices.Contains(cases, n-1) {
						continue
					}
					name := fmt.Sprintf("%s, sent %s; %s, %s ago", firstly, way, secondly, ago)
					past := func(kind string) bool { return strings.HasPrefix(firstly, kind) }
					// On one day, what follows a posting or a return is a correction of
					// it or the same debit presented again; later it is a debit by itself,
					// which rings too.
					want := ago == time.Minute && (past("pending") && second.pending || past("posted") && second.posted || past("reversed") && second.came ||
						past("nothing") && !strings.Contains(secondly, "came back") && second.event != nil)
					if past("posted") && strings.HasSuffix(firstly, "half ago") && (secondly == "as much is posted" || secondly == "less is posted") {
						want = false // a correction of the day, by nothing or by less
					}
					if past("posted") && strings.HasSuffix(firstly, "half ago") && secondly == "as much takes its place" {
						want = false
					}
					h := newHouse(t)
					h.Change(h.key, func(a *watch.Account) { a.Watchers[0].Since = optedIn })
					switch {
					case len(first) == 0:
					case way == "as news":
						h.send(t, first...)
					default:
						for _, body := range wire.EncodeHistory(wire.History{Bank: "0125", Account: "acc_1"}, received, first, 1<<20) {
							h.Handle(t.Context(), []queue.Message{{ID: "m", Body: body, Receives: 1}})
						}
					}
					for range 2 {
						switch {
						case second.event != nil:
							h.send(t, second.event(ago))
						case len(first) > 0:
							h.send(t, first...)
						}
					}
					rang, calm := 0, 0
					for _, r := range h.history(t) {
						for i := range r.Deliveries {
							switch d := &r.Deliveries[i]; {
							case d.Was != nil && d.Was.OfHistory && d.Kind == watch.TellChanged && !r.Critical():
								calm++
							case d.Kind.OfIncident():
								rang++
							}
						}
					}
					// What comes back now of the past is told, once, and rings nowhere.
					if told := ago == time.Minute && secondly == "some of it came back" && (past("pending") || past("posted")); (calm == 1) != told || calm > 1 {
						t.Errorf("%s: the return is told %d times, want %v", name, calm, told)
					}
					if (rang == 1) != want || rang > 1 {
						t.Errorf("%s: it rings %d times, want %v", name, rang, want)
						for _, r := range h.history(t) {
							t.Logf("  %s %d at %s, past %v, again %d", r.Status, r.Amount, r.OccurredAt, r.Past, r.Again)
						}
					}
				}
			}
		}
	}
}
