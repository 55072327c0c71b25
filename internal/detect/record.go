package detect

import (
	"context"
	"errors"
	"time"

	"kozamori/internal/catalog"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// accountWork is one account during one call: what was read of it, kept
// current as events are committed one after the other.
type accountWork struct {
	*Stage
	account  *watch.Account
	activity *watch.Activity
}

// record commits one event. The record comes back if it may have deliveries
// to queue: also one that was committed by an earlier try which died before
// queueing them.
func (a *accountWork) record(ctx context.Context, w work) (*watch.Record, error) {
	var out *watch.Record
	fresh := true // a.activity is what is stored, as far as we know
	err := store.Retry(ctx, func() (err error) {
		if !fresh {
			if a.activity, err = a.Store.Activity(ctx, w.event.Account()); err != nil {
				return err
			}
		}
		// Apply changes the activity in place: whatever happens below, it
		// must be read again before the next try.
		fresh = false
		out, err = a.once(ctx, w)
		return err
	})
	if err != nil {
		a.reread(ctx, w.event.Account())
	}
	return out, err
}

// reread repairs a.activity after a failure; if that fails too the next write
// loses on its version and reads again.
func (a *accountWork) reread(ctx context.Context, k watch.AccountKey) {
	if act, err := a.Store.Activity(ctx, k); err == nil {
		a.activity = act
	}
}

func (a *accountWork) once(ctx context.Context, w work) (*watch.Record, error) {
	e := w.event
	switch e.Kind {
	case watch.DebitReversed, watch.LinkRemoved:
		return a.undo(ctx, w)
	}
	r := a.newRecord(e, w.match)
	facts := a.facts(r)
	a.notice(r, &facts)
	if r.Service == "" && e.Kind == watch.Debit && !r.IsAlert() {
		// An ordinary debit that nobody asked for: nothing is kept. Whether a
		// reversal of it came first does not matter to anyone.
		return nil, nil
	}
	err := a.commit(ctx, r, func() { a.activity.Apply(r) })
	if c, lost := store.AsCondition(err); lost && c.On(0) {
		return a.again(ctx, w)
	}
	if err == nil {
		a.unreached(r)
	}
	return r, err
}

// unreached tells the operator of the watchers of a new alert who have no
// channel that works. Their bank is told.
func (a *accountWork) unreached(r *watch.Record) {
	for _, d := range r.Deliveries {
		if d.Kind == watch.TellUnreachable {
			a.Logger.Error("a watcher cannot be reached at all", "record", r.ID, "delivery", d.ID)
		}
	}
}

func (a *accountWork) newRecord(e *watch.Event, m catalog.Match) *watch.Record {
	kind := watch.Debit
	if e.IsLink() {
		kind = watch.LinkRegistered
	}
	r := &watch.Record{ID: e.RecordID(), Account: e.Account(), Kind: kind, Txn: e.TransactionID, Event: e.ID,
		Mask: e.AccountMask, RecordedAt: a.Now(), ReceivedAt: e.ReceivedAt, OccurredAt: e.OccurredAt}
	if r.Mask == "" {
		r.Mask = a.account.Mask
	}
	fill(r, e, m)
	return r
}

// fill writes the facts of a debit or a link into its record.
func fill(r *watch.Record, e *watch.Event, m catalog.Match) {
	r.Complete = true
	r.Event, r.OccurredAt, r.ReceivedAt = e.ID, e.OccurredAt, e.ReceivedAt
	r.Amount, r.Descriptor, r.Balance, r.Status, r.Route = e.Amount, e.Descriptor, e.BalanceAfter, e.Status, e.Route
	r.Service, r.Confidence = m.Service, m.Confidence
}

func (a *accountWork) facts(r *watch.Record) watch.Facts {
	f := a.activity.Facts(r)
	for i := range a.account.Watchers {
		if a.account.Watchers[i].Rules.Reads() {
			f.Keyword = catalog.Fold(r.Descriptor)
			break
		}
	}
	return f
}

// notice evaluates every watcher's rules and adds a notice and a delivery for
// each one who is to be told.
func (a *accountWork) notice(r *watch.Record, f *watch.Facts) {
	now := a.Now()
	for i := range a.account.Watchers {
		w := &a.account.Watchers[i]
		why := w.Rules.Evaluate(f, now)
		if why == 0 {
			continue
		}
		n := watch.Notice{Watcher: w.ID, Reasons: watch.Because(why)}
		if why.Critical() && a.EscalateAfter > 0 && r.UndoneAt.IsZero() {
			n.EscalateAt = now.Add(a.EscalateAfter)
		}
		r.Notices = append(r.Notices, n)
		if _, ok := r.DeliverNext(watch.TellAlert, w, 0, now, w.Rules.HoldUntil(why, now)); !ok {
			r.Deliver(watch.TellUnreachable, w, watch.Bank, 0, now, now)
		}
	}
	r.ComputeDue()
}

// commit writes the record and, if it is about a payment service, the
// activity that apply changed, in one transaction.
func (a *accountWork) commit(ctx context.Context, r *watch.Record, apply func()) error {
	writes := []store.Write{store.PutRecord(r)}
	if r.Service != "" || r.Kind == watch.LinkRegistered {
		apply()
		writes = append(writes, store.PutActivity(r.Account, a.activity))
	}
	err := a.Store.Write(ctx, writes...)
	if err == nil {
		r.Version++
		if len(writes) > 1 {
			a.activity.Version++
		}
	}
	return err
}

// again meets an event whose record exists: the bank sent it twice, a pending
// debit has been posted, or its undoing came first.
func (a *accountWork) again(ctx context.Context, w work) (*watch.Record, error) {
	e := w.event
	k := e.Account()
	// Apply may have run on the losing try.
	act, err := a.Store.Activity(ctx, k)
	if err != nil {
		return nil, err
	}
	a.activity = act
	r, err := a.Store.Record(ctx, e.RecordID())
	if errors.Is(err, store.ErrNotFound) {
		// Erased or expired between the two calls: as if it never was.
		return nil, &store.ConditionError{Failed: []int{0}}
	}
	if err != nil {
		return nil, err
	}
	switch {
	case !r.Complete:
		fill(r, e, w.match)
		facts := a.facts(r)
		a.notice(r, &facts)
		err := a.commit(ctx, r, func() { a.activity.Apply(r) })
		if err == nil {
			a.unreached(r)
		}
		return r, err
	case r.Status == watch.Pending && e.Status == watch.Posted:
		return r, a.post(ctx, r, e)
	case r.Status == watch.Posted && e.Status == watch.Posted && r.Amount != e.Amount:
		a.Logger.Warn("a transaction id came again with another amount", "bank", e.Bank, "event", e.ID)
		return r, a.quarantine(ctx, w, "transaction_id was already used for a debit of another amount")
	}
	return r, nil
}

// post turns a pending debit into a posted one. If the amount changed, the
// totals follow; a debit that nobody was told of is evaluated again.
func (a *accountWork) post(ctx context.Context, r *watch.Record, e *watch.Event) error {
	r.Status = watch.Posted
	if e.BalanceAfter != nil {
		r.Balance = e.BalanceAfter
	}
	old := *r
	r.Amount = e.Amount
	if !r.IsAlert() {
		// The rules want the activity without this debit.
		a.activity.Amend(&old, 0)
		old.Amount = 0
		f := a.facts(r)
		a.notice(r, &f)
	}
	return a.commit(ctx, r, func() { a.activity.Amend(&old, e.Amount) })
}

// undo settles the record that a reversal or a removal belongs to. If the
// undoing came first, the record waits for its debit.
func (a *accountWork) undo(ctx context.Context, w work) (*watch.Record, error) {
	e := w.event
	at := e.OccurredAt
	if at.IsZero() {
		at = e.ReceivedAt
	}
	r, err := a.Store.Record(ctx, e.RecordID())
	if errors.Is(err, store.ErrNotFound) {
		r = a.newRecord(e, w.match)
		r.Complete, r.UndoneAt, r.Service = false, at, ""
		return nil, a.Store.Write(ctx, store.PutRecord(r))
	}
	if err != nil || !r.UndoneAt.IsZero() {
		return r, err
	}
	now := a.Now()
	r.UndoneAt = at
	r.StopEscalation()
	a.tellUndone(r, now)
	r.ComputeDue()
	return r, a.commit(ctx, r, func() { a.activity.Undo(r, at) })
}

// tellUndone tells those who were told of the record that it is undone, and
// spares those whose alert still waits for the end of quiet hours.
func (a *accountWork) tellUndone(r *watch.Record, now time.Time) {
	told := map[string]bool{}
	for i := range r.Deliveries {
		d := &r.Deliveries[i]
		switch {
		case d.Kind != watch.TellAlert:
		case d.State == watch.Held:
			d.State = watch.Cancelled
		default:
			told[d.Watcher] = true
		}
	}
	for id := range told {
		if w, ok := a.account.Watcher(id); ok {
			r.DeliverNext(watch.TellUndone, w, 0, now, w.Rules.HoldUntil(0, now))
		}
	}
}
