package sweep_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// sentJobs is a queue that keeps in which order and with which delay jobs came.
type sentJobs struct {
	mu   sync.Mutex
	jobs []watch.Job
	in   []time.Duration
	sent int // calls
}

func (s *sentJobs) Send(_ context.Context, _ queue.Name, msgs ...queue.Outgoing) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent++
	for _, m := range msgs {
		var j watch.Job
		if err := json.Unmarshal(m.Body, &j); err != nil {
			return err
		}
		s.jobs, s.in = append(s.jobs, j), append(s.in, m.Delay)
	}
	return nil
}

func TestQuietHoursEndForManyAtTheRateOfTheProviderAndCriticalAlertsDoNotWait(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const people, rate = 3000, 50
	end := begin.Add(time.Hour)
	var writes []store.Write
	put := func(id string, change func(*watch.Record)) {
		r := &watch.Record{ID: id, OnAccount: watch.On(key), Kind: watch.Debit, OccurredAt: begin, RecordedAt: begin, Complete: true,
			Notices: []watch.Notice{{Watcher: "w1", Reasons: watch.Because(watch.ServiceDebit)}}}
		change(r)
		r.ComputeDue()
		if writes = append(writes, store.PutRecord(r)); len(writes) == store.MaxWrites {
			h.Put(writes...)
			writes = nil
		}
	}
	for i := range people {
		put(fmt.Sprint("held", i), func(r *watch.Record) {
			r.Deliver(watch.TellAlert, &watch.Watcher{ID: "w1"}, watch.LINE, 0, begin, end)
		})
	}
	for i := range 40 {
		put(fmt.Sprint("urgent", i), func(r *watch.Record) {
			r.Notices[0].Reasons, r.Notices[0].EscalateAt = watch.Because(watch.FirstSeen), end
		})
	}
	h.Put(writes...)
	q := &sentJobs{}
	h.stage.Queue, h.stage.ReleaseRate = q, rate
	h.Set(end)
	rep, err := h.stage.Sweep(t.Context())
	if err != nil || rep.Escalated != 40 {
		t.Fatalf("%+v, %v", rep, err)
	}
	inSecond, seen := map[time.Duration]int{}, map[string]int{}
	for i, j := range q.jobs {
		seen[j.Record]++
		switch {
		case j.Record[0] == 'u':
			if q.in[i] != 0 || len(inSecond) > 0 {
				t.Errorf("an urgent one is number %d, in %v, after others", i, q.in[i])
			}
		case j.Again:
			t.Error("what was never sent is queued as if it may have been")
		default:
			inSecond[q.in[i]]++
		}
	}
	if q.sent > (people+40)/20+2 {
		t.Errorf("%d jobs are queued in %d calls", len(q.jobs), q.sent)
	}
	if len(seen) != people+40 {
		t.Errorf("%d are queued", len(seen))
	}
	for in, n := range inSecond {
		if n > rate+16*20 || in > people/rate*time.Second {
			t.Errorf("%d in %v", n, in)
		}
	}
	if len(inSecond) < people/rate*9/10 {
		t.Errorf("they go within %d seconds", len(inSecond))
	}
	// The next sweep finds nothing, and the one after their time what was lost.
	if rep, err = h.stage.Sweep(t.Context()); err != nil || rep.Requeued != 0 {
		t.Errorf("%+v, %v", rep, err)
	}
}

func TestALookAtAProviderThatWasLostIsQueuedAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	q := &sentJobs{}
	h.stage.Queue = q
	at := func(after time.Duration, b *store.Breaker, want int) {
		t.Helper()
		h.Set(begin.Add(after))
		q.jobs = nil
		if b != nil {
			now, err := h.Store.Breaker(t.Context(), b.Provider)
			if err != nil {
				t.Fatal(err)
			}
			b.Version = now.Version
			h.Put(store.PutBreaker(b))
		}
		rep, err := h.stage.Sweep(t.Context())
		if err != nil || len(q.jobs) != want || b != nil && rep.Down != map[bool]int{true: 1}[b.Open] {
			t.Errorf("after %v: %+v, %v, %+v", after, rep, err, q.jobs)
		}
	}
	h.Put(store.PutBank(&store.Bank{Code: "0125"}))
	at(0, nil, 0)
	at(time.Minute, &store.Breaker{Provider: "line", Open: true, Since: begin, Next: begin.Add(time.Minute)}, 0)
	at(3*time.Minute, nil, 1)
	at(4*time.Minute, &store.Breaker{Provider: "line", Since: begin.Add(4 * time.Minute)}, 1)
	at(15*time.Minute, nil, 0)
	at(16*time.Minute, &store.Breaker{Provider: "bank.0125", Open: true, Since: begin, Next: begin}, 1)
}
