package watch

import (
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Rule is one row of the table of rules. What works on rules (evaluation,
// checks, defaults, names in records, the settings form, the words of an
// alert) iterates the rows; a new rule is a member of Rules, a reason and a row
// here, and its words.
type Rule struct {
	// Name is that of the member in Rules as JSON, and the rule's name for
	// forms, words and faults.
	Name  string
	Value Value

	// What follows is empty for a setting that tells nothing by itself.

	// Reason is what an alert says when the rule tells. Two rules may share
	// one: an amount, and the same amount for a single service.
	Reason Reason
	// Says is the reason's name in records; the rows that share a reason say
	// it once.
	Says string
	// Unsure is what it says instead, under its own name, while an account is
	// not on record for long enough to say Reason.
	Unsure     Reason
	UnsureSays string
	// Lately is said with Unsure, and changes its words, once the account has
	// been watched for FirstAfter: it does not make the alert critical.
	Lately     Reason
	LatelySays string
	// Own is what it says instead of what follows a link that was called the
	// owner's own (Facts.OwnLink): told, and not critical.
	Own     Reason
	OwnSays string
	About   Subject
	Tells   func(r *Rules, f *Facts, so Sofar) bool
	// Leaves marks a rule that is silent about a debit that the watcher left out.
	// The others speak of patterns, or were asked for whatever it is.
	Leaves bool
	// Critical are the reasons that together make an alert critical: mostly
	// this rule's own. 0 means that the rule never does.
	Critical Reason
	// Reads tells that the rule needs Facts.Keyword.
	Reads bool
}

// Sofar is what is known when a rule is asked.
type Sofar struct {
	Why Reason // the reasons of the rows below this one
	// Left tells that the watcher left such debits out: they trust the service
	// up to the amount, or chose not to be told of what may be a card's bill.
	Left bool
}

// Subject is what a rule is about, as bits.
type Subject uint8

// What there is to tell of.
const (
	Links         Subject = 1 << iota // a new charge link
	ServiceDebits                     // a debit by a payment service
	OtherDebits                       // a debit by anybody else

	AllDebits = ServiceDebits | OtherDebits
)

// Windows of the rules that look at more than one event.
const (
	AfterNewLinkWindow = 72 * time.Hour
	// OwnLinkYen is how much a service may take within AfterNewLinkWindow after its
	// link was called the owner's own before that is critical all the same: half a
	// day's food, and not worth a thief's trouble.
	OwnLinkYen  = 10_000
	BurstWindow = 60 * time.Minute
	BurstCount  = 3
	// PastAfter is how late an event may come and still be news. What came
	// later, or happened before the account was watched, is history: it
	// teaches and is shown, and never rings.
	PastAfter = 7 * 24 * time.Hour
	// FirstAfter is how far back an account's history must go for the first
	// debit of a service to be called its first.
	FirstAfter = 30 * 24 * time.Hour
	// FirstAfterFeed is for how long an account must be watched for that if the
	// bank gave no history. Wallets of years are charged each payday (up to 34
	// days apart), with each pension (62 days) or once a season (95 days).
	FirstAfterFeed = 100 * 24 * time.Hour
	// NearTenths of what a service takes at most are near its limit.
	NearTenths = 9
	// NightUntil is when the night ends in Japan, which begins at midnight.
	NightUntil = 5 * time.Hour
)

// Rules is what a watcher wants to be told of one account. The zero value
// tells nothing.
type Rules struct {
	NewLink bool `json:"new_link"`
	// ServiceMin is the least amount in yen of a payment-service debit to be
	// told of; 0 means not at all. ServiceMinFor overrides it per service.
	ServiceMin    int64            `json:"service_min"`
	ServiceMinFor map[string]int64 `json:"service_min_for,omitempty"`
	FirstSeen     bool             `json:"first_seen"`
	AfterNewLink  bool             `json:"after_new_link"`
	Burst         bool             `json:"burst"`
	// MonthlyTotal tells of the debit that takes a service's total of the
	// calendar month (JST) to this many yen or more; what is not known to have
	// come back counts.
	MonthlyTotal map[string]int64 `json:"monthly_total,omitempty"`
	// NearLimit tells of a debit near the most that the service takes from
	// anybody at once, and of the one that takes its total of the calendar
	// month (JST) near the most that it takes in one.
	NearLimit bool `json:"near_limit,omitempty"`
	// Night tells of debits by payment services from midnight to NightUntil, if
	// the bank said at what time.
	Night bool `json:"night,omitempty"`
	// Overdrawn tells of any debit that leaves a negative balance.
	Overdrawn bool `json:"overdrawn"`
	// AnyDebit is the least amount in yen of any debit at all; 0 means off.
	AnyDebit int64 `json:"any_debit,omitempty"`
	// Keywords are words in the descriptor, folded by catalog.Fold when saved.
	Keywords []string `json:"keywords,omitempty"`
	// IgnoreUndecided leaves out debits of which the catalogue cannot say whether
	// they are a wallet charge or a bill that it knows, such as the card's of the
	// same brand. A name next to an unknown word is told all the same, and so are
	// the patterns that a Trust does not silence.
	IgnoreUndecided bool      `json:"ignore_undecided,omitempty"`
	Trusts          []Trust   `json:"trusts,omitempty"`
	Quiet           *Quiet    `json:"quiet,omitempty"`
	PausedUntil     time.Time `json:"paused_until,omitzero"`

	Unknown jsontext.Value `json:",embed"`
}

// The reasons that an alert can carry.
const (
	NewLink Reason = 1 << iota
	ServiceDebit
	FirstSeen
	AfterNewLink
	Burst
	MonthlyTotal
	Overdrawn
	AnyDebit
	Keyword
	NearLimit
	FirstWatched
	AfterDispute
	FirstLately
	Night
	AfterOwnLink
)

// table lists the rules. Those with reasons come first, the most alarming one
// at the top: an alert gives its reasons in this order.
var table = []Rule{
	campaignRule,
	{
		// A person who has said "not me" is being robbed: no setting silences what comes next.
		Name: "after_dispute", Value: Always{},
		Reason: AfterDispute, Says: "after_dispute", About: Links | ServiceDebits, Critical: AfterDispute,
		Tells: func(_ *Rules, f *Facts, _ Sofar) bool { return f.AfterReport },
	},
	{
		// An owner who links a service charges it. The link itself was urgent; once it was
		// called the owner's, its first small debits are told like any other.
		Name: "after_new_link", Value: Flag{At: func(r *Rules) *bool { return &r.AfterNewLink }, Default: true},
		Reason: AfterNewLink, Says: "after_new_link", About: ServiceDebits, Critical: AfterNewLink,
		Own: AfterOwnLink, OwnSays: "after_own_link",
		Tells: func(r *Rules, f *Facts, _ Sofar) bool { return r.AfterNewLink && f.AfterLink },
	},
	{
		Name: "burst", Value: Flag{At: func(r *Rules) *bool { return &r.Burst }, Default: true},
		Reason: Burst, Says: "burst", About: ServiceDebits, Critical: Burst,
		Tells: func(r *Rules, f *Facts, _ Sofar) bool { return r.Burst && f.Burst },
	},
	{
		Name: "first_seen", Value: Flag{At: func(r *Rules) *bool { return &r.FirstSeen }, Default: true},
		Reason: FirstSeen, Says: "first_seen", About: ServiceDebits, Critical: FirstSeen, Leaves: true,
		// An owner who has used a wallet for years is not to be woken by its first
		// debit since Kozamori watches.
		Unsure: FirstWatched, UnsureSays: "first_watched", Lately: FirstLately, LatelySays: "first_lately",
		Tells: func(r *Rules, f *Facts, _ Sofar) bool { return r.FirstSeen && f.FirstSeen },
	},
	{
		// A payment service's debit that is told anyway says it without being
		// asked, and then it is critical; rent that overdraws is not.
		Name: "overdrawn", Value: Flag{At: func(r *Rules) *bool { return &r.Overdrawn }},
		Reason: Overdrawn, Says: "overdrawn", About: AllDebits, Critical: Overdrawn | ServiceDebit,
		Tells: func(r *Rules, f *Facts, so Sofar) bool {
			return f.Overdrawn && (r.Overdrawn || so.Why.Has(ServiceDebit))
		},
	},
	{
		Name: "monthly_total", Value: YenFor{At: func(r *Rules) *map[string]int64 { return &r.MonthlyTotal }, Least: 1},
		Reason: MonthlyTotal, Says: "monthly_total", About: ServiceDebits,
		Tells: func(r *Rules, f *Facts, _ Sofar) bool {
			return reaches(r.MonthlyTotal[f.Service], f.MonthTotal, f.Amount)
		},
	},
	{
		// What comes near the most that can be taken is how accounts are
		// emptied, so it is on from the beginning; but who charges that much
		// each month must not be alarmed each month, so it is not critical by
		// itself: the first such debit that is on record is. An owner who trusts
		// an amount has said that one such debit is theirs, not that a month
		// of them is.
		Name: "near_limit", Value: Flag{At: func(r *Rules) *bool { return &r.NearLimit }, Default: true},
		Reason: NearLimit, Says: "near_limit", About: ServiceDebits, Critical: NearLimit | FirstWatched,
		Tells: func(r *Rules, f *Facts, so Sofar) bool {
			return r.NearLimit && (!so.Left && atLeast(nearly(f.MostOnce), f.Amount) || reaches(nearly(f.MostMonth), f.MonthTotal, f.Amount))
		},
	},
	{
		// People who sleep charge no wallet. People who work at night do, and banks post
		// in the night what was bought by day: so it is off until somebody asks
		// for it, and waits for the end of quiet hours like all that is not
		// critical. It speaks of what is trusted, too: that is what it is for.
		Name: "night", Value: Flag{At: func(r *Rules) *bool { return &r.Night }},
		Reason: Night, Says: "night", About: ServiceDebits,
		Tells: func(r *Rules, f *Facts, _ Sofar) bool {
			return r.Night && !f.DateOnly && time.Duration(f.OccurredAt.In(JST).Hour())*time.Hour < NightUntil
		},
	},
	{
		Name: "new_link", Value: Flag{At: func(r *Rules) *bool { return &r.NewLink }, Default: true},
		Reason: NewLink, Says: "new_link", About: Links, Critical: NewLink,
		Tells: func(r *Rules, _ *Facts, _ Sofar) bool { return r.NewLink },
	},
	{
		Name: "service_min", Value: Yen{At: func(r *Rules) *int64 { return &r.ServiceMin }, Default: 1},
		Reason: ServiceDebit, Says: "service_debit", About: ServiceDebits, Leaves: true,
		Tells: func(r *Rules, f *Facts, _ Sofar) bool {
			_, own := r.ServiceMinFor[f.Service]
			return !own && atLeast(r.ServiceMin, f.Amount)
		},
	},
	{
		Name: "service_min_for", Value: YenFor{At: func(r *Rules) *map[string]int64 { return &r.ServiceMinFor }, Else: func(r *Rules) *int64 { return &r.ServiceMin }},
		Reason: ServiceDebit, About: ServiceDebits, Leaves: true,
		Tells: func(r *Rules, f *Facts, _ Sofar) bool { return atLeast(r.ServiceMinFor[f.Service], f.Amount) },
	},
	{
		Name: "any_debit", Value: Yen{At: func(r *Rules) *int64 { return &r.AnyDebit }},
		Reason: AnyDebit, Says: "any_debit", About: AllDebits,
		Tells: func(r *Rules, f *Facts, _ Sofar) bool { return atLeast(r.AnyDebit, f.Amount) },
	},
	{
		Name: "keywords", Value: Words{At: func(r *Rules) *[]string { return &r.Keywords }},
		Reason: Keyword, Says: "keyword", About: AllDebits, Reads: true,
		Tells: func(r *Rules, f *Facts, _ Sofar) bool {
			return slices.ContainsFunc(r.Keywords, func(word string) bool { return strings.Contains(f.Keyword, word) })
		},
	},
	{Name: "ignore_undecided", Value: Flag{At: func(r *Rules) *bool { return &r.IgnoreUndecided }, Mutes: true}},
	{Name: "trusts", Value: Trusted{At: func(r *Rules) *[]Trust { return &r.Trusts }}},
	{Name: "quiet", Value: Hours{At: func(r *Rules) **Quiet { return &r.Quiet }}},
	{Name: "paused_until", Value: Until{At: func(r *Rules) *time.Time { return &r.PausedUntil }, Most: MaxPauseFor}},
}

// atLeast tells whether an amount reaches a minimum; 0 is one that is off.
func atLeast(minimum, yen int64) bool { return minimum > 0 && yen >= minimum }

// reaches tells whether this debit is the one that takes a total to a limit;
// 0 is a limit that is off.
func reaches(limit, total, yen int64) bool {
	return limit > 0 && total >= limit && total-yen < limit
}

// nearly is the least amount that is near a limit; 0 if there is none.
func nearly(limit int64) int64 { return (limit*NearTenths + 9) / 10 }

// Table lists the rules, the most alarming first. It must not be changed.
func Table() []Rule { return table }

// RuleNamed is a row of the table; the zero value if there is none of the name.
func RuleNamed(name string) Rule {
	if i := slices.IndexFunc(table, func(row Rule) bool { return row.Name == name }); i >= 0 {
		return table[i]
	}
	return Rule{}
}
