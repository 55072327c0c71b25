package notify

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"kozamori/internal/channel"
	"kozamori/internal/message"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// gatherSince is how old the oldest record is of which news of a file goes with others:
// older than what a service gives back, as a rule. News of an older one go by themselves.
const gatherSince = 35 * 24 * time.Hour

// soon is how long before its time what goes with others may be told: a sweep has each
// of them queued within that.
const soon = time.Minute

// gather has a message of what came in files tell, too, what else came in files for the
// same person: of their other incidents and, over a channel without a link that ends the
// messages of one account, of their other accounts. It is written down at once for all
// of them, so that none is told by itself.
func (s *Stage) gather(ctx context.Context, h *cached, d *watch.Delivery, w *watch.Watcher, ch *channel.Channel, to string) (queue.Verdict, bool) {
	if !h.now().OfMorning(d) {
		return queue.Verdict{}, true
	}
	others, err := s.ofMorning(ctx, h.now(), w, ch, to)
	if err == nil && len(others) > 0 {
		err = h.together(ctx, func(r *watch.Record) (writes []store.Write) {
			carrier, ok := r.Delivery(d.ID)
			if !ok || !r.OfMorning(carrier) {
				return nil
			}
			for _, o := range others {
				if od, ok := o.record.Delivery(o.delivery); ok && o.record.GoWith(od, r, carrier, s.Now()) {
					writes = append(writes, store.PutRecord(o.record))
				}
			}
			return writes
		})
	}
	if _, lost := store.AsCondition(err); lost {
		return queue.RetryAfter(lookBehind), false // another message has one of them
	}
	if err != nil {
		s.Logger.WarnContext(ctx, "what came in files is told one by one", "record", h.now().ID, "err", err)
	}
	return queue.Verdict{}, true
}

// ofOther is a delivery of another record, which may be changed.
type ofOther struct {
	record   *watch.Record
	delivery string
}

// ofMorning finds what else can go with a message to a person, the oldest first.
func (s *Stage) ofMorning(ctx context.Context, r *watch.Record, w *watch.Watcher, ch *channel.Channel, to string) ([]ofOther, error) {
	as := map[watch.AccountKey]string{r.Account: w.ID} // who they are there
	if w.LineUser != "" && !ch.Stoppable {
		for b, err := range s.Store.Bindings(ctx, w.LineUser) {
			if err != nil {
				return nil, err
			}
			as[b.Account] = b.Watcher
		}
	}
	var ids []string
	now := s.Now()
	for k, id := range as {
		if k != r.Account {
			a, err := s.Store.Account(ctx, k)
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			if o, ok := a.Watcher(id); !ok {
				continue
			} else if there, problem := address(o, ch); problem != "" || there != to || o.Lang != w.Lang {
				continue
			}
		}
		for o, err := range s.Store.History(ctx, k, now.Add(-gatherSince), time.Time{}) {
			if err != nil {
				return nil, err
			}
			if lead := cmp.Or(o.Lead, o.ID); o.IsAlert() && lead != r.ID && !slices.Contains(ids, lead) {
				ids = append(ids, lead)
			}
		}
	}
	records, err := s.Store.Records(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []ofOther
	for _, o := range records {
		for i := range o.Deliveries {
			d := &o.Deliveries[i]
			if d.Watcher == as[o.Account] && d.Channel == ch.Kind && o.OfMorning(d) && (d.State == watch.Queued || !d.Due.After(now.Add(soon))) {
				out = append(out, ofOther{o, d.ID})
			}
		}
	}
	slices.SortFunc(out, func(a, b ofOther) int {
		return cmp.Or(a.record.OccurredAt.Compare(b.record.OccurredAt), cmp.Compare(a.record.ID, b.record.ID))
	})
	return out[:min(len(out), watch.MaxGathered-1)], nil
}

// together writes a change of the record in one transaction with others.
func (h *cached) together(ctx context.Context, change func(*watch.Record) []store.Write) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.record.Clone()
	writes := change(r)
	if len(writes) == 0 {
		return nil
	}
	r.ComputeDue()
	if err := h.store.Write(ctx, append(writes, store.PutRecord(r))...); err != nil {
		return err
	}
	r.Version++
	h.record = r
	return nil
}

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
			added = append(added, *d)
		case carrier.State == watch.Accepted:
			d.State, d.AcceptedAt, d.ProviderID = watch.Accepted, carrier.AcceptedAt, carrier.ProviderID
			r.Bring(w, d.Channel, now)
		case carrier.State == watch.Undelivered:
			d.State, d.Problem = watch.Undelivered, carrier.Problem
			s.fallback(r, d, w, now, true)
		default:
			if d.Due = now.Add(watch.GatheredFor); carrier.Attempts > 0 && now.Sub(carrier.CreatedAt) >= s.FallbackAfter || carrier.Parked {
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

// gathered words what a delivery and those that go with it say.
func (c *Composer) gathered(ctx context.Context, r *watch.Record, d *watch.Delivery, w *watch.Watcher, ch *channel.Channel) (message.Message, error) {
	var all []wording.IncidentFacts
	add := func(r *watch.Record, d *watch.Delivery, w *watch.Watcher) error {
		f, err := c.facts(ctx, r, d, w, ch)
		if err == nil {
			all = append(all, f)
		}
		if errors.Is(err, errNothing) {
			return nil
		}
		return err
	}
	if err := add(r, d, w); err != nil {
		return message.Message{}, err
	}
	for _, o := range d.Gathers {
		x, err := c.Store.Record(ctx, o.Record)
		if err == nil {
			err = c.another(ctx, x, o.Delivery, add)
		}
		if ignoreNotFound(err) != nil {
			return message.Message{}, err
		}
	}
	switch len(all) {
	case 0:
		return message.Message{}, errNothing
	case 1:
		return wording.Incident(all[0]), nil
	}
	return wording.Together(all, ch.InPlace), nil
}

// another adds what a delivery of another record says to its watcher.
func (c *Composer) another(ctx context.Context, r *watch.Record, delivery string, add func(*watch.Record, *watch.Delivery, *watch.Watcher) error) error {
	d, ok := r.Delivery(delivery)
	if !ok {
		return nil
	}
	a, err := c.Store.Account(ctx, r.Account)
	if err != nil {
		return err
	}
	w, ok := a.Watcher(d.Watcher)
	if !ok {
		return nil
	}
	return add(r, d, w)
}
