package notify

import (
	"context"
	"errors"
	"slices"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// mostJoined bounds the accounts of which one summary speaks; others are told the next day.
const mostJoined = 40

// summaryOf has a summary say what has come of the records that it is about, and what
// other accounts' summaries say that wait, before it is first sent: a person is told of
// the past once a day, whatever accounts they watch. It is false if it is not its turn, or
// nothing is left to tell.
func (s *Stage) summaryOf(ctx context.Context, m queue.Message, h *cached, of *watch.Delivery, w *watch.Watcher) (queue.Verdict, bool) {
	const what = "what a summary is about cannot be read"
	r := h.now()
	sum, err := s.summed(ctx, r, of)
	if err != nil {
		return s.broken(m, what, err), false
	}
	var also []watch.Joined
	if !sum.Empty() {
		others, err := s.others(ctx, w)
		if err != nil {
			return s.broken(m, what, err), false
		}
		wait, err := s.turn(ctx, r, of, w, others)
		if err != nil {
			return s.broken(m, "whether it is a summary's turn cannot be read", err), false
		}
		if wait > 0 {
			until := s.Now().Add(wait)
			if r.File != "" && wait > watch.SettledMost {
				until = w.Rules.FilesAt(until)
			}
			return s.write(ctx, m, h, of.ID, func(_ *watch.Record, d *watch.Delivery) {
				if d.With == nil { // else another one says it by now
					d.State, d.Due = watch.Held, until
				}
			}), false
		}
		if also, err = s.join(ctx, r, of, w, others); err != nil {
			return s.broken(m, what, err), false
		}
	}
	return s.decide(ctx, m, h, of.ID, func(_ *watch.Record, d *watch.Delivery) error {
		if sums(d, &sum); sum.Empty() {
			d.State, d.Problem = watch.Cancelled, "nothing left to tell"
		}
		d.Also = also
		return nil
	})
}

// reader is a person on one of the accounts that they watch.
type reader struct {
	account watch.AccountKey
	as      *watch.Watcher
}

// others are the accounts that the reader of a summary watches, by which watcher they are
// there; nil if it is one.
func (s *Stage) others(ctx context.Context, w *watch.Watcher) ([]reader, error) {
	if w.LineUser == "" {
		return nil, nil
	}
	var out []reader
	for b, err := range s.Store.Bindings(ctx, w.LineUser) {
		if err != nil {
			return nil, err
		}
		a, err := s.Store.Account(ctx, b.Account)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if is, ok := a.Watcher(b.Watcher); ok && is.LineUser == w.LineUser {
			out = append(out, reader{b.Account, is})
		}
	}
	if len(out) < 2 {
		return nil, nil
	}
	return out, nil
}

// turn tells how long a summary waits: for another account's that is being gathered just
// now, or for the day after the one before.
func (s *Stage) turn(ctx context.Context, r *watch.Record, of *watch.Delivery, w *watch.Watcher, others []reader) (wait time.Duration, err error) {
	if others == nil {
		return 0, nil
	}
	now := s.Now()
	p, err := s.Store.Person(ctx, w.LineUser)
	if err != nil {
		return 0, err
	}
	if p.Version == 0 {
		return 0, nil // erased a moment ago
	}
	self := store.Told{Record: r.ID, Delivery: of.ID}
	if wait, _ := p.Turn(self, now); wait == 0 {
		for _, o := range others {
			act, err := s.Store.Activity(ctx, o.account)
			if err != nil {
				return 0, err
			}
			if x := act.Summary; x != nil && x.Record != r.ID && x.Until.After(now) && x.Until.Sub(now) <= watch.SummaryAfter {
				wait = max(wait, x.Until.Sub(now)+time.Second)
			}
		}
		if wait > 0 {
			return wait, nil
		}
	}
	_, err = s.Store.UpdatePerson(ctx, w.LineUser, func(p *store.Person) error {
		var so bool
		if wait, so = p.Turn(self, s.Now()); !so || p.Version == 0 {
			return errSettled
		}
		return nil
	})
	if errors.Is(err, errSettled) {
		err = nil
	}
	return wait, err
}

// join has a summary that has its turn say what others say that wait: those that asked for
// it before, and those whose time has come.
func (s *Stage) join(ctx context.Context, r *watch.Record, of *watch.Delivery, w *watch.Watcher, others []reader) (also []watch.Joined, err error) {
	if others == nil {
		return nil, nil
	}
	p, err := s.Store.Person(ctx, w.LineUser)
	if err != nil {
		return nil, err
	}
	var records []string
	seen := map[string]bool{}
	add := func(id string) {
		if !seen[id] {
			seen[id], records = true, append(records, id)
		}
	}
	if p.Summed != nil {
		for _, t := range p.Summed.With {
			add(t.Record)
		}
	}
	for _, o := range others {
		act, err := s.Store.Activity(ctx, o.account)
		if err != nil {
			return nil, err
		}
		if x := act.Summary; x != nil && !x.Until.After(s.Now()) {
			add(x.Record)
		}
	}
	for _, id := range records {
		o, err := s.Store.Record(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		at := slices.IndexFunc(others, func(x reader) bool { return x.account == o.Account })
		if at < 0 {
			continue
		}
		reader := others[at].as
		for i := range o.Deliveries {
			if d := &o.Deliveries[i]; d.Watcher == reader.ID && d.Kind == watch.TellSummary && (o.ID != r.ID || d.ID != of.ID) && len(also) < mostJoined {
				said, err := s.joinOne(ctx, r, of, o, d, reader)
				if err != nil {
					return nil, err
				}
				if said != nil {
					also = append(also, *said)
				}
			}
		}
	}
	return also, nil
}

// joinOne has a summary be said by another one; nil if it cannot be, or says nothing.
func (s *Stage) joinOne(ctx context.Context, r *watch.Record, of *watch.Delivery, o *watch.Record, d *watch.Delivery, reader *watch.Watcher) (*watch.Joined, error) {
	by := watch.Joined{Record: r.ID, Delivery: of.ID}
	if o.File != "" && r.File != o.File && d.State == watch.Held && s.Now().Before(d.After) {
		return nil, nil // it is told with what else its file brought
	}
	probe := *d
	if !probe.JoinsInto(by, watch.PastSum{}, s.Now()) {
		return nil, nil
	}
	sum, err := s.summed(ctx, o, d)
	if err != nil || d.With == nil && sum.Empty() {
		return nil, err
	}
	said := &watch.Joined{Record: o.ID, Delivery: d.ID, Hide: d.HideAmount || reader.HideAmount}
	_, err = s.Store.UpdateRecord(ctx, o.ID, func(x *watch.Record) error {
		is, ok := x.Delivery(d.ID)
		if !ok || !is.JoinsInto(by, sum, s.Now()) {
			return errSettled
		}
		said.Sum = *is.Sum
		x.ComputeDue()
		return nil
	})
	if errors.Is(err, errSettled) || errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return said, err
}

// joined settles a summary that another one says: once a channel took that, it is told.
func (s *Stage) joined(ctx context.Context, m queue.Message, h *cached, of *watch.Delivery) queue.Verdict {
	var taken time.Time
	waits := false
	by, err := s.Store.Record(ctx, of.With.Record)
	switch {
	case errors.Is(err, store.ErrNotFound):
	case err != nil:
		return s.broken(m, "the summary that says another one cannot be read", err)
	default:
		taken, waits = by.SaidWith(h.now().ID, of)
	}
	return s.write(ctx, m, h, of.ID, func(_ *watch.Record, d *watch.Delivery) {
		switch {
		case d.With == nil:
		case !taken.IsZero():
			d.State, d.AcceptedAt, d.Problem = watch.Accepted, taken, ""
		case waits:
			d.State, d.Due = watch.Held, s.Now().Add(watch.LookJoined)
		default:
			d.SayAlone(s.Now())
		}
	})
}

// alsoOf are what a summary says of its reader's other accounts, to be worded.
func (c *Composer) alsoOf(ctx context.Context, d *watch.Delivery, each func(*watch.Record, *watch.Delivery, *watch.Joined) error) error {
	for i := range d.Also {
		j := &d.Also[i]
		r, err := c.Store.Record(ctx, j.Record)
		if errors.Is(err, store.ErrNotFound) {
			continue // erased since
		}
		if err != nil {
			return err
		}
		if of, ok := r.Delivery(j.Delivery); ok {
			if err := each(r, of, j); err != nil {
				return err
			}
		}
	}
	return nil
}
