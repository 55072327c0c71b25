package queue

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Flow is a stage's work on messages that do not wait for one another. It
// returns once the work has begun, and settles each message once, from any
// goroutine, as soon as its own work is done. When ctx ends it gives up the
// calls under way and settles what is left.
type Flow func(ctx context.Context, msgs []Message, settle func(Message, Verdict))

// StreamOptions says how a queue is consumed message by message.
type StreamOptions struct {
	Most   int           // messages that are worked on at a time; at least 1
	Grace  time.Duration // for calls under way once the consumer is to stop
	Logger *slog.Logger
}

// perReceive is how many messages one receive takes.
const perReceive = 10

// Stream consumes a queue until ctx ends: each message is settled as soon as it
// is done, whatever becomes of those received with it. Then it gives what is
// under way the grace, and waits for it to end.
func Stream(ctx context.Context, q Queue, name Name, f Flow, o StreamOptions) {
	steady := context.WithoutCancel(ctx)
	calls, cut := context.WithCancel(steady)
	defer cut()
	defer context.AfterFunc(ctx, func() {
		time.AfterFunc(o.Grace, cut)
	})()
	slots := make(chan struct{}, max(1, o.Most))
	var under sync.WaitGroup
	for {
		n := take(ctx, slots, perReceive)
		if n == 0 {
			break
		}
		msgs, err := q.Receive(ctx, name, n, 20*time.Second)
		if err != nil && ctx.Err() == nil {
			o.Logger.Error("a queue cannot be read", "queue", name, "err", err)
			pause(ctx, time.Second)
		}
		for range n - len(msgs) {
			<-slots
		}
		if len(msgs) == 0 {
			continue
		}
		under.Add(len(msgs))
		f(calls, msgs, func(m Message, v Verdict) {
			defer under.Done()
			if settle(steady, q, name, m, v, o.Logger); v.Done {
				end(steady, q, name, o.Logger, m)
			}
			<-slots
		})
	}
	under.Wait()
}

// take waits for a slot, and takes as many more as are free, up to most; 0 if
// ctx has ended.
func take(ctx context.Context, slots chan<- struct{}, most int) int {
	if ctx.Err() != nil {
		return 0
	}
	select {
	case slots <- struct{}{}:
	case <-ctx.Done():
		return 0
	}
	for n := 1; n < most; n++ {
		select {
		case slots <- struct{}{}:
		default:
			return n
		}
	}
	return most
}
