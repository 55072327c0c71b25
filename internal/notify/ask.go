package notify

import (
	"context"
	"errors"
	"time"

	"kozamori/internal/channel"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// asked is what a channel is asked to take.
type asked struct {
	drawn []byte
	kept  bool // it is kept already for later attempts
	// again tells that a provider may have taken it that drops no second copy.
	again bool
}

// errAsked ends an update of a record that is right as it is.
var errAsked = errors.New("notify: the attempt is on record")

// ask decides what a channel is asked to take, and writes down, before the call, that it
// is made and for what. A delivery of which the provider has nothing says what is true
// now; one that it may have goes as it was, under the same key, or if that cannot be had
// any more (the process died, and a name or the release is another by now) under a new
// one: it may be read twice then, which is better than never, and is counted.
func (s *Stage) ask(ctx context.Context, m queue.Message, h *cached, delivery string, w *watch.Watcher, ch *channel.Channel) (asked, queue.Verdict, bool) {
	var a asked
	var wait time.Duration
	cancelled := false
	_, err := h.update(ctx, func(r *watch.Record) error {
		a, wait, cancelled = asked{}, 0, false
		d, ok := r.Delivery(delivery)
		if !ok || !d.State.Waits() {
			return errSettled
		}
		before := *d
		if a.again = d.State == watch.Sending; a.again && d.Due.After(s.Now()) {
			wait = d.Due.Sub(s.Now())
			if wait <= ch.Lease {
				return errSettled
			}
			wait, d.Due = ch.Lease, s.Now().Add(ch.Lease) // the clock was set back
			r.ComputeDue()
			return nil
		}
		if err := s.renew(ctx, r, d, w, ch); err != nil {
			return err
		}
		if d.State != watch.Cancelled {
			if err := s.draw(ctx, r, d, w, ch, &before, &a); err != nil {
				return err
			}
		}
		if cancelled = d.State == watch.Cancelled; !cancelled {
			s.calls(d, ch)
		}
		if before.Tried && ch.Lease == 0 && d.As == before.As && !cancelled {
			return errAsked
		}
		r.ComputeDue()
		return nil
	})
	switch {
	case wait > 0 && (err == nil || errors.Is(err, errSettled)):
		return a, queue.RetryAfter(wait), false
	case errors.Is(err, errSettled), errors.Is(err, store.ErrNotFound), cancelled && err == nil:
		return a, queue.Acknowledge, false
	case err != nil && !errors.Is(err, errAsked):
		return a, s.broken(m, "what a channel is asked to take cannot be written", err), false
	}
	if a.again {
		s.twice(h.now(), delivery)
	}
	return a, queue.Verdict{}, true
}

// renew decides again what a delivery says, if its provider has nothing of it. How often
// its message was received, and how many there are, says nothing of calls: what waited
// for its turn, or for a program that died on the way, was not sent.
func (s *Stage) renew(ctx context.Context, r *watch.Record, d *watch.Delivery, w *watch.Watcher, ch *channel.Channel) error {
	if !unsent(d) {
		d.Tried = true
		return nil
	}
	if d.Parked {
		d.Parked, d.Due = false, s.Now().Add(watch.LostAfter)
	}
	if !d.Kind.OfIncident() {
		return nil
	}
	before := *d
	renewed := r.Renew(d)
	if err := s.sumUp(ctx, r, d); err != nil {
		return err
	}
	return s.word(ctx, r, d, w, ch, &before, renewed)
}

// calls notes that a call is made. A provider that drops no second copy is called by one
// process at a time: a delivery that is found as being sent is waited for, and sent again
// after the channel's lease.
func (s *Stage) calls(d *watch.Delivery, ch *channel.Channel) {
	switch {
	case ch.Lease > 0:
		d.State, d.Due = watch.Sending, s.Now().Add(ch.Lease)
		d.Attempts++
	case !d.Tried:
		d.Calling = true
	}
}

// draw draws what a delivery says, or finds what was drawn before. before is the
// delivery as it was on record.
func (s *Stage) draw(ctx context.Context, r *watch.Record, d *watch.Delivery, w *watch.Watcher, ch *channel.Channel, before *watch.Delivery, a *asked) (err error) {
	may := !unsent(before)
	if may {
		if a.drawn, err = s.kept(ctx, r.ID, d, w, ch); err != nil {
			return err
		}
	}
	if a.kept = a.drawn != nil; !a.kept {
		m, err := s.Composer.Message(ctx, r, d, w, ch)
		if errors.Is(err, errNothing) || errors.Is(err, store.ErrNotFound) {
			d.State, d.Problem, d.Calling = watch.Cancelled, "nothing left to tell", false
			return nil
		}
		if err != nil {
			return err
		}
		if a.drawn, err = ch.Draw(m); err != nil {
			return err
		}
	}
	as := digest(a.drawn)
	if !a.kept && before.As != "" && before.As != as && d.Take == before.Take {
		d.Take++
		if may && !a.again {
			s.twice(r, d.ID) // now: once it is written, nothing tells any more that it is another key
		}
	}
	d.As = as
	return nil
}

// twice counts a message that may be read twice.
func (s *Stage) twice(r *watch.Record, delivery string) {
	s.Logger.Warn("a message whose outcome is unknown is sent again", "record", r.ID, "delivery", delivery)
}
