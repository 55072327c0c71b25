package watch

import (
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// An incident is the alerts of one account that a person would tell as one
// story. It is kept in the record of the alert that it began with, its lead:
// most incidents are one alert, and cost no item and no write of their own.
// The lead carries a copy of what the other records say (Members), what people
// were told of all of them (Deliveries), the answer and the dispute.

const (
	// GoesOnFor is how long after its last debit a service may be silent and
	// its next debit still belong to the same incident.
	GoesOnFor = 24 * time.Hour
	// GatherFor is how long after one message about an incident the next one
	// waits for what else happens.
	GatherFor = 5 * time.Second
	// MaxMembers bounds the further alerts of an incident. What comes after
	// them begins another.
	MaxMembers = 50
)

// Member is a further alert of an incident, as the lead knows it.
type Member struct {
	Record     string    `json:"record"`
	Txn        string    `json:"txn"`
	Kind       Kind      `json:"kind"`
	Event      string    `json:"event,omitempty"`
	ReceivedAt time.Time `json:"received_at"`
	RecordedAt time.Time `json:"recorded_at"`
	Route      string    `json:"route,omitempty"`
	Is         Shown     `json:"is"` // what it says now
	Notices    []Notice  `json:"notices,omitempty"`

	Unknown jsontext.Value `json:",embed"`
}

// Said is what one message says of one part of an incident.
type Said struct {
	Record string `json:"record"`
	// Is is what it says; nil while that is what the part says now. Was is what
	// its reader was told before; nil if nothing was.
	Is  *Shown `json:"is,omitempty"`
	Was *Shown `json:"was,omitempty"`

	Unknown jsontext.Value `json:",embed"`
}

// IncidentID is the record that tells of this one: its incident's lead.
func (r *Record) IncidentID() string {
	if r.Lead != "" {
		return r.Lead
	}
	return r.ID
}

// Join puts another record into the incident of r, or brings the copy of it
// that is there up to date.
func (r *Record) Join(o *Record) {
	m := Member{Record: o.ID, Txn: o.Txn, Kind: o.Kind, Event: o.Event, ReceivedAt: o.ReceivedAt, RecordedAt: o.RecordedAt,
		Route: o.Route, Is: *o.Shows(""), Notices: slices.Clone(o.Notices)}
	o.Lead = r.ID
	r.Members = slices.Clone(r.Members)
	if i := r.member(o.ID); i >= 0 {
		m.Unknown = r.Members[i].Unknown
		r.Members[i] = m
		return
	}
	r.Members = append(r.Members, m)
}

func (r *Record) member(id string) int {
	return slices.IndexFunc(r.Members, func(m Member) bool { return m.Record == id })
}

// Parts lists what the incident consists of, as it is now, in the order in
// which it happened. Each is a record without what only the lead has.
func (r *Record) Parts() []*Record {
	parts := make([]*Record, 0, 1+len(r.Members))
	parts = append(parts, r)
	for i := range r.Members {
		parts = append(parts, r.part(&r.Members[i]))
	}
	slices.SortStableFunc(parts, func(a, b *Record) int { return a.OccurredAt.Compare(b.OccurredAt) })
	return parts
}

func (r *Record) part(m *Member) *Record {
	p := &Record{ID: m.Record, Lead: r.ID, OnAccount: r.OnAccount, Mask: r.Mask, Kind: m.Kind, Event: m.Event, Txn: m.Txn,
		Route: m.Route, ReceivedAt: m.ReceivedAt, RecordedAt: m.RecordedAt, Complete: true, Notices: m.Notices}
	return p.As(&m.Is)
}

// Part finds a part of the incident by its record.
func (r *Record) Part(id string) (*Record, bool) {
	if id == r.ID {
		return r, true
	}
	if i := r.member(id); i >= 0 {
		return r.part(&r.Members[i]), true
	}
	return nil, false
}

// ReasonsFor is why a watcher is told of a part: their own rules, or, for
// somebody who was called because nobody answered, those of the others.
func (r *Record) ReasonsFor(part *Record, watcher string) Reasons {
	if n, ok := part.Notice(watcher); ok && (n.Reasons.Reason != 0 || n.Reasons.Unknown != "") {
		return n.Reasons
	}
	var all Reasons
	if n, ok := r.Notice(watcher); ok && n.Called != "" {
		for _, n := range part.Notices {
			all.Reason |= n.Reasons.Reason
		}
	}
	return all
}

// shows is what a message to a watcher says of a part now.
func (r *Record) shows(part *Record, watcher string) *Shown {
	s := part.Shows("")
	s.Reasons = r.ReasonsFor(part, watcher)
	return s
}

// SaidBy lists what a delivery says of the parts.
func (r *Record) SaidBy(d *Delivery) []Said {
	switch {
	case !d.Kind.OfIncident():
		return nil
	case d.Kind == TellMore:
		return d.Says
	}
	return []Said{{Record: r.ID, Is: d.Shows, Was: d.Was}}
}

// say makes a delivery say these things. What is about the lead alone is
// written as it always was.
func (r *Record) say(d *Delivery, says []Said) {
	d.Kind, d.Says, d.Shows, d.Was, d.Report = r.kindOf(says), nil, nil, nil, ""
	if n, ok := r.Notice(d.Watcher); ok && n.Called == CallReported {
		d.Report = r.Dispute
	}
	for _, s := range says {
		if p, ok := r.Part(s.Record); ok && s.Was == nil && r.Answer != nil && r.Answer.Value == NotMine && p.RecordedAt.After(r.Answer.At) {
			d.Report = r.Dispute // it came after the report, and joined it
		}
	}
	if d.Kind == TellMore {
		d.Says = says
		return
	}
	d.Shows, d.Was = says[0].Is, says[0].Was
}

func (r *Record) kindOf(says []Said) DeliveryKind {
	switch {
	case len(says) != 1 || says[0].Record != r.ID || len(r.Members) > 0 && says[0].Was == nil:
		return TellMore
	case says[0].Was == nil:
		return TellAlert
	case !r.UndoneAt.IsZero() && says[0].Was.UndoneAt.IsZero():
		return TellUndone
	}
	return TellChanged
}

// KeepPart has each delivery and the answer keep what they said of a part as it
// was, before it changed.
func (r *Record) KeepPart(was *Record) {
	r.Deliveries = slices.Clone(r.Deliveries)
	for i := range r.Deliveries {
		d := &r.Deliveries[i]
		switch {
		case !d.Kind.OfIncident():
		case d.Kind == TellMore:
			d.Says = slices.Clone(d.Says)
			for j := range d.Says {
				if s := &d.Says[j]; s.Record == was.ID && s.Is == nil {
					s.Is = r.shows(was, d.Watcher)
				}
			}
		case was.ID == r.ID && d.Shows == nil:
			d.Shows = r.shows(was, d.Watcher)
		}
	}
	if r.Answer == nil {
		return
	}
	a := *r.Answer
	switch {
	case was.ID != r.ID:
		if !slices.ContainsFunc(a.Says, func(s Said) bool { return s.Record == was.ID }) {
			a.Says = append(slices.Clone(a.Says), Said{Record: was.ID, Is: was.Shows(a.Watcher)})
		}
	case a.Shows == nil:
		a.Shows = was.Shows(a.Watcher)
	}
	r.Answer = &a
}

// Seen is what the first n deliveries told a watcher of a part, over one
// channel or, if it is empty, over any; false if nothing did. What was
// cancelled or never arrived told nothing.
func (r *Record) Seen(part *Record, watcher string, ch ChannelKind, n int) (*Shown, bool) {
	return r.said(part, watcher, ch, n, false)
}

// said is Seen; failed counts what never arrived, too.
func (r *Record) said(part *Record, watcher string, ch ChannelKind, n int, failed bool) (*Shown, bool) {
	for i := n - 1; i >= 0; i-- {
		d := &r.Deliveries[i]
		if d.Watcher != watcher || ch != "" && d.Channel != ch || d.State == Cancelled || d.State == Undelivered && !failed {
			continue
		}
		for _, s := range r.SaidBy(d) {
			if s.Record != part.ID {
				continue
			}
			if s.Is != nil {
				return s.Is, true
			}
			return r.shows(part, watcher), true
		}
	}
	return nil, false
}

// Untried tells whether there is anything to tell a watcher over a channel that
// no delivery over it has failed to tell.
func (r *Record) Untried(watcher string, ch ChannelKind) bool {
	return len(r.untold(watcher, ch, len(r.Deliveries), true)) > 0
}

// Untold lists what is true of the incident, and matters to a watcher, and was
// not told by the first n deliveries over a channel.
func (r *Record) Untold(watcher string, ch ChannelKind, n int) []Said {
	return r.untold(watcher, ch, n, false)
}

func (r *Record) untold(watcher string, ch ChannelKind, n int, failed bool) []Said {
	var out []Said
	for _, p := range r.Parts() {
		told, ok := r.said(p, watcher, ch, n, failed)
		if !ok {
			if why := r.ReasonsFor(p, watcher); why.Reason != 0 && p.Complete && !r.spared(p, watcher) {
				out = append(out, Said{Record: p.ID})
			}
			continue
		}
		if again, _ := told.Changed(p); again {
			out = append(out, Said{Record: p.ID, Was: told})
		}
	}
	return out
}

// spared tells whether a part was undone while a message about it waited for
// the end of quiet hours: there is nothing left to tell.
func (r *Record) spared(p *Record, watcher string) bool {
	if p.UndoneAt.IsZero() {
		return false
	}
	n, ok := p.Notice(watcher)
	return ok && n.Spared
}

// Urgency is why things are told: of those that are new or worse, and not
// undone.
func (r *Record) Urgency(says []Said, watcher string) Reason {
	var why Reason
	for _, s := range says {
		p, ok := r.Part(s.Record)
		if !ok || !p.UndoneAt.IsZero() {
			continue
		}
		if s.Was != nil {
			if _, more := s.Was.Changed(p); !more {
				continue
			}
		}
		why |= r.ReasonsFor(p, watcher).Reason
	}
	return why
}

// Waiting is the delivery to a watcher over a channel that tells of the
// incident and has not ended. There is never more than one: what happens
// meanwhile goes with it, or follows it.
func (r *Record) Waiting(watcher string, ch ChannelKind) (*Delivery, int) {
	for i := range r.Deliveries {
		if d := &r.Deliveries[i]; d.Watcher == watcher && d.Channel == ch && d.Kind.OfIncident() && !d.State.Ended() {
			return d, i
		}
	}
	return nil, -1
}

// Bring has a watcher told over a channel what they were not told of the
// incident: in a new delivery, which is returned, unless one waits already
// that will say it.
func (r *Record) Bring(w *Watcher, ch ChannelKind, now time.Time) (*Delivery, bool) {
	if d, i := r.Waiting(w.ID, ch); d != nil {
		if d.State != Held {
			return nil, false
		}
		says := r.Untold(w.ID, ch, i)
		if len(says) == 0 {
			d.State, d.Problem = Cancelled, "nothing left to tell"
			return nil, false
		}
		if w.Rules.HoldUntil(r.Urgency(says, w.ID), now).After(now) {
			return nil, false
		}
		d.State, d.Due = Queued, now.Add(LostAfter)
		return d, true
	}
	says := r.Untold(w.ID, ch, len(r.Deliveries))
	if len(says) == 0 {
		return nil, false
	}
	last := r.lastTold(w.ID, ch)
	d, fresh := r.Deliver(r.kindOf(says), w, ch, r.Tellings(w.ID, ch), now, w.Rules.HoldUntil(r.Urgency(says, w.ID), now))
	if !fresh {
		return nil, false
	}
	r.say(d, says)
	if after := last.Add(GatherFor); after.After(now) && d.State == Queued {
		d.After, d.Due = after, after.Add(LostAfter)
	}
	return d, true
}

// lastTold is when the latest message over a channel was made.
func (r *Record) lastTold(watcher string, ch ChannelKind) (at time.Time) {
	for i := range r.Deliveries {
		if d := &r.Deliveries[i]; d.Watcher == watcher && d.Channel == ch && d.Kind.OfIncident() && d.State != Cancelled && d.CreatedAt.After(at) {
			at = d.CreatedAt
		}
	}
	return at
}

// LastTold is the latest message to a watcher about the incident that was not
// cancelled.
func (r *Record) LastTold(watcher string) (*Delivery, bool) {
	for i := len(r.Deliveries) - 1; i >= 0; i-- {
		if d := &r.Deliveries[i]; d.Watcher == watcher && d.Kind.OfIncident() && d.State != Cancelled {
			return d, true
		}
	}
	return nil, false
}

// Renew makes a delivery, before it was ever sent, say what is true now. It is
// false if it says so already; the delivery is cancelled if nothing is left.
func (r *Record) Renew(d *Delivery) bool {
	i := slices.IndexFunc(r.Deliveries, func(o Delivery) bool { return o.ID == d.ID })
	if _, ok := r.Notice(d.Watcher); i < 0 || !d.Kind.OfIncident() || !ok && len(r.Members) == 0 {
		return false
	}
	says, said := r.Untold(d.Watcher, d.Channel, i), r.SaidBy(d)
	same := slices.EqualFunc(says, said, func(a, b Said) bool {
		return a.Record == b.Record && b.Is == nil && (a.Was == nil) == (b.Was == nil)
	})
	if same && len(says) > 0 {
		return false
	}
	if len(says) == 0 {
		d.State, d.Problem = Cancelled, "nothing left to tell"
		return true
	}
	r.say(d, says)
	d.Take++
	return true
}

// Over tells whether nothing of the incident stands any more: each part is
// undone.
func (r *Record) Over() bool {
	return !slices.ContainsFunc(r.Parts(), func(p *Record) bool { return p.UndoneAt.IsZero() })
}

// SumTold counts the debits that a watcher has been told of over a channel with
// a delivery and those before it, as it says them: what they took, in yen, and
// between when.
func (r *Record) SumTold(d *Delivery) (debits int, yen int64, first, last time.Time) {
	n := 1 + slices.IndexFunc(r.Deliveries, func(o Delivery) bool { return o.ID == d.ID })
	for _, p := range r.Parts() {
		s, ok := r.Seen(p, d.Watcher, d.Channel, n)
		if p.Kind != Debit || !ok {
			continue
		}
		debits++
		yen += s.Kept()
		if first.IsZero() || s.OccurredAt.Before(first) {
			first = s.OccurredAt
		}
		if s.OccurredAt.After(last) {
			last = s.OccurredAt
		}
	}
	return debits, yen, first, last
}

// keepStories bounds the incidents that an activity names.
const keepStories = 8

// Goes finds the incident that a record belongs to, by the record with which
// that began: what was reported as not the owner's and goes on, else what the
// same service did within GoesOnFor, or a charge link that made the debit
// possible. A link or a service that is new after a report belongs to it. False
// if the record begins a story of its own.
func (a *Activity) Goes(r *Record, isNew bool, now time.Time) (lead string, ok bool) {
	for _, s := range slices.Backward(a.Reported) {
		if s.Lead != "" && (isNew || s.Service == r.Service && r.Service != "") && now.Sub(s.At) <= ReportedFor {
			return s.Lead, true
		}
	}
	for _, s := range slices.Backward(a.Stories) {
		apart := r.OccurredAt.Sub(s.At)
		switch {
		case s.Service == r.Service && r.Service != "" && apart.Abs() <= GoesOnFor,
			s.Link && r.Kind == Debit && r.Service != "" && (s.Service == r.Service || s.Service == "") && apart >= 0 && apart <= AfterNewLinkWindow,
			r.Kind == LinkRegistered && (s.Service == r.Service || r.Service == "") && apart <= 0 && -apart <= GoesOnFor:
			return s.Lead, true
		}
	}
	return "", false
}

// Tell notes that a record belongs to the incident of a lead.
func (a *Activity) Tell(lead string, r *Record) {
	s := Story{Lead: lead, Service: r.Service, At: r.OccurredAt, Link: r.Kind == LinkRegistered}
	stories := slices.Clone(a.Stories)
	if i := slices.IndexFunc(stories, func(o Story) bool { return o.Lead == lead && o.Service == s.Service }); i >= 0 {
		old := stories[i]
		s.Link, s.Unknown = s.Link || old.Link, old.Unknown
		if old.At.After(s.At) {
			s.At = old.At
		}
		stories = slices.Delete(stories, i, i+1)
	}
	stories = append(stories, s)
	stories = slices.DeleteFunc(stories, func(o Story) bool { return s.At.Sub(o.At) > AfterNewLinkWindow })
	a.Stories = stories[max(0, len(stories)-keepStories):]
}

// ToldOver tells whether a message about the incident was made for a watcher
// over a channel.
func (r *Record) ToldOver(watcher string, ch ChannelKind) bool {
	return slices.ContainsFunc(r.Deliveries, func(d Delivery) bool {
		return d.Watcher == watcher && d.Channel == ch && d.Kind.OfIncident() && d.State != Cancelled
	})
}

// EscalateFor has a watcher's next channel tried, half of the time after a
// critical alert, and the family called after all of it, if nobody answers. An
// escalation that runs already goes on.
func (r *Record) EscalateFor(w *Watcher, now time.Time, after time.Duration) {
	n, ok := r.Notice(w.ID)
	if !ok {
		r.Notices = append(r.Notices, Notice{Watcher: w.ID})
		n = &r.Notices[len(r.Notices)-1]
	}
	if !n.EscalateAt.IsZero() {
		return
	}
	if len(w.Reachable()) > 1 {
		after /= 2
	}
	n.EscalateAt = now.Add(after)
}

// Call has each guardian but one told of the incident who was not told yet,
// whatever their own rules are.
func (r *Record) Call(a *Account, why Call, but string, now time.Time) {
	for i := range a.Watchers {
		g := &a.Watchers[i]
		if g.Role != Guardian || g.ID == but {
			continue
		}
		told := slices.ContainsFunc(r.Deliveries, func(d Delivery) bool { return d.Watcher == g.ID && d.Kind.OfIncident() && d.State != Cancelled })
		if told {
			continue
		}
		n, ok := r.Notice(g.ID)
		if !ok {
			r.Notices = append(r.Notices, Notice{Watcher: g.ID})
			n = &r.Notices[len(r.Notices)-1]
		}
		n.Called = why
		made := false
		for _, c := range g.Reachable() {
			if _, made = r.Bring(g, c.Kind, now); made {
				break
			}
		}
		if !made {
			r.Deliver(TellUnreachable, g, Bank, 0, now, now)
		}
	}
}

// Absorb takes another incident of the account into this one, with all that
// people were told of it, because one answer is about both. What was still to
// be told of it follows from here.
func (r *Record) Absorb(o *Record) {
	r.Deliveries = slices.Clone(r.Deliveries)
	for i := range o.Deliveries {
		d := &o.Deliveries[i]
		if !d.Kind.OfIncident() {
			continue
		}
		if !d.State.Ended() {
			d.State, d.Problem = Cancelled, "told with another incident"
			continue
		}
		told := *d
		told.ID, told.Kind, told.Says = o.ID+"-"+d.ID, TellMore, slices.Clone(o.SaidBy(d))
		told.Shows, told.Was = nil, nil
		r.Deliveries = append(r.Deliveries, told)
	}
	slices.SortStableFunc(r.Deliveries, func(a, b Delivery) int { return a.CreatedAt.Compare(b.CreatedAt) })
	members := o.Members
	o.Members = nil
	r.Join(o)
	for _, m := range members {
		if r.member(m.Record) < 0 && m.Record != r.ID {
			r.Members = append(r.Members, m)
		}
	}
	o.StopEscalation()
}
