package dispute

import (
	"cmp"
	"encoding/json"
	"strconv"
	"time"

	"kozamori/internal/quote"
	"kozamori/internal/token"
	"kozamori/internal/watch"
)

// Reference is what people say on the phone for a dispute, "KZ-7F3K-9Q4M":
// derived from its id, 36 bits. Banks tell disputes apart by id.
func Reference(disputeID string) string { return token.Reference(disputeID) }

// Facts is what a bank is told of a dispute wherever it is told: in callbacks
// and when it asks. It names no person. Times are UTC.
type Facts struct {
	DisputeID  string `json:"dispute_id"`
	Reference  string `json:"reference"`
	Bank       string `json:"bank"`
	AccountRef string `json:"account_ref"`
	// Follows is the closed dispute that this one goes on from, by its id and its
	// reference.
	Follows          string `json:"follows,omitempty"`
	FollowsReference string `json:"follows_reference,omitempty"`
	Transaction
	AlertedAt  time.Time `json:"alerted_at,omitzero"`
	AcceptedAt time.Time `json:"accepted_at,omitzero"`
	// Transactions are all that the dispute is about, the first one (which is
	// what stands above) included.
	Transactions []Transaction `json:"transactions"`
}

// Transaction is one of a dispute.
type Transaction struct {
	Charge
	ReceivedAt time.Time `json:"received_at"`
	// What has become of the debit: pending or posted, how much of it came
	// back (yen), when all of it did, how often it was presented again.
	Status     watch.Status `json:"debit_status,omitempty"`
	Returned   int64        `json:"returned,omitempty"`
	ReversedAt time.Time    `json:"reversed_at,omitzero"`
	// Uncertain tells that it is not known whether that was of this transaction:
	// the bank gave its id to several, or named another service. Or what was told of
	// another one may have come back of this one instead.
	Uncertain bool `json:"return_uncertain,omitempty"`
	Presented int  `json:"presented_again,omitempty"`
	// History is what the bank has said of it; callbacks do not have it.
	History []Entry `json:"history,omitempty"`
}

// Source is where a debit is known from, if not from its bank.
type Source string

// SourceStatement is a statement that the account's owner gave us: the bank has
// told us nothing of the debit, and has given us no id of it.
const SourceStatement Source = "statement"

// Charge is a debit or a charge link as the bank reported it, or as a statement
// has it.
type Charge struct {
	Transaction string     `json:"transaction_id,omitempty"` // absent of a statement's
	Source      Source     `json:"source,omitempty"`
	OccurredOn  string     `json:"occurred_on,omitempty"` // of a statement's: the day in Japan, "2019-10-05"
	Kind        watch.Kind `json:"kind"`
	Amount      int64      `json:"amount,omitempty"` // yen
	Currency    string     `json:"currency,omitempty"`
	Descriptor  string     `json:"descriptor,omitempty"`
	Service     string     `json:"service,omitempty"`
	// Named is the bank's own word for the service, if the catalogue does not know it.
	Named string `json:"service_named,omitempty"`
	// Doubtful tells that it may be something else, such as a card's bill.
	Doubtful   bool      `json:"service_uncertain,omitempty"`
	OccurredAt time.Time `json:"occurred_at"`
}

func charge(txn string, kind watch.Kind, amount int64, descriptor quote.Text, service string, sure watch.Confidence, at time.Time) Charge {
	c := Charge{Transaction: txn, Kind: kind, Descriptor: descriptor.Full(), Service: service, OccurredAt: at.UTC()}
	c.Doubtful = service != "" && sure == watch.Undecided
	if kind == watch.Debit {
		c.Amount, c.Currency = amount, "JPY"
	}
	if txn == "" {
		c.Source, c.OccurredOn = SourceStatement, at.In(watch.JST).Format(time.DateOnly)
	}
	return c
}

func transaction(txn string, kind watch.Kind, received time.Time, s *watch.Shown) Transaction {
	c, again := charge(txn, kind, s.Amount, s.Descriptor, s.Service, s.Confidence, s.OccurredAt), s.Again
	c.Named = s.Word
	if s.AfterReturn {
		again++
	}
	if txn == "" {
		return Transaction{Charge: c, ReceivedAt: received.UTC()}
	}
	return Transaction{Charge: c, ReceivedAt: received.UTC(),
		Status: s.Status, Returned: s.Returned, ReversedAt: s.UndoneAt.UTC(), Uncertain: s.MayStand() || s.MayBeIt, Presented: again}
}

// FactsOf takes them from a dispute, as they are now.
func FactsOf(d *watch.Dispute) Facts {
	return factsOf(d, latestOf(d))
}

// Called is a dispute whose account is named as its bank calls it.
func Called(d *watch.Dispute, ref string) *watch.Dispute {
	c := *d
	c.Account.Ref = ref
	return &c
}

// latestOf is the number of the latest change; 0 if there is none.
func latestOf(d *watch.Dispute) int {
	if n := len(d.Changes); n > 0 {
		return d.Changes[n-1].Seq
	}
	return 0
}

// factsOf takes them from a dispute, as they were at one of its changes.
func factsOf(d *watch.Dispute, seq int) Facts {
	o := d.OpenedAt(seq)
	is, _ := d.TransactionAt(o.Record, seq)
	first := transaction(o.Txn, o.Kind, o.ReceivedAt, is)
	f := Facts{DisputeID: d.ID, Reference: d.Reference, Bank: d.Account.Bank, AccountRef: d.Account.Ref, Transaction: first,
		AlertedAt: o.AlertedAt.UTC(), AcceptedAt: o.AcceptedAt.UTC(), Transactions: []Transaction{first}}
	if d.Follows != "" {
		f.Follows, f.FollowsReference = d.Follows, Reference(d.Follows)
	}
	for _, a := range d.AlsoAt(seq) {
		if s, ok := d.TransactionAt(a.Record, seq); ok {
			f.Transactions = append(f.Transactions, transaction(a.Txn, a.Kind, a.ReceivedAt, s))
		}
	}
	return f
}

// callback is the body that a bank receives: "dispute.opened",
// "dispute.withdrawn" or "dispute.updated".
type callback struct {
	Type string `json:"type"`
	Seq  int    `json:"seq"`
	Facts
	AnsweredAt  time.Time  `json:"answered_at"`
	WithdrawnAt time.Time  `json:"withdrawn_at,omitzero"`
	UpdatedAt   time.Time  `json:"updated_at,omitzero"`
	Further     *Charge    `json:"further,omitempty"`
	AnsweredBy  watch.Role `json:"answered_by"`
	Via         watch.Via  `json:"via"`
}

// CallbackBody is what the bank is told of a change of ours: the same bytes
// for the same stored change, and the same name of its account (Called). answered_* are those of the opening that the
// change is or takes back, not of a later one.
func CallbackBody(d *watch.Dispute, c watch.DisputeChange) []byte {
	opening := watch.DisputeChange{At: d.AnsweredAt, By: d.AnsweredBy, Via: d.Via}
	for _, o := range d.Changes {
		if o.Status == watch.DisputeOpened && o.Seq <= c.Seq {
			opening = o
		}
	}
	b := callback{
		Type: CallbackType(c), Seq: c.Seq, Facts: factsOf(d, c.Seq),
		AnsweredAt: opening.At.UTC(), AnsweredBy: opening.By, Via: opening.Via,
	}
	if c.Status == watch.DisputeWithdrawn {
		b.WithdrawnAt = c.At.UTC()
	}
	if c.Status == watch.DisputeUpdated {
		b.UpdatedAt, b.Further = c.At.UTC(), FurtherOf(c.Further)
	}
	body, err := json.Marshal(b)
	if err != nil {
		panic("dispute: callback does not encode: " + err.Error()) // plain strings and times always do
	}
	return body
}

// FurtherOf is the debit or the charge link, after the report, that a change
// tells of; nil if it tells of none.
func FurtherOf(f *watch.Further) *Charge {
	if f == nil {
		return nil
	}
	c := charge(f.Txn, f.Kind, f.Amount, f.Descriptor, f.Service, f.Confidence, f.OccurredAt)
	c.Named = f.Word
	return &c
}

// Entry is one thing that the bank itself said of a disputed transaction.
type Entry struct {
	Transaction string       `json:"transaction_id,omitempty"` // the id that it bore: that of a pending debit before the one that took its place
	Event       string       `json:"event_id"`
	Type        watch.Kind   `json:"type"`
	Status      watch.Status `json:"status,omitempty"`
	Amount      int64        `json:"amount,omitempty"` // yen; of a reversal absent means all that was left
	OccurredAt  time.Time    `json:"occurred_at"`
	ReceivedAt  time.Time    `json:"received_at"`
}

// HistoryOf lists what the bank has said of a dispute's first transaction: nothing of
// one that a statement tells of.
func HistoryOf(d *watch.Dispute) []Entry { return entries(d.Txn, d.History) }

// HistoriesOf puts what the bank has said of each transaction of a dispute to it.
func HistoriesOf(d *watch.Dispute, f *Facts) {
	f.Transactions[0].History = HistoryOf(d)
	for i, a := range d.AlsoAt(latestOf(d)) {
		f.Transactions[i+1].History = entries(a.Txn, a.Story())
	}
}

func entries(txn string, said []watch.Entry) []Entry {
	out := make([]Entry, 0, len(said))
	if txn == "" {
		return out
	}
	for _, e := range said {
		out = append(out, Entry{cmp.Or(e.Txn, txn), e.Event, e.Kind, e.Status, e.Amount, e.At.UTC(), e.ReceivedAt.UTC()})
	}
	return out
}

// CallbackType is the type of a change of ours, "dispute.opened".
func CallbackType(c watch.DisputeChange) string { return "dispute." + string(c.Status) }

// CallbackID is the webhook-id of a change, the same at each attempt.
func CallbackID(d *watch.Dispute, c watch.DisputeChange) string {
	return "msg_" + watch.Derive("callback", d.ID, strconv.Itoa(c.Seq))
}
