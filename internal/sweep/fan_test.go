package sweep_test

import (
	"context"
	"crypto/rand"
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/store/dynamo"
	"kozamori/internal/sweep"
	"kozamori/internal/testkit/emulator"
	"kozamori/internal/testkit/tabletest"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

// full is how many people's quiet hours end on the embedded store; 100,000 take a
// minute.
var full = flag.Int("held", 10_000, "people whose quiet hours end on the embedded store")

// split keeps queue.Due in a queue, and what is sent to people in a list.
type split struct {
	sentJobs
	due  queue.Queue
	down bool
}

func (s *split) Send(ctx context.Context, q queue.Name, msgs ...queue.Outgoing) error {
	switch {
	case q != queue.Due:
		return s.sentJobs.Send(ctx, q, msgs...)
	case s.down:
		return queue.ErrNoQueue
	}
	return s.due.Send(ctx, q, msgs...)
}

// morning is the end of the quiet hours of many, and a critical alert that is not
// answered.
type morning struct {
	*house
	q     *split
	seven time.Time
	told  map[string]time.Time // when a record's message is visible
}

// units are those that the table takes, by the operation.
type units struct {
	mu sync.Mutex
	of map[string]float64
}

func (u *units) count(operation string, n float64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.of[operation] += n
}

// take is what was taken since the last time.
func (u *units) take() map[string]float64 {
	u.mu.Lock()
	defer u.mu.Unlock()
	was := u.of
	u.of = map[string]float64{}
	return was
}

func newMorning(t *testing.T, kind tabletest.Kind, people, rate int) (*morning, *units) {
	t.Helper()
	m := &morning{house: newHouse(t), seven: begin.Truncate(24 * time.Hour).Add(46 * time.Hour), told: map[string]time.Time{}}
	u := &units{of: map[string]float64{}}
	if kind == tabletest.Dynamo {
		c := dynamo.Config{AWS: emulator.AWS(t), Endpoint: emulator.DynamoDB(t), Table: "kozamori-" + rand.Text(), Now: m.Now, Consumed: u.count}
		if err := dynamo.Create(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		m.Store = store.New(dynamo.New(c))
		m.Put(store.PutAccount(worldtest.Account(key, worldtest.Owner("w1", "", worldtest.ByLINE, worldtest.ByMail("a@example.jp")))))
	}
	m.q = &split{due: m.Queue}
	m.stage = sweep.New(sweep.Config{Store: m.Store, Queue: m.q, EscalateAfter: 15 * time.Minute, ReleaseRate: rate, FanOut: true, Now: m.Now, Logger: m.Logger})
	m.Set(m.seven.Add(-time.Hour))
	var writes []store.Write
	put := func(id string, change func(*watch.Record)) {
		r := &watch.Record{ID: id, OnAccount: watch.On(key), Kind: watch.Debit, OccurredAt: m.Now(), RecordedAt: m.Now(), Complete: true,
			Notices: []watch.Notice{{Watcher: "w1", Reasons: watch.Because(watch.ServiceDebit)}}}
		change(r)
		r.ComputeDue()
		if writes = append(writes, store.PutRecord(r)); len(writes) == store.MaxWrites {
			m.Put(writes...)
			writes = nil
		}
	}
	for i := range people {
		put(fmt.Sprint("held", i), func(r *watch.Record) {
			r.Deliver(watch.TellAlert, &watch.Watcher{ID: "w1"}, watch.LINE, 0, m.Now(), m.seven)
		})
	}
	for i := range 40 {
		put(fmt.Sprint("urgent", i), func(r *watch.Record) {
			r.Notices[0].Reasons, r.Notices[0].EscalateAt = watch.Because(watch.FirstSeen), m.seven
		})
	}
	m.Put(writes...)
	return m, u
}

// second lets whoever works on queue.Due do so many messages, and time pass.
func (m *morning) second(looks int) {
	m.T.Helper()
	for left := looks; left > 0; {
		msgs, err := m.Queue.Receive(m.T.Context(), queue.Due, min(left, 10), 0)
		if err != nil {
			m.T.Fatal(err)
		}
		if len(msgs) == 0 {
			break
		}
		left -= len(msgs)
		queue.Settle(m.T.Context(), m.Queue, queue.Due, msgs, m.stage.Handle, m.Logger)
	}
	for i, j := range m.q.jobs {
		if _, twice := m.told[j.Record]; twice {
			m.T.Errorf("%s is queued twice", j.Record)
		}
		m.told[j.Record] = m.Now().Add(m.q.in[i])
	}
	m.q.jobs, m.q.in = nil, nil
	m.Add(time.Second)
}

func TestAHundredThousandPeoplesQuietHoursEndInTwoMinutesAndNothingCriticalWaits(t *testing.T) {
	t.Parallel()
	tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
		people := *full
		if kind == tabletest.Dynamo {
			people = 1000
		}
		// All at the scale of 100,000 people at 1,500 a second, of 2,000 of whom the
		// functions release each second.
		rate, looks := max(1, 1500*people/100_000), max(2, 40*people/100_000)
		m, u := newMorning(t, kind, people, rate)
		// The ticks of each minute come at any second of it.
		m.Set(m.seven.Add(-37 * time.Second))
		u.take()
		rep, err := m.stage.Sweep(t.Context())
		if err != nil || rep.Requeued+rep.Escalated != 0 || rep.Overdue[watch.LaneHeld] != 0 || rep.Looks != people/50+1 {
			t.Fatalf("%+v, %v", rep, err)
		}
		sweeps(t, kind, people, u.take())
		for m.Now().Before(m.seven.Add(2 * time.Minute)) {
			if m.Now().Equal(m.seven.Add(23*time.Second)) || m.Now().Equal(m.seven.Add(83*time.Second)) {
				if _, err := m.stage.Sweep(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			m.second(looks)
		}
		if len(m.told) != people+40 {
			t.Errorf("%d of %d are queued", len(m.told), people+40)
		}
		inSecond := map[time.Time]int{}
		for id, at := range m.told {
			switch {
			case at.Before(m.seven):
				t.Errorf("%s goes at %v", id, at)
			case strings.HasPrefix(id, "urgent") && at.After(m.seven.Add(2*time.Second)):
				t.Errorf("the critical alert %s goes on at %v", id, at)
			case at.After(m.seven.Add(2 * time.Minute)):
				t.Errorf("%s goes at %v", id, at)
			}
			inSecond[at.Truncate(time.Second)]++
		}
		if most := slices.Max(slices.Collect(values(inSecond))); most > 2*rate+looks*50+40 {
			t.Errorf("%d go in one second, at %d a second", most, rate)
		}
		if wrote := u.take()["PutItem"]; kind == tabletest.Dynamo && wrote > 7*float64(people+40) {
			t.Errorf("%.0f units are written for %d people", wrote, people)
		}
	})
}

func values(of map[time.Time]int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for _, n := range of {
			if !yield(n) {
				return
			}
		}
	}
}

// sweeps checks what the sweep itself took of a table that counts: keys are read,
// about 30 for a unit, and of each partition half a unit at least; no record is
// read or written.
func sweeps(t *testing.T, kind tabletest.Kind, people int, took map[string]float64) {
	t.Helper()
	if kind != tabletest.Dynamo {
		return
	}
	if reads := took["Query"]; reads < 50 || reads > 110+float64(people)/30 {
		t.Errorf("listing what %d people wait for takes %.1f units", people, reads)
	}
	if took["PutItem"] > 2 || took["TransactWriteItems"] > 0 || took["BatchGetItem"] > 10 {
		t.Errorf("a sweep that only lists takes %v", took)
	}
}

func TestWhatCannotBeQueuedIsDoneByTheSweep(t *testing.T) {
	t.Parallel()
	m, _ := newMorning(t, tabletest.Embedded, 100, 1500)
	m.q.down = true
	m.Set(m.seven.Add(-30 * time.Second))
	if rep, err := m.stage.Sweep(t.Context()); err != nil || rep.Looks+rep.Requeued+rep.Escalated != 0 {
		t.Errorf("before seven: %+v, %v", rep, err)
	}
	m.Set(m.seven.Add(20 * time.Second))
	if rep, err := m.stage.Sweep(t.Context()); err != nil || rep.Requeued != 140 || rep.Escalated != 40 || rep.Looks != 0 || rep.Overdue[watch.LaneCritical] != 20*time.Second {
		t.Errorf("after seven: %+v, %v", rep, err)
	}
}

// A message of the queue may come twice, late, early after the clock was set
// back, and be of a program to come.
func TestALookThatComesAtAnotherTimeDoesWhatIsDueThen(t *testing.T) {
	t.Parallel()
	look := func(m *morning, body string) queue.Verdict {
		t.Helper()
		return m.stage.Handle(t.Context(), []queue.Message{{Body: []byte(body), Receives: 1}})[0]
	}
	at := func(from time.Time) string {
		return fmt.Sprintf(`{"lane":"held","records":["held1","held1","held2","none"],"disputes":["none"],"at":%q,"later":{"a":1}}`, from.Format(time.RFC3339))
	}
	m, _ := newMorning(t, tabletest.Embedded, 100, 1500)
	if v := look(m, at(m.seven)); !v.Done || len(m.q.jobs) != 0 {
		t.Errorf("an hour early, as after a clock that was set back: %+v, %d jobs", v, len(m.q.jobs))
	}
	m.Set(m.seven.Add(-10 * time.Second))
	if v := look(m, at(m.seven)); v.Done || v.Delay != 10*time.Second || len(m.q.jobs) != 0 {
		t.Errorf("ten seconds early: %+v", v)
	}
	m.Set(m.seven.Add(time.Minute))
	for range 2 {
		if v := look(m, at(m.seven)); !v.Done || len(m.q.jobs) != 2 {
			t.Errorf("late, and again: %+v, %d jobs", v, len(m.q.jobs))
		}
	}
	if v := look(m, "x"); v.DeadLetter == "" {
		t.Errorf("what is none: %+v", v)
	}
}
