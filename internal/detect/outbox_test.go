package detect

import (
	"context"
	"testing"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/watch"
)

// sends counts what is queued.
type sends struct{ jobs int }

func (s *sends) Send(_ context.Context, _ queue.Name, msgs ...queue.Outgoing) error {
	s.jobs += len(msgs)
	return nil
}

// What follows from events goes to the queues each tenth of a second, and at the end.
func TestWhatFollowsIsQueuedEachTenthOfASecond(t *testing.T) {
	begin := time.Date(2026, 11, 30, 3, 0, 0, 0, time.UTC)
	now, to := begin, &sends{}
	o := &outbox{queue: to, now: func() time.Time { return now }, last: begin}
	made := 0
	after := func(d time.Duration, want int) {
		t.Helper()
		now = begin.Add(d)
		made++
		o.add(t.Context(), outcome{disputes: []string{string(rune('a' + made))}}, &watch.Event{Bank: "0125", AccountRef: "a"})
		if to.jobs != want {
			t.Errorf("after %s %d are queued, want %d", d, to.jobs, want)
		}
	}
	after(0, 0)
	after(100*time.Millisecond-1, 0)
	after(100*time.Millisecond, 3)
	after(200*time.Millisecond-1, 3)
	if err := o.end(t.Context()); err != nil || to.jobs != made || o.sent != made {
		t.Errorf("%v, and at the end %d of %d are queued, %d said", err, to.jobs, made, o.sent)
	}
}
