package dispute

import (
	"context"
	"errors"
	"slices"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/settings"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// endTrust has the trust of a person in some services end on another of their
// accounts, and has them told of what it had kept from them: before it ends, so
// that nothing is lost with a process that dies in between, and after, of what was
// kept from them meanwhile.
func (k *Service) endTrust(ctx context.Context, key watch.AccountKey, lineUser string, services []string, f *file, jobs *queue.Jobs) error {
	a, err := k.Store.Account(ctx, key)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	var as []*watch.Watcher
	if w, ok := a.WatcherOf(lineUser); ok {
		as = append(as, w)
	}
	if _, err := k.unsilence(ctx, key, services, f.dispute.ID, as, jobs); err != nil {
		return err
	}
	err = settings.New(k.Store, k.Queue).Reported(ctx, key, lineUser, services, f.dispute.ID, f.who.Way, f.now)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err == nil {
		_, err = k.unsilence(ctx, key, services, f.dispute.ID, as, jobs)
	}
	return err
}

// unsilenceMore is unsilence once more when a report has ended trust, of what was
// kept from people until then.
func (k *Service) unsilenceMore(ctx context.Context, res *Result, ended []*watch.Watcher, jobs *queue.Jobs) {
	if len(ended) == 0 || res.Dispute == nil {
		return
	}
	total := res.Dispute.TotalAt(0)
	if _, err := k.unsilence(ctx, res.Record.Account, total.Of, "", ended, jobs); err != nil {
		k.logger().ErrorContext(ctx, "dispute: what was silent until a report is not told", "error", err)
	}
}

// unsilence has watchers of an account told of what their trust in some services,
// as they have it or had it until now, kept from them: in incidents of their own,
// or where others have been told of it already. It returns the incidents of their
// own that belong to no report yet. Doing it again tells nothing twice. related is the
// dispute because of which this is done, if that is about another account.
func (k *Service) unsilence(ctx context.Context, key watch.AccountKey, services []string, related string, as []*watch.Watcher, jobs *queue.Jobs) (leads []string, err error) {
	u := unsilencing{Service: k, now: k.now(), related: related, jobs: jobs}
	var from time.Time
	for _, w := range as {
		if at := w.TrustedSince(services); !at.IsZero() {
			k.Store.KnowSeveral(ctx, w)
			u.watchers = append(u.watchers, w)
			if from.IsZero() || at.Before(from) {
				from = at
			}
		}
	}
	if len(u.watchers) == 0 {
		return nil, nil
	}
	var all []*watch.Record
	for r, err := range k.Store.History(ctx, key, from.Add(-watch.PastAfter), time.Time{}) {
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	for _, r := range slices.Backward(all) { // the oldest first
		if err := u.add(ctx, r, services); err != nil {
			return nil, err
		}
	}
	return u.leads, u.tell(ctx)
}

// unsilencing is what a trust had kept from watchers of one account, on its way to
// them.
type unsilencing struct {
	*Service
	now      time.Time
	related  string
	watchers []*watch.Watcher // as they trusted
	lead     *watch.Record    // the incident that is being made
	parts    []*watch.Record  // its further records
	leads    []string
	jobs     *queue.Jobs
}

// add has one record told, if it was kept from anybody.
func (u *unsilencing) add(ctx context.Context, r *watch.Record, services []string) error {
	alert, silenced, was := r.IsAlert(), false, r.Clone()
	if alert && r.Apart() && r.Lead == "" && r.Answer == nil && r.Dispute == "" && r.With == "" {
		u.leads = append(u.leads, r.ID) // a try that died made it
	}
	for _, w := range u.watchers {
		if why := w.Silenced(r, services); why != 0 {
			r.Unsilence(w.ID, why, u.related)
			silenced = true
		}
	}
	switch {
	case !silenced:
		return nil
	case alert:
		return u.join(ctx, r, was)
	case u.lead != nil && !u.lead.Full():
		u.lead.Join(r)
		u.parts = append(u.parts, r)
		return nil
	}
	if err := u.tell(ctx); err != nil {
		return err
	}
	u.lead = r
	return nil
}

// join has a record told in the incident in which others know it, as it was until now.
func (u *unsilencing) join(ctx context.Context, r, was *watch.Record) error {
	lead, err := u.Store.Lead(ctx, r)
	if err != nil {
		return err
	}
	var parts []*watch.Record
	if lead.ID != r.ID {
		lead.KeepPart(was)
		lead.Join(r)
		parts = append(parts, r)
	} else {
		lead = r
		lead.KeepPart(was)
	}
	return u.write(ctx, lead, parts)
}

// tell writes the incident that was made, of which people are told now.
func (u *unsilencing) tell(ctx context.Context) error {
	if u.lead == nil {
		return nil
	}
	lead, parts := u.lead, u.parts
	u.lead, u.parts = nil, nil
	u.leads = append(u.leads, lead.ID)
	if u.related == "" { // it becomes part of the report, and goes on with it
		return u.write(ctx, lead, parts)
	}
	act, err := u.Store.Activity(ctx, lead.Account)
	if err != nil {
		return err
	}
	for _, p := range lead.Parts() {
		act.TellAt(lead.ID, p, u.now)
	}
	return u.write(ctx, lead, parts, store.PutActivity(lead.Account, act))
}

// write brings the watchers up to date on an incident. A person who reports at
// night is awake, and the report itself goes through quiet hours: this does not wait.
func (u *unsilencing) write(ctx context.Context, lead *watch.Record, parts []*watch.Record, along ...store.Write) error {
	for _, w := range u.watchers {
		untold := lead.Untold(w.ID, "", len(lead.Deliveries))
		if len(untold) == 0 {
			continue
		}
		channels := w.Reachable()
		if len(channels) == 0 {
			if d, fresh := lead.Unreached(w, u.now); fresh {
				u.jobs.Deliver(lead, d)
			}
			continue
		}
		d, fresh := lead.Bring(w, channels[0].Kind, u.now)
		if !fresh {
			continue
		}
		if d.State == watch.Held {
			d.State, d.Due = watch.Queued, u.now.Add(watch.LostAfter)
		}
		u.jobs.Deliver(lead, d)
	}
	lead.ComputeDue()
	writes := append(along, store.PutRecord(lead))
	for _, p := range parts {
		writes = append(writes, store.PutRecord(p))
	}
	return u.Store.Write(ctx, writes...)
}

// offer makes the incidents of what was silent part of what is reported, so that
// "not mine" of them goes under the same number.
func (k *Service) offer(ctx context.Context, f *file, leads []string) error {
	for _, id := range leads {
		l, err := k.piece(ctx, f, id)
		if err != nil {
			return err
		}
		known := l == nil || slices.ContainsFunc(f.story(), func(o *watch.Record) bool { return o.ID == l.ID })
		if !known && l.Answer == nil && l.With == "" && f.root.Take(f.story(), []*watch.Record{l}) {
			f.rest = append(f.rest, l)
		}
	}
	return nil
}
