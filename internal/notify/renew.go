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

// unsent tells that the provider has nothing of a delivery, for certain: an
// attempt is on record before its call is made, and what came of it after that.
func unsent(d *watch.Delivery) bool {
	return !d.Tried && !d.Calling && d.State != watch.Sending
}

// begin writes down, before a call, that it is made. A delivery of which the
// provider has nothing says what is true now: what has happened since it was made
// goes with it, and what is undone is not urgent. One that may have been taken
// stays as it was, or its reader would be told twice. How often its message was
// received, and how many there are, says nothing of calls: what waited for its
// turn, or for a program that died on the way, was not sent.
func (s *Stage) begin(ctx context.Context, m queue.Message, h *cached, delivery string, w *watch.Watcher, ch *channel.Channel) (queue.Verdict, bool) {
	leased := ch.Lease > 0 // which writes that down itself
	r := h.now().Clone()
	if d, ok := r.Delivery(delivery); leased && !r.SumsUpMore() && (!ok || d.Sum == nil && unsent(d) && !d.Parked && !r.Renew(d)) {
		return queue.Verdict{}, true
	}
	return s.decide(ctx, m, h, delivery, func(r *watch.Record, d *watch.Delivery) error {
		if !unsent(d) {
			d.Tried = true
			return nil
		}
		if d.Parked {
			d.Parked, d.Due = false, s.Now().Add(watch.LostAfter)
		}
		before := *d
		renewed := r.Renew(d)
		d.Calling = !leased && d.State == watch.Queued
		if err := s.sumUp(ctx, r, d); err != nil {
			return err
		}
		return s.word(ctx, r, d, w, ch, &before, renewed)
	})
}

// word writes down what a delivery is worded from, as that is now.
func (s *Stage) word(ctx context.Context, r *watch.Record, d *watch.Delivery, w *watch.Watcher, ch *channel.Channel, before *watch.Delivery, renewed bool) error {
	if d.State != watch.Queued {
		return nil
	}
	d.Worded = nil // as it is now
	if d.Related != "" {
		switch dis, err := s.Store.Dispute(ctx, d.Related); {
		case errors.Is(err, store.ErrNotFound):
		case err != nil:
			return err
		case dis.Withdrawn():
			d.Related = ""
		}
	}
	f, err := s.Composer.facts(ctx, r, d, w, ch)
	if errors.Is(err, errNothing) || errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err == nil {
		d.Word(f.Worded(d.Sum != nil), before, renewed)
	}
	return err
}

// sum has a summary say what has come of the records that it is about, before it
// is first sent.
func (s *Stage) sum(ctx context.Context, m queue.Message, h *cached, of *watch.Delivery) (queue.Verdict, bool) {
	r := h.now()
	sum, err := s.summed(ctx, r, of)
	if err != nil {
		return s.broken(m, "what a summary is about cannot be read", err), false
	}
	v, ok := s.decide(ctx, m, h, of.ID, func(_ *watch.Record, d *watch.Delivery) error {
		if sums(d, &sum); sum.Empty() {
			d.State, d.Problem = watch.Cancelled, "nothing left to tell"
		}
		return nil
	})
	return v, ok
}

func (s *Stage) summed(ctx context.Context, r *watch.Record, d *watch.Delivery) (watch.PastSum, error) {
	if r.SummedAt.IsZero() { // of the version before, which counted in the activity
		act, err := s.Store.Activity(ctx, r.Account)
		if err != nil || act.Summary == nil || act.Summary.Record != r.ID {
			return watch.PastSum{}, err
		}
		a := act.Summary
		return watch.PastSum{Debits: a.Debits, Yen: a.Yen, Links: a.Links, FirstAt: a.FirstAt, LastAt: a.LastAt, At: a.Until}, nil
	}
	now := s.Now() // what comes while it is read is for the next one
	var all []*watch.Record
	for o, err := range s.Store.History(ctx, r.Account, time.Time{}, time.Time{}) {
		if err != nil {
			return watch.PastSum{}, err
		}
		if o.ID != r.ID { // the list may be a moment old
			all = append(all, o)
		}
	}
	return r.SumUp(d, append(all, r), now), nil
}

// decide writes down what becomes of a delivery before an attempt.
func (s *Stage) decide(ctx context.Context, m queue.Message, h *cached, delivery string, how func(*watch.Record, *watch.Delivery) error) (queue.Verdict, bool) {
	cancelled := false
	_, err := h.update(ctx, func(r *watch.Record) error {
		d, ok := r.Delivery(delivery)
		if !ok || d.State.Ended() {
			return errSettled
		}
		if !d.Tried {
			if err := how(r, d); err != nil {
				return err
			}
		}
		cancelled = d.State == watch.Cancelled
		r.ComputeDue()
		return nil
	})
	switch {
	case errors.Is(err, errSettled), errors.Is(err, store.ErrNotFound), cancelled:
		return queue.Acknowledge, false
	case err != nil:
		return s.broken(m, "what a delivery says cannot be written", err), false
	}
	return queue.Verdict{}, true
}

// lease marks a message as being sent before a provider sees it that drops no
// second copy. One that is found so marked is waited for, and after its lease
// sent again: it may arrive twice, which is better than never, and is logged so
// that it can be counted.
func (s *Stage) lease(ctx context.Context, m queue.Message, h *cached, delivery string, w *watch.Watcher, ch *channel.Channel) (queue.Verdict, bool) {
	var wait time.Duration
	again := false
	_, err := h.update(ctx, func(r *watch.Record) error {
		d, ok := r.Delivery(delivery)
		if !ok || !d.State.Waits() {
			return errSettled
		}
		now := s.Now()
		wait = 0
		again = d.State == watch.Sending
		if again && d.Due.After(now) {
			wait = d.Due.Sub(now)
			return errSettled
		}
		if d.Kind.OfIncident() && unsent(d) {
			before := *d
			if err := s.word(ctx, r, d, w, ch, &before, false); err != nil {
				return err
			}
		}
		d.State, d.Due = watch.Sending, now.Add(ch.Lease)
		d.Attempts++
		r.ComputeDue()
		return nil
	})
	switch {
	case errors.Is(err, errSettled) && wait > 0:
		return queue.RetryAfter(wait), false
	case errors.Is(err, errSettled):
		return queue.Acknowledge, false
	case err != nil:
		return s.broken(m, "a message cannot be marked as being sent", err), false
	}
	if again {
		s.Logger.Warn("a message whose outcome is unknown is sent again", "record", h.now().ID, "delivery", delivery)
	}
	return queue.Verdict{}, true
}
