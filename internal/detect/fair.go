package detect

import (
	"context"
	"errors"
	"sync"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/watch"
)

const (
	// sendEvery is how long deliveries wait for those of other accounts of the
	// call, which may have hundreds of alerts: after it they are queued.
	sendEvery = 100 * time.Millisecond
	// busyPause is how long a message waits that has events of an account for
	// which another call works and one waits already: one account must not have
	// all the calls of a process.
	busyPause = 500 * time.Millisecond
)

// outbox queues the deliveries of a call, now and then while it goes on.
type outbox struct {
	queue queue.Sender
	now   func() time.Time

	mu   sync.Mutex
	jobs queue.Jobs
	last time.Time // when some were queued
	sent int
	errs []error
}

// add takes what follows from an event.
func (o *outbox) add(ctx context.Context, done outcome, e *watch.Event) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sent += done.queued
	done.jobs(&o.jobs, e)
	if o.now().Sub(o.last) >= sendEvery {
		o.send(ctx)
	}
}

// jobs are what is to be queued.
func (done outcome) jobs(to *queue.Jobs, e *watch.Event) {
	for _, m := range done.fresh {
		if d, ok := m.record.Delivery(m.id); ok {
			to.Deliver(m.record, d)
		}
	}
	for _, r := range done.waiting {
		to.DeliverWaiting(r)
	}
	for _, id := range done.disputes {
		to.TellBank(&watch.Dispute{ID: id, OnAccount: watch.On(e.Account())})
	}
}

func (o *outbox) send(ctx context.Context) {
	o.last = o.now()
	o.sent += o.jobs.Len()
	var each interface{ Unwrap() []error } // of each queue one, which queue.Stranded looks at
	if errors.As(o.jobs.Send(ctx, o.queue), &each) {
		o.errs = append(o.errs, each.Unwrap()...)
	}
	o.jobs = queue.Jobs{}
}

// end queues the rest, and tells what went wrong in all of the call.
func (o *outbox) end(ctx context.Context) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.send(ctx)
	return errors.Join(o.errs...)
}

// turns let the calls of a process work on an account one after the other.
type turns struct {
	mu sync.Mutex
	at map[watch.AccountKey]*turn
}

type turn struct {
	sync.Mutex
	with int // calls that have it or wait for it
}

// busy tells whether a call works on an account.
func (t *turns) busy(k watch.AccountKey) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.at[k] != nil
}

// enter waits for its turn; leave is nil if another call waits already. It is at
// once if no call had to be waited for.
func (t *turns) enter(k watch.AccountKey) (leave func(), atOnce bool) {
	t.mu.Lock()
	at := t.at[k]
	if at == nil {
		at = &turn{}
		if t.at == nil {
			t.at = map[watch.AccountKey]*turn{}
		}
		t.at[k] = at
	}
	if at.with > 1 {
		t.mu.Unlock()
		return nil, atOnce
	}
	atOnce = at.with == 0
	at.with++
	t.mu.Unlock()
	at.Lock()
	return func() {
		at.Unlock()
		t.mu.Lock()
		defer t.mu.Unlock()
		if at.with--; at.with == 0 {
			delete(t.at, k)
		}
	}, atOnce
}
