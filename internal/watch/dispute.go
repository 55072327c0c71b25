package watch

import (
	"cmp"
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/quote"
)

// DisputeStatus is how far the bank is with a dispute.
type DisputeStatus string

// Statuses: opened and withdrawn are ours, the rest are the bank's to set.
const (
	DisputeOpened    DisputeStatus = "opened"
	DisputeWithdrawn DisputeStatus = "withdrawn"
	DisputeReceived  DisputeStatus = "received"
	DisputeFrozen    DisputeStatus = "frozen"
	DisputeRefunded  DisputeStatus = "refunded"
	DisputeClosed    DisputeStatus = "closed"
	// DisputeUpdated is no status of a dispute: it is the change that tells
	// the bank what has become of the transaction.
	DisputeUpdated DisputeStatus = "updated"
	// DisputeReopened is no status of a dispute: a bank says it of one that it has
	// closed, which is received again (DisputeChange.Reopened).
	DisputeReopened DisputeStatus = "reopened"
)

// Dispute is an answer "not mine" on its way through the bank. There is at
// most one per record; withdrawing and disputing again reopens it.
type Dispute struct {
	ID         string `json:"id"`
	Reference  string `json:"reference"` // what people say on the phone: "KZ-7F3K-9Q2M"
	Record     string `json:"record"`
	OnAccount  `json:"account"`
	Mask       quote.Text    `json:"mask,omitempty"`
	Kind       Kind          `json:"kind"`
	Txn        string        `json:"txn"`
	Service    string        `json:"service,omitempty"`
	Descriptor quote.Text    `json:"descriptor,omitempty"`
	Amount     int64         `json:"amount,omitempty"` // yen
	OccurredAt time.Time     `json:"occurred_at"`
	ReceivedAt time.Time     `json:"received_at"`
	AlertedAt  time.Time     `json:"alerted_at,omitzero"`
	AcceptedAt time.Time     `json:"accepted_at,omitzero"` // the first channel took the alert
	AnsweredAt time.Time     `json:"answered_at"`
	AnsweredBy Role          `json:"answered_by"`
	Watcher    string        `json:"watcher"`
	Via        Via           `json:"via"`
	Status     DisputeStatus `json:"status"`
	Text       quote.Text    `json:"text,omitempty"` // the bank's words to the person
	// Changes are the status changes, oldest first.
	Changes []DisputeChange `json:"changes"`
	// First is the record whose transaction the facts above are of, if it is not
	// Record: the person said that the alert with which the incident began was
	// theirs.
	First string `json:"first,omitempty"`
	// Follows is the dispute that the bank had closed when the person said that
	// something of the same incident, which was not part of it, was not theirs either.
	Follows string `json:"follows,omitempty"`
	// Also are the further transactions of the incident that the dispute is
	// about, in the order in which they joined it.
	Also []Disputed `json:"also,omitempty"`
	// History is what the bank has said of the transaction, as far as it was
	// told to it by Changes.
	History []Entry   `json:"history,omitempty"`
	Due     time.Time `json:"due,omitzero"` // when sweep must look again; zero if never
	// Notes are the bank's own, which no person is shown.
	Notes []DisputeNote `json:"notes,omitempty"`
	// Parked tells that the bank, whose endpoint is down, is not called for it.
	Parked  bool  `json:"parked,omitempty"`
	Version int64 `json:"-"`

	Unknown jsontext.Value `json:",embed"`
}

// DisputeNote is what a bank noted for itself.
type DisputeNote struct {
	At    time.Time `json:"at"`
	Clerk string    `json:"clerk,omitempty"`
	Text  string    `json:"text"`

	Unknown jsontext.Value `json:",embed"`
}

// DisputeChange is one change of a dispute. Those that we made (opened,
// withdrawn) are told to the bank, in order, until it takes them.
type DisputeChange struct {
	Seq            int           `json:"seq"`
	Status         DisputeStatus `json:"status"`
	At             time.Time     `json:"at"`
	Text           quote.Text    `json:"text,omitempty"`
	By             Role          `json:"by,omitempty"`       // of ours: who made it; empty for the bank
	Watcher        string        `json:"watcher,omitempty"`  // of ours: the same, by the watcher's id
	Via            Via           `json:"via,omitempty"`      // of ours: where it came in
	Clerk          string        `json:"clerk,omitempty"`    // of the bank's: who made it, as it says
	IdempotencyKey string        `json:"act,omitempty"`      // of ours: the act that made it, so that it makes no other
	Reopened       bool          `json:"reopened,omitempty"` // of the bank's: with it "received" follows "closed"
	Ready          string        `json:"ready,omitempty"`    // of the bank's: Text is the ready text of this id, in Japanese
	TellBank       bool          `json:"tell_bank,omitempty"`
	ToldAt         time.Time     `json:"told_at,omitzero"`
	GaveUpAt       time.Time     `json:"gave_up_at,omitzero"` // 72 h without the bank taking it
	Attempts       int           `json:"attempts,omitempty"`
	// Failed is why the latest attempt came to nothing, while the bank has not taken it.
	Failed *CallbackFailure `json:"failed,omitempty"`
	// Shows is what the transaction was at this change; Further is a debit
	// that came after the report.
	// Of is the record of the transaction, if it is one of Also.
	Shows   *Shown   `json:"shows,omitempty"`
	Of      string   `json:"of,omitempty"`
	Further *Further `json:"further,omitempty"`
	// Opens is, with an opening, what the dispute is about from then on.
	Opens *Opening `json:"opens,omitempty"`

	Unknown jsontext.Value `json:",embed"`
}

// CallbackFailure is why a bank did not take a callback.
type CallbackFailure struct {
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`           // callback.Reason, or empty if it was ours
	Status int       `json:"status,omitempty"` // that the bank answered

	Unknown jsontext.Value `json:",embed"`
}

// MaxFailures is how many changes of a dispute tell why they were not taken.
const MaxFailures = 20

// Fails keeps why the bank did not take a change now.
func (d *Dispute) Fails(seq int, f CallbackFailure) {
	n := 0
	for i := len(d.Changes) - 1; i >= 0; i-- {
		c := &d.Changes[i]
		if c.Seq == seq {
			c.Failed = &f
		}
		if c.Failed == nil {
			continue
		}
		if n++; n > MaxFailures && c.Seq != seq {
			c.Failed = nil
		}
	}
}

// Further is a debit, or a charge link, of the service of a dispute that came
// after the person had said "not mine".
type Further struct {
	Record     string     `json:"record"`
	Txn        string     `json:"txn"`
	Kind       Kind       `json:"kind"`
	Amount     int64      `json:"amount,omitempty"` // yen
	Service    string     `json:"service,omitempty"`
	Word       string     `json:"word,omitempty"` // see Record.Word
	Confidence Confidence `json:"confidence,omitempty"`
	Descriptor quote.Text `json:"descriptor,omitempty"`
	OccurredAt time.Time  `json:"occurred_at"`

	Unknown jsontext.Value `json:",embed"`
}

// Opening is what an opening says of the first transaction of a dispute. A
// report that is taken back and made again may begin with another one, and what
// the bank was to be told before stays as it was.
type Opening struct {
	Record     string    `json:"record"`
	Txn        string    `json:"txn"`
	Kind       Kind      `json:"kind"`
	ReceivedAt time.Time `json:"received_at"`
	AlertedAt  time.Time `json:"alerted_at,omitzero"`
	AcceptedAt time.Time `json:"accepted_at,omitzero"`

	Unknown jsontext.Value `json:",embed"`
}

// Stands tells whether "not mine" is what a record was answered with, and has
// not been taken back. A nil dispute does not stand.
func (d *Dispute) Stands(r *Record) bool {
	return d != nil && r.Answer != nil && r.Answer.Value == NotMine
}

// Latest is the change by which the dispute has its status.
func (d *Dispute) Latest() DisputeChange {
	for i := len(d.Changes) - 1; i >= 0; i-- {
		if d.Changes[i].Status == d.Status {
			return d.Changes[i]
		}
	}
	return DisputeChange{Status: d.Status}
}

// Ours is the latest change that says whether the dispute stands: it was opened,
// or withdrawn. The bank's statuses say nothing of that.
func (d *Dispute) Ours() *DisputeChange {
	for i := len(d.Changes) - 1; i >= 0; i-- {
		if c := &d.Changes[i]; c.Status == DisputeOpened || c.Status == DisputeWithdrawn {
			return c
		}
	}
	return &DisputeChange{Status: d.Status}
}

// Withdrawn tells whether the report was taken back.
func (d *Dispute) Withdrawn() bool {
	return d.Status == DisputeWithdrawn || d.Ours().Status == DisputeWithdrawn
}

// Untold is the oldest change that the bank has yet to take.
func (d *Dispute) Untold() (*DisputeChange, bool) {
	for i := range d.Changes {
		c := &d.Changes[i]
		if c.TellBank && c.ToldAt.IsZero() && c.GaveUpAt.IsZero() {
			return c, true
		}
	}
	return nil, false
}

// maxDisputeChanges bounds the changes of one dispute that the bank is told: each
// transaction that can join it (MaxReported), and more.
const maxDisputeChanges = MaxReported + 44

// maxDisputeBytes bounds what of a dispute is not the bank's own words: a hundred
// statuses and fifty notes, of 150 KB at most, have room in its item too.
// What becomes of transactions that are in a full dispute has roomForUpdates more.
const maxDisputeBytes, roomForUpdates = 224_000, 15_000

// Full tells whether nothing more goes into the dispute: what comes is a story, and
// a report, of its own.
func (d *Dispute) Full() bool { return d.bytes() >= maxDisputeBytes }

// bytes is about how long the dispute is as it is kept, and not less, without the
// bank's words.
func (d *Dispute) bytes() int {
	times := func(all ...time.Time) (n int) {
		for _, t := range all {
			if !t.IsZero() {
				n += 50
			}
		}
		return n
	}
	shown := func(s *Shown) int {
		if s == nil {
			return 0
		}
		n := 190 + len(s.Descriptor) + len(s.Service) + len(s.Word) + len(s.Other) + times(s.UndoneAt, s.HeardAt, s.StageAt)
		if s.Second != nil || s.Balance != nil {
			n += 120
		}
		return n
	}
	opening := func(o *Opening) int {
		if o == nil {
			return 0
		}
		return 250 + len(o.Txn)
	}
	n := 900 + len(d.Txn) + len(d.Descriptor)
	for i := range d.Also {
		n += 135 + len(d.Also[i].Txn) + shown(&d.Also[i].Was) // and what shed leaves of its ledger
	}
	for i := range d.Changes {
		c := &d.Changes[i]
		if !c.TellBank {
			continue
		}
		n += 140 + times(c.ToldAt, c.GaveUpAt) + len(c.Watcher) + len(c.IdempotencyKey) + shown(c.Shows) + opening(c.Opens)
		if f := c.Further; f != nil {
			n += 165 + len(f.Txn) + len(f.Confidence) + len(f.Service) + len(f.Word) + len(f.Descriptor)
		}
	}
	return n + ledgerBytes(d.History)
}

func ledgerBytes(all []Entry) (n int) {
	for i := range all {
		n += 300 + len(all[i].Event) + len(all[i].Txn)
	}
	return n
}

// ledger is what the bank has said of a record, each entry with the id that it bore.
func (r *Record) ledger() []Entry {
	all := slices.Clone(r.Story())
	for i := range all {
		all[i].Txn = cmp.Or(all[i].Txn, r.Txn)
	}
	return all
}

// shed forgets what the bank has said of further transactions as far as there is no
// room for it: what joins, and what becomes of it, comes first.
func (d *Dispute) shed() {
	room := maxDisputeBytes - d.bytes() - 100*len(d.Changes) // they are still to be told
	for i := range d.Also {
		a := &d.Also[i]
		n := 12 + len(a.Event) + ledgerBytes(a.History)
		if a.Event == "" || n <= room {
			room -= n
			continue
		}
		d.Also = slices.Clone(d.Also)
		d.Also[i].Event, d.Also[i].History = "", nil
	}
}

// noteAlso takes what the bank has said of one of the further transactions by now.
func (d *Dispute) noteAlso(r *Record) {
	said := r.ledger()
	for i := len(d.Also) - 1; i >= 0 && len(said) > 1; i-- {
		if d.Also[i].Record == r.ID {
			d.Also = slices.Clone(d.Also)
			d.Also[i].Event, d.Also[i].History = r.Event, said
			break
		}
	}
	d.shed()
}

// Note takes the facts of the transaction as they are now.
func (d *Dispute) Note(r *Record) {
	d.Amount, d.Service, d.Descriptor, d.OccurredAt, d.History = r.Amount, r.Service, r.Descriptor, r.OccurredAt, r.ledger()
}

// Update notes what has become of a transaction of a dispute, for the bank to
// be told; false if there is nothing new.
func (d *Dispute) Update(r *Record, now time.Time) bool {
	last, ok := d.Transaction(r.ID)
	is := r.Shows("")
	same := ok && last.Amount == is.Amount && last.Returned == is.Returned && last.Again == is.Again &&
		last.Service == is.Service && last.UndoneAt.Equal(is.UndoneAt) && last.Status == is.Status && last.MayStand() == is.MayStand() && last.MayBeIt == is.MayBeIt
	if !ok || same {
		return false
	}
	change := DisputeChange{Status: DisputeUpdated, At: now, Shows: is}
	if r.ID == d.Leads() {
		d.Note(r)
	} else {
		change.Of = r.ID
		d.noteAlso(r)
	}
	d.tell(change)
	return true
}

func (d *Dispute) nextSeq() int {
	if n := len(d.Changes); n > 0 {
		return d.Changes[n-1].Seq + 1
	}
	return 1
}

// Shown is what the bank was last told that the transaction is.
func (d *Dispute) Shown() *Shown {
	s, _ := d.Transaction(d.Leads())
	return s
}
