package sweep

import (
	"context"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

const (
	// perLook is how many things one message is about: they are read together.
	perLook = 50
	// lookAhead is how long before it is due something is queued, to be looked at
	// when it is: a minute and a little, so that none is between two sweeps. So
	// quiet hours end, and an answer is missed, at their second.
	lookAhead = 65 * time.Second
	// looksMost is how often one message is tried; the next sweep makes another.
	looksMost = 3
)

// ahead is how long before it is due a sweep lists what is in a lane.
func (s *Stage) ahead(l watch.Lane) time.Duration {
	if s.FanOut && (l == watch.LaneCritical || l == watch.LaneHeld) {
		return lookAhead
	}
	return 0
}

// fanOut queues what is due, in pieces, and returns what it could not queue.
func (s *sweeping) fanOut(ctx context.Context, due []store.DueRef) (left []store.DueRef) {
	type begins struct {
		lane watch.Lane
		at   int64 // in seconds
	}
	var (
		out  []queue.Outgoing
		look watch.Look
		in   []store.DueRef // what out and look are of
		came = map[begins]int{}
	)
	end := func() {
		if n := len(look.Records) + len(look.Disputes); n > 0 {
			out = append(out, queue.LookAt(&look, look.At.Sub(s.at)))
			came[begins{look.Lane, look.At.Unix()}] += n
		}
	}
	for _, ref := range due {
		if ref.Round != "" {
			out, in = append(out, queue.LookAt(&watch.Look{Lane: ref.Lane, Round: ref.Round, At: s.at}, 0)), append(in, ref)
			continue
		}
		if ref.Record == "" && ref.Dispute == "" {
			left = append(left, ref) // its account would stand in the message
			continue
		}
		at := s.at
		if d := ref.Due(); d.After(at) {
			at = at.Add((d.Sub(at) + time.Second - 1).Truncate(time.Second)) // queues know seconds
		}
		if look.Lane != ref.Lane || !look.At.Equal(at) || len(look.Records)+len(look.Disputes) == perLook {
			end()
			look = watch.Look{Lane: ref.Lane, At: at, From: came[begins{ref.Lane, at.Unix()}]}
		}
		if in = append(in, ref); ref.Record != "" {
			look.Records = append(look.Records, ref.Record)
		} else {
			look.Disputes = append(look.Disputes, ref.Dispute)
		}
	}
	end()
	if len(out) == 0 {
		return left
	}
	if err := s.Queue.Send(ctx, queue.Due, out...); err != nil {
		s.Logger.Error("what is due cannot be queued; the sweep does it itself", "err", err)
		for _, ref := range in {
			if !ref.Due().After(s.at) {
				left = append(left, ref)
			}
		}
		return left
	}
	s.rep.Looks = len(out)
	return left
}

// Handle works on queue.Due.
func (s *Stage) Handle(ctx context.Context, msgs []queue.Message) []queue.Verdict {
	out := make([]queue.Verdict, len(msgs))
	for i, m := range msgs {
		out[i] = s.look(ctx, m)
	}
	return out
}

func (s *Stage) look(ctx context.Context, m queue.Message) queue.Verdict {
	l, err := queue.DecodeLook(m.Body)
	if err != nil {
		return queue.DeadLetter("not a look")
	}
	if wait := l.At.Sub(s.Now()); wait > 0 && wait <= lookAhead { // if it is more, the clock was set back
		return queue.RetryAfter(wait)
	}
	w := &sweeping{Stage: s, at: l.At}
	w.held.Store(int64(l.From))
	var due []store.DueRef
	if l.Round != "" {
		due = append(due, store.DueRef{Round: l.Round, Lane: l.Lane})
	}
	for _, id := range l.Records {
		due = append(due, store.DueRef{Record: id, Lane: l.Lane})
	}
	for _, id := range l.Disputes {
		due = append(due, store.DueRef{Dispute: id, Lane: l.Lane})
	}
	w.some(ctx, due)
	if w.first != nil && m.Receives < looksMost {
		return queue.RetryAfter(queue.Backoff(m.Receives, time.Second, lookAhead))
	}
	return queue.Acknowledge // what failed is due, and found again
}
