package detect

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// again puts an event among what the bank has said under its id: the bank sent
// it twice, a debit was posted, raised, corrected or reversed, or the bank uses
// its ids again.
func (a *accountWork) again(ctx context.Context, w work, entry watch.Entry) (outcome, error) {
	e := w.event
	// Replace may have run on the losing try.
	act, err := a.Store.Activity(ctx, e.Account())
	if err != nil {
		return outcome{}, err
	}
	a.activity = act
	root, err := a.Store.Record(ctx, e.RecordID())
	if errors.Is(err, store.ErrNotFound) {
		if entry.Kind == watch.Debit || entry.Kind == watch.LinkRegistered {
			// Erased or expired between the two calls: as if it never was.
			return outcome{}, &store.ConditionError{Failed: []int{0}}
		}
		// The undoing came first: it waits for its debit.
		root = a.newRecord(e, entry)
		return a.commit(ctx, e, change{is: root})
	}
	if err != nil {
		return outcome{}, err
	}
	if root, err = a.telling(ctx, root, e, &entry); err != nil {
		return outcome{}, err
	}
	records, err := a.withTwins(ctx, root, e.OccurredAt)
	if err != nil {
		return outcome{}, err
	}
	return a.add(ctx, w, entry, records)
}

// stage tells whether a debit whose own text names no service says more of one
// that is on record under its id: banks post under a plainer text than they
// authorise, and present again under another one. One that would be a debit of its own
// is none; one that is on record is: an earlier try may have died before it queued.
func (a *accountWork) stage(ctx context.Context, e *watch.Event, entry *watch.Entry) (bool, error) {
	if on, looked := a.onRecord[e.RecordID()]; looked && !on && !a.wrote {
		return false, nil
	}
	root, err := a.Store.Record(ctx, e.RecordID())
	if err == nil {
		root, err = a.telling(ctx, root, e, entry)
	}
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	records, err := a.withTwins(ctx, root, e.OccurredAt)
	if err != nil {
		return false, err
	}
	for i, r := range records { // Add changes them
		records[i] = r.Clone()
	}
	if _, again := entry.NamedBy(records); again {
		return true, nil
	}
	_, fresh, err := watch.Add(records, *entry)
	return err != nil || len(fresh) == 0, nil //nolint:nilerr // more than is kept ends in quarantine
}

// telling finds the record that tells of an id, from the id's own, and says in the
// entry which id it is of if that is another's.
func (a *accountWork) telling(ctx context.Context, own *watch.Record, e *watch.Event, entry *watch.Entry) (*watch.Record, error) {
	root, err := a.Store.Telling(ctx, own)
	if err == nil && root.Txn != e.TransactionID && own.Alias != "" {
		entry.Txn = e.TransactionID
	}
	return root, err
}

// withTwins reads, with the record of an id, the other transactions of the id
// that are near in time.
func (a *accountWork) withTwins(ctx context.Context, root *watch.Record, at time.Time) ([]*watch.Record, error) {
	records := []*watch.Record{root}
	ids := root.Near(at)
	if len(ids) == 0 {
		return records, nil
	}
	near, err := a.Store.Records(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if r := near[id]; r != nil {
			records = append(records, r)
		}
	}
	return records, nil
}

// replace commits a debit that takes the place of another one under another id:
// it is told of by the record of that id, which this id leads to from now on.
func (a *accountWork) replace(ctx context.Context, w work, entry watch.Entry) (outcome, error) {
	e := *w.event
	e.TransactionID = e.Replaces
	act, err := a.Store.Activity(ctx, e.Account())
	if err != nil {
		return outcome{}, err
	}
	a.activity = act
	own, err := a.root(ctx, w.event)
	if err != nil {
		return outcome{}, err
	}
	root, err := a.root(ctx, &e)
	if err != nil {
		return outcome{}, err
	}
	told := len(own.Story()) > 0 // the bank did not say at first that it replaces another
	switch {
	case root.ID == own.ID:
		own = nil // this was said before, if of other ids
	case told && root.Answer != nil && own.Answer != nil:
		// Two answers cannot become one: they stay two, and this is a stage of
		// what its own id tells.
		records, err := a.withTwins(ctx, own, w.event.OccurredAt)
		if err != nil {
			return outcome{}, err
		}
		entry.Replaces = false
		if own.Txn != w.event.TransactionID {
			entry.Txn = w.event.TransactionID
		}
		return a.add(ctx, w, entry, records)
	case own.Complete && !root.Complete && root.Answer == nil && len(root.Twins)+len(root.Members) == 0:
		root, own = own, root // all that is known of that one is that it came back
	case told && (root.Version == 0 || len(own.Members) > len(root.Members) && root.Answer == nil && len(root.Twins) == 0 || own.Answer != nil && len(root.Twins) == 0):
		root, own = own, root
	}
	if root.Txn != w.event.TransactionID {
		entry.Txn = w.event.TransactionID
	}
	if root.Txn != e.TransactionID {
		entry.Of = e.TransactionID
	}
	records, err := a.withTwins(ctx, root, e.OccurredAt)
	if err != nil {
		return outcome{}, err
	}
	as := work{event: &e, line: w.line, recognised: w.recognised, msg: w.msg}
	if own != nil {
		records = append(slices.DeleteFunc(records, func(r *watch.Record) bool { return r.ID == own.ID }), own)
		if stays, err := watch.StaysApart(records, entry); err != nil {
			return outcome{}, a.quarantine(ctx, as, "more was said of this transaction than is kept")
		} else if stays {
			as.other = own // the bank had used this id for another debit
		} else {
			own.Alias = root.ID
		}
	}
	return a.add(ctx, as, entry, records)
}

// root is the record that tells of an event's id: a new one if there is none.
func (a *accountWork) root(ctx context.Context, e *watch.Event) (*watch.Record, error) {
	r, err := a.Store.Record(ctx, e.RecordID())
	if errors.Is(err, store.ErrNotFound) {
		r = a.newRecord(e)
		r.Kind, r.OccurredAt, r.ReceivedAt = watch.Debit, e.OccurredAt, e.ReceivedAt
		return r, nil
	}
	if err != nil {
		return nil, err
	}
	return a.Store.Telling(ctx, r)
}

// add commits an entry among the records of one id, the first of which is the
// id's own.
func (a *accountWork) add(ctx context.Context, w work, entry watch.Entry, records []*watch.Record) (outcome, error) {
	before := map[*watch.Record]*watch.Record{}
	for _, r := range records {
		before[r] = r.Clone()
	}
	changed, fresh, err := watch.Add(records, entry)
	if err != nil {
		return outcome{}, a.quarantine(ctx, w, "more was said of this transaction than is kept")
	}
	if own := w.other; own != nil {
		root := records[0]
		own.TwinOf(watch.Twin{Record: root.ID, At: w.event.OccurredAt})
		root.TwinOf(watch.Twin{Record: own.ID, At: w.event.OccurredAt}) // what is said of either may be of both
		for _, r := range []*watch.Record{own, root} {
			if !slices.Contains(changed, r) {
				changed = append(changed, r)
			}
		}
	}
	var changes []change
	// The record of an id that has told of nothing yet takes what comes first;
	// one that leads to another never does.
	if root := records[0]; root.Version == 0 && len(root.Story()) == 0 && len(fresh) > 0 {
		root.Tell(fresh[0])
		root.Past = a.past(root)
		fresh = fresh[1:]
		changes = append(changes, change{is: root})
	}
	for _, r := range records[1:] {
		if r.Version == 0 && r.Alias != "" { // a new name, nothing to tell
			changes = append(changes, change{is: r})
		}
	}
	made := slices.Clone(records)
	for _, entries := range fresh {
		r := a.newRecord(w.event, entries...)
		r.Txn = cmp.Or(entries[0].Txn, records[0].Txn)
		r.ID = twinID(w.event, r, made)
		switch old, err := a.Store.Record(ctx, r.ID); {
		case err == nil:
			// It was kept before, and so long ago that its id's own record
			// names it no more.
			for r, was := range before {
				*r = *was
			}
			return a.add(ctx, w, entry, append(records, old))
		case !errors.Is(err, store.ErrNotFound):
			return outcome{}, err
		}
		root := records[0]
		root.TwinOf(watch.Twin{Record: r.ID, At: r.OccurredAt})
		if !slices.Contains(changed, root) {
			changed = append(changed, root)
		}
		made, changes = append(made, r), append(changes, change{is: r})
	}
	conflict := a.presented(records, &changed, changes) || slices.ContainsFunc(changed, func(r *watch.Record) bool { return r.Merges(w.event.ID) })
	if conflict {
		a.Logger.Warn("a bank has used a transaction id again", "bank", w.event.Bank, "event", w.event.ID)
	}
	if len(changed) == 0 && len(changes) == 0 {
		if err := a.traceKnown(ctx, w.event, records); err != nil {
			return outcome{}, err
		}
		if !w.event.History {
			a.tally.Known(w.event.Bank, a.Now())
		}
		return a.known(ctx, records)
	}
	for _, r := range changed {
		was := before[r]
		if !w.event.History {
			r.File = w.event.File
		}
		switch e := w.event; {
		case !was.Complete || was.Unheard():
			// All that was known is that something came back, or that somebody
			// took money who is no one's concern: it begins now.
			r.Past = e.History || a.past(r)
		case r.Past && !e.History && !was.Shows("").Covers(r):
			r.Past = a.past(r) // what was history has become more just now
		}
		if was.Unheard() {
			was = nil // it begins for everybody with what it is now
		}
		changes = append(changes, change{was, r})
	}
	a.settle(changes, w.event.History)
	for _, c := range changes {
		if c.was != nil {
			c.is.ToldRemoved(a.account, c.was)
		}
	}
	out, err := a.commit(ctx, w.event, changes...)
	if err == nil && conflict {
		a.tally.Conflict(w.event.Bank, w.event.ID, a.Now())
	}
	return out, err
}

// presented has each debit say whether it is an earlier one of its id presented
// again, once changes add some to the records of the id. It tells whether the
// bank uses its ids again.
func (a *accountWork) presented(records []*watch.Record, changed *[]*watch.Record, changes []change) (conflict bool) {
	all, added := slices.Clone(records), []*watch.Record{}
	for _, c := range changes {
		if !slices.Contains(all, c.is) {
			all, added = append(all, c.is), append(added, c.is)
		}
	}
	for _, r := range watch.MarkPresented(all) {
		if r.Version > 0 && !slices.Contains(*changed, r) {
			*changed = append(*changed, r)
		}
	}
	return slices.ContainsFunc(added, func(r *watch.Record) bool { return r.Conflicts(all) })
}

// traceKnown leads from an event that says nothing new to a record that says
// it. One that comes again under its own id has its trace.
func (a *accountWork) traceKnown(ctx context.Context, e *watch.Event, records []*watch.Record) error {
	for _, r := range records {
		if slices.ContainsFunc(r.Story(), func(b watch.Entry) bool { return b.Event == e.ID }) {
			return nil
		}
	}
	return a.Store.Write(ctx, trace(e, records[0]))
}

// known is what comes of an event that says nothing new: an earlier try may
// have died before it queued what it committed.
func (a *accountWork) known(ctx context.Context, records []*watch.Record) (outcome, error) {
	var out outcome
	for _, r := range records {
		if r.Lead != "" {
			lead, err := a.Store.Record(ctx, r.Lead)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return outcome{}, err
			}
			if err == nil {
				r = lead
			}
		}
		if slices.ContainsFunc(out.waiting, func(o *watch.Record) bool { return o.ID == r.ID }) {
			continue
		}
		out.waiting = append(out.waiting, r)
		if r.Dispute != "" {
			out.disputes = append(out.disputes, r.Dispute)
		}
	}
	return out, nil
}

// settle evaluates records that changed and has each watcher told what is new
// to them, unless it is quiet.
func (a *accountWork) settle(changes []change, quiet bool) {
	before := a.activity.Clone()
	for _, c := range changes {
		before.Replace(c.was, nil)
	}
	slices.SortStableFunc(changes, func(x, y change) int { return x.is.OccurredAt.Compare(y.is.OccurredAt) })
	for _, c := range changes {
		r := c.is
		if r.Complete {
			a.notice(r, c.was, before, quiet)
		} else {
			a.void(r)
		}
		before.Replace(nil, r)
	}
}

// void leaves a record, whose entries turned out to be another's, to itself. What
// is still to be told of it is not sent again either, even if an attempt may
// have been taken: the other record tells its reader what is true. A summary that
// it carries is of more than the record, and counts when it is sent.
func (a *accountWork) void(r *watch.Record) {
	for i := range r.Deliveries {
		d := &r.Deliveries[i]
		if d.Kind == watch.TellSummary || d.State.Ended() {
			continue
		}
		if d.State == watch.Held || d.Kind.OfIncident() {
			d.State, d.Problem = watch.Cancelled, "told with another record"
		}
	}
	r.StopEscalation()
}

// twinID is the id of another transaction of an id: by its day and service, so
// that it is found again when the id's own record no longer names it.
func twinID(e *watch.Event, r *watch.Record, records []*watch.Record) string {
	id := e.RecordID()
	for {
		id = watch.Derive("twin", id, r.OccurredAt.In(watch.JST).Format("2006-01-02"), r.Service)
		taken := false
		for _, other := range records {
			taken = taken || other.ID == id
		}
		if !taken {
			return id
		}
	}
}
