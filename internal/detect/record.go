package detect

import (
	"context"
	"errors"
	"slices"
	"time"

	"kozamori/internal/catalog"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// accountWork is one account during one call: what was read of it, kept
// current as events are committed one after the other.
type accountWork struct {
	*Stage
	account  *watch.Account
	activity *watch.Activity
	bills    *watch.Bills      // nil until an event asks for them
	stale    bool              // activity and bills must be read again before they are built on
	isNew    map[string]bool   // records of a link, or of a service not seen before
	onRecord map[string]bool   // whether there was a record of an id just before this work
	wrote    bool              // since then
	standing map[string][]made // of each watcher, those that stand; nil until they are read
	// alone is of a call with one event of the account. What others of the same call leave
	// is queued once all of them are on record: a link goes before the debit that it made
	// possible, and what is undone is told as undone.
	alone bool
}

// outcome is what an event leaves to be queued.
type outcome struct {
	fresh    []delivery
	waiting  []*watch.Record // with what an earlier try may have died before it queued
	disputes []string        // that the bank must be told of
	queued   int             // jobs that were committed with it
}

// delivery is one that was made just now.
type delivery struct {
	record *watch.Record
	id     string
}

// record commits one event.
func (a *accountWork) record(ctx context.Context, w work) (outcome, error) {
	if err := a.readReports(ctx); err != nil {
		return outcome{}, err
	}
	var out outcome
	err := a.changing(ctx, func() (err error) {
		out, err = a.once(ctx, w)
		return err
	})
	if err == nil {
		a.learn(&w)
	}
	return out, err
}

// changing tries something that changes the activity in place and then stores
// it. Until that is done, what a.activity says may be of a change that is not
// on record: whatever is tried next reads it again first.
func (a *accountWork) changing(ctx context.Context, try func() error) error {
	return store.Retry(ctx, func() error {
		if a.stale {
			act, err := a.Store.Activity(ctx, a.account.AccountKey)
			if err != nil {
				return err
			}
			a.activity, a.bills = act, nil
		}
		a.stale = true
		err := try()
		a.stale = err != nil
		return err
	})
}

func (a *accountWork) once(ctx context.Context, w work) (outcome, error) {
	e := w.event
	if w.hinges || w.match.Confidence == watch.Undecided || w.match.Confidence == watch.Guessed {
		w.recognised = recognise(e, a.activity, nil, a.Now())
		if w.form != "" {
			bills, err := a.heard(ctx)
			if err != nil {
				return outcome{}, err
			}
			w.recognised = recognise(e, a.activity, bills.Of(w.form, e.OccurredAt), a.Now())
		}
	}
	entry := entryOf(e, w.recognised)
	if e.Replaces != "" && e.Replaces != e.TransactionID {
		return a.replace(ctx, w, entry)
	}
	if out, err := a.seeded(ctx, w, entry); !errors.Is(err, errNotSeeded) {
		return out, err
	}
	if e.Kind == watch.DebitReversed || e.Kind == watch.LinkRemoved {
		// What it undoes is there already, as a rule.
		return a.again(ctx, w, entry)
	}
	r := a.newRecord(e, entry)
	a.notice(r, nil, a.activity, false)
	if r.Service == "" && e.Kind == watch.Debit && !r.IsAlert() {
		// An ordinary debit that was asked for by no rule: nothing is kept, unless
		// it is what became of a debit that people were told of. Whether a reversal
		// of it came first does not matter to anyone. One whose text names no one, or
		// that is said to have been pending, may be what became of a debit that is
		// heard of later.
		switch more, err := a.stage(ctx, e, &entry); {
		case err != nil:
			return outcome{}, err
		case more:
			return a.again(ctx, w, entry)
		case w.billed || e.Replaces == "" && !catalog.Nameless(e.Bank, e.Descriptor.Raw(), e.Detail.Raw()):
			return outcome{}, a.bill(ctx, w)
		}
		return a.unheard(ctx, w, entry, r)
	}
	if w.form != "" && r.Service != "" {
		a.bills.Add(w.form, e.OccurredAt, e.Amount)
	}
	out, err := a.commit(ctx, e, change{is: r})
	if c, lost := store.AsCondition(err); lost && c.On(0) {
		a.bills = nil // the debit was heard of before
		return a.again(ctx, w, entry)
	}
	if err == nil && r.Service == "" {
		err = a.bill(ctx, w)
	}
	return out, err
}

// unheard keeps a debit of which no one is told. Its trace and its record are
// written one after the other: together they cost twice as much.
func (a *accountWork) unheard(ctx context.Context, w work, entry watch.Entry, r *watch.Record) (outcome, error) {
	a.wrote = true
	if err := a.Store.Write(ctx, trace(w.event, r)); err != nil {
		return outcome{}, err
	}
	err := a.Store.Write(ctx, store.PutRecord(r))
	if _, lost := store.AsCondition(err); lost {
		return a.again(ctx, w, entry)
	}
	return outcome{}, err
}

// change is a record before (nil: there was none) and after.
type change struct{ was, is *watch.Record }

// entryOf is what an event says of its transaction.
func entryOf(e *watch.Event, seen recognised) watch.Entry {
	entry := watch.Entry{Event: e.ID, Kind: e.Kind, Status: e.Status, At: e.OccurredAt, ReceivedAt: e.ReceivedAt, Amount: e.Amount,
		Balance: e.BalanceAfter, DateOnly: e.DateOnly, Replaces: e.Replaces != ""}
	if e.Kind == watch.Debit || e.Kind == watch.LinkRegistered {
		entry.Descriptor, entry.Route, entry.Service, entry.Confidence = e.Descriptor, e.Route, seen.match.Service, seen.match.Confidence
		entry.Other, entry.Second = seen.other, seen.second
	} else {
		if entry.Status != watch.Pending {
			entry.Status = "" // of what releases an authorisation alone it says that
		}
		if seen.match.Service != watch.Unlisted {
			entry.Service = seen.match.Service // it tells two apart that have one id
		}
	}
	if e.Service != "" && catalog.Link(e.Service, "", e.Bank).Service == "" {
		entry.Word = e.Service
	}
	return entry
}

func (a *accountWork) newRecord(e *watch.Event, entries ...watch.Entry) *watch.Record {
	r := &watch.Record{ID: e.RecordID(), OnAccount: watch.On(e.Account()), Txn: e.TransactionID, Mask: e.AccountMask, RecordedAt: a.Now(), Edition: catalog.IDOf(e.Bank), File: e.File}
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
	f.WatchedFor = r.OccurredAt.Sub(a.account.WatchedSince())
	for i := range a.account.Watchers {
		if a.account.Watchers[i].Rules.Reads() {
			f.Keyword = catalog.Fold(r.Descriptor.Raw())
			break
		}
	}
	return f
}

// ofSecond are the facts as they are if the debit is what its other name says, where
// the bank and the descriptor disagree: the more alarming of the two is told. Nil
// if that names no payment service.
func (a *accountWork) ofSecond(r *watch.Record, before *watch.Activity) *watch.Facts {
	if r.Second == nil || r.Second.Service == "" || r.Kind != watch.Debit {
		return nil
	}
	is := r.Clone()
	is.Service, is.Confidence, is.Other = r.Second.Service, watch.Named, ""
	f := a.facts(is, before)
	return &f
}

// notice evaluates the rules of each watcher and notes why each one is to be
// told of the record. before is the account's activity without the record, was
// what the record was before; nil if it is new. quiet sends nothing.
func (a *accountWork) notice(r, was *watch.Record, before *watch.Activity, quiet bool) {
	if quiet {
		return
	}
	now := a.Now()
	f, other := a.facts(r, before), a.ofSecond(r, before)
	more, known := was == nil, r.RecordedAt
	if was != nil {
		_, more = was.Shows("").Changed(r)
	}
	if was == nil || !was.Complete {
		known = now
	}
	for i := range a.account.Watchers {
		w := &a.account.Watchers[i]
		reports := a.madeBy(w.ID)
		f.AfterReport = before.AfterReport(&f, known, now) || watch.AfterReport(reports, &f, known, now)
		why := a.evaluate(w, &f, known)
		second := watch.Reason(0)
		if other != nil {
			other.AfterReport = before.AfterReport(other, known, now) || watch.AfterReport(reports, other, known, now)
			if is := a.evaluate(w, other, known); why == 0 || is.Critical() && !why.Critical() {
				second = is &^ why
				why |= second
			}
		}
		n, ok := r.Notice(w.ID)
		if ok && more && !a.reported(w.ID, before, now) {
			n.Reasons.Reason, n.Second.Reason = n.Reasons.Reason&^watch.AfterDispute, n.Second.Reason&^watch.AfterDispute // it was taken back
		}
		switch {
		case ok && more && was.Service != "" && r.Service != was.Service:
			n.Reasons.Reason, n.Second.Reason = why, second // what was true of the other service is not said of this one
		case why == 0:
		case ok && more:
			n.Reasons.Reason, n.Second.Reason = n.Reasons.Reason|why, n.Second.Reason|second&^n.Reasons.Reason
		case !ok && !r.Past && !r.BeforeWatched(w):
			r.Notices = append(r.Notices, watch.Notice{Watcher: w.ID, Reasons: watch.Because(why), Second: watch.Because(second)})
		case !ok:
			// It is history to them; what came back of it now is not.
			if knows := r.BackNow(was, w); knows != nil {
				r.Notices = append(r.Notices, watch.Notice{Watcher: w.ID, Knows: knows})
			}
		}
	}
	if a.isNew == nil {
		a.isNew = map[string]bool{}
	}
	a.isNew[r.ID] = f.Link || f.FirstSeen
}

// commit writes records that changed, the incidents they belong to, their
// disputes and, if they are about a payment service, the account's activity, in
// one transaction. A history tells a watcher what has become of what they were
// told of, and nothing else.
func (a *accountWork) commit(ctx context.Context, e *watch.Event, changes ...change) (out outcome, err error) {
	now := a.Now()
	t := telling{accountWork: a, now: now}
	if err := t.incidents(ctx, changes); err != nil {
		return outcome{}, err
	}
	var writes []store.Write
	active := false
	for _, c := range changes {
		if a.toSum(c) {
			a.sum(c, now)
		}
		if err := t.reports(ctx, c, changes); err != nil {
			return outcome{}, err
		}
		a.activity.Replace(c.was, c.is)
		active = active || c.is.Service != "" || c.is.Kind == watch.LinkRegistered || c.was != nil && c.was.Service != ""
		writes = append(writes, store.PutRecord(c.is))
	}
	for _, lead := range t.leads {
		writes = append(writes, store.PutRecord(lead))
	}
	writes = append(writes, trace(e, into(e.ID, changes)))
	for _, d := range t.disputes {
		writes = append(writes, a.Store.PutDispute(d))
		out.disputes = append(out.disputes, d.ID)
	}
	if active {
		writes = append(writes, store.PutActivity(changes[0].is.Account, a.activity))
	}
	out.fresh = t.made
	if out, err = a.write(ctx, e, append(writes, a.billsWrite()...), out); err != nil {
		return outcome{}, err
	}
	if active {
		a.activity.Version++
	}
	a.billsWritten()
	for _, m := range t.made {
		if d, ok := m.record.Delivery(m.id); ok && d.Kind == watch.TellUnreachable {
			a.Logger.Error("a watcher cannot be reached at all", "record", m.record.ID, "delivery", m.id)
		}
	}
	return out, nil
}

// write commits what an event changes, with what it leaves to be queued if that can be
// one commit. What it returns is still to be queued.
func (a *accountWork) write(ctx context.Context, e *watch.Event, writes []store.Write, out outcome) (outcome, error) {
	a.wrote = true
	if a.Together != nil && a.alone {
		var jobs queue.Jobs
		out.jobs(&jobs, e)
		err := a.Together(ctx, writes, &jobs)
		if !errors.Is(err, queue.ErrNoQueue) { // of a channel that a newer program added: the record comes first
			return outcome{queued: jobs.Len()}, err
		}
	}
	return out, a.Store.Write(ctx, writes...)
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

// toSum tells whether a change is for a summary: of what came too late to be
// news, or was summed up for less.
func (a *accountWork) toSum(c change) bool {
	return c.is.Past && c.is.Complete && !c.is.Gone() && (c.is.Service != "" || c.is.Kind == watch.LinkRegistered) &&
		(c.was == nil || !c.was.Complete || !c.was.Shows("").Covers(c.is))
}

// sum counts a record that came too late to be news, and has one of a day
// carry the message that sums them up.
func (a *accountWork) sum(c change, now time.Time) {
	r := c.is
	if !a.activity.Sum(c.was, r, now) {
		return
	}
	seq := r.Summaries()
	for i := range a.account.Watchers {
		w := &a.account.Watchers[i]
		if d, fresh := r.DeliverNext(watch.TellSummary, w, seq, now, r.SummaryUntil(w, a.activity.Summary.Until)); fresh && r.File != "" {
			d.After = d.Due // the hour for files
		}
	}
	r.ComputeDue()
}
