package notify

import (
	"context"
	"errors"

	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// outcomes is outcome, also for what goes with the delivery.
func (s *Stage) outcomes(ctx context.Context, m queue.Message, h *cached, d *watch.Delivery, w *watch.Watcher, o watch.Outcome) queue.Verdict {
	v := s.outcome(ctx, m, h, d, w, o)
	if err := s.follow(ctx, h.now(), d.ID); err != nil {
		s.Logger.WarnContext(ctx, "what came of a message is not written down yet for all that it told", "record", h.now().ID, "err", err)
	}
	return v
}

// follow writes what came of a delivery for each that goes with it.
func (s *Stage) follow(ctx context.Context, r *watch.Record, delivery string) error {
	d, ok := r.Delivery(delivery)
	if !ok {
		return nil
	}
	for _, o := range d.Gathers {
		x, err := s.Store.Record(ctx, o.Record)
		if err == nil {
			err = s.goesWith(ctx, &cached{store: s.Store, record: x}, o.Delivery, d)
		}
		if ignoreNotFound(err) != nil {
			return err // it is due by itself
		}
	}
	return nil
}

// within looks what came of the delivery that another goes with.
func (s *Stage) within(ctx context.Context, m queue.Message, h *cached, d *watch.Delivery) queue.Verdict {
	var carrier *watch.Delivery
	if d.Within != nil {
		switch r, err := s.Store.Record(ctx, d.Within.Record); {
		case errors.Is(err, store.ErrNotFound):
		case err != nil:
			return s.broken(m, "the message that tells of a record cannot be read", err)
		default:
			carrier, _ = r.Delivery(d.Within.Delivery)
		}
	}
	if err := ignoreNotFound(s.goesWith(ctx, h, d.ID, carrier)); err != nil {
		return s.broken(m, "what came of a message cannot be written", err)
	}
	return queue.Acknowledge
}

// goesWith writes for a delivery what came of the one that it goes with; it goes by
// itself if that is nil, or tells nothing any more.
func (s *Stage) goesWith(ctx context.Context, h *cached, delivery string, carrier *watch.Delivery) error {
	var w *watch.Watcher
	r := h.now()
	if d, ok := r.Delivery(delivery); ok {
		a, err := s.Store.Account(ctx, r.Account)
		if ignoreNotFound(err) != nil {
			return err
		}
		if err == nil {
			w, _ = a.Watcher(d.Watcher)
		}
	}
	var added []watch.Delivery
	r, err := h.update(ctx, func(r *watch.Record) error {
		d, ok := r.Delivery(delivery)
		if !ok || d.State != watch.Gathered && (d.State != watch.Accepted || !carriedBack(carrier)) {
			return errSettled
		}
		before, now := len(r.Deliveries), s.Now()
		added = nil
		switch {
		case w == nil:
			d.State, d.Problem = watch.Cancelled, "no longer a watcher"
		case carrier == nil || carrier.State == watch.Cancelled:
			d.State, d.Within, d.Due = watch.Queued, nil, now.Add(watch.LostAfter)
			if d.Kind == watch.TellSummary {
				d.Sum = nil // it is summed up again
			}
			added = append(added, *d)
		case carrier.State == watch.Accepted:
			d.State, d.AcceptedAt, d.ProviderID = watch.Accepted, carrier.AcceptedAt, carrier.ProviderID
			r.Bring(w, d.Channel, now)
		case carrier.State == watch.Undelivered:
			d.State, d.Problem = watch.Undelivered, carrier.Problem
			s.fallback(r, d, w, now, true)
		default:
			if d.Due = now.Add(watch.GatheredFor); carrier.Attempts > 0 && now.Sub(begun(carrier)) >= s.FallbackAfter || carrier.Parked {
				s.fallback(r, d, w, now, false)
			}
		}
		added = append(added, r.Deliveries[before:]...)
		r.ComputeDue()
		return nil
	})
	if errors.Is(err, errSettled) {
		return nil
	}
	if err == nil {
		s.queue(ctx, r, added)
	}
	return err
}

// carriedBack tells whether the message that told of it came back after it was taken.
func carriedBack(carrier *watch.Delivery) bool { return carrier != nil && bounced(carrier) }
