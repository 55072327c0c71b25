package watch

import (
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/quote"
)

// AccountKey names an account: the bank and the opaque token that the bank
// chose for it. Account numbers are never known here.
type AccountKey struct {
	Bank string `json:"bank"`
	Ref  string `json:"ref"`
}

// OnAccount is the member "account" of what is about one.
type OnAccount struct {
	Account AccountKey     `json:",embed"`
	Unknown jsontext.Value `json:",embed"`
}

// On makes it.
func On(k AccountKey) OnAccount { return OnAccount{Account: k} }

// MaxName is the longest name of a guardian, in characters.
const MaxName = 20

// MaxWatchers is how many people may watch one account.
const MaxWatchers = 10

// Account is what is kept of a watched account: who watches it and what they
// want to be told. An account without watchers is not kept.
type Account struct {
	AccountKey
	Mask     quote.Text `json:"mask,omitempty"`
	Watchers []Watcher  `json:"watchers,omitempty"`
	// Version counts the writes to this account; 0 means that it is not stored.
	Version int64 `json:"-"`
	// Unknown holds the members that another version of the house wrote and
	// this one does not know. Like everywhere here, they are written back.
	Unknown jsontext.Value `json:",embed"`
}

// Watcher finds a watcher by id.
func (a *Account) Watcher(id string) (*Watcher, bool) {
	i := slices.IndexFunc(a.Watchers, func(w Watcher) bool { return w.ID == id })
	if i < 0 {
		return nil, false
	}
	return &a.Watchers[i], true
}

// WatcherOf finds the watcher who is this LINE user.
func (a *Account) WatcherOf(lineUser string) (*Watcher, bool) {
	i := slices.IndexFunc(a.Watchers, func(w Watcher) bool { return lineUser != "" && w.LineUser == lineUser })
	if i < 0 {
		return nil, false
	}
	return &a.Watchers[i], true
}

// WatchedSince is since when somebody has watched the account.
func (a *Account) WatchedSince() time.Time {
	var since time.Time
	for i := range a.Watchers {
		if at := a.Watchers[i].Since; since.IsZero() || at.Before(since) {
			since = at
		}
	}
	return since
}

// Role of a watcher.
type Role string

// An owner may do everything; a guardian (見守り家族) is told and may dispute.
const (
	Owner    Role = "owner"
	Guardian Role = "guardian"
)

// Lang is a language that we speak to people.
type Lang string

// Japanese is the default everywhere.
const (
	Japanese Lang = "ja"
	English  Lang = "en"
)

// ChannelKind is a way to reach a person.
type ChannelKind string

// The channels.
const (
	LINE  ChannelKind = "line"
	Email ChannelKind = "email"
	// Bank is the way to the bank itself, for TellUnreachable.
	Bank ChannelKind = "bank"
)

// Channel is one way to reach a watcher. The first reachable one is used at
// once, the next when it fails or when a critical alert goes unanswered.
type Channel struct {
	Kind    ChannelKind `json:"kind"`
	Address string      `json:"address,omitempty"` // email address; empty for LINE, which is Watcher.LineUser
	// UnreachableSince is set when the channel is known not to reach the
	// person: unfollowed, blocked, bounced, refused for good.
	UnreachableSince time.Time `json:"unreachable_since,omitzero"`

	Unknown jsontext.Value `json:",embed"`
}

// Watcher is a person told about an account.
type Watcher struct {
	ID   string     `json:"id"`
	Role Role       `json:"role"`
	Name quote.Text `json:"name,omitempty"` // what the owner calls a guardian; at most MaxName characters
	// LineUser is who the person is: what LINE calls them, or an id of ours if
	// they are reached by mail alone; see ByMail.
	LineUser   string    `json:"line_user,omitempty"`
	Lang       Lang      `json:"lang"`
	Since      time.Time `json:"since"`
	Channels   []Channel `json:"channels"`
	Rules      Rules     `json:"rules"`
	HideAmount bool      `json:"hide_amount,omitempty"` // a guardian who may see no amounts
	// ReportedAt is when the person last said "not mine", on any account.
	ReportedAt time.Time `json:"reported_at,omitzero"`
	// ReportedAs is the dispute that this opened, about whichever account.
	ReportedAs string `json:"reported_as,omitempty"`
	// Reports are those of the last 30 days, that one too; see AddReport.
	Reports []Made `json:"reports,omitempty"`
	// Consent is what the person agreed to when they began; nil if that was before
	// it was kept.
	Consent *Consent `json:"consent,omitempty"`
	// Former are addresses that were replaced or taken off; see KeepFormer.
	Former []Former `json:"former,omitempty"`
	// EndedTrusts are trusts that ended; see KeepEnded.
	EndedTrusts []Trust `json:"ended_trusts,omitempty"`
	// RemindAt is when an owner is reminded that their settings keep debits of a
	// payment service from them; zero if they do not.
	RemindAt time.Time `json:"remind_at,omitzero"`
	// Several tells that the person watches other accounts, too: what they can
	// press names the account. It is not kept here; see Delivery.
	Several bool `json:"-"`

	Unknown jsontext.Value `json:",embed"`
}

// Reachable lists the watcher's channels that may work, in order.
func (w *Watcher) Reachable() []Channel {
	var out []Channel
	for _, c := range w.Channels {
		if c.UnreachableSince.IsZero() {
			out = append(out, c)
		}
	}
	return out
}

// Addressed lists those of the watcher's channels that may work and reach them
// at an address of their own, in order.
func (w *Watcher) Addressed() []Channel {
	return slices.DeleteFunc(w.Reachable(), func(c Channel) bool { return c.Address == "" })
}

// Channel finds the watcher's channel of a kind.
func (w *Watcher) Channel(kind ChannelKind) (*Channel, bool) {
	for i := range w.Channels {
		if w.Channels[i].Kind == kind {
			return &w.Channels[i], true
		}
	}
	return nil, false
}

// Mail is the mail address that a watcher gave or their bank knows, as a channel.
func (w *Watcher) Mail() (*Channel, bool) { return w.Channel(Email) }

// Chat is the channel of a watcher who talks with us.
func (w *Watcher) Chat() (*Channel, bool) { return w.Channel(LINE) }

// Mailed is the channel of the addresses that people confirm by a mail's link.
const Mailed = Email

// SetMail puts an address in the place of the watcher's mail address, or behind
// their other channels if they had none.
func (w *Watcher) SetMail(address string) { w.SetChannel(Channel{Kind: Email, Address: address}) }

// DropMail takes the mail address off the watcher. False if there was none.
func (w *Watcher) DropMail() bool { return w.DropChannel(Email) }

// FirstChannels are those of a person who begins to watch: the chat, or none yet if
// they are reached by mail alone, whose address is added.
func FirstChannels(person string) []Channel {
	if ByMail(person) {
		return nil
	}
	return []Channel{{Kind: LINE}}
}

// SetChannel puts a channel in the place of the one of its kind, or behind the
// others if there was none.
func (w *Watcher) SetChannel(c Channel) {
	if old, ok := w.Channel(c.Kind); ok {
		if c.Unknown == nil {
			c.Unknown = old.Unknown
		}
		*old = c
		return
	}
	w.Channels = append(w.Channels, c)
}

// DropChannel takes the channel of a kind off the watcher, with its address.
// False if there was none.
func (w *Watcher) DropChannel(kind ChannelKind) bool {
	i := slices.IndexFunc(w.Channels, func(c Channel) bool { return c.Kind == kind })
	if i >= 0 {
		w.Channels = slices.Delete(slices.Clone(w.Channels), i, i+1)
	}
	return i >= 0
}

// Activity is what payment services did on an account: enough to evaluate
// every rule without reading history.
type Activity struct {
	Services map[string]*ServiceActivity `json:"services,omitempty"`
	// Recent holds the latest payment-service debits, oldest first, for burst.
	Recent []RecentDebit `json:"recent,omitempty"`
	// HistoryFrom is since when the account's debits are on record: since its
	// bank told us of the past, or since it was watched; zero if not known.
	HistoryFrom time.Time `json:"history_from,omitzero"`
	// HistoryPromised is the same as the bank announced it. It holds once some of
	// the history is there.
	HistoryPromised time.Time `json:"history_promised,omitzero"`
	// Bills are what the versions before kept here of the account's Bills. It is
	// read and left as it is, so that they still know it after a rollback.
	Bills []Bill `json:"bills,omitempty"`
	// Reported are the disputes that are open, the newest last.
	Reported []Reported `json:"reported,omitempty"`
	// Stories are the incidents that may go on, the newest last.
	Stories []Story `json:"stories,omitempty"`
	// Summary is the latest message that sums up what came too late to be news.
	Summary *Summary `json:"summary,omitempty"`
	Version int64    `json:"-"`

	Unknown jsontext.Value `json:",embed"`
}

// Reported is an answer "not mine" to a debit or a link of a service: what the
// service does next is told to the bank, too.
type Reported struct {
	Dispute string    `json:"dispute"`
	Service string    `json:"service"`
	At      time.Time `json:"at"`
	Lead    string    `json:"lead,omitempty"` // the lead of the incident that was reported

	Unknown jsontext.Value `json:",embed"`
}

// Story is an incident that a service's next debit may belong to.
type Story struct {
	Lead    string    `json:"lead"`
	Service string    `json:"service"`
	At      time.Time `json:"at"`             // of the latest alert
	Link    bool      `json:"link,omitempty"` // a charge link was registered
	// After is the report about another account after which it was new, by its dispute.
	After string `json:"after,omitempty"`

	Unknown jsontext.Value `json:",embed"`
}

// Summary is what one message says of the records that are Past: those that
// came until a time, and after the summary before it.
type Summary struct {
	Record  string    `json:"record"` // the record whose delivery carries it
	Until   time.Time `json:"until"`
	Debits  int       `json:"debits,omitempty"`
	Yen     int64     `json:"yen,omitempty"`
	Links   int       `json:"links,omitempty"`
	FirstAt time.Time `json:"first_at"`
	LastAt  time.Time `json:"last_at"`

	Unknown jsontext.Value `json:",embed"`
}

// ServiceActivity is one payment service's part of an account's activity.
type ServiceActivity struct {
	FirstAt    time.Time `json:"first_at"`
	LastAt     time.Time `json:"last_at"`
	LastAmount int64     `json:"last_amount,omitempty"` // yen, of the latest debit that stands; 0 if it was undone
	Debits     int       `json:"debits,omitempty"`
	// Doubtful is how many of Debits may be something else, such as a card's
	// bill: who pays that has not used the service.
	Doubtful int `json:"doubtful,omitempty"`
	// Months holds the total in yen per calendar month in JST, "2026-11".
	Months map[string]int64 `json:"months,omitempty"`
	// Links are the charge links seen, newest last.
	Links []Link `json:"links,omitempty"`

	Unknown jsontext.Value `json:",embed"`
}

// Link is a charge link registered on an account.
type Link struct {
	Record       string    `json:"record"`
	RegisteredAt time.Time `json:"registered_at"`
	RemovedAt    time.Time `json:"removed_at,omitzero"`
	// MayBeGone tells that the bank removed this one, or another one of its id.
	MayBeGone bool   `json:"may_be_gone,omitempty"`
	Second    string `json:"second,omitempty"` // the service that its descriptor names, if that is another
	Route     string `json:"route,omitempty"`  // of versions before; the record says it
	// OwnAt is when it was called the owner's own, by an answer that stands and
	// that no mail link gave.
	OwnAt time.Time `json:"own_at,omitzero"`

	Unknown jsontext.Value `json:",embed"`
}

// RecentDebit is a payment-service debit as burst sees it.
type RecentDebit struct {
	Record  string    `json:"record"`
	At      time.Time `json:"at"`
	Amount  int64     `json:"amount"` // yen
	Service string    `json:"service"`
	// DateOnly tells that it is known by its day alone, of which At is the beginning.
	DateOnly bool `json:"date_only,omitempty"`

	Unknown jsontext.Value `json:",embed"`
}

// SoleOwner tells whether a watcher is the account's only owner, who alone may
// have it erased.
func (a *Account) SoleOwner(id string) bool {
	w, ok := a.Watcher(id)
	return ok && w.Role == Owner && !slices.ContainsFunc(a.Watchers, func(o Watcher) bool { return o.ID != id && o.Role == Owner })
}

// Leaving lists who stops watching with a watcher: guardians that owners named
// leave with the last owner.
func (a *Account) Leaving(id string) []Watcher {
	ownerStays := slices.ContainsFunc(a.Watchers, func(w Watcher) bool { return w.ID != id && w.Role == Owner })
	var gone []Watcher
	for _, w := range a.Watchers {
		if w.ID == id || !ownerStays {
			gone = append(gone, w)
		}
	}
	return gone
}
