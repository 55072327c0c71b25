package watch

import (
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/quote"
)

// Shown is what a message says of a record: as the record was then. Whatever
// becomes of the record, the message keeps its words, and an answer to it
// stands for what it said.
type Shown struct {
	Amount      int64      `json:"amount,omitempty"`       // yen
	Returned    int64      `json:"returned,omitempty"`     // yen of it that came back
	Freed       int64      `json:"freed,omitempty"`        // see Record
	Again       int        `json:"again,omitempty"`        // how often it was presented again
	AgainLate   int        `json:"again_late,omitempty"`   // see Record
	AfterReturn bool       `json:"after_return,omitempty"` // see Record
	Unsure      bool       `json:"unsure,omitempty"`       // see Record
	MayBeIt     bool       `json:"may_be_it,omitempty"`    // see Record
	MayBack     int64      `json:"may_back,omitempty"`     // yen, see Record
	Misnamed    bool       `json:"misnamed,omitempty"`     // see Record
	MayBeAgain  bool       `json:"may_be_again,omitempty"` // see Record
	Early       bool       `json:"early,omitempty"`        // see Record
	Status      Status     `json:"status,omitempty"`
	Service     string     `json:"service,omitempty"`
	Confidence  Confidence `json:"confidence,omitempty"`
	Inherits    bool       `json:"inherits,omitempty"` // see Record
	Descriptor  quote.Text `json:"descriptor,omitempty"`
	Other       string     `json:"other,omitempty"` // see Record
	Second      *Second    `json:"second,omitempty"`
	Word        string     `json:"word,omitempty"` // see Record.Word
	Balance     *int64     `json:"balance,omitempty"`
	OccurredAt  time.Time  `json:"occurred_at"`
	UndoneAt    time.Time  `json:"undone_at,omitzero"`
	DateOnly    bool       `json:"date_only,omitempty"`
	Reasons     Reasons    `json:"reasons,omitzero"` // of the watcher who is told
	// HeardAt is when the bank told of it, if that was late.
	HeardAt time.Time `json:"heard_at,omitzero"`
	// File is the file by which the bank told of it; see Record.
	File string `json:"file,omitempty"`
	// StageAt is when the stage happened by which it is what it is, if that was
	// on another day than it began.
	StageAt time.Time `json:"stage_at,omitzero"`
	// OfHistory tells that nothing of it was told before, because it was history:
	// see Notice.Knows.
	OfHistory bool `json:"of_history,omitempty"`

	Unknown jsontext.Value `json:",embed"`
}

// Shows is what a message to a watcher says of the record now.
func (r *Record) Shows(watcher string) *Shown {
	s := &Shown{Amount: r.Amount, Returned: r.Returned, Freed: r.Freed, Again: r.Again, AgainLate: r.AgainLate, AfterReturn: r.AfterReturn, Unsure: r.Unsure, MayBeIt: r.MayBeIt, MayBack: r.MayBack, Misnamed: r.Misnamed, Early: r.Early, MayBeAgain: r.MayBeAgain, Status: r.Status, Service: r.Service, Confidence: r.Confidence,
		Descriptor: r.Descriptor, Other: r.Other, Second: r.Second, Word: r.Word(), Balance: r.Balance, OccurredAt: r.OccurredAt, UndoneAt: r.UndoneAt, DateOnly: r.DateOnly,
		HeardAt: r.HeardAt(), File: r.File, Inherits: r.Inherits}
	if at := r.StageAt(); day(at) != day(r.OccurredAt) {
		s.StageAt = at
	}
	if n, ok := r.Notice(watcher); ok {
		s.Reasons = n.Reasons
	}
	return s
}

// As is the record as a message shows it; the record itself if it has not
// changed since.
func (r *Record) As(s *Shown) *Record {
	if s == nil {
		return r
	}
	c := *r
	c.show(s)
	return &c
}

func (r *Record) show(s *Shown) {
	r.Amount, r.Returned, r.Again, r.AfterReturn, r.Unsure, r.MayBeIt, r.Misnamed, r.Early = s.Amount, s.Returned, s.Again, s.AfterReturn, s.Unsure, s.MayBeIt, s.Misnamed, s.Early
	r.AgainLate, r.MayBeAgain, r.Freed, r.MayBack = s.AgainLate, s.MayBeAgain, s.Freed, s.MayBack
	r.Status, r.Service, r.Confidence = s.Status, s.Service, s.Confidence
	r.Second, r.Other, r.Descriptor, r.Balance, r.OccurredAt, r.UndoneAt, r.DateOnly = s.Second, s.Other, s.Descriptor, s.Balance, s.OccurredAt, s.UndoneAt, s.DateOnly
	r.File, r.Inherits = s.File, s.Inherits
	r.Said = s
}

// Answered tells whether an answer stands for all that the incident says.
// "Mine" does not cover what was taken since; "not mine" does.
func (r *Record) Answered() bool {
	if r.Answer == nil {
		return false
	}
	if r.Answer.Value == NotMine {
		return true
	}
	if r.Answer.Shows != nil && !r.Answer.Shows.Covers(r) {
		return false
	}
	for _, s := range r.Answer.Says {
		if p, ok := r.Part(s.Record); ok && s.Is != nil && !s.Is.Covers(p) {
			return false
		}
	}
	return true
}

// Exceeds tells whether what was shown is more than the record says now, or of a
// service that it names no more: if it becomes so again, that is nothing new.
func (s *Shown) Exceeds(r *Record) bool {
	return s.Amount > r.Amount || s.Service != r.Service && s.Service != ""
}

// Showed notes that an answer was given for what a message showed of a part of
// the record's incident, which it exceeds by now: up to that it stands.
func (a *Answer) Showed(r *Record, part string, s *Shown) {
	if part == r.ID {
		a.Shows = s
		return
	}
	a.Says = append(a.Says, Said{Record: part, Is: s})
}

// answeredFor is what "mine" was said for of a part; nil if that is what the
// part says now, or nothing was said.
func (r *Record) answeredFor(part string) *Shown {
	if r.Answer == nil || r.Answer.Value != Mine {
		return nil
	}
	return r.Answer.GivenFor(part, r.ID)
}

// GivenFor is what an answer was given for of a part of the lead's incident, if
// that has changed since.
func (a *Answer) GivenFor(part, lead string) *Shown {
	if part == lead {
		return a.Shows
	}
	for _, s := range a.Says {
		if s.Record == part {
			return s.Is
		}
	}
	return nil
}

// Tellings counts what a watcher was told of the incident over a channel, to
// number the next.
func (r *Record) Tellings(watcher string, ch ChannelKind) int {
	n := 0
	for i := range r.Deliveries {
		if d := &r.Deliveries[i]; d.Watcher == watcher && d.Channel == ch && d.Kind.OfIncident() {
			n += 1 + d.Omitted
		}
	}
	return n
}

// OfIncident tells whether a delivery of this kind says what happened, rather
// than what somebody made of it.
func (k DeliveryKind) OfIncident() bool {
	return k == TellAlert || k == TellChanged || k == TellUndone || k == TellMore
}

// Changed tells whether somebody who was told this must be told again: more was
// taken, it was presented again, some of it came back or may have, it is of another
// service, or it is not certain any more what came back, or has become so. More tells
// that it is worse than what they know.
func (s *Shown) Changed(r *Record) (again, more bool) {
	more = r.Amount > s.Amount || s.TakenAgain(r) || r.Service != s.Service && r.Service != "" || s.Stands(r) && (r.Kind == LinkRegistered || r.Kept() > s.Kept())
	return more || s.Stands(r) || s.MoreBack(r) || s.Doubted(r) || s.Unnamed(r) || s.AgainDoubted(r) || s.MayNow(r) || s.NotIt(r), more
}

// TakenAgain tells whether a debit was presented again since it was shown. One that
// is heard of late, and was taken and came back before, is no more than was shown; of
// a day alone that is not known.
func (s *Shown) TakenAgain(r *Record) bool {
	return s != nil && r.Again > s.Again && (r.DateOnly || s.DateOnly || r.OccurredAt.After(s.OccurredAt))
}

// Doubted tells whether it was shown as certain what came back, or was removed, and
// is so no more, or the other way.
func (s *Shown) Doubted(r *Record) bool {
	back := s != nil && (s.Returned > 0 || !s.UndoneAt.IsZero()) && (r.Returned > 0 || !r.UndoneAt.IsZero())
	return back && s.MayStand() != r.MayStand()
}

// MoreBack tells whether some more came back than was shown, and less is left, or all
// of it, or whether a link was removed since.
func (s *Shown) MoreBack(r *Record) bool {
	if !r.UndoneAt.IsZero() {
		return s.UndoneAt.IsZero()
	}
	return s.UndoneAt.IsZero() && r.Kept() < s.Kept() && r.Returned > s.Back(r)
}

// Stands tells whether what had come back, or some of it, turns out to have been
// of another debit or link that the bank gave the same id, or of an earlier
// presentation of the debit: less came back than was shown. What is taken again since
// is not that: see TakenAgain. It is false if nothing was shown.
func (s *Shown) Stands(r *Record) bool {
	if s == nil || !r.UndoneAt.IsZero() || s.TakenAgain(r) {
		return false
	}
	if r.Kind == LinkRegistered {
		return !s.UndoneAt.IsZero()
	}
	return r.Returned < s.allBack(r) || s.Freed > 0 && s.posted(r) && r.Kept() > s.Kept()
}

// posted tells whether a debit that was shown as pending is posted since.
func (s *Shown) posted(r *Record) bool { return s.Status == Pending && r.Status == Posted }

// allBack is how much of a debit was shown to have come back, or all, in yen: what was
// released while it was pending is none of it once it is posted.
func (s *Shown) allBack(r *Record) int64 {
	if s.posted(r) {
		return s.Amount - s.Kept() - s.Freed
	}
	return s.Amount - s.Kept()
}

// Back is allBack of what came back in part.
func (s *Shown) Back(r *Record) int64 {
	if s.posted(r) {
		return max(0, s.Returned-s.Freed)
	}
	return s.Returned
}

// Kept is how much of a debit was still taken, in yen.
func (s *Shown) Kept() int64 {
	if !s.UndoneAt.IsZero() {
		return 0
	}
	return s.Amount - s.Returned
}

// Covers tells whether an answer to what was shown stands for what the record
// says now: nothing more was taken since, and by no other service. Of what is
// undone nothing is taken.
func (s *Shown) Covers(r *Record) bool {
	_, more := s.Changed(r)
	return !more || !r.UndoneAt.IsZero()
}

// Worse tells whether more was taken than was shown, or by another service: be it that
// it came back, unless that is certain.
func (s *Shown) Worse(r *Record) bool {
	_, more := s.Changed(r)
	return more && !r.Gone()
}

// Of is the service of what was shown; empty if nothing was.
func (s *Shown) Of() string {
	if s == nil {
		return ""
	}
	return s.Service
}

// Mark tells apart what an incident says of money taken, so that an answer on a
// page stands for what the page showed.
func (r *Record) Mark() string {
	parts := []string{"mark"}
	for _, p := range r.Parts() {
		parts = append(parts, strconv.FormatInt(p.Amount, 10), strconv.Itoa(p.Again-p.AgainLate), p.Service)
	}
	return Derive(parts...)[:8]
}

// Saw tells apart, for each part of an incident, what a page says of it, so that
// an answer on the page stands for what it showed. It gives no amount away.
func Saw(parts []*Record) map[string]string {
	saw := map[string]string{}
	for _, p := range parts {
		saw[p.ID] = Derive("saw", strconv.FormatInt(p.Amount, 10), strconv.Itoa(p.Again-p.AgainLate), p.Service)[:8]
	}
	return saw
}

// Unseen are the parts of the incident, but those that are undone, that a page
// did not show, or not as they are now.
func (r *Record) Unseen(saw map[string]string) (fresh, changed []*Record) {
	parts := r.Parts()
	now := Saw(parts)
	for _, p := range parts {
		mark, shown := saw[p.ID]
		switch {
		case !p.UndoneAt.IsZero():
		case !shown:
			fresh = append(fresh, p)
		case mark != now[p.ID]:
			changed = append(changed, p)
		}
	}
	return fresh, changed
}

// Yen is the amount that was shown; 0 if nothing was.
func (s *Shown) Yen() int64 {
	if s == nil {
		return 0
	}
	return s.Amount
}
