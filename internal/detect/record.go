package detect

import (
	"context"
	"errors"
	"slices"
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

// outcome is what an event came to, if it may have something to queue: also
// what an earlier try committed, which died before it queued it.
type outcome struct {
	records  []*watch.Record
	disputes []string // that the bank must be told of
}

// record commits one event.
func (a *accountWork) record(ctx context.Context, w work) (outcome, error) {
	var out outcome
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

func (a *accountWork) once(ctx context.Context, w work) (outcome, error) {
	e := w.event
	if w.hinges || w.match.Confidence == watch.Undecided || w.match.Confidence == watch.Guessed {
		w.match, _ = recognise(e, a.activity)
	}
	entry := entryOf(e, w.match)
	if e.Replaces != "" && e.Replaces != e.TransactionID {
		return a.replace(ctx, w, entry)
	}
	if out, done, err := a.seeded(ctx, w, entry); done || err != nil {
		return out, err
	}
	if e.Kind == watch.DebitReversed || e.Kind == watch.LinkRemoved {
		// What it undoes is there already, as a rule.
		return a.again(ctx, w, entry)
	}
	r := a.newRecord(e, entry)
	a.notice(r, a.activity, false)
	if r.Service == "" && e.Kind == watch.Debit && !r.IsAlert() {
		// An ordinary debit that was asked for by no rule: nothing is kept.
		// Whether a reversal of it came first does not matter to anyone.
		return outcome{}, nil
	}
	out, err := a.commit(ctx, e, change{is: r})
	if c, lost := store.AsCondition(err); lost && c.On(0) {
		return a.again(ctx, w, entry)
	}
	return out, err
}

// change is a record before (nil: there was none) and after.
type change struct{ was, is *watch.Record }

// entryOf is what an event says of its transaction.
func entryOf(e *watch.Event, m catalog.Match) watch.Entry {
	entry := watch.Entry{Event: e.ID, Kind: e.Kind, Status: e.Status, At: e.OccurredAt, ReceivedAt: e.ReceivedAt, Amount: e.Amount,
		Balance: e.BalanceAfter, DateOnly: e.DateOnly, Replaces: e.Replaces != ""}
	if e.Kind == watch.Debit || e.Kind == watch.LinkRegistered {
		entry.Descriptor, entry.Route, entry.Service, entry.Confidence = e.Descriptor, e.Route, m.Service, m.Confidence
	} else {
		entry.Status = ""
	}
	return entry
}

func (a *accountWork) newRecord(e *watch.Event, entries ...watch.Entry) *watch.Record {
	r := &watch.Record{ID: e.RecordID(), OnAccount: watch.On(e.Account()), Txn: e.TransactionID, Mask: e.AccountMask, RecordedAt: a.Now(), Edition: catalog.IDOf(e.Bank)}
	if r.Mask == "" {
		r.Mask = a.account.Mask
	}
	r.Tell(entries)
	r.Past = e.History || a.past(r)
	return r
}

// past tells whether a record came too late to be news for anybody.
func (a *accountWork) past(r *watch.Record) bool {
	return r.TooLate() || !slices.ContainsFunc(a.account.Watchers, func(w watch.Watcher) bool { return !r.BeforeWatched(&w) })
}

func (a *accountWork) facts(r *watch.Record, before *watch.Activity) watch.Facts {
	f := before.Facts(r)
	f.MostOnce, f.MostMonth = catalog.LimitsOf(r.Service)
	f.WatchedFor = max(0, r.OccurredAt.Sub(a.account.WatchedSince()))
	for i := range a.account.Watchers {
		if a.account.Watchers[i].Rules.Reads() {
			f.Keyword = catalog.Fold(r.Descriptor)
			break
		}
	}
	return f
}

// notice evaluates the rules of each watcher who was not told of the record,
// and adds a notice and a delivery for each one who is to be. before is the
// account's activity without the record. quiet tells nobody.
func (a *accountWork) notice(r *watch.Record, before *watch.Activity, quiet bool) {
	now := a.Now()
	f := a.facts(r, before)
	if !r.UndoneAt.IsZero() {
		r.StopEscalation()
	}
	for i := range a.account.Watchers {
		if quiet {
			break
		}
		w := &a.account.Watchers[i]
		why := w.Rules.Evaluate(&f, now)
		if !r.UndoneAt.IsZero() {
			a.undone(r, w, why, now)
		} else if told, ok := r.ToldLast(w.ID); ok {
			a.follow(r, w, told, why, now)
		} else if why != 0 && !r.Past && !r.BeforeWatched(w) {
			a.alert(r, w, why, 0, now)
		}
	}
	r.ComputeDue()
}

// alert tells a watcher of a record.
func (a *accountWork) alert(r *watch.Record, w *watch.Watcher, why watch.Reason, seq int, now time.Time) {
	a.reason(r, w.ID, why, now)
	if _, ok := r.DeliverNext(watch.TellAlert, w, seq, now, w.Rules.HoldUntil(why, now)); !ok {
		r.Deliver(watch.TellUnreachable, w, watch.Bank, 0, now, now)
	}
}

// reason notes why a watcher is told, and when somebody else is if they do not
// answer.
func (a *accountWork) reason(r *watch.Record, watcher string, why watch.Reason, now time.Time) {
	n, ok := r.Notice(watcher)
	if !ok {
		r.Notices = append(r.Notices, watch.Notice{Watcher: watcher})
		n = &r.Notices[len(r.Notices)-1]
	}
	n.Reasons.Reason |= why
	if why.Critical() && a.EscalateAfter > 0 && r.UndoneAt.IsZero() && !r.Answered() {
		n.EscalateAt = now.Add(a.EscalateAfter)
	}
}

// unreached tells the operator of the watchers of a new alert who have no
// channel that works. Their bank is told.
func (a *accountWork) unreached(was, r *watch.Record) {
	known := 0
	if was != nil {
		known = len(was.Deliveries)
	}
	for _, d := range r.Deliveries[known:] {
		if d.Kind == watch.TellUnreachable {
			a.Logger.Error("a watcher cannot be reached at all", "record", r.ID, "delivery", d.ID)
		}
	}
}

// commit writes records that changed, their disputes and, if they are about a
// payment service, the account's activity, in one transaction.
func (a *accountWork) commit(ctx context.Context, e *watch.Event, changes ...change) (out outcome, err error) {
	var writes, disputes []store.Write
	active := false
	now := a.Now()
	for _, c := range changes {
		if c.was == nil && c.is.Past && c.is.Complete && (c.is.Service != "" || c.is.Kind == watch.LinkRegistered) {
			a.sum(c.is, now)
		}
		if w, err := a.further(ctx, c, now); err != nil {
			return outcome{}, err
		} else if w != nil {
			disputes = append(disputes, w.write)
			out.disputes = append(out.disputes, w.id)
		}
		a.activity.Replace(c.was, c.is)
		active = active || c.is.Service != "" || c.is.Kind == watch.LinkRegistered || c.was != nil && c.was.Service != ""
		writes = append(writes, store.PutRecord(c.is))
		if c.was == nil || c.is.Dispute == "" {
			continue
		}
		d, err := a.Store.Dispute(ctx, c.is.Dispute)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return outcome{}, err
		}
		if d.Update(c.is, now) {
			disputes = append(disputes, a.Store.PutDispute(d))
			out.disputes = append(out.disputes, d.ID)
		}
	}
	writes = append(append(writes, disputes...), trace(e, into(e.ID, changes)))
	if active {
		writes = append(writes, store.PutActivity(changes[0].is.Account, a.activity))
	}
	if err := a.Store.Write(ctx, writes...); err != nil {
		return outcome{}, err
	}
	for _, c := range changes {
		c.is.Version++
		a.unreached(c.was, c.is)
		out.records = append(out.records, c.is)
	}
	if active {
		a.activity.Version++
	}
	return out, nil
}

// into finds the record that an event went into, among those that changed.
func into(event string, changes []change) *watch.Record {
	for _, c := range changes {
		if slices.ContainsFunc(c.is.Story(), func(e watch.Entry) bool { return e.Event == event }) {
			return c.is
		}
	}
	return changes[0].is
}

// trace leads from a bank's id of an event to its record.
func trace(e *watch.Event, r *watch.Record) store.Write {
	return store.PutTrace(&store.Trace{Bank: e.Bank, Event: e.ID, Record: r.ID, At: e.ReceivedAt})
}

// update is a dispute that the bank must hear more of.
type update struct {
	id    string
	write store.Write
}

// further notes a debit or a link of a service that was reported as not the
// owner's, in the dispute about it; nil if it is none.
func (a *accountWork) further(ctx context.Context, c change, now time.Time) (*update, error) {
	if c.was != nil && c.was.Complete || !c.is.Complete || c.is.Past {
		return nil, nil
	}
	id, ok := a.activity.ReportedOf(c.is.Service, now)
	if !ok {
		return nil, nil
	}
	d, err := a.Store.Dispute(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil || !d.Another(c.is, now) {
		return nil, err
	}
	return &update{id, a.Store.PutDispute(d)}, nil
}

// sum counts a record that came too late to be news, and has one of a day
// carry the message that sums them up.
func (a *accountWork) sum(r *watch.Record, now time.Time) {
	if !a.activity.Sum(r, now) {
		return
	}
	for i := range a.account.Watchers {
		w := &a.account.Watchers[i]
		r.DeliverNext(watch.TellSummary, w, 0, now, w.Rules.HoldUntil(0, a.activity.Summary.Until))
	}
	r.ComputeDue()
}
