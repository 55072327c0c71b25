package watch

import (
	"cmp"
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
	File       string    `json:"file,omitempty"`
	Is         Shown     `json:"is"` // what it says now
	// Void tells that its transaction turned out to be another's: it tells of
	// nothing any more.
	Void    bool     `json:"void,omitempty"`
	Notices []Notice `json:"notices,omitempty"`

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
	m := Member{Record: o.ID, Txn: o.Name(), Kind: o.Kind, Event: o.Event, ReceivedAt: o.ReceivedAt, RecordedAt: o.RecordedAt,
		Route: o.Route, File: o.File, Is: *o.Shows(""), Void: !o.Complete, Notices: slices.Clone(o.Notices)}
	o.Lead = r.ID
	r.Members = slices.Clone(r.Members)
	if i := r.member(o.ID); i >= 0 {
		m.Unknown, m.Is.Unknown = r.Members[i].Unknown, r.Members[i].Is.Unknown
		r.Members[i] = m
		return
	}
	r.Members = append(r.Members, m)
}

func (r *Record) member(id string) int {
	return slices.IndexFunc(r.Members, func(m Member) bool { return m.Record == id })
}

// Parts lists what the incident consists of, as it is now, in the order in
// which it happened. Each is a record without what only the lead has. A record
// whose transaction turned out to be another's is none.
func (r *Record) Parts() []*Record {
	parts := make([]*Record, 0, 1+len(r.Members))
	if r.Complete || len(r.Members) == 0 {
		parts = append(parts, r)
	}
	for i := range r.Members {
		if !r.Members[i].Void {
			parts = append(parts, r.part(&r.Members[i]))
		}
	}
	if len(parts) == 0 {
		parts = append(parts, r)
	}
	slices.SortStableFunc(parts, func(a, b *Record) int { return a.OccurredAt.Compare(b.OccurredAt) })
	return parts
}

func (r *Record) part(m *Member) *Record {
	p := &Record{ID: m.Record, Lead: r.ID, OnAccount: r.OnAccount, Mask: r.Mask, Kind: m.Kind, Event: m.Event, Txn: m.Txn,
		Route: m.Route, File: m.File, ReceivedAt: m.ReceivedAt, RecordedAt: m.RecordedAt, Complete: !m.Void, Notices: m.Notices}
	p.show(&m.Is)
	return p
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
// somebody who was called for lack of an answer, those of the others.
func (r *Record) ReasonsFor(part *Record, watcher string) Reasons {
	if r.CalledOnly(part, watcher) {
		var all Reasons
		for _, n := range part.Notices {
			all.Reason |= n.Reasons.Reason
		}
		return all
	}
	if n, ok := part.Notice(watcher); ok && n.own() {
		return n.Reasons
	}
	return Reasons{}
}

// CalledOnly tells whether a watcher is told of a part only because they were
// called: no rule of theirs matched that this program knows.
func (r *Record) CalledOnly(part *Record, watcher string) bool {
	if n, ok := part.Notice(watcher); ok && n.Reasons.Reason != 0 {
		return false
	}
	n, ok := r.Notice(watcher)
	return ok && n.Called != ""
}

// own tells whether a rule of the watcher's own matched, be it one of a newer version.
func (n *Notice) own() bool { return n.Reasons.Reason != 0 || n.Reasons.Unknown != "" }

// Over tells whether nothing of the incident stands any more: each part is
// undone, for certain.
func (r *Record) Over() bool {
	return !slices.ContainsFunc(r.Parts(), func(p *Record) bool { return !p.Gone() })
}

// Recognised are the parts that were called the person's own while the rest was
// reported, but those that are undone.
func (r *Record) Recognised() []*Record {
	if r.Answer == nil || r.Answer.Value != NotMine {
		return nil
	}
	return slices.DeleteFunc(r.Parts(), func(p *Record) bool { return p.Gone() || !slices.Contains(r.Answer.Except, p.ID) })
}

// keepStories bounds the incidents that an activity names.
const keepStories = 8

// Goes lists the incidents that a record may belong to, the likeliest first, by
// the records with which they began: what was reported as not the owner's and
// goes on, else what the same service did within GoesOnFor, or a charge link
// that made the debit possible. A link or a service that is new after a report
// belongs to it, and to what else of the account is new after the same report about
// another account. None if the record begins a story of its own; more than one
// because an incident may be full, or be the owner's own.
func (a *Activity) Goes(r *Record, isNew bool, now time.Time) (leads []string) {
	for _, s := range slices.Backward(a.Reported) {
		if s.Lead != "" && (isNew || s.Service == r.Service && r.Service != "") && now.Sub(s.At) <= ReportedFor {
			leads = append(leads, s.Lead)
		}
	}
	for _, s := range slices.Backward(a.Stories) {
		apart := r.OccurredAt.Sub(s.At)
		switch {
		case s.Service == r.Service && r.Service != "" && apart.Abs() <= GoesOnFor,
			s.Link && r.Kind == Debit && r.Service != "" && (r.mayBeOf(s.Service) || s.Service == "") && apart >= 0 && apart <= AfterNewLinkWindow,
			r.Kind == LinkRegistered && (r.mayBeOf(s.Service) || r.Service == "") && apart <= 0 && -apart <= GoesOnFor:
			if !slices.Contains(leads, s.Lead) {
				leads = append(leads, s.Lead)
			}
		}
	}
	for _, s := range slices.Backward(a.Stories) {
		if isNew && s.After != "" && s.After == r.after() && r.OccurredAt.Sub(s.At).Abs() <= ReportedFor && !slices.Contains(leads, s.Lead) {
			leads = append(leads, s.Lead)
		}
	}
	return leads
}

// after is the report about another account after which the record is new, by its
// dispute; empty if there is none.
func (r *Record) after() string {
	for i := range r.Notices {
		if r.Notices[i].Related != "" {
			return r.Notices[i].Related
		}
	}
	return ""
}

// Tell notes that a record belongs to the incident of a lead.
func (a *Activity) Tell(lead string, r *Record) { a.TellAt(lead, r, r.OccurredAt) }

// mayBeOf tells whether a debit or link is of a service by either name, where the bank
// and the descriptor disagree.
func (r *Record) mayBeOf(service string) bool {
	return r.Service == service || r.Second != nil && r.Second.Service == service && service != ""
}

// TellAt is Tell of what people first hear of at a time: the incident goes on from
// then. That of a link goes on under either of its names.
func (a *Activity) TellAt(lead string, r *Record, at time.Time) {
	s := Story{Lead: lead, Service: r.Service, At: at.UTC(), Link: r.Kind == LinkRegistered, After: r.after()}
	if s.Link && r.Second != nil && r.Second.Service != "" {
		second := s
		second.Service = r.Second.Service
		a.tell(second)
	}
	a.tell(s)
}

func (a *Activity) tell(s Story) {
	stories := slices.Clone(a.Stories)
	if i := slices.IndexFunc(stories, func(o Story) bool { return o.Lead == s.Lead && o.Service == s.Service }); i >= 0 {
		old := stories[i]
		s.Link, s.After, s.Unknown = s.Link || old.Link, cmp.Or(s.After, old.After), old.Unknown
		if old.At.After(s.At) {
			s.At = old.At
		}
		stories = slices.Delete(stories, i, i+1)
	}
	stories = append(stories, s)
	stories = slices.DeleteFunc(stories, func(o Story) bool {
		apart := s.At.Sub(o.At)
		return apart > ReportedFor || apart > AfterNewLinkWindow && o.After == ""
	})
	a.Stories = stories[max(0, len(stories)-keepStories):]
}

// EscalateFor has a watcher's next channel tried, half of the time after a
// critical alert, and the family called after all of it, if no answer comes. An
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
		if why == CallUnanswered {
			n.Asked = r.ToldFirst(func(id string) bool { w, ok := a.Watcher(id); return ok && w.Role == Owner })
		}
		made := false
		for _, c := range g.Reachable() {
			if _, made = r.Bring(g, c.Kind, now); made {
				break
			}
		}
		if !made {
			r.Unreached(g, now)
		}
	}
}

// FirstOver tells whether a delivery is the first to its watcher over its channel.
func (r *Record) FirstOver(d *Delivery) bool {
	for i := range r.Deliveries {
		if o := &r.Deliveries[i]; o.Watcher == d.Watcher && o.Channel == d.Channel && o.Kind.OfIncident() && o.State != Cancelled {
			return o.ID == d.ID
		}
	}
	return true
}

// toldOfCall tells whether an earlier message over the same channel has said why
// its reader was called: because of the report that stands, or for lack of an answer.
func (r *Record) toldOfCall(d *Delivery) bool {
	return slices.ContainsFunc(r.Deliveries, func(o Delivery) bool {
		return o.ID != d.ID && o.Watcher == d.Watcher && o.Channel == d.Channel && o.State == Accepted && o.Called == d.Called && (o.Called != CallReported || o.Report == r.Dispute)
	})
}

// AskedOf tells whether a message that asks has reached a watcher, or may yet: one
// of what no report covered.
func (r *Record) AskedOf(watcher string) bool {
	return slices.ContainsFunc(r.Deliveries, func(d Delivery) bool {
		return d.Watcher == watcher && d.Kind.OfIncident() && d.Report == "" && (d.State == Accepted || d.State.Waits())
	})
}

// ToldFirst is when the first message about the incident reached one of some
// watchers; zero if none has.
func (r *Record) ToldFirst(watcher func(string) bool) (at time.Time) {
	for i := range r.Deliveries {
		d := &r.Deliveries[i]
		if d.State == Accepted && d.Kind.OfIncident() && watcher(d.Watcher) && (at.IsZero() || d.AcceptedAt.Before(at)) {
			at = d.AcceptedAt
		}
	}
	return at
}
