package watch

import (
	"slices"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/quote"
)

// Record is the stored trace of one relevant event on a watched account. A
// record that matched somebody's rules is an alert: it has Notices.
type Record struct {
	ID         string `json:"id,omitempty"`
	OnAccount  `json:"account"`
	Mask       quote.Text `json:"mask,omitempty"`
	Kind       Kind       `json:"kind"` // Debit or LinkRegistered
	Event      string     `json:"event"`
	Txn        string     `json:"txn"`
	OccurredAt time.Time  `json:"occurred_at"`
	Amount     int64      `json:"amount,omitempty"` // yen, as it was taken
	// Returned is how much of it came back, in yen; 0 if nothing did, or all
	// (UndoneAt). Again counts how often it was presented again after that.
	Returned int64 `json:"returned,omitempty"`
	Again    int   `json:"again,omitempty"`
	// Freed is how much of what came back was released of an authorisation that is still
	// pending: no money came back.
	Freed int64 `json:"freed,omitempty"`
	// AgainLate is how many times of Again are no news: when they were heard of, it was
	// known that it was taken later as well.
	AgainLate int `json:"again_late,omitempty"`
	// AfterReturn tells that an earlier debit of its id, of the same service and
	// amount, came back before it: see MarkPresented.
	AfterReturn bool `json:"after_return,omitempty"`
	// Unsure tells that what came back may be of another debit of its id, or that
	// another link of its id may be the one that was removed.
	Unsure bool `json:"unsure,omitempty"`
	// MayBeIt tells that it may be this one instead of that which came back, or was
	// removed: see Unsure.
	MayBeIt bool `json:"may_be_it,omitempty"`
	// MayBack is, with MayBeIt, how much more of a debit than is told may have come back,
	// in yen.
	MayBack int64 `json:"may_back,omitempty"`
	// Misnamed tells that the bank named another service with what came back.
	Misnamed bool `json:"misnamed,omitempty"`
	// MayBeAgain tells that it is not sure that it was presented Again: what came back
	// before may have been of another debit of its id, or service.
	MayBeAgain bool `json:"may_be_again,omitempty"`
	// Early tells that what came back did, by the bank's time, before it was taken: see
	// Entry.ahead.
	Early bool `json:"early,omitempty"`
	// Counted is how many yen more than Kept the account's activity counts as taken.
	Counted    int64      `json:"counted,omitempty"`
	DateOnly   bool       `json:"date_only,omitempty"` // the bank named the day alone
	Descriptor quote.Text `json:"descriptor,omitempty"`
	Balance    *int64     `json:"balance,omitempty"` // yen, after the debit
	Status     Status     `json:"status,omitempty"`
	Route      string     `json:"route,omitempty"`

	Service    string     `json:"service,omitempty"`    // catalogue id; empty if no payment service
	Confidence Confidence `json:"confidence,omitempty"` // how sure the catalogue is
	// Other is what else it may be, in Japanese, if that is Undecided and known:
	// カードの請求. It is ours, not written by strangers.
	Other  string  `json:"other,omitempty"`
	Second *Second `json:"second,omitempty"`
	// Inherits tells that its own text names no service: Service is that of the
	// debit of its id which it presents again. See MarkPresented.
	Inherits bool `json:"inherits,omitempty"`
	// NamedAt is when what it inherits from was known to have come back.
	NamedAt time.Time `json:"named_at,omitzero"`
	// Edition is that of the catalogue by which it was first recognised, by its
	// day and the beginning of its hash: 2026-11-28.3fa9c1.
	Edition string `json:"edition,omitempty"`

	ReceivedAt time.Time `json:"received_at"`
	RecordedAt time.Time `json:"recorded_at"`
	// UndoneAt is when the bank said that the debit was reversed or the link
	// removed. A record whose undoing arrived first has it before its debit.
	UndoneAt time.Time `json:"undone_at,omitzero"`
	// Complete is false while only the undoing has arrived.
	Complete bool `json:"complete"`
	// Past tells that it came too late to be news, or happened before anybody
	// watched: it is history, and rang nowhere.
	Past bool `json:"past,omitempty"`
	// ShownAt is when a link that was there before was shown to its owner, who
	// had just begun to watch. Older records of such links have none: see Seeded.
	ShownAt time.Time `json:"shown_at,omitzero"`
	// SummedAt is when it was put into the summary that tells of it: by the time
	// the summary is found.
	SummedAt time.Time `json:"summed_at,omitzero"`
	// Summed are the times before, in order, of one that became more after that.
	Summed []Summed `json:"summed,omitempty"`

	// File is the file of the bank's by which what it says now was heard of; empty if
	// the bank said that as it happened.
	File string `json:"file,omitempty"`

	// Entries are all that the bank said of it, in the order in which it
	// happened, if that is more than one thing. The facts above follow from
	// them. Twins are other transactions that the bank gave the same id.
	Entries []Entry `json:"entries,omitempty"`
	Twins   []Twin  `json:"twins,omitempty"`
	// Alias is the record that tells of the transaction, if the bank gave it
	// another id before; this one tells of nothing.
	Alias string `json:"alias,omitempty"`

	Notices    []Notice   `json:"notices,omitempty"`
	Deliveries []Delivery `json:"deliveries,omitempty"`
	Answer     *Answer    `json:"answer,omitempty"`
	Dispute    string     `json:"dispute,omitempty"` // dispute id once somebody said "not mine"
	// Inquiries are those of the bank about the incident, the latest RecordInquiries.
	Inquiries []string `json:"inquiries,omitempty"`
	// Overruled are the answers "mine" that a report took the place of, the oldest
	// first: what is told of the incident later still has them.
	Overruled []Overruled `json:"overruled,omitempty"`
	// Lead is the record with which the incident began that this one belongs
	// to; empty if it is this one. Members are the further alerts of the
	// incident that began here.
	Lead    string   `json:"lead,omitempty"`
	Members []Member `json:"members,omitempty"`
	// Continues is the lead of the incident that this one goes on, because that
	// was full, and With the lead of another that was reported together with this
	// one. Either has all of them in Pieces: one report is about all.
	Continues string   `json:"continues,omitempty"`
	With      string   `json:"with,omitempty"`
	Pieces    []string `json:"pieces,omitempty"`
	// Due is when sweep must look at the record next; zero if never.
	Due     time.Time `json:"due,omitzero"`
	Version int64     `json:"-"`
	Said    *Shown    `json:"-"` // what a message says of it, if it is that: see As

	Unknown jsontext.Value `json:",embed"`
}

// Clone copies the record, so that changing the copy leaves it as it is.
func (r *Record) Clone() *Record {
	c := *r
	c.Notices, c.Deliveries = slices.Clone(r.Notices), slices.Clone(r.Deliveries)
	c.Entries, c.Twins, c.Members, c.Pieces = slices.Clone(r.Entries), slices.Clone(r.Twins), slices.Clone(r.Members), slices.Clone(r.Pieces)
	c.Summed, c.Overruled = slices.Clone(r.Summed), slices.Clone(r.Overruled)
	if r.Balance != nil {
		balance := *r.Balance
		c.Balance = &balance
	}
	if r.Answer != nil {
		answer := *r.Answer
		c.Answer = &answer
	}
	return &c
}

// Confidence says how a descriptor was recognised.
type Confidence string

// How sure the catalogue is of a service.
const (
	Seen      Confidence = "seen"      // a spelling seen on a real line
	Elsewhere Confidence = "elsewhere" // a spelling seen on a real line of another bank
	Guessed   Confidence = "guessed"   // a spelling we inferred
	Cut       Confidence = "cut"       // a name cut off at the bank's length
	Undecided Confidence = "undecided" // a wallet or something else, such as a card bill
	Named     Confidence = "named"     // the bank named the service itself
)

// Unlisted is the service of a debit of which the bank names a payment service
// that the catalogue does not know. It has no name of its own.
const Unlisted = "unlisted"

// Second is what a debit or link is in the words of the bank, where the descriptor
// names the Service, or the reverse: the two disagree.
type Second struct {
	Service string `json:"service,omitempty"` // catalogue id; empty if it is none
	Bank    bool   `json:"bank,omitempty"`    // these are the bank's words

	Unknown jsontext.Value `json:",embed"`
}

// Either tells whether a record is a debit by itself that may be a bill as well,
// and which one is known.
func (r *Record) Either() bool {
	return r.Confidence == Undecided && r.Other != "" && len(r.Members) == 0
}

// IsAlert tells whether somebody's rules matched.
func (r *Record) IsAlert() bool { return len(r.Notices) > 0 }

// Unheard tells whether the record is of a debit that names no payment service
// and that no one is told of. It is kept for a while, and shown nowhere, in case
// its bank says more of it: the authorisation of a posting, which names one.
func (r *Record) Unheard() bool {
	return r.Kind == Debit && r.Complete && r.Service == "" && len(r.Notices)+len(r.Deliveries)+len(r.Members) == 0 &&
		r.Answer == nil && r.Dispute == "" && r.Alias == ""
}

// Critical tells whether any watcher's notice is critical.
func (r *Record) Critical() bool {
	for _, n := range r.Notices {
		if n.Critical(r) {
			return true
		}
	}
	return false
}

// DeliveryState is what became of a delivery.
type DeliveryState string

// A delivery ends as Accepted, Undelivered or Cancelled.
const (
	Queued      DeliveryState = "queued"      // to be sent, or being retried
	Held        DeliveryState = "held"        // waits for the end of quiet hours
	Sending     DeliveryState = "sending"     // an email handed to SES, outcome not written yet
	Accepted    DeliveryState = "accepted"    // the channel took it; it may not have been read
	Undelivered DeliveryState = "undelivered" // given up: refused, unreachable or out of retries
	Cancelled   DeliveryState = "cancelled"   // no longer wanted: unbound, erased, settled
	Gathered    DeliveryState = "gathered"    // what it says goes with another: see Within
)

// Ended tells whether nothing more will happen to the delivery.
func (s DeliveryState) Ended() bool {
	return s == Accepted || s == Undelivered || s == Cancelled
}

// Waits tells whether there is something to do about the delivery. In a state
// that only a newer version knows, it is for that version to do it.
func (s DeliveryState) Waits() bool { return s == Queued || s == Held || s == Sending }

// DeliveryKind says what a delivery tells.
type DeliveryKind string

// What a delivery tells.
const (
	TellAlert   DeliveryKind = "alert"
	TellChanged DeliveryKind = "changed" // what was told has changed: more was taken, or some came back
	TellUndone  DeliveryKind = "undone"  // the bank reversed all of the debit or removed the link
	TellMore    DeliveryKind = "more"    // what else happened in the incident
	TellSummary DeliveryKind = "summary" // what came too late to be news
	TellDispute DeliveryKind = "dispute" // the bank changed the dispute's status
	TellAnswer  DeliveryKind = "answer"  // to the owner: a guardian answered
	TellClaim   DeliveryKind = "claim"   // the time to claim what was reported ends soon; Seq is the day
	// TellUnreachable tells the bank that no channel reaches a watcher.
	TellUnreachable DeliveryKind = "unreachable"
)

// Delivery is one message about a record to one watcher over one channel.
type Delivery struct {
	ID         string        `json:"id"` // stable within the record
	Kind       DeliveryKind  `json:"kind"`
	Watcher    string        `json:"watcher"`
	Channel    ChannelKind   `json:"channel"`
	Lang       Lang          `json:"lang,omitempty"`
	State      DeliveryState `json:"state"`
	CreatedAt  time.Time     `json:"created_at"`
	Due        time.Time     `json:"due,omitzero"` // when it is sent (Held), or looked for again (Queued)
	Attempts   int           `json:"attempts,omitempty"`
	AcceptedAt time.Time     `json:"accepted_at,omitzero"`
	ProviderID string        `json:"provider_id,omitempty"` // LINE request id or SES message id
	Problem    string        `json:"problem,omitempty"`     // why not, for the operator: no addresses, no bodies
	HideAmount bool          `json:"hide_amount,omitempty"`
	Several    bool          `json:"several,omitempty"` // its reader watches other accounts, too: each button names the account
	Seq        int           `json:"seq,omitempty"`     // which change of the dispute, for TellDispute
	// Shows is what it says of the record if that has changed since; Was, for
	// TellChanged, what its watcher was told before.
	Shows *Shown `json:"shows,omitempty"`
	Was   *Shown `json:"was,omitempty"`
	// Says is what it says of the parts of an incident, for TellMore, or which
	// of them are answered, for TellAnswer.
	Says []Said `json:"says,omitempty"`
	// Lowered are parts that it does not speak of, as its sum counts them: less of
	// them is taken than its reader was told.
	Lowered []Said `json:"lowered,omitempty"`
	// Sum is what it says, for TellSummary: written before it is first sent. Of an
	// incident that is in pieces, or that is reported, it is what all of that comes to,
	// and SumOf then the dispute, if it is that of the report.
	Sum   *PastSum `json:"sum,omitempty"`
	SumOf string   `json:"sum_of,omitempty"`
	// Also is what it says, for TellSummary, of its reader's other accounts, and With the
	// delivery of another account that says this one's: see Joined.
	Also []Joined `json:"also,omitempty"`
	With *Joined  `json:"with,omitempty"`
	// After is when it is sent at the earliest: what happens until then goes
	// with it. Take counts how often what it says was decided again before it
	// was first sent.
	After time.Time `json:"after,omitzero"`
	Take  int       `json:"take,omitempty"`
	// Related is the dispute about another account of its reader of which it speaks;
	// see Notice.
	Related string `json:"related,omitempty"`
	// Report is the dispute that stood when it was decided what this says.
	Report string `json:"report,omitempty"`
	// Covered tells that not all that this says happened after the report: the
	// report covers it as it is now.
	Covered bool `json:"covered,omitempty"`
	// Except are, to who is called for a report, the parts of it that the report leaves out.
	Except []string `json:"except,omitempty"`
	// Answer is the standing answer that it speaks of, and Called why its reader
	// was called, as they were when that was decided.
	Answer *Answer `json:"answer,omitempty"`
	Called Call    `json:"called,omitempty"`
	// Asked is, with Called, when the person who has not answered was first told.
	Asked time.Time `json:"asked,omitzero"`
	// Tried tells that it may have been taken by an attempt whose answer was
	// lost: it is sent again only as it was.
	Tried bool `json:"tried,omitempty"`
	// Calling tells that an attempt is being made, or was by a process that died:
	// it is written before the call.
	Calling bool `json:"calling,omitempty"`
	// Parked tells that it waits, without a message in a queue, for a provider
	// that is down. Unless Tried, no attempt at it is under way.
	Parked bool `json:"parked,omitempty"`
	// Worded is what else its words come from, written before a channel is first
	// asked to take it. Unasked, of TellAnswer, tells that no message with buttons
	// was sent to its reader when it was made.
	Worded  *Worded `json:"worded,omitempty"`
	Unasked bool    `json:"unasked,omitempty"`
	// As is a digest of what its channel was last asked to take, written before the
	// call: anything else needs another key. It is short, for a record of an alert is
	// a little shorter than the KiB that a write pays for.
	As string `json:"as,omitempty"`
	// Gathers are the deliveries of other incidents, to the same person, whose news it
	// tells too, and Within, of one of those, is the one that does. Both are written at
	// once, before a channel is first asked to take it.
	Gathers []Other `json:"gathers,omitempty"`
	Within  *Other  `json:"within,omitempty"`
	// Omitted is how many messages to its watcher over its channel are not kept, and
	// OmittedTold how many of those were taken: see Omit.
	Omitted     int `json:"omitted,omitempty"`
	OmittedTold int `json:"omitted_told,omitempty"`

	Unknown jsontext.Value `json:",embed"`
}

// RetryKey is the UUID that makes LINE drop a second copy of the delivery.
func (d *Delivery) RetryKey(record string) string {
	if d.Take > 0 {
		return DeriveUUID("delivery", record, d.ID, strconv.Itoa(d.Take))
	}
	return DeriveUUID("delivery", record, d.ID)
}

// Delivery finds a delivery of the record by id.
func (r *Record) Delivery(id string) (*Delivery, bool) {
	for i := range r.Deliveries {
		if r.Deliveries[i].ID == id {
			return &r.Deliveries[i], true
		}
	}
	return nil, false
}

// AnswerValue is what a watcher says to an alert.
type AnswerValue string

// The two answers.
const (
	Mine    AnswerValue = "mine"
	NotMine AnswerValue = "not_mine"
)

// Via is where an answer came in.
type Via string

// The ways of answering.
const (
	ViaLINE Via = "line"
	ViaPage Via = "page"
)

// Answer is the standing answer to an alert.
type Answer struct {
	Value   AnswerValue `json:"value"`
	Watcher string      `json:"watcher"`
	Via     Via         `json:"via"`
	// Way is that of the trail; empty in answers of the versions before.
	Way Way       `json:"way,omitempty"`
	At  time.Time `json:"at"`
	// Shows is what it was given for, if the record has changed since.
	Shows *Shown `json:"shows,omitempty"`
	// Says is what it was given for of the incident's other parts, of those
	// that have changed since. Except are the parts that the person said were
	// theirs while they reported the rest.
	Says   []Said   `json:"says,omitempty"`
	Except []string `json:"except,omitempty"`
	// Unseen are the parts that a report took in though its page did not show
	// them, and Grew those that it showed as less: they came, or changed, while
	// the person looked.
	Unseen []string `json:"unseen,omitempty"`
	Grew   []string `json:"grew,omitempty"`
	// Other tells that "mine" was said of what else the debit may be, such as a
	// card's bill (Record.Other).
	Other bool `json:"other,omitempty"`

	Unknown jsontext.Value `json:",embed"`
}
