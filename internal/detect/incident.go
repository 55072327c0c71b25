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

// telling is one commit's decision of which watcher is told what: which incidents its
// records belong to, what becomes of their disputes, and what is to be sent.
type telling struct {
	*accountWork
	now      time.Time
	leads    []*watch.Record // of incidents, that are not among what changed
	disputes []*watch.Dispute
	made     []delivery
	apart    []string // records for which a reported story had no room
}

// incidents puts each alert into its incident and has everybody told what is
// new to them.
func (t *telling) incidents(ctx context.Context, changes []change) error {
	var touched []*watch.Record
	for _, c := range changes {
		if !c.is.IsAlert() {
			continue
		}
		if c.was != nil && c.is.Lead == "" {
			c.is.KeepPart(c.was)
		}
		t.related(c.is)
		lead, err := t.lead(ctx, c, changes)
		if err != nil {
			return err
		}
		if undone := c.was != nil && c.was.UndoneAt.IsZero() && !c.is.UndoneAt.IsZero(); undone {
			t.spare(c.is, lead)
		}
		if lead != c.is {
			if c.was != nil {
				lead.KeepPart(c.was)
			}
			lead.Join(c.is)
		}
		if c.is.Complete && !c.is.Past {
			t.activity.Tell(lead.ID, c.is)
		}
		if !slices.Contains(touched, lead) {
			touched = append(touched, lead)
		}
	}
	for _, lead := range touched {
		if lead.Over() {
			lead.StopEscalation()
		}
		lead.Omit()
		for i := range t.account.Watchers {
			t.watcher(ctx, lead, &t.account.Watchers[i])
		}
		lead.ComputeDue()
	}
	return nil
}

// lead is the record of the incident that an alert belongs to: its own if it
// begins one.
func (t *telling) lead(ctx context.Context, c change, changes []change) (*watch.Record, error) {
	r := c.is
	if r.Lead == "" {
		if len(r.Deliveries) > 0 || len(r.Members) > 0 || c.was != nil && c.was.IsAlert() || !r.Complete || r.Past {
			return r, nil
		}
		for _, id := range t.activity.Goes(r, t.isNew[r.ID], t.now) {
			if id == r.ID {
				continue
			}
			lead, err := t.find(ctx, id, changes)
			switch {
			case errors.Is(err, store.ErrNotFound):
			case err != nil:
				return nil, err
			case takes(lead):
				if closed, err := t.closed(ctx, lead.Dispute); err != nil {
					return nil, err
				} else if closed {
					continue
				}
				if in, err := t.room(ctx, lead, r, changes); in != nil || err != nil {
					return in, err
				}
				t.apart = append(t.apart, r.ID)
			}
		}
		return r, nil
	}
	lead, err := t.find(ctx, r.Lead, changes)
	if errors.Is(err, store.ErrNotFound) {
		r.Lead = ""
		return r, nil
	}
	return lead, err
}

// takes tells whether an incident still takes further alerts: not once it was
// said to be the owner's own.
func takes(lead *watch.Record) bool {
	return lead.Lead == "" && lead.Complete && (lead.Answer == nil || lead.Answer.Value == watch.NotMine)
}

// room finds where an alert that belongs to an incident is told: in its lead, or
// in a piece of it, of which the alert is a new one if all are full; nil if there
// is no room.
func (t *telling) room(ctx context.Context, lead, r *watch.Record, changes []change) (*watch.Record, error) {
	if !lead.Full() {
		return lead, nil
	}
	root := lead
	if id := lead.StoryID(); id != lead.ID {
		var err error
		if root, err = t.find(ctx, id, changes); errors.Is(err, store.ErrNotFound) {
			return nil, nil
		} else if err != nil {
			return nil, err
		}
	}
	if n := len(root.Pieces); n > 0 && root.Pieces[n-1] != r.ID {
		last, err := t.find(ctx, root.Pieces[n-1], changes)
		switch {
		case err == nil && takes(last) && !last.Full():
			return last, nil
		case err != nil && !errors.Is(err, store.ErrNotFound):
			return nil, err
		}
	}
	if closed, err := t.closed(ctx, root.Dispute); err != nil || closed || !takes(root) || !root.GoOn(r) {
		return nil, err
	}
	return r, nil
}

// find reads a lead, if it is not at hand.
func (t *telling) find(ctx context.Context, id string, changes []change) (*watch.Record, error) {
	for _, c := range changes {
		if c.is.ID == id {
			return c.is, nil
		}
	}
	for _, r := range t.leads {
		if r.ID == id {
			return r, nil
		}
	}
	r, err := t.Store.Record(ctx, id)
	if err != nil {
		return nil, err
	}
	t.leads = append(t.leads, r)
	return r, nil
}

// spare leaves those in peace whose message about a record still waits for the
// end of quiet hours when the record is undone.
func (t *telling) spare(r, lead *watch.Record) {
	for i := range r.Notices {
		n := &r.Notices[i]
		for _, d := range lead.Deliveries {
			if d.Watcher == n.Watcher && d.State == watch.Held && d.Kind != watch.TellClaim {
				n.Spared = true
			}
		}
	}
}

// watcher has one watcher told: over the first channel that reaches them, and
// over those next to it that an earlier message has gone to since it failed.
func (t *telling) watcher(ctx context.Context, lead *watch.Record, w *watch.Watcher) {
	channels, untold := w.Reachable(), lead.Untold(w.ID, "", len(lead.Deliveries))
	if len(channels) == 0 {
		if d, fresh := lead.Unreached(w, t.now); fresh {
			t.made = append(t.made, delivery{lead, d.ID})
		}
		return
	}
	if len(untold) > 0 {
		t.Store.KnowSeveral(ctx, w)
	}
	failing, _ := lead.Waiting(w.ID, channels[0].Kind)
	urgent := lead.Urgency(untold, w.ID).Critical()
	for i, c := range channels {
		if i > 0 && (failing == nil || failing.Attempts == 0 || !lead.ToldOver(w.ID, c.Kind)) {
			continue
		}
		if d, fresh := lead.Bring(w, c.Kind, t.now); fresh && d.State == watch.Queued {
			if before := t.before(lead); before != nil {
				d.Follow(before, t.now)
			}
			t.made = append(t.made, delivery{lead, d.ID})
		}
	}
	if urgent && t.EscalateAfter > 0 && !lead.Answered() {
		lead.EscalateFor(w, t.now, t.EscalateAfter)
	}
}

// before is the piece of an incident that comes before one with which it goes on, if
// that was read: it was when the piece began.
func (t *telling) before(piece *watch.Record) *watch.Record {
	at := func(id string) *watch.Record {
		i := slices.IndexFunc(t.leads, func(r *watch.Record) bool { return r.ID == id })
		if i < 0 {
			return nil
		}
		return t.leads[i]
	}
	root := at(piece.Continues)
	if root == nil {
		return nil
	}
	return at(root.Before(piece.ID))
}

// reports tells the bank what has become of what was reported, and of what
// came after it.
func (t *telling) reports(ctx context.Context, c change, changes []change) error {
	gone := !c.is.Complete && c.was != nil && c.was.Complete // it was another's
	if !c.is.Complete && !gone || c.is.Past && c.was == nil {
		return nil
	}
	id := c.is.Dispute
	if c.is.Lead != "" {
		lead, err := t.find(ctx, c.is.Lead, changes)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err == nil {
			id = lead.Dispute
		}
	}
	// What had been silent joins the report when it becomes more, and is told.
	further := c.was == nil || !c.was.Complete || !c.was.IsAlert() && c.is.IsAlert()
	if id == "" && further && !slices.Contains(t.apart, c.is.ID) {
		id, _ = t.activity.ReportedOf(c.is.Service, t.now)
	}
	if id == "" {
		return nil
	}
	d, err := t.dispute(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, known := d.Transaction(c.is.ID); !known && !further && d.Follows != "" {
		if d, err = t.dispute(ctx, d.Follows); errors.Is(err, store.ErrNotFound) {
			return nil
		} else if err != nil {
			return err
		}
	}
	if (d.Status == watch.DisputeClosed || d.Full()) && further {
		return nil // what comes now is a story of its own
	}
	var noted bool
	if gone {
		noted = d.Leave(c.is.ID, t.now)
	} else if _, known := d.Transaction(c.is.ID); known {
		noted = d.Update(c.is, t.now)
	} else if further {
		noted = d.Another(c.is, t.now)
	}
	if noted && !slices.Contains(t.disputes, d) {
		t.disputes = append(t.disputes, d)
	}
	if noted {
		t.activity.ReportMore(d)
		return t.claims(ctx, d, changes)
	}
	return nil
}

// claims has people reminded of the days until which what joined a report, or was
// corrected in it, can be claimed.
func (t *telling) claims(ctx context.Context, d *watch.Dispute, changes []change) error {
	days := catalog.ClaimDays(d.TotalAt(0), d.Account.Bank, d.AnsweredAt)
	if len(days) == 0 {
		return nil
	}
	r, err := t.find(ctx, d.Record, changes)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err == nil && r.Dispute == d.ID {
		r.RemindOfClaims(t.account, d.Watcher, days, t.now)
		r.ComputeDue()
	}
	return err
}

// closed tells whether the bank has closed a dispute, or no more goes into it.
func (t *telling) closed(ctx context.Context, id string) (bool, error) {
	if id == "" {
		return false, nil
	}
	d, err := t.dispute(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil && (d.Status == watch.DisputeClosed || d.Full()), err
}

func (t *telling) dispute(ctx context.Context, id string) (*watch.Dispute, error) {
	for _, d := range t.disputes {
		if d.ID == id {
			return d, nil
		}
	}
	return t.Store.Dispute(ctx, id)
}
