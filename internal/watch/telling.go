package watch

import (
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Said is what one message says of one part of an incident.
type Said struct {
	Record string `json:"record"`
	// Is is what it says; nil while that is what the part says now. Was is what
	// its reader was told before; nil if nothing was.
	Is  *Shown `json:"is,omitempty"`
	Was *Shown `json:"was,omitempty"`

	Unknown jsontext.Value `json:",embed"`
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

// ToldOf is when a watcher, or any if it is empty, was first told of a part: when the
// first channel took that. Zero if none did, be it that it waits.
func (r *Record) ToldOf(part, watcher string) (taken time.Time) {
	for i := range r.Deliveries {
		d := &r.Deliveries[i]
		if d.AcceptedAt.IsZero() || !taken.IsZero() && !d.AcceptedAt.Before(taken) || watcher != "" && d.Watcher != watcher {
			continue
		}
		if slices.ContainsFunc(r.SaidBy(d), func(x Said) bool { return x.Record == part }) {
			taken = d.AcceptedAt
		}
	}
	return taken
}

// say makes a delivery say these things. What is about the lead alone is
// written as it always was.
func (r *Record) say(d *Delivery, says []Said) {
	says = keep(says, r.SaidBy(d))
	d.Kind, d.Says, d.Shows, d.Was, d.Report = r.kindOf(says), nil, nil, nil, ""
	d.Answer, d.Called, d.Asked = nil, "", time.Time{}
	if n, ok := r.Notice(d.Watcher); ok {
		d.Called, d.Asked = n.Called, n.Asked
		if d.Called == "" && !n.Asked.IsZero() && r.FirstOver(d) {
			d.Called = CallAgain
		}
	}
	if stands := r.Answer != nil && r.Answer.Value == NotMine; d.Called == CallReported && !stands || (d.Called == CallUnanswered || d.Called == CallAgain) && r.reacted(d.Asked) || r.toldOfCall(d) {
		d.Called = "" // it was taken back, answered since, or said before
	}
	if d.Called != CallUnanswered && d.Called != CallAgain {
		d.Asked = time.Time{}
	}
	d.Report, d.Covered = r.reported(d, says)
	d.Except, d.Related = r.excepted(d, says), r.related(d, says)
	d.Lowered = keep(r.lowered(d, says), d.Lowered)
	if r.Answer != nil && r.Answer.Value == Mine {
		answer := *r.Answer
		d.Answer = &answer
	}
	if d.Kind == TellMore {
		d.Says = says
		return
	}
	d.Shows, d.Was = says[0].Is, says[0].Was
}

// reacted tells whether somebody has answered since they were asked, or has taken
// an answer back: then it is not true that no one has. That more was taken after
// the answer makes it no truer.
func (r *Record) reacted(asked time.Time) bool {
	if r.Answer == nil {
		return r.Dispute != ""
	}
	return r.Answered() || !r.Answer.At.Before(asked)
}

// reported is the report that what is new or worse of says belongs to, if there
// is one. Covered tells that not all of it happened after the report: it is
// covered by it, whether its reader had been told of it or not. A person who was
// called because of the report reads of it in any case, and covered tells that all is.
func (r *Record) reported(d *Delivery, says []Said) (dispute string, covered bool) {
	if r.Answer == nil || r.Answer.Value != NotMine {
		return "", false
	}
	called := d.Called == CallReported
	if called {
		dispute, covered = r.Dispute, true
	}
	for _, s := range says {
		p, ok := r.Part(s.Record)
		if !ok || p.Gone() || s.Was != nil && !s.Was.Worse(p) {
			continue
		}
		switch {
		case slices.Contains(r.Answer.Except, p.ID) && called:
			return dispute, false
		case slices.Contains(r.Answer.Except, p.ID):
			return "", false // it is no part of the report
		}
		dispute = r.Dispute
		after := s.Was == nil && p.RecordedAt.After(r.Answer.At) && p.OccurredAt.After(r.Answer.At)
		covered = covered || !after
	}
	return dispute, covered
}

// SayAnswer makes a delivery, which tells of an answer that is no report, speak
// of these parts.
func (r *Record) SayAnswer(d *Delivery) {
	answer := *r.Answer
	d.Answer, d.Says = &answer, nil
	for _, p := range r.Parts() {
		d.Says = append(d.Says, Said{Record: p.ID})
	}
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
		if !d.Kind.OfIncident() && d.Kind != TellAnswer && d.Kind != TellDispute {
			continue
		}
		d.Says = slices.Clone(d.Says)
		for j := range d.Says {
			if s := &d.Says[j]; s.Record == was.ID && s.Is == nil {
				s.Is = r.shows(was, d.Watcher)
			}
		}
		if d.Kind != TellMore && was.ID == r.ID && d.Shows == nil {
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
	s, _, ok := r.saidBy(part, watcher, ch, n, failed)
	return s, ok
}

// saidBy is said, with the delivery that said it.
func (r *Record) saidBy(part *Record, watcher string, ch ChannelKind, n int, failed bool) (*Shown, *Delivery, bool) {
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
				return s.Is, d, true
			}
			return r.shows(part, watcher), d, true
		}
	}
	return nil, nil, false
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
		told, by, ok := r.saidBy(p, watcher, ch, n, failed)
		if ok {
			told = r.answeredSince(p, by, told)
		} else if n, noticed := p.Notice(watcher); noticed && n.Knows != nil {
			told, ok = n.Knows, true
		}
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

// answeredSince is what a watcher knows of a part: what they were told, or what
// they have said was theirs since, on a page that showed less.
func (r *Record) answeredSince(p *Record, by *Delivery, told *Shown) *Shown {
	s, heard := r.answeredFor(p.ID), by.CreatedAt
	if by.AcceptedAt.After(heard) {
		heard = by.AcceptedAt // what it says could still change until then
	}
	if s == nil || r.Answer.Watcher != by.Watcher || !r.Answer.At.After(heard) || s.Amount >= told.Amount || s.Covers(p) {
		return told
	}
	return s
}

// spared tells whether a part was undone while a message about it waited for
// the end of quiet hours: there is nothing left to tell.
func (r *Record) spared(p *Record, watcher string) bool {
	n, ok := p.Notice(watcher)
	return ok && n.Spared && p.Gone()
}

// Urgency is why things are told: of those that are new or worse, and not
// undone, or not for certain. What became worse in the past is told, and not urgent.
// Of several it is that of the first urgent one: what is near a limit and, next to it,
// the first debit of another day are not the first one near a limit.
func (r *Record) Urgency(says []Said, watcher string) (why Reason) {
	for _, s := range says {
		p, ok := r.Part(s.Record)
		if !ok || p.Gone() {
			continue
		}
		if s.Was != nil {
			if _, more := s.Was.Changed(p); !more || p.TooLate() || !p.UndoneAt.IsZero() {
				continue
			}
		}
		if of := (Notice{Reasons: r.ReasonsFor(p, watcher)}).urgency(p); of.Critical() {
			return of
		} else if why == 0 {
			why = of
		}
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

// setBack tells whether the clock was set back since a watcher was last told over a
// channel. What waits for its turn is not taken for that.
func (r *Record) setBack(watcher string, ch ChannelKind, now time.Time) bool {
	return slices.ContainsFunc(r.Deliveries, func(d Delivery) bool {
		return d.Watcher == watcher && d.Channel == ch && d.CreatedAt.After(now)
	})
}

// Bring has a watcher told over a channel what they were not told of the
// incident: in a new delivery, which is returned, unless one waits already
// that will say it.
func (r *Record) Bring(w *Watcher, ch ChannelKind, now time.Time) (*Delivery, bool) {
	if d, i := r.Waiting(w.ID, ch); d != nil {
		if d.State != Held {
			r.holdAgain(d, w, i, now)
			return nil, false
		}
		says := r.Untold(w.ID, ch, i)
		if len(says) == 0 {
			d.State, d.Problem = Cancelled, "nothing left to tell"
			return nil, false
		}
		if r.holdUntil(w, says, now).After(now) {
			return nil, false
		}
		d.State, d.Due, d.After = Queued, now.Add(LostAfter), time.Time{}
		return d, true
	}
	says := r.Untold(w.ID, ch, len(r.Deliveries))
	if len(says) == 0 {
		return nil, false
	}
	last := r.lastTold(w.ID, ch)
	d, fresh := r.Deliver(r.kindOf(says), w, ch, r.Tellings(w.ID, ch), now, r.holdUntil(w, says, now))
	if !fresh {
		return nil, false
	}
	r.say(d, says)
	if d.State == Held && r.ofFiles(says) {
		d.After = d.Due
	}
	if r.setBack(w.ID, ch, now) {
		last = now
	}
	if after := last.Add(GatherFor); after.After(now) && d.State == Queued {
		d.After, d.Due = after, after.Add(LostAfter)
	}
	return d, true
}

// Correct has a watcher told without delay, also in quiet hours, that a message
// which was just taken says as standing what is undone: it was sent again as it
// was, because an earlier attempt may have been taken. next is what follows it.
func (r *Record) Correct(taken, next *Delivery) {
	for _, s := range r.SaidBy(taken) {
		p, ok := r.Part(s.Record)
		if ok && s.Is != nil && s.Is.UndoneAt.IsZero() && !p.UndoneAt.IsZero() {
			next.State, next.After, next.Due = Queued, time.Time{}, next.CreatedAt.Add(LostAfter)
			return
		}
	}
}

// lastTold is when the latest message over a channel was made, or sent if that
// was later: one that gathered was.
func (r *Record) lastTold(watcher string, ch ChannelKind) (at time.Time) {
	for i := range r.Deliveries {
		d := &r.Deliveries[i]
		if d.Watcher != watcher || d.Channel != ch || !d.Kind.OfIncident() || d.State == Cancelled {
			continue
		}
		for _, t := range []time.Time{d.CreatedAt, d.After, d.AcceptedAt} {
			if t.After(at) {
				at = t
			}
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
