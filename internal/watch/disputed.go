package watch

import (
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// What a dispute is about changes while the bank is told of it: transactions
// join and leave, and a report that is made again may begin with another one.
// Each change has its number, and what the bank is told of a change is what the
// dispute was about at that number, however late it takes it.

// Leads is the record of the dispute's first transaction.
func (d *Dispute) Leads() string {
	if d.First != "" {
		return d.First
	}
	return d.Record
}

// latest is more than the number of any change.
const latest = 1<<31 - 1

// OpenedAt is what the dispute was about, first of all, at a change.
func (d *Dispute) OpenedAt(seq int) Opening {
	for i := len(d.Changes) - 1; i >= 0; i-- {
		if c := &d.Changes[i]; c.Opens != nil && c.Seq <= seq {
			return *c.Opens
		}
	}
	return d.opening()
}

// opening is what the facts of the dispute say.
func (d *Dispute) opening() Opening {
	return Opening{Record: d.Leads(), Txn: d.Txn, Kind: d.Kind, ReceivedAt: d.ReceivedAt, AlertedAt: d.AlertedAt, AcceptedAt: d.AcceptedAt}
}

// Open makes these the transactions of the dispute, as of the opening that was
// noted last. before is what it was about until then, for openings of a program
// that did not note it.
func (d *Dispute) Open(parts []*Record, before Opening) {
	last := len(d.Changes) - 1
	for i := range d.Changes[:last] {
		if c := &d.Changes[i]; c.Status == DisputeOpened && c.Opens == nil {
			was := before
			c.Opens = &was
		}
	}
	is := d.opening()
	d.Changes[last].Opens = &is
	d.Cover(parts, d.Changes[last].Seq)
}

// Opening is what the dispute is about now, for Open.
func (d *Dispute) Opening() Opening { return d.OpenedAt(latest) }

// Disputed is one more transaction of a dispute.
type Disputed struct {
	Record     string    `json:"record"`
	Txn        string    `json:"txn"`
	Kind       Kind      `json:"kind"`
	ReceivedAt time.Time `json:"received_at"`
	Seq        int       `json:"seq"` // of the change with which it joined
	Was        Shown     `json:"was"` // what it was then
	// Left is the change with which it left again: it turned out to be another's,
	// or the person said that it was theirs after all. Joining again is an entry
	// of its own.
	Left int `json:"left,omitempty"`
	// Event is the bank's event that told of it, and History all that the bank has
	// said of it, as of the last change that told of it, if that is more.
	Event   string  `json:"event,omitempty"`
	History []Entry `json:"history,omitempty"`

	Unknown jsontext.Value `json:",embed"`
}

// in tells whether it was one of the dispute's at a change.
func (a *Disputed) in(seq int) bool { return a.Seq <= seq && (a.Left == 0 || a.Left > seq) }

// Story is what the bank has said of it; nothing of one that joined under a version
// that did not keep it.
func (a *Disputed) Story() []Entry {
	if len(a.History) > 0 || a.Event == "" {
		return a.History
	}
	return []Entry{{Event: a.Event, Kind: a.Kind, Status: a.Was.Status, At: a.Was.OccurredAt, ReceivedAt: a.ReceivedAt, Amount: a.Was.Amount, Txn: a.Txn}}
}

// AlsoAt lists the transactions of the dispute at a change, without the first.
func (d *Dispute) AlsoAt(seq int) []Disputed {
	first := d.OpenedAt(seq).Record
	var out []Disputed
	for _, a := range d.Also {
		if a.in(seq) && a.Record != first {
			out = append(out, a)
		}
	}
	return out
}

// Transaction finds what the bank was last told of one of the transactions.
func (d *Dispute) Transaction(record string) (*Shown, bool) {
	return d.TransactionAt(record, latest)
}

// TransactionAt finds it as it was at a change; false if it was none of them.
func (d *Dispute) TransactionAt(record string, seq int) (*Shown, bool) {
	var last *Shown
	joined := 0
	for i := range d.Also {
		if a := &d.Also[i]; a.Record == record && a.in(seq) {
			last, joined = &a.Was, a.Seq
		}
	}
	leads := d.OpenedAt(seq).Record == record
	if last == nil && !leads {
		return nil, false
	}
	for i := len(d.Changes) - 1; i >= 0; i-- {
		c := &d.Changes[i]
		if c.Shows != nil && c.Seq <= seq && c.Seq >= joined && d.about(c) == record {
			return c.Shows, true
		}
	}
	if last == nil {
		last = &Shown{Amount: d.Amount, Service: d.Service, Descriptor: d.Descriptor, OccurredAt: d.OccurredAt}
		if d.Kind == Debit {
			last.Status = Posted
		}
	}
	return last, true
}

// about is the record of which a change tells.
func (d *Dispute) about(c *DisputeChange) string {
	if c.Of != "" {
		return c.Of
	}
	return d.OpenedAt(c.Seq).Record
}

// add takes one more transaction into the dispute, as of a change of it; false
// if it is one of them.
func (d *Dispute) add(r *Record, seq int) bool {
	if _, known := d.Transaction(r.ID); known {
		return false
	}
	if d.Full() { // of those that left and join again one entry is enough
		if i := slices.IndexFunc(d.Also, func(a Disputed) bool { return a.Record == r.ID }); i >= 0 {
			d.Also[i].Left = 0
			return true
		}
	}
	d.Also = append(d.Also, Disputed{Record: r.ID, Txn: r.Name(), Kind: r.Kind, ReceivedAt: r.ReceivedAt, Seq: seq, Was: *r.Shows(""), Event: r.Event})
	d.noteAlso(r)
	return true
}

// Cover makes these, after the first, the transactions of the dispute as of a
// change of it.
func (d *Dispute) Cover(parts []*Record, seq int) {
	d.Also = slices.Clone(d.Also)
	for i := range d.Also {
		a := &d.Also[i]
		if a.Left == 0 && !slices.ContainsFunc(parts, func(p *Record) bool { return p.ID == a.Record }) {
			a.Left = seq
		}
	}
	for _, p := range parts {
		d.add(p, seq)
	}
}

// Another takes in what came after the person said "not mine", and has the bank
// told; false if it is known already.
func (d *Dispute) Another(r *Record, now time.Time) bool {
	known := slices.ContainsFunc(d.Changes, func(c DisputeChange) bool { return c.Further != nil && c.Further.Record == r.ID })
	if known || d.Withdrawn() || d.Full() || !d.add(r, d.nextSeq()) {
		return false
	}
	f := &Further{Record: r.ID, Txn: r.Name(), Kind: r.Kind, Amount: r.Amount, Service: r.Service, Word: r.Word(), Descriptor: r.Descriptor, OccurredAt: r.OccurredAt}
	if r.Confidence == Undecided {
		f.Confidence = Undecided // the others are not told
	}
	d.tell(DisputeChange{Status: DisputeUpdated, At: now, Further: f}) // the first one is as it was
	return true
}

// Leave takes one of the further transactions out, because it turned out to be
// another of them under a second id, and has the bank told; false if it is not
// there.
func (d *Dispute) Leave(record string, now time.Time) bool {
	i := slices.IndexFunc(d.Also, func(a Disputed) bool { return a.Record == record && a.Left == 0 })
	if i < 0 {
		return false
	}
	d.Also = slices.Clone(d.Also)
	d.Also[i].Left = d.nextSeq()
	d.tell(DisputeChange{Status: DisputeUpdated, At: now, Shows: d.Shown()})
	return true
}
