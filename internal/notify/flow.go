package notify

import (
	"context"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/watch"
)

// Flow works on messages of any of the channel queues, each for itself. When
// ctx ends the calls under way are given up, and what came of them is still
// written down.
func (s *Stage) Flow(ctx context.Context, msgs []queue.Message, settle func(queue.Message, queue.Verdict)) {
	s.start(ctx, ctx, msgs, func(i int, v queue.Verdict) { settle(msgs[i], v) })
}

// Handle is Flow for a batch that is answered as a whole, as by a Lambda
// function. With Patience it ends soon after its quick ones: a call that hangs
// is given up, once, and has all the time that it may take when its message
// comes again.
func (s *Stage) Handle(ctx context.Context, msgs []queue.Message) []queue.Verdict {
	verdicts := make([]queue.Verdict, len(msgs))
	calls, cut := context.WithCancel(ctx)
	defer cut()
	ended := make(chan int, len(msgs))
	s.start(ctx, calls, msgs, func(i int, v queue.Verdict) {
		verdicts[i] = v
		ended <- i
	})
	var late <-chan time.Time
	for range msgs {
		select {
		case <-ended:
		case <-late:
			cut()
			<-ended
		}
		if s.Patience > 0 {
			late = s.After(s.Patience)
		}
	}
	return verdicts
}

// start begins the work on each message. Calls that may be made again without
// harm are given up when calls ends, if they are of a message's first receive.
func (s *Stage) start(ctx, calls context.Context, msgs []queue.Message, done func(int, queue.Verdict)) {
	jobs := make([]watch.Job, len(msgs))
	readable := make([]error, len(msgs))
	for i, m := range msgs {
		jobs[i], readable[i] = queue.DecodeJob(m.Body)
	}
	known := s.prefetch(context.WithoutCancel(ctx), jobs)
	for i, m := range msgs {
		if readable[i] != nil {
			done(i, queue.DeadLetter("not a job"))
			continue
		}
		c := caller{hard: ctx, soft: calls}
		if m.Receives > 1 {
			c.soft = ctx
		}
		go func() { done(i, s.one(c, m, jobs[i], known)) }()
	}
}

// caller holds what ends calls to others: soft those that may be made again
// without harm, hard each of them. What came of a call is written down even then.
// probe is for a call to a provider that is down.
type caller struct {
	hard, soft context.Context
	probe      bool
}

// one works on one message.
func (s *Stage) one(c caller, m queue.Message, j watch.Job, known *known) (v queue.Verdict) {
	defer func() {
		if p := recover(); p != nil {
			s.Logger.Error("a delivery panicked", "message", m.ID, "receives", m.Receives)
			v = queue.RetryAfter(retryDelay(m))
		}
	}()
	ctx := context.WithoutCancel(c.hard)
	switch {
	case j.Dispute != "":
		return s.dispute(ctx, c, m, j.Dispute)
	case j.Provider != "":
		return s.provider(ctx, c, m, j)
	case j.Letter != "":
		return s.letter(ctx, c, m, j.Letter)
	case j.Feed != "":
		return s.feed(ctx, c, m, j.Feed)
	case j.File != "":
		return s.file(ctx, c, m, j.Of, j.File)
	case j.Control != "":
		return s.control(ctx, c, m, j.Control)
	case j.Inquiry != "":
		return s.inquiry(ctx, c, m, j.Inquiry)
	case j.Callback != "":
		return s.callAgain(ctx, c, m, j.Of, j.Callback)
	case j.Back != "":
		return s.piece(ctx, m, j)
	case j.Gone:
		return s.gone(ctx, m, j)
	case j.Record == "":
		// A newer program's, which may take it on the next try.
		s.Logger.Error("a job of a kind that this program does not know", "message", m.ID, "receives", m.Receives)
		return queue.RetryAfter(retryDelay(m))
	}
	return s.delivery(ctx, c, m, j, known, false)
}
