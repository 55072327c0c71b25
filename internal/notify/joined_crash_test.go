package notify_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kozamori/internal/channel"
	"kozamori/internal/notify"
	"kozamori/internal/queue"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/testkit/breadth"
	"kozamori/internal/testkit/tabletest"
	"kozamori/internal/watch"
)

// mortal is a process that dies at one of its steps to the outside: writes, calls of LINE,
// and what a queue is told of a message. Reads are none: dying before one is dying after
// the step before it.
type mortal struct {
	mu        *sync.Mutex
	steps, at int
	then      int // how many steps the next one lives; 0 is for ever
	dead      bool
	last      string // what it did last
}

func (m *mortal) step(what string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.steps++; m.steps == m.at {
		m.dead, m.last = true, what
	}
	if m.dead {
		panic("the process is dead")
	}
}

// lives runs what may die.
func (m *mortal) lives(do func()) {
	defer func() {
		if e := recover(); e != nil && !m.isDead() {
			panic(e)
		}
	}()
	do()
}

func (m *mortal) isDead() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.dead
}

type mortalTable struct {
	store.Table
	m *mortal
}

func (t *mortalTable) Write(ctx context.Context, ws ...store.Write) error {
	what := "write of " + ws[0].Item.PK
	t.m.step("before a " + what)
	err := t.Table.Write(ctx, ws...)
	t.m.step("after a " + what)
	return err
}

type mortalSender struct {
	channel.Sender
	m *mortal
}

func (s *mortalSender) Send(ctx context.Context, at channel.Address, drawn []byte) watch.Outcome {
	s.m.step("before LINE")
	o := s.Sender.Send(ctx, at, drawn)
	s.m.step("after LINE")
	return o
}

// settleMortal lets the queue of LINE run; what a dead process held is given out again. A
// new one begins where it died.
func (w *world) settleMortal(m *mortal) {
	w.t.Helper()
	for {
		msgs, err := w.queue.Receive(context.Background(), queue.LINE, 10, 0)
		if err != nil {
			w.t.Fatal(err)
		}
		if len(msgs) == 0 {
			return
		}
		queue.Settle(context.Background(), w.queue, queue.LINE, msgs, func(ctx context.Context, msgs []queue.Message) []queue.Verdict {
			out := make([]queue.Verdict, len(msgs))
			m.lives(func() {
				v := w.stage.Handle(ctx, msgs)
				m.step("before the queue is told")
				out = v
			})
			return out
		}, slog.New(slog.NewTextHandler(w.log, nil)))
		w.revive(m)
	}
}

func (w *world) revive(m *mortal) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.dead {
		m.dead = false
		if m.then > 0 {
			m.at, m.then = m.steps+m.then, 0
		}
		w.stage = notify.New(w.stage.Config)
	}
}

// due tells whether something of a record waits whose time has come.
func (w *world) due(id string) bool {
	w.t.Helper()
	x, err := w.store.Record(context.Background(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return slices.ContainsFunc(x.Deliveries, func(d watch.Delivery) bool { return d.State.Waits() && !d.Due.After(w.Now()) })
}

// ofAccounts plays the summaries of three accounts of one person, all due at once, and one
// more on the day after, with a process that dies at a step, and, if then is not 0, so many
// later again, while LINE takes nothing at first; it returns how many there are.
func ofAccounts(t *testing.T, kind tabletest.Kind, at, then int) (steps int) {
	t.Helper()
	w, m := newWorld(t), &mortal{mu: &sync.Mutex{}}
	w.table.Table = &mortalTable{tabletest.On(t, kind, w.Now), m}
	w.replace(watch.LINE, func(s channel.Sender) channel.Sender { return &mortalSender{s, m} })
	w.put(store.PutBank(&store.Bank{Code: "0125", Name: "七十七銀行"}))
	var ids []string
	for i := range 3 {
		k := watch.AccountKey{Bank: "0125", Ref: fmt.Sprint("acc", i)}
		w.put(store.PutAccount(&watch.Account{AccountKey: k, Mask: "普通 ***4567",
			Watchers: []watch.Watcher{{ID: "w1", Role: watch.Owner, LineUser: lineUser, Lang: watch.Japanese, Rules: watch.DefaultRules(), Channels: []watch.Channel{{Kind: watch.LINE}}}}}),
			store.PutBinding(lineUser, store.Binding{OnAccount: watch.On(k), Watcher: "w1"}))
		ids = append(ids, fmt.Sprint("s", i))
		w.summed(k, ids[i], int64(1001+i), w.Now().Add(watch.SummaryAfter))
	}
	if _, err := w.store.UpdatePerson(t.Context(), lineUser, func(*store.Person) error { return nil }); err != nil {
		t.Fatal(err)
	}
	*m = mortal{mu: m.mu, at: at, then: then}
	if then > 0 {
		w.line.Fail(6, sim.RateLimited)
	}
	r := rand.New(rand.NewPCG(12, 5))
	for step := range 120 {
		if step == 60 {
			ids = append(ids, "s3")
			steps := *m
			m.at = 0
			w.summed(watch.AccountKey{Bank: "0125", Ref: "acc0"}, "s3", 1004, w.Now().Add(watch.SummaryAfter))
			*m = steps
		}
		for _, id := range ids {
			if w.due(id) {
				m.lives(func() { w.letGo(r, []string{id}) })
				w.revive(m)
			}
		}
		w.settleMortal(m)
		if step < 60 {
			w.Add(time.Minute)
		} else {
			w.Add(30 * time.Minute)
		}
	}
	fail := func(format string, args ...any) {
		t.Helper()
		t.Errorf("%s (step %d of %s, and %d later): %s", m.last, at, kind, then, fmt.Sprintf(format, args...))
	}
	told := map[string]int{}
	var before time.Time
	for _, msg := range w.line.Messages() {
		if !before.IsZero() && msg.At.Sub(before) < watch.SummaryEvery-time.Hour {
			fail("told at %v and at %v", before, msg.At)
		}
		before = msg.At
		for i, id := range ids {
			told[id] += strings.Count(string(msg.Messages[0]), fmt.Sprintf(`"1,%03d円"`, i+1))
		}
	}
	if n := len(w.line.Messages()); n != 2 {
		fail("the past of two days is told in %d messages", n)
	}
	for _, id := range ids {
		if told[id] != 1 {
			fail("the debit of %s is told %d times", id, told[id])
		}
		x, err := w.store.Record(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		for i := range x.Deliveries {
			if d := &x.Deliveries[i]; d.State != watch.Accepted {
				fail("%s is %s (%s)", id, d.State, d.Problem)
			}
		}
	}
	return m.steps
}

// Whenever the process dies that gathers, words, sends and settles the one summary of a
// person's accounts, or that lets it go: each debit is told once, all of it in one message
// a day, and each summary ends as told.
func TestTheOneSummaryOfAPersonOutlivesADeathAtEachStep(t *testing.T) {
	t.Parallel()
	tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
		t.Parallel()
		steps := ofAccounts(t, kind, 0, 0)
		if steps < 20 || t.Failed() {
			t.Fatalf("%d steps without a death", steps)
		}
		each := map[tabletest.Kind]int{tabletest.Embedded: breadth.Of(2, 1), tabletest.Dynamo: breadth.Of(12, 3)}[kind]
		for at := 1; at <= steps; at += each {
			ofAccounts(t, kind, at, 0)
			ofAccounts(t, kind, at, 1+at%7) // and the next one soon after
		}
		t.Logf("died at one of each %d of %d steps", each, steps)
	})
}
