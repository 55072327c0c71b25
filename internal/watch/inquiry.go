package watch

import (
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/quote"
)

// InquiryState is how far an inquiry is.
type InquiryState string

// The states.
const (
	InquiryAsked      InquiryState = "asked"
	InquiryMine       InquiryState = "mine"
	InquiryNotMine    InquiryState = "not_mine"
	InquiryWithdrawn  InquiryState = "withdrawn"  // the answer was taken back, and there is no other
	InquiryUnanswered InquiryState = "unanswered" // the time to answer is over
	InquiryNotAsked   InquiryState = "not_asked"  // see InquiryReason
)

// InquiryReason is why somebody was not asked.
type InquiryReason string

// The reasons.
const (
	InquiryNoWatcher InquiryReason = "no_watcher"    // no one watches the account
	InquiryNotKnown  InquiryReason = "not_known"     // nothing is on record of what is asked about
	InquiryNoChannel InquiryReason = "no_channel"    // no channel reaches those who watch it
	InquiryUndone    InquiryReason = "undone"        // it came back, or was removed
	InquiryOpen      InquiryReason = "already_asked" // another inquiry about it waits for its answer: SameAs
	InquiryTooMany   InquiryReason = "too_many"      // MostInquiries
)

const (
	// MostInquiries is how many inquiries the people of an account are told of within
	// InquiriesWithin, about: two requests at one moment do not see each other.
	MostInquiries = 5
	// InquiriesWithin is how long an inquiry counts for that.
	InquiriesWithin = 24 * time.Hour
	// ReachWithin is how long it may take until a channel has taken an inquiry; one that
	// none has taken by then is to be phoned.
	ReachWithin = 10 * time.Minute
	// MostInquiryChanges bounds the changes that one inquiry keeps. What people answer
	// after that their bank hears as reports alone.
	MostInquiryChanges = 40
	// RecordInquiries is how many inquiries a record names, the latest ones.
	RecordInquiries = 8
)

// Inquiry is one question of a bank to those who watch an account: whether a debit or a link
// is their own doing. What they answer is the answer to the incident that it belongs to.
type Inquiry struct {
	ID        string `json:"id"`
	Asking    string `json:"asking"` // the request of the bank with which it came
	OnAccount `json:"account"`
	Mask      quote.Text      `json:"mask,omitempty"`
	Txn       string          `json:"txn,omitempty"`     // as the bank named it
	Service   string          `json:"service,omitempty"` // instead of Txn: the latest of this service
	Record    string          `json:"record,omitempty"`  // what is asked about; empty if nothing is on record
	Kind      Kind            `json:"kind,omitempty"`    // of that
	State     InquiryState    `json:"state"`
	Why       InquiryReason   `json:"why,omitempty"`     // of InquiryNotAsked
	SameAs    string          `json:"same_as,omitempty"` // of InquiryOpen: that other inquiry
	AskedAt   time.Time       `json:"asked_at"`
	AnswerBy  time.Time       `json:"answer_by"`
	ReachedAt time.Time       `json:"reached_at,omitzero"` // when a channel first took it
	Changes   []InquiryChange `json:"changes,omitempty"`   // oldest first
	SendAt    time.Time       `json:"send_at,omitzero"`    // when what the bank was not told is queued again
	AskAgain  time.Time       `json:"ask_again,omitzero"`  // when the people are told again, until a channel took it
	LookAt    time.Time       `json:"look_at,omitzero"`    // when the answer is looked at again, in case that its bank was not told
	Due       time.Time       `json:"due,omitzero"`        // when sweep must look again; zero if never
	Version   int64           `json:"-"`

	Unknown jsontext.Value `json:",embed"`
}

// InquiryChange is an answer, or that there is none.
type InquiryChange struct {
	Seq      int          `json:"seq"`
	State    InquiryState `json:"state"`
	At       time.Time    `json:"at"`
	By       Role         `json:"by,omitempty"`
	Via      Via          `json:"via,omitempty"`
	Dispute  string       `json:"dispute,omitempty"` // of InquiryNotMine
	TellBank bool         `json:"tell_bank,omitempty"`
	ToldAt   time.Time    `json:"told_at,omitzero"`
	GaveUpAt time.Time    `json:"gave_up_at,omitzero"`

	Unknown jsontext.Value `json:",embed"`
}

// InquiryID names the inquiry of a request of a bank about something.
func InquiryID(asking, ref, txn, service string) string {
	return Derive("inquiry", asking, ref, txn, service)
}

// Open tells whether it waits for an answer.
func (q *Inquiry) Open() bool { return q.State == InquiryAsked || q.State == InquiryWithdrawn }

// ToPhone tells whether the bank has to ask by itself: no one was asked, or reached, or
// has answered in time.
func (q *Inquiry) ToPhone(now time.Time) bool {
	switch q.State {
	case InquiryNotAsked:
		return q.Why != InquiryUndone && q.Why != InquiryOpen
	case InquiryAsked:
		return q.ReachedAt.IsZero() && !now.Before(q.AskedAt.Add(ReachWithin))
	}
	return q.State == InquiryUnanswered || q.State == InquiryWithdrawn
}

// Answered is the time and the channel of the answer that stands; nil if there is none.
func (q *Inquiry) Answered() *InquiryChange {
	if n := len(q.Changes); n > 0 && (q.State == InquiryMine || q.State == InquiryNotMine) {
		return &q.Changes[n-1]
	}
	return nil
}

// Untold is the first change that the bank is still to take; nil if there is none.
func (q *Inquiry) Untold() *InquiryChange {
	for i := range q.Changes {
		if x := &q.Changes[i]; x.TellBank && x.ToldAt.IsZero() && x.GaveUpAt.IsZero() {
			return x
		}
	}
	return nil
}

// Note appends a change; false if there is no room for it.
func (q *Inquiry) Note(x InquiryChange) bool {
	if len(q.Changes) >= MostInquiryChanges {
		return false
	}
	x.Seq = len(q.Changes) + 1
	q.Changes, q.State = append(q.Changes, x), x.State
	return true
}

// Says is the change that an answer comes to; false if it says what the state says. a is
// the answer to what is asked about, nil if none stands.
func (q *Inquiry) Says(a *Answer, dispute string, now time.Time) (InquiryChange, bool) {
	var none InquiryChange
	switch {
	case q.State == InquiryNotAsked:
		return none, false
	case a == nil:
		was := q.State == InquiryMine || q.State == InquiryNotMine
		return InquiryChange{State: InquiryWithdrawn, At: now, TellBank: true}, was
	}
	x := InquiryChange{State: InquiryMine, At: a.At, Via: a.Via, TellBank: true}
	if a.Value == NotMine {
		x.State, x.Dispute = InquiryNotMine, dispute
	}
	return x, x.State != q.State
}

// ComputeDue says when sweep must look again.
func (q *Inquiry) ComputeDue() {
	q.Due = time.Time{}
	at := func(t time.Time) {
		if !t.IsZero() && (q.Due.IsZero() || t.Before(q.Due)) {
			q.Due = t
		}
	}
	if q.Untold() != nil {
		at(q.SendAt)
	}
	at(q.LookAt)
	if q.State == InquiryAsked {
		at(q.AnswerBy)
		if q.ReachedAt.IsZero() {
			at(q.AskAgain)
		}
	}
}

// AnswerOf is the answer that stands for a part of the incident; nil if there is none. A
// part that was called the person's own while the rest was reported has the answer "mine".
func (r *Record) AnswerOf(part string) *Answer {
	a := r.Answer
	switch {
	case a == nil || !r.Answered():
		return nil
	case a.Value == NotMine && slices.Contains(a.Except, part):
		own := *a
		own.Value = Mine
		return &own
	}
	return a
}

// Inquire notes that a bank asks about the incident.
func (r *Record) Inquire(inquiry string) {
	if slices.Contains(r.Inquiries, inquiry) {
		return
	}
	r.Inquiries = append(slices.Clone(r.Inquiries), inquiry)
	r.Inquiries = r.Inquiries[max(0, len(r.Inquiries)-RecordInquiries):]
}
