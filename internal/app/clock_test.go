package app_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/testkit/breadth"
	"kozamori/internal/watch"
)

// stepped is a clock's doing between an alert and what it waits for.
var stepped = map[string]time.Duration{
	"goes on":                    0,
	"is set back by 4 minutes":   -4 * time.Minute,
	"is set back by an hour":     -time.Hour,
	"is set forward by a minute": time.Minute,
	"wakes after an hour":        time.Hour, // the machine was asleep
}

// fromWhen are seconds at which a calendar has borders.
var fromWhen = map[string]time.Time{
	"an ordinary noon":               time.Date(2026, 11, 30, 12, 0, 0, 0, watch.JST),
	"the end of a year":              time.Date(2026, 12, 31, 23, 59, 57, 0, watch.JST),
	"the eve of a leap day":          time.Date(2028, 2, 28, 23, 59, 57, 0, watch.JST),
	"the end of a leap day":          time.Date(2028, 2, 29, 23, 59, 57, 0, watch.JST),
	"the last day of a year, in UTC": time.Date(2027, 1, 1, 8, 59, 57, 0, watch.JST),
}

// Whatever becomes of the machine's clock while something waits, each is told once
// and as soon as without it: what waits for a try waits for as long as it was told,
// and what waits for a time of day for that time.
func TestWhateverTheClockDoesEachIsToldInTime(t *testing.T) {
	t.Parallel()
	for name, play := range map[string]func(h *town, begin func(), step func(time.Duration) time.Duration){
		"LINE fails for one person": func(h *town, begin func(), step func(time.Duration) time.Duration) {
			p := h.alone("acc_1")
			begin()
			n := p.count()
			h.line.Fail(3, sim.ServerError)
			h.sends(h.debit("a", 30000))
			h.settle()
			step(0)
			h.goes(30 * time.Second)
			h.once(p, n, 1)
		},
		"LINE was down for all": func(h *town, begin func(), step func(time.Duration) time.Duration) {
			var people []*person
			var had []int
			for i := range 6 {
				p := h.person(fmt.Sprint("花子", i), "ja") // the name makes the user
				p.says(h.call(http.MethodPost, "/codes", fmt.Sprintf(`{"account_ref":"acc_%d","account_mask":"普通 ***400%d"}`, i, i))["code"].(string))
				people = append(people, p)
				had = append(had, people[i].count())
			}
			begin()
			h.line.Fail(1000, sim.ServerError)
			for i := range people {
				h.sends(h.reported(watch.Debit, fmt.Sprint("d", i), fmt.Sprint("acc_", i), "ﾄﾞｺﾓｺｳｻﾞ", 30000))
			}
			h.goes(40 * time.Second)
			b, err := h.store.Breaker(context.Background(), "line")
			if err != nil || !b.Open {
				h.t.Fatalf("it is not known to be down: %+v, %v", b, err)
			}
			step(0)
			h.line.Works()
			h.goes(35 * time.Second)
			for i, p := range people {
				h.once(p, had[i], 1)
			}
		},
		"an incident grows": func(h *town, begin func(), step func(time.Duration) time.Duration) {
			p := h.alone("acc_1")
			begin()
			n := p.count()
			h.sends(h.debit("a", 30000))
			h.goes(2 * time.Second)
			h.sends(h.debit("b", 40000))
			h.settle()
			step(0)
			h.goes(11 * time.Second) // the pause between two, and at most the same once more
			h.once(p, n, 2)
		},
		"an incident grows later": func(h *town, begin func(), step func(time.Duration) time.Duration) {
			p := h.alone("acc_1")
			begin()
			n := p.count()
			h.sends(h.debit("a", 30000))
			h.goes(2 * time.Second)
			step(0)
			h.sends(h.debit("b", 40000))
			h.goes(8 * time.Second)
			h.once(p, n, 2)
			h.sends(h.debit("c", 50000))
			h.goes(8 * time.Second)
			h.once(p, n, 3)
		},
		"quiet hours end": func(h *town, begin func(), step func(time.Duration) time.Duration) {
			p := h.alone("acc_1")
			begin()
			n := p.count()
			now := h.Now().In(watch.JST)
			minute := now.Hour()*60 + now.Minute()
			if _, err := h.store.UpdateAccount(context.Background(), watch.AccountKey{Bank: "0125", Ref: "acc_1"}, func(a *watch.Account) ([]store.Write, error) {
				a.Watchers[0].Rules.Quiet = &watch.Quiet{From: (minute + 1430) % 1440, To: (minute + 10) % 1440}
				return nil, nil
			}); err != nil {
				h.t.Fatal(err)
			}
			h.sends(h.debit("a", 30000))
			h.goes(2 * time.Second)
			h.once(p, n, 0)
			h.goes(max(0, step(10*time.Minute)) + 2*time.Minute)
			h.once(p, n, 1)
		},
		"nobody answers": func(h *town, begin func(), step func(time.Duration) time.Duration) {
			owner, guardian := h.family()
			begin()
			if _, err := h.store.UpdateAccount(context.Background(), watch.AccountKey{Bank: "0125", Ref: "acc_1"}, func(a *watch.Account) ([]store.Write, error) {
				for i := range a.Watchers {
					if a.Watchers[i].Role == watch.Guardian {
						a.Watchers[i].Rules = watch.Rules{}
					}
				}
				return nil, nil
			}); err != nil {
				h.t.Fatal(err)
			}
			n, m := owner.count(), guardian.count()
			h.sends(h.reported(watch.LinkRegistered, "l", "acc_1", "ﾄﾞｺﾓｺｳｻﾞ", 0))
			h.goes(5 * time.Second)
			h.once(owner, n, 1)
			h.goes(max(0, step(15*time.Minute)) + 2*time.Minute)
			h.once(guardian, m, 1)
		},
		"a bank does not answer": func(h *town, begin func(), step func(time.Duration) time.Duration) {
			p := h.alone("acc_1")
			begin()
			h.bank.down = true
			h.sends(h.debit("a", 30000))
			h.goes(2 * time.Second)
			p.taps("a=notmine")
			h.goes(20 * time.Second)
			h.bank.mu.Lock()
			h.bank.down = false
			h.bank.mu.Unlock()
			step(0)
			h.goes(time.Minute)
			if got := h.bank.callbacks("dispute.opened"); len(got) != 1 {
				h.t.Errorf("the bank hears %d disputes: %s", len(got), h.bank.types())
			}
		},
	} {
		n := len(name) // a share of the plays together meets each time and each step
		for _, from := range slices.Sorted(maps.Keys(fromWhen)) {
			for _, doing := range slices.Sorted(maps.Keys(stepped)) {
				begin, by := fromWhen[from], stepped[doing]
				if n++; n%breadth.Of(3, 1) != 0 {
					continue
				}
				if from != "an ordinary noon" && by > 0 && by < time.Hour {
					continue
				}
				t.Run(name+", "+from+", the clock "+doing, func(t *testing.T) {
					t.Parallel()
					h := newTown(t)
					h.Set(begin.AddDate(0, 0, -2)) // when people joined
					// step has the clock do it, and tells how long it is then to a time that
					// was so far away: the clock decides when a time of day is.
					step := func(left time.Duration) time.Duration {
						h.Add(by)
						return left - by
					}
					play(h, func() { h.Set(begin) }, step)
				})
			}
		}
	}
}

// once fails unless a person has heard so many messages since the first n.
func (h *town) once(p *person, n, want int) {
	h.t.Helper()
	if got := p.since(n); len(got) != want {
		h.t.Errorf("%d messages, want %d: %q", len(got), want, got)
	}
}
