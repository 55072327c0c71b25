package control_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"kozamori/internal/control"
	"kozamori/internal/news"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	_ "kozamori/internal/testkit/roomy"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

var (
	errDied = errors.New("the process died")
	k       = watch.AccountKey{Bank: "0125", Ref: "a"}
	other   = watch.AccountKey{Bank: "0125", Ref: "b"}
)

// mortal is a table, and a queue, of a process that dies before or after its next steps.
type mortal struct {
	store.Table
	dies   int // after so many steps; negative never
	after  bool
	jobs   []string // controls that the bank is to be told of
	told   map[string]int
	queued int
}

func (m *mortal) step(do func() error) error {
	if m.dies == 0 && !m.after {
		return errDied
	}
	err := do()
	if m.dies == 0 {
		return errDied
	}
	m.dies--
	return err
}

func (m *mortal) Write(ctx context.Context, w ...store.Write) error {
	return m.step(func() error { return m.Table.Write(ctx, w...) })
}

func (m *mortal) Send(_ context.Context, q queue.Name, msgs ...queue.Outgoing) error {
	return m.step(func() error {
		for _, out := range msgs {
			if q == queue.Bank {
				job, err := queue.DecodeJob(out.Body)
				if err != nil {
					return err
				}
				m.jobs = append(m.jobs, job.Control)
			} else {
				m.told[out.Trace]++
			}
		}
		m.queued += len(msgs)
		return nil
	})
}

type world struct {
	*testing.T
	m    *mortal
	s    *store.Store
	c    *control.Service
	now  time.Time
	bank []string // callbacks that the bank took
}

func newWorld(t *testing.T, offered ...watch.ControlKind) *world {
	t.Helper()
	w := &world{T: t, now: time.Date(2026, 11, 30, 1, 0, 0, 0, time.UTC)}
	table := worldtest.Table(t, func() time.Time { return w.now })
	w.m = &mortal{Table: table, dies: -1, told: map[string]int{}}
	w.s = store.New(w.m)
	w.c = &control.Service{Store: w.s, Queue: w.m, Now: func() time.Time { return w.now }, Logger: slog.New(slog.DiscardHandler)}
	people := func(a watch.AccountKey, n string) *watch.Account {
		return &watch.Account{AccountKey: a, Mask: "普通 ****123", Watchers: []watch.Watcher{
			{ID: "o" + n, Role: watch.Owner, LineUser: "U" + n, Channels: []watch.Channel{{Kind: watch.LINE}}},
			{ID: "p" + n, Role: watch.Owner, LineUser: "V" + n, Channels: []watch.Channel{{Kind: watch.LINE}, {Kind: watch.Email, Address: "v@example.jp"}}},
			{ID: "g" + n, Role: watch.Guardian, LineUser: "G" + n, Channels: []watch.Channel{{Kind: watch.LINE}}}}}
	}
	err := w.s.Write(t.Context(), store.PutBank(&store.Bank{Code: "0125", Callback: "https://bank.example/", Controls: offered}),
		store.PutAccount(people(k, "")), store.PutAccount(people(other, "2")))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// takes has the bank take all that it is told, in the order of the queue.
func (w *world) takes() {
	w.Helper()
	jobs := w.m.jobs
	w.m.jobs = nil
	for _, id := range jobs {
		for {
			c, err := w.s.Control(w.Context(), id)
			if err != nil {
				w.Fatal(err)
			}
			x := c.Untold()
			if x == nil {
				break
			}
			w.bank = append(w.bank, fmt.Sprint(id, " ", x.Seq, " ", x.State))
			if err := control.Told(w.Context(), w.s, id, x.Seq, w.now, false); err != nil {
				w.Fatal(err)
			}
		}
	}
}

// sweeps has everything done that is due.
func (w *world) sweeps() {
	w.Helper()
	due, err := w.s.Due(w.Context(), w.now, 100)
	if err != nil {
		w.Fatal(err)
	}
	for _, ref := range due {
		if ref.Control == "" {
			continue
		}
		if err := w.c.Due(w.Context(), ref.Control); err != nil && !errors.Is(err, errDied) {
			w.Fatal(err)
		}
	}
}

// slowForce is what is stopped, from the list of changes alone, told by hand.
func slowForce(c *watch.Control, now time.Time) *watch.ControlTerms {
	for i := len(c.Changes) - 1; i >= 0; i-- {
		switch c.Changes[i].State {
		case watch.ControlLifted, watch.ControlEnded:
			return nil
		case watch.ControlApplied:
			for j := i - 1; j >= 0; j-- {
				if x := c.Changes[j]; x.State == watch.ControlRequested {
					if !x.Terms.Until.IsZero() && !x.Terms.Until.After(now) {
						return nil
					}
					return &x.Terms
				}
			}
		}
	}
	return nil
}

// holds checks what always holds of each control of the account.
func (w *world) holds() {
	w.Helper()
	all, err := w.s.Controls(w.Context(), k)
	if err != nil {
		w.Fatal(err)
	}
	a, err := w.s.Account(w.Context(), k)
	if err != nil {
		w.Fatal(err)
	}
	steps := map[string]*watch.Step{}
	for s, err := range w.s.Trail(w.Context(), k) {
		if err != nil {
			w.Fatal(err)
		}
		key := s.Control.ID + strconv.Itoa(s.Control.Seq)
		if steps[key] != nil {
			w.Errorf("two steps of one change")
		}
		steps[key] = s
	}
	n := 0
	for _, c := range all {
		force, _ := c.InForce(w.now)
		slow := slowForce(c, w.now)
		if (force == nil) != (slow == nil) || force != nil && !force.Terms.Same(*slow) {
			w.Errorf("in force: %v, want %v of %+v", force, slow, c.Changes)
		}
		for i, x := range c.Changes {
			n++
			s := steps[c.ID+strconv.Itoa(x.Seq)]
			if x.Seq != i+1 || s == nil || s.Control.State != x.State || s.By != x.Watcher {
				w.Errorf("change %d %s stands in the trail as %+v", x.Seq, x.State, s)
				continue
			}
			heard := news.OfStep(a, s, nil)
			for i := range heard {
				if w.m.told[heard[i].Key()] == 0 {
					w.Errorf("%s was not told of %s", heard[i].To.Watcher, x.State)
				}
			}
			if most := map[bool]int{true: 3, false: 4}[s.Way == watch.WayChat]; len(heard) < 3 || len(heard) > most { // LINE of three, and a mail
				w.Errorf("%d are told of %s", len(heard), x.State)
			}
		}
	}
	if n != len(steps) {
		w.Errorf("%d changes, %d steps", n, len(steps))
	}
}

func TestWhateverIsPressedAnsweredAndKilled(t *testing.T) {
	t.Parallel()
	seeds := 60
	for seed := range seeds {
		t.Run(strconv.Itoa(seed), func(t *testing.T) { play(t, rand.New(rand.NewPCG(uint64(seed), 19))) })
	}
}

func play(t *testing.T, r *rand.Rand) {
	t.Helper()
	w := newWorld(t, watch.ControlKinds()...)
	services := []string{"paypay", "docomo"}
	whos := []control.Who{{LineUser: "U"}, {LineUser: "V", Watcher: "p"}, {Watcher: "g"}, {LineUser: "U2"}, {LineUser: "X"}, {Watcher: "o", LineUser: "V"}}
	states := []watch.ControlState{watch.ControlApplied, watch.ControlRefused, watch.ControlNotOffered, watch.ControlLifted, watch.ControlKept, watch.ControlRequested, "x"}
	var acts []func() error
	for range 60 {
		w.now = w.now.Add(time.Duration(r.IntN(400)) * time.Second)
		if r.IntN(12) == 0 {
			w.now = w.now.Add(30 * time.Hour)
		}
		w.m.dies = -1
		if r.IntN(5) == 0 {
			w.m.dies, w.m.after = r.IntN(3), r.IntN(2) == 0
		}
		who := whos[min(r.IntN(9), len(whos)-1)]
		if r.IntN(3) == 0 {
			who = whos[0]
		}
		if who.LineUser != "" {
			who.Way = watch.WayChat
		}
		who.IdempotencyKey = strconv.Itoa(r.IntN(1 << 30))
		all, err := w.s.Controls(t.Context(), k)
		if err != nil {
			t.Fatal(err)
		}
		var one *watch.Control
		if len(all) > 0 {
			one = all[r.IntN(len(all))]
		}
		act := func() error { return nil }
		switch kind := watch.ControlKinds()[r.IntN(4)]; r.IntN(8) {
		case 0, 1, 2:
			ask := control.Ask{Kind: kind}
			switch kind {
			case watch.StopService:
				ask.Service = services[r.IntN(2)]
			case watch.StopDebits:
				ask.Terms.Until = w.now.Add(time.Duration(r.IntN(72)) * time.Hour)
			case watch.LimitDebits:
				ask.Terms.PerCharge, ask.Terms.PerMonth = int64(r.IntN(4)*1000), int64(r.IntN(4)*10_000)
			}
			act = func() error { _, err := w.c.Request(t.Context(), k, ask, who); return err }
		case 3:
			if one != nil {
				act = func() error { _, err := w.c.Withdraw(t.Context(), k, one.ID, who); return err }
			}
		case 4:
			if one != nil {
				act = func() error { _, err := w.c.Again(t.Context(), k, one.ID, who); return err }
			}
		case 5, 6:
			if one != nil {
				bank, state := "0125", states[r.IntN(len(states))]
				if r.IntN(6) == 0 {
					bank = "0167"
				}
				say := control.Answer{State: state, Text: []string{"", "窓口へ"}[r.IntN(2)]}
				act = func() error { return w.answers(one, bank, say) }
			}
		default:
			if len(acts) > 0 {
				act = acts[r.IntN(len(acts))] // the same message comes again
			}
		}
		acts = append(acts, act)
		err = act()
		for errors.Is(err, errDied) { // it is brought again, as long as it dies
			w.m.dies = -1
			err = act()
		}
		w.m.dies = -1
		if r.IntN(3) == 0 {
			w.sweeps()
		}
		if r.IntN(2) == 0 {
			w.takes()
		}
		w.holds()
		if t.Failed() {
			return
		}
	}
	w.ends()
}

// answers has a bank answer, and checks that what can follow is what is said to.
func (w *world) answers(one *watch.Control, bank string, say control.Answer) error {
	before, err := w.s.Control(w.Context(), one.ID)
	if err != nil {
		return err
	}
	after, err := w.c.Set(w.Context(), bank, one.ID, say)
	order, wrong := errors.AsType[*control.OrderError](err)
	can := slices.Contains(before.Can(w.now), say.State)
	switch {
	case errors.Is(err, errDied):
		return err
	case bank != one.Account.Bank:
		if !errors.Is(err, control.ErrNotFound) && !errors.Is(err, control.ErrState) {
			w.Errorf("another bank: %v", err)
		}
	case wrong && (can || order.Present != before.State || slices.Contains(order.Can, say.State)):
		w.Errorf("%s refused after %s: %+v", say.State, before.State, order)
	case err == nil && after.Version != before.Version && !can:
		w.Errorf("%s taken after %s", say.State, before.State)
	case err == nil && (after.State != say.State):
		w.Errorf("after %s it is %s", say.State, after.State)
	}
	return err
}

// ends lets a day pass without faults: then the bank has heard of everything, in order, and
// the people of what it did not answer.
func (w *world) ends() {
	w.Helper()
	for range 5 {
		w.now = w.now.Add(6 * time.Hour)
		w.sweeps()
		w.takes()
	}
	w.holds()
	all, err := w.s.Controls(w.Context(), k)
	if err != nil {
		w.Fatal(err)
	}
	for _, c := range all {
		var want, got []string
		var asked watch.ControlState
		for _, x := range c.Changes {
			if x.Watcher == "g" && asked != watch.ControlWithdrawn {
				w.Errorf("a guardian asked for it after %q", asked)
			}
			if x.Watcher != "" {
				asked = x.State
			}
			if x.State == watch.ControlRequested || x.State == watch.ControlWithdrawn {
				want = append(want, fmt.Sprint(c.ID, " ", x.Seq, " ", x.State))
			}
			if x.Watcher != "" && x.Watcher != "o" && x.Watcher != "p" && x.Watcher != "g" {
				w.Errorf("%s was made by %q", x.State, x.Watcher)
			}
		}
		for _, b := range w.bank {
			if len(b) > len(c.ID) && b[:len(c.ID)] == c.ID {
				got = append(got, b)
			}
		}
		if !slices.Equal(want, got) {
			w.Errorf("the bank heard %v, want %v", got, want)
		}
		if _, waits := c.Waits(); waits && c.Last().State != watch.ControlUnanswered && c.Last().State != watch.ControlEnded {
			w.Errorf("it waits for a day, and the last that was told is %s", c.Last().State)
		}
	}
	if n, err := w.s.Controls(w.Context(), other); err != nil || len(n) > 0 {
		w.Errorf("another account has %d controls, %v", len(n), err)
	}
}
