package notify

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"kozamori/internal/channel"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// soon is how long before its time what goes with others may be told: a sweep has each
// of them queued within that.
const soon = time.Minute

// atOnce is how many deliveries are made to go with another in one transaction: of the
// largest records it holds so many.
const atOnce = 12

// oneByOne is after how many tries of its message a delivery goes without the others.
const oneByOne = 8

// gather has a message of what came in files tell all else that came in files for the
// same person: of their other incidents and what came too late to be news and, over a
// channel without a link that ends the messages of one account, of their other accounts.
// It is written down before a channel is asked, so that none is told by itself. A mail
// stays one account's: its reader ends the mails of an account by a link in it.
func (s *Stage) gather(ctx context.Context, m queue.Message, h *cached, d *watch.Delivery, w *watch.Watcher, ch *channel.Channel, to string) (queue.Verdict, bool) {
	r := h.now()
	carries := r.Carries(d)
	if !carries && !r.OfMorning(d) {
		return queue.Verdict{}, true
	}
	all, err := s.ofMorning(ctx, r, d, w, ch, to)
	if err == nil {
		if wait := all.wait(d, carries, s.Now()); wait > 0 {
			return s.write(ctx, m, h, d.ID, func(_ *watch.Record, d *watch.Delivery) {
				if d.State == watch.Queued && d.With == nil { // it may go with another by now
					d.State, d.Due = watch.Held, s.Now().Add(wait)
				}
			}), false
		}
		if carries {
			err = s.carry(ctx, h, d.ID, w, all.others)
		}
	}
	if _, lost := store.AsCondition(err); lost {
		return queue.RetryAfter(lookBehind), false // another message has one of them, or one has changed
	}
	if err != nil && m.Receives < oneByOne {
		return s.broken(m, "what else came in files cannot be read", err), false
	}
	if err != nil {
		s.Logger.WarnContext(ctx, "what came in files is told one by one", "record", r.ID, "err", err)
	}
	return queue.Verdict{}, true
}

// ofOther is a delivery of another record, which may be changed.
type ofOther struct {
	record   *watch.Record
	delivery string
}

// morning is what else there is to tell a person of files.
type morning struct {
	others   []ofOther // the oldest first
	incident time.Time // when the first of an incident is due; zero if there is none
	until    time.Time // until when what is of the past alone waits for that
	carrying bool      // others go with another one already, which no channel was asked to take
	heard    time.Time // when one of the files last brought something
}

// wait is how long after its hour a delivery waits for others that it is told with: for what the file
// still brings, for the one with which others go already, and what is of the past alone
// for an incident.
func (all *morning) wait(d *watch.Delivery, carries bool, now time.Time) time.Duration {
	if !carries && now.Before(all.until) {
		return max(soon, all.incident.Sub(now))
	}
	if now.Sub(d.After) >= watch.SettledMost {
		return 0
	}
	wait := time.Duration(0)
	if all.carrying {
		wait = soon
	}
	return max(wait, all.heard.Add(watch.Settled).Sub(now))
}

// ofMorning finds what else can go with a message to a person: what is due, and whatever
// else the same files brought.
func (s *Stage) ofMorning(ctx context.Context, r *watch.Record, d *watch.Delivery, w *watch.Watcher, ch *channel.Channel, to string) (all morning, err error) {
	as := map[watch.AccountKey]*watch.Watcher{r.Account: w} // who they are there
	if !ch.Stoppable {
		if as, err = s.same(ctx, as, r.Account, w, ch, to); err != nil {
			return all, err
		}
	}
	var ids []string
	for k := range as {
		for o, err := range s.Store.History(ctx, k, time.Time{}, time.Time{}) {
			if err != nil {
				return all, err
			}
			if lead := cmp.Or(o.Lead, o.ID); (o.IsAlert() || len(o.Deliveries) > 0) && lead != r.ID && !slices.Contains(ids, lead) {
				ids = append(ids, lead)
			}
		}
	}
	records, err := s.Store.Records(ctx, ids)
	if err != nil {
		return all, err
	}
	files, _ := r.Files(d)
	due := func(of *watch.Delivery) bool {
		waited := !of.After.IsZero() && !of.After.After(s.Now()) // its hour is over: it waits for something else
		return of.State == watch.Queued || waited || !of.Due.After(s.Now().Add(soon))
	}
	each := func(use func(o *watch.Record, of *watch.Delivery)) {
		for _, o := range records {
			for i := range o.Deliveries {
				if of := &o.Deliveries[i]; as[o.Account] != nil && of.Watcher == as[o.Account].ID && of.Channel == ch.Kind && o.ID != r.ID {
					use(o, of)
				}
			}
		}
	}
	each(func(o *watch.Record, of *watch.Delivery) {
		if o.OfMorning(of) && due(of) {
			more, _ := o.Files(of)
			files = append(files, more...)
		}
	})
	_, all.heard = r.Files(d)
	each(func(o *watch.Record, of *watch.Delivery) {
		// Of two with which others go already one waits for the other.
		all.carrying = all.carrying || of.Carrying() && (!d.Carrying() || o.ID < r.ID)
		all.add(o, of, files, due(of))
	})
	slices.SortFunc(all.others, func(a, b ofOther) int {
		return cmp.Or(a.record.OccurredAt.Compare(b.record.OccurredAt), cmp.Compare(a.record.ID, b.record.ID))
	})
	return all, nil
}

// add adds a delivery of another record, if it is told with these files.
func (all *morning) add(o *watch.Record, of *watch.Delivery, files []string, due bool) {
	if !o.OfMorning(of) {
		return
	}
	those, heard := o.Files(of)
	same := slices.ContainsFunc(those, func(f string) bool { return slices.Contains(files, f) })
	if !due && !same {
		return
	}
	all.others = append(all.others, ofOther{o, of.ID})
	if heard.After(all.heard) {
		all.heard = heard
	}
	if of.Kind.OfIncident() && (all.incident.IsZero() || of.Due.Before(all.incident)) {
		all.incident, all.until = of.Due, of.After.Add(watch.SettledMost)
	}
}

// same adds the other accounts on which a person is reached over a channel in the same
// place, by who they are there.
func (s *Stage) same(ctx context.Context, as map[watch.AccountKey]*watch.Watcher, own watch.AccountKey, w *watch.Watcher, ch *channel.Channel, to string) (map[watch.AccountKey]*watch.Watcher, error) {
	if w.LineUser == "" {
		return as, nil
	}
	for b, err := range s.Store.Bindings(ctx, w.LineUser) {
		if err != nil {
			return nil, err
		}
		if b.Account == own {
			continue
		}
		a, err := s.Store.Account(ctx, b.Account)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if o, ok := a.Watcher(b.Watcher); ok {
			if there, problem := address(o, ch); problem == "" && there == to {
				as[b.Account] = o
			}
		}
	}
	return as, nil
}

// carry has others go with a delivery, some in each transaction: what dies between two of
// them goes on with the next attempt at its message.
func (s *Stage) carry(ctx context.Context, h *cached, delivery string, w *watch.Watcher, others []ofOther) error {
	for some := range slices.Chunk(others, atOnce) {
		sums, closed := map[ofOther]*watch.PastSum{}, map[watch.AccountKey]*watch.Activity{}
		for _, o := range some {
			if err := s.past(ctx, o, sums, closed); err != nil {
				return err
			}
		}
		err := h.together(ctx, func(r *watch.Record) (writes []store.Write) {
			carrier, ok := r.Delivery(delivery)
			if !ok || !r.Carries(carrier) {
				return nil
			}
			went := map[string]*watch.Record{} // a record may have a summary and another delivery
			for _, o := range some {
				d, ok := o.record.Delivery(o.delivery)
				if !ok || d.Kind == watch.TellSummary && sums[o] == nil {
					continue // it turns out by itself that nothing is left of it
				}
				if d.Kind == watch.TellSummary {
					d.Sum = sums[o]
				}
				if o.record.GoWith(d, r, carrier, s.Now()) {
					went[o.record.ID] = o.record
				}
			}
			for _, o := range went {
				writes = append(writes, store.PutRecord(o))
			}
			for k, act := range closed {
				writes = append(writes, store.PutActivity(k, act))
			}
			return writes
		})
		if err != nil {
			return err
		}
		for _, o := range some {
			if sums[o] != nil && w.LineUser != "" {
				s.summedUp(ctx, w.LineUser, store.Told{Record: o.record.ID, Delivery: o.delivery})
			}
		}
	}
	return nil
}

// summedUp notes that a person is told of the past: the next summary has its turn a day
// later.
func (s *Stage) summedUp(ctx context.Context, lineUser string, of store.Told) {
	_, err := s.Store.UpdatePerson(ctx, lineUser, func(p *store.Person) error {
		if p.Version == 0 || !p.Tell(of, s.Now()) {
			return errSettled
		}
		return nil
	})
	if err != nil && !errors.Is(err, errSettled) && !errors.Is(err, store.ErrNotFound) {
		s.Logger.WarnContext(ctx, "that somebody is told of the past is not noted: another summary may come the same day", "record", of.Record, "err", err)
	}
}

// past finds what a summary of an account's past says that goes with others, if that is
// what this is, and ends what is gathered for it; nothing if nothing is left to say.
func (s *Stage) past(ctx context.Context, o ofOther, sums map[ofOther]*watch.PastSum, closed map[watch.AccountKey]*watch.Activity) error {
	d, ok := o.record.Delivery(o.delivery)
	if !ok || d.Kind != watch.TellSummary {
		return nil
	}
	k := o.record.Account
	act, err := s.Store.Activity(ctx, k)
	if err != nil {
		return err
	}
	sum, err := s.summed(ctx, o.record, d)
	if err != nil || sum.Empty() {
		return err
	}
	sums[o] = &sum
	if x := act.Summary; x != nil && x.Record == o.record.ID && x.Until.After(sum.At) {
		own := *x
		own.Until, act.Summary, closed[k] = sum.At, &own, act
	}
	return nil
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
