package notify

import (
	"context"
	"slices"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/watch"
)

// outcome writes down what a channel said and decides what happens next.
func (s *Stage) outcome(ctx context.Context, m queue.Message, h *cached, d *watch.Delivery, w *watch.Watcher, o watch.Outcome) queue.Verdict {
	now := s.Now()
	record, delivery := h.now().ID, d.ID
	parks := o.Result == watch.SendRetry && s.isDown(ctx, string(d.Channel))
	if o.Result == watch.SendUnreachable {
		if err := s.markUnreachable(ctx, h.now().Account, d, now); err != nil {
			return s.broken(m, "watcher cannot be marked", err)
		}
	}
	if o.Result != watch.SendAccepted && !d.Kind.OfIncident() {
		wide, err := s.widely(ctx, h.now().Account, w)
		if err != nil {
			return s.broken(m, "other accounts of a watcher cannot be read", err)
		}
		w = wide
	}
	said := *d
	var over, next, left bool
	v := s.write(ctx, m, h, delivery, func(r *watch.Record, d *watch.Delivery) {
		d.Problem, d.Calling = o.Problem, false
		if o.ProviderID != "" {
			d.ProviderID = o.ProviderID // of an attempt that failed, too
		}
		age := now.Sub(begun(d))
		over, next, left = false, false, false
		switch o.Result {
		case watch.SendAccepted:
			d.State, d.AcceptedAt, d.ProviderID, d.Problem, d.Parked = watch.Accepted, now, o.ProviderID, "", false
			d.Forget()
			if d.Kind.OfIncident() {
				taken := *d // it may move
				if next, fresh := r.Bring(w, d.Channel, now); fresh && taken.Tried {
					r.Correct(&taken, next)
				}
			}
			return
		case watch.SendRetry:
			d.Tried = d.Tried || !o.Untaken
			over = age >= s.GiveUpAfter
			next = age >= s.FallbackAfter
		case watch.SendExhausted, watch.SendUnreachable, watch.SendRefused:
			over, next = true, true
		}
		if o.Problem != problemDown {
			d.Attempts = max(d.Attempts, m.Receives)
		}
		d.Parked = parks && !over
		switch {
		case over:
			d.State = watch.Undelivered
		case parks:
			d.State, d.Due = watch.Queued, s.lookAgain(d, next || !another(w, d.Channel))
		default:
			d.State = watch.Queued
			d.Due = now.Add(retryMost + watch.LostAfter)
		}
		if next {
			s.fallback(r, d, w, now, over)
			left = stillTold(r, &said)
		}
	})
	switch {
	case !v.Done:
		return v
	case over:
		return s.ended(ctx, o, &said, record, left)
	case parks:
		return queue.Acknowledge // it is on record, and released when the provider is back
	case o.Result == watch.SendRetry:
		return queue.RetryAfter(max(o.RetryAfter, retryDelay(m)))
	}
	return v
}

// problemDown is the problem of a delivery for which no call was made.
const problemDown = "the provider is down"

// another tells whether a watcher can be reached over another channel.
func another(w *watch.Watcher, than watch.ChannelKind) bool {
	return slices.ContainsFunc(w.Reachable(), func(c watch.Channel) bool { return c.Kind != than })
}

// lookAgain is when a delivery that waits for a provider is due though the
// provider is still down: for the next channel, if there is one that was not
// taken yet, and then to be given up.
func (s *Stage) lookAgain(d *watch.Delivery, next bool) time.Time {
	if !next {
		return begun(d).Add(s.FallbackAfter)
	}
	return begun(d).Add(s.GiveUpAfter)
}

// begun is since when a delivery is tried: a summary waits for its day first, and what
// came in files for the morning, for longer than any is tried.
func begun(d *watch.Delivery) time.Time {
	at := d.CreatedAt
	if d.After.After(at) {
		at = d.After
	}
	if d.Kind == watch.TellSummary && d.Sum != nil && d.Sum.At.After(at) {
		at = d.Sum.At
	}
	return at
}

// fallback adds the next channel for what d says; when there is none and d is
// over, the bank is told that its customer cannot be reached.
func (s *Stage) fallback(r *watch.Record, d *watch.Delivery, w *watch.Watcher, now time.Time, over bool) {
	kind, seq, sum, also, of := d.Kind, d.Seq, d.Sum, d.Also, d.Kind.OfIncident()
	left := *w
	left.Channels = nil
	for _, c := range w.Channels {
		if c.Kind != d.Channel {
			left.Channels = append(left.Channels, c)
		}
	}
	// d may move when the list grows: it is not used after this.
	if !of {
		if next, fresh := r.DeliverNext(kind, &left, seq, now, now); fresh {
			next.Sum, next.Also = sum, also
		}
		return
	}
	for _, c := range left.Reachable() {
		if !r.Untried(w.ID, c.Kind) {
			continue
		}
		if _, fresh := r.Bring(w, c.Kind, now); fresh {
			return
		}
		if waits, _ := r.Waiting(w.ID, c.Kind); waits != nil {
			return
		}
	}
	if !over {
		return
	}
	for _, other := range r.Deliveries {
		if _, err := s.Channels.Get(other.Channel); err != nil && other.Watcher == w.ID && other.Kind.OfIncident() {
			return // this program cannot tell
		}
	}
	r.Unreached(w, now)
}
