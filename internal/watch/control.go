package watch

import (
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/quote"
)

// ControlKind is what an owner can ask their bank to stop.
type ControlKind string

// The kinds of controls.
const (
	StopService ControlKind = "stop_service" // debits of one service on the account
	StopLinks   ControlKind = "stop_links"   // new links of any service
	StopDebits  ControlKind = "stop_debits"  // all automatic debits, until a time
	LimitDebits ControlKind = "limit"        // debits of services above a most per charge and per month
)

// ControlKinds lists them, in the order in which they are offered.
func ControlKinds() []ControlKind {
	return []ControlKind{StopService, StopLinks, StopDebits, LimitDebits}
}

// Wide tells whether it stops more than one service: then it takes two taps.
func (k ControlKind) Wide() bool { return k != StopService }

// ControlState is how far a control is.
type ControlState string

// The states. requested and withdrawn are an owner's doing, ended and unanswered ours, the
// others the bank's.
const (
	ControlRequested  ControlState = "requested"
	ControlWithdrawn  ControlState = "withdrawn"
	ControlApplied    ControlState = "applied"
	ControlRefused    ControlState = "refused"
	ControlNotOffered ControlState = "not_offered"
	ControlLifted     ControlState = "lifted" // nothing is stopped any more
	ControlKept       ControlState = "kept"   // it was withdrawn, and stands all the same
	ControlEnded      ControlState = "ended"  // its time is over
	// ControlUnanswered is no state of a control: it is the change that tells people
	// that their bank has not answered in time. Neither is ended while the bank is to answer.
	ControlUnanswered ControlState = "unanswered"
)

// OfBank tells whether a bank can set it.
func (s ControlState) OfBank() bool {
	return slices.Contains([]ControlState{ControlApplied, ControlRefused, ControlNotOffered, ControlLifted, ControlKept}, s)
}

const (
	// ControlAnswerFor is how long a bank may take before people are told that it has
	// not answered.
	ControlAnswerFor = 10 * time.Minute
	// MostStop is the longest for which all automatic debits are stopped.
	MostStop = 31 * 24 * time.Hour
	// MostLimit is the highest limit, in yen, of a charge and of a month.
	MostLimit = 10_000_000
	// MostControlChanges bounds the changes of one control. Then it is the bank's to
	// talk about.
	MostControlChanges = 60
)

// ControlTerms are what a control says apart from its kind; what its kind does not use is
// zero.
type ControlTerms struct {
	Until     time.Time `json:"until,omitzero"`       // of StopDebits, to the second
	PerCharge int64     `json:"per_charge,omitempty"` // of LimitDebits, in yen; 0 is none
	PerMonth  int64     `json:"per_month,omitempty"`

	Unknown jsontext.Value `json:",embed"`
}

// Same tells whether both say the same.
func (t ControlTerms) Same(o ControlTerms) bool {
	return t.Until.Equal(o.Until) && t.PerCharge == o.PerCharge && t.PerMonth == o.PerMonth
}

// Covers tells whether t protects in each way at least as much as o.
func (t ControlTerms) Covers(o ControlTerms) bool {
	strict := func(a, b int64) bool { return b == 0 || a > 0 && a <= b }
	return !t.Until.Before(o.Until) && strict(t.PerCharge, o.PerCharge) && strict(t.PerMonth, o.PerMonth)
}

// Control is something that an owner asked their bank to stop on an account. There is at
// most one of a kind, and of a service; each further wish is one more change of it.
type Control struct {
	ID        string `json:"id"`
	Reference string `json:"reference"` // what people say on the phone
	OnAccount `json:"account"`
	Mask      quote.Text      `json:"mask,omitempty"`
	Kind      ControlKind     `json:"kind"`
	Service   string          `json:"service,omitempty"` // of StopService
	State     ControlState    `json:"state"`
	Changes   []ControlChange `json:"changes"`          // oldest first
	SendAt    time.Time       `json:"send_at,omitzero"` // when what the bank was not told is queued again
	Due       time.Time       `json:"due,omitzero"`     // when sweep must look again; zero if never
	Version   int64           `json:"-"`

	Unknown jsontext.Value `json:",embed"`
}

// ControlChange is one change of a control.
type ControlChange struct {
	Seq            int          `json:"seq"`
	State          ControlState `json:"state"`
	At             time.Time    `json:"at"`
	Terms          ControlTerms `json:"terms,omitzero"`    // of requested
	Dispute        string       `json:"dispute,omitempty"` // of requested: the report with which it was asked for
	By             Role         `json:"by,omitempty"`      // of an owner's
	Watcher        string       `json:"watcher,omitempty"` // the same, by the watcher's id
	Via            Via          `json:"via,omitempty"`     // the same: where it came in
	IdempotencyKey string       `json:"act,omitempty"`     // the same: the act that made it
	Text           quote.Text   `json:"text,omitempty"`    // of the bank's: its words to the people
	Clerk          string       `json:"clerk,omitempty"`   // of the bank's: who says it
	Since          time.Time    `json:"since,omitzero"`    // of the bank's: from when on it is so, as it says
	TellBank       bool         `json:"tell_bank,omitempty"`
	ToldAt         time.Time    `json:"told_at,omitzero"`
	GaveUpAt       time.Time    `json:"gave_up_at,omitzero"`

	Unknown jsontext.Value `json:",embed"`
}

// ControlID names the control of a kind, and of a service, of an account.
func ControlID(k AccountKey, kind ControlKind, service string) string {
	return Derive("control", k.Bank, k.Ref, string(kind), service)
}

// Last is the latest change.
func (c *Control) Last() *ControlChange { return &c.Changes[len(c.Changes)-1] }

// Asked is the latest change of an owner's; nil if a newer program knows one alone.
func (c *Control) Asked() *ControlChange {
	for i := len(c.Changes) - 1; i >= 0; i-- {
		if x := &c.Changes[i]; x.State == ControlRequested || x.State == ControlWithdrawn {
			return x
		}
	}
	return nil
}

// Wish is the latest request; nil if there is none.
func (c *Control) Wish() *ControlChange {
	for i := len(c.Changes) - 1; i >= 0; i-- {
		if x := &c.Changes[i]; x.State == ControlRequested {
			return x
		}
	}
	return nil
}

// InForce is the request that the bank says it has applied, and since when; nil if nothing
// is stopped as far as the bank has said. What was asked for since stands in no such
// place: it is not stopped before the bank says so.
func (c *Control) InForce(now time.Time) (wish *ControlChange, since time.Time) {
	var asked *ControlChange
	for i := range c.Changes {
		switch x := &c.Changes[i]; x.State {
		case ControlRequested:
			asked = x
		case ControlApplied:
			if wish, since = asked, x.At; !x.Since.IsZero() {
				since = x.Since
			}
		case ControlLifted, ControlEnded:
			wish, since = nil, time.Time{}
		}
	}
	if wish != nil && !wish.Terms.Until.IsZero() && !now.Before(wish.Terms.Until) {
		return nil, time.Time{}
	}
	return wish, since
}

// Waits tells whether the bank is still to answer, and since when.
func (c *Control) Waits() (since time.Time, yes bool) {
	if len(c.Changes) == 0 || c.State != ControlRequested && c.State != ControlWithdrawn {
		return time.Time{}, false
	}
	return c.Asked().At, true
}

// TakenBack tells whether an owner took it back not long ago: then each watcher of the account
// may ask for it again with one tap.
func (c *Control) TakenBack(now time.Time) bool {
	x := c.Asked()
	return x != nil && x.State == ControlWithdrawn && now.Sub(x.At) < RestoreFor
}

// Can lists what the bank can answer now.
func (c *Control) Can(now time.Time) []ControlState {
	can := []ControlState{}
	force, _ := c.InForce(now)
	switch c.State {
	case ControlRequested:
		can = append(can, ControlApplied, ControlRefused)
		if force == nil {
			can = append(can, ControlNotOffered)
		}
		return can
	case ControlWithdrawn:
		return append(can, ControlLifted, ControlKept)
	case ControlEnded:
		return append(can, ControlLifted)
	case ControlRefused, ControlNotOffered:
		can = append(can, ControlApplied)
	}
	if force != nil {
		can = append(can, ControlLifted)
	}
	return can
}

// Untold is the first change that the bank is still to take; nil if there is none.
func (c *Control) Untold() *ControlChange {
	for i := range c.Changes {
		if x := &c.Changes[i]; x.TellBank && x.ToldAt.IsZero() && x.GaveUpAt.IsZero() {
			return x
		}
	}
	return nil
}

// Overdue tells whether people are to be told now that the bank has not answered.
func (c *Control) Overdue(now time.Time) bool {
	since, waits := c.Waits()
	return waits && !now.Before(since.Add(ControlAnswerFor)) && c.Last().State != ControlUnanswered
}

// Over tells whether the time of what is stopped has ended, and no one was told so.
func (c *Control) Over(now time.Time) bool {
	end := c.ends()
	return !end.IsZero() && !now.Before(end)
}

// ends is when what is in force ends by itself; zero if it does not.
func (c *Control) ends() time.Time {
	if wish, _ := c.InForce(time.Time{}); wish != nil {
		return wish.Terms.Until
	}
	return time.Time{}
}

// Note appends a change.
func (c *Control) Note(x ControlChange) {
	x.Seq = 1
	if len(c.Changes) > 0 {
		x.Seq = c.Last().Seq + 1
	}
	c.Changes = append(c.Changes, x)
	_, waits := c.Waits()
	if x.State != ControlUnanswered && !(x.State == ControlEnded && waits) {
		c.State = x.State
	}
}

// ComputeDue says when sweep must look again.
func (c *Control) ComputeDue() {
	c.Due = time.Time{}
	at := func(t time.Time) {
		if !t.IsZero() && (c.Due.IsZero() || t.Before(c.Due)) {
			c.Due = t
		}
	}
	if c.Untold() != nil {
		at(c.SendAt)
	}
	if since, waits := c.Waits(); waits && c.Last().State != ControlUnanswered {
		at(since.Add(ControlAnswerFor))
	}
	at(c.ends())
}

// ControlStep is what a step of the trail says of a control.
type ControlStep struct {
	ID        string       `json:"id"`
	Seq       int          `json:"seq"` // of the change
	Reference string       `json:"reference"`
	Kind      ControlKind  `json:"kind"`
	Service   string       `json:"service,omitempty"`
	State     ControlState `json:"state"`
	Asked     ControlState `json:"asked,omitempty"` // requested or withdrawn: what the owner's latest act was
	Terms     ControlTerms `json:"terms,omitzero"`  // of what was asked for last
	Text      quote.Text   `json:"text,omitempty"`  // of the bank
	// Stands tells that something is stopped all the same, as the bank has said.
	Stands bool `json:"stands,omitempty"`

	Unknown jsontext.Value `json:",embed"`
}
