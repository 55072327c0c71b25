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

// summed is what has come of the records that a summary is about.
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
		if !ok || !d.State.Waits() {
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
