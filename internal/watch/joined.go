package watch

import (
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Joined is another account's summary of the past that one message says as well, or that
// which says it: a person is told of all their accounts at once.
type Joined struct {
	Record   string  `json:"record"`
	Delivery string  `json:"delivery"`
	Hide     bool    `json:"hide,omitempty"` // its reader may not see that account's amounts
	Sum      PastSum `json:"sum,omitzero"`

	Unknown jsontext.Value `json:",embed"`
}

// LookJoined is how soon a summary that another one says looks whether that was taken.
const LookJoined = 2 * time.Minute

// JoinsInto has a summary that no channel has be said by another one, and tells whether it
// is: one that is said by a third, or alone, is not.
func (d *Delivery) JoinsInto(by Joined, sum PastSum, now time.Time) bool {
	if d.With != nil {
		return d.With.Record == by.Record && d.With.Delivery == by.Delivery
	}
	if d.Kind != TellSummary || d.Sum != nil || d.Tried || d.Calling || d.State != Held && d.State != Queued {
		return false
	}
	d.With, d.Sum, d.State, d.Due = &by, &sum, Held, now.Add(LookJoined)
	return true
}

// SaidWith tells what became of the summary of a delivery that another one, of this record,
// says: whether that was taken, and when; or whether it, or one over another channel, may
// yet be. It is neither if that turned out not to speak of it.
func (r *Record) SaidWith(record string, said *Delivery) (taken time.Time, waits bool) {
	of, ok := r.Delivery(said.With.Delivery)
	if !ok || of.Sum != nil && !slices.ContainsFunc(of.Also, func(j Joined) bool { return j.Record == record && j.Delivery == said.ID }) {
		return time.Time{}, false
	}
	for i := range r.Deliveries {
		d := &r.Deliveries[i]
		if d.Kind != of.Kind || d.Watcher != of.Watcher || d.Seq != of.Seq {
			continue
		}
		if d.State == Accepted {
			return d.AcceptedAt, false
		}
		waits = waits || d.State.Waits()
	}
	return time.Time{}, waits
}

// SayAlone has it be said by itself again.
func (d *Delivery) SayAlone(now time.Time) {
	d.With, d.Sum, d.State, d.Due = nil, nil, Held, now
}

// Forget leaves of what a summary said of other accounts only which it was, once it is
// taken: their amounts are kept with those. When it was due, and what a further try
// would ask for, says nothing any more.
func (d *Delivery) Forget() {
	d.Due, d.As = time.Time{}, ""
	if d.Worded.Plain() {
		d.Worded = nil
	}
	d.Also = slices.Clone(d.Also)
	for i := range d.Also {
		d.Also[i].Sum = PastSum{}
	}
}
