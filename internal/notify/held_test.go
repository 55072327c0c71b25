package notify_test

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"kozamori/internal/callback"
	"kozamori/internal/notify"
	"kozamori/internal/queue"
	"kozamori/internal/store"
)

// while runs the queues of a world as settle does, and has a second process work on the
// same jobs while a bank is called for the first time.
func (w *world) while(second func(msgs []queue.Message) []queue.Verdict) {
	w.t.Helper()
	var under []queue.Message
	w.bank.during = func() { second(under) }
	handle := func(ctx context.Context, msgs []queue.Message) []queue.Verdict {
		under = msgs
		return w.stage.Handle(ctx, msgs)
	}
	for busy := true; busy; {
		busy = false
		for _, name := range []queue.Name{queue.LINE, queue.Email, queue.Bank} {
			msgs, err := w.queue.Receive(context.Background(), name, 10, 0)
			if err != nil {
				w.t.Fatal(err)
			}
			if len(msgs) > 0 {
				busy = true
				queue.Settle(context.Background(), w.queue, name, msgs, handle, slog.New(slog.DiscardHandler))
			}
		}
	}
}

// Two processes that have a job of the same callback at the same moment call once.
func TestTwoJobsOfOneCallbackCallOnce(t *testing.T) {
	for kind, brings := range kindsOfCallbacks {
		t.Run(kind, func(t *testing.T) {
			w := newWorld(t)
			other := notify.New(w.stage.Config)
			brings(w)
			var got []queue.Verdict
			w.while(func(msgs []queue.Message) []queue.Verdict {
				got = other.Handle(context.Background(), msgs)
				return got
			})
			if !slices.ContainsFunc(got, func(v queue.Verdict) bool { return !v.Done }) {
				t.Errorf("the second process is done with its job before anything came of it: %+v", got)
			}
			if n := len(w.bank.callbacks()); n != 1 {
				t.Errorf("the bank was called %d times", n)
			}
			w.pass(time.Hour, time.Minute)
			if n := len(w.bank.callbacks()); n != 1 || w.logged().ToldAt.IsZero() {
				t.Errorf("in the end the bank was called %d times: %+v", n, w.logged())
			}
		})
	}
}

// A process that died while it called holds nothing up for long, nor does a clock that
// is set back.
func TestACallbackWhoseCallerDiedIsCalledAgain(t *testing.T) {
	for name, ahead := range map[string]time.Duration{"died": callback.Held, "of a clock that was ahead": 9 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.bank.setDown(true)
			kindsOfCallbacks["intake.finished"](w)
			w.settle()
			is := w.logged()
			is.HeldUntil = w.Now().Add(ahead)
			w.put(store.PutCallback(is, nil)...)
			w.bank.setDown(false)
			w.pass(2*callback.Held, time.Second)
			if n := len(w.bank.callbacks()); n != 1 {
				t.Errorf("called %d times within %v", n, 2*callback.Held)
			}
		})
	}
}
