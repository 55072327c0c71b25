package watch

import (
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Trust is "that was me": debits of a service up to an amount stay silent
// until a date, unless a rule about patterns (new link, burst, monthly total,
// overdrawn) speaks.
type Trust struct {
	Service string    `json:"service"`
	UpTo    int64     `json:"up_to"` // yen, inclusive
	Until   time.Time `json:"until"`
	// Since is when it began, or an earlier one that it goes on from.
	Since time.Time `json:"since,omitzero"`

	Unknown jsontext.Value `json:",embed"`
}

// Quiet hours hold back what is not critical. Minutes after midnight JST;
// From > To spans midnight.
type Quiet struct {
	From int `json:"from"`
	To   int `json:"to"`

	Unknown jsontext.Value `json:",embed"`
}

// End is when the quiet hours that contain at are over; false if at is not in
// them.
func (q *Quiet) End(at time.Time) (time.Time, bool) {
	if q == nil || q.From == q.To {
		return time.Time{}, false
	}
	j := at.In(JST)
	m := j.Hour()*60 + j.Minute()
	midnight := time.Date(j.Year(), j.Month(), j.Day(), 0, 0, 0, 0, JST)
	to := time.Duration(q.To) * time.Minute
	switch {
	case q.From < q.To && m >= q.From && m < q.To, q.From > q.To && m < q.To:
		return midnight.Add(to), true
	case q.From > q.To && m >= q.From:
		return midnight.AddDate(0, 0, 1).Add(to), true
	}
	return time.Time{}, false
}

// DefaultRules are on before anyone touches a setting: every new charge link,
// and every payment-service debit of 1 yen or more. The pattern rules only
// add reasons to those, until a watcher trusts a service.
func DefaultRules() Rules {
	var r Rules
	for _, row := range table {
		row.Value.Preset(&r)
	}
	return r
}

// Facts is one recognised event together with what the account's activity
// says about it, made once per event by Observe and evaluated for each watcher.
type Facts struct {
	Link       bool // a charge link was registered
	Amount     int64
	Service    string // empty if no payment service
	Undecided  bool
	FirstSeen  bool
	KnownFor   time.Duration // how long before it the bank's history of the account begins; 0 without one
	WatchedFor time.Duration // how long before it the account has been watched
	AfterLink  bool
	// OwnLink tells of AfterLink that each such link was called the owner's own,
	// and that no more than OwnLinkYen was taken since.
	OwnLink bool
	// AfterReport tells that the watcher, or another one of the account, said
	// "not mine" within ReportedFor, and that this is the same service again,
	// or a link or a service that is new.
	AfterReport bool
	Burst       bool
	Overdrawn   bool
	MonthTotal  int64  // yen of the service this month in JST, this debit included
	MostOnce    int64  // yen that the service takes from anybody at once; 0 if not known
	MostMonth   int64  // the same in a calendar month
	Keyword     string // the descriptor, folded by catalog.Fold; only needed if anyone has keywords
	OccurredAt  time.Time
	DateOnly    bool // of OccurredAt only the day is known
	UnderAttack bool // the bank has confirmed a campaign of the service
	OfFile      bool // it came in a file of the bank's
}

// Evaluate says why the watcher with these rules is told of the facts, if at
// all, at the time now.
func (r *Rules) Evaluate(f *Facts, now time.Time) Reason {
	var so Sofar
	about := f.about()
	so.Left = about == ServiceDebits && (r.trusted(f, now) || f.Undecided && r.IgnoreUndecided)
	// From the bottom: a rule may look at what the plainer ones below it say.
	for i := len(table) - 1; i >= 0; i-- {
		row := &table[i]
		if row.About&about != 0 && !(row.Leaves && so.Left) && row.Tells(r, f, so) {
			so.Why |= row.says(f)
		}
	}
	urgent := so.Why
	if f.OfFile {
		urgent = urgent.InFile()
	}
	if now.Before(r.PausedUntil) && !urgent.Critical() {
		return 0
	}
	return so.Why
}

// says is the reason that a rule which tells gives for the facts.
func (row *Rule) says(f *Facts) Reason {
	switch {
	case row.Own != 0 && f.OwnLink:
		return row.Own
	case row.Unsure == 0 || f.KnownFor >= FirstAfter || f.WatchedFor >= FirstAfterFeed:
		return row.Reason
	case f.WatchedFor >= FirstAfter:
		return row.Unsure | row.Lately
	}
	return row.Unsure
}

// about is what the facts are about.
func (f *Facts) about() Subject {
	switch {
	case f.Link:
		return Links
	case f.Service == "":
		return OtherDebits
	}
	return ServiceDebits
}

// Reads tells whether some rule needs Facts.Keyword.
func (r *Rules) Reads() bool {
	return slices.ContainsFunc(table, func(row Rule) bool { return row.Reads && row.Value.On(r) })
}

func (r *Rules) trusted(f *Facts, now time.Time) bool {
	_, ok := r.TrustIn(f.Service, f.Amount, now)
	return ok
}

// TrustIn is a standing trust under which a debit of a service stays silent.
func (r *Rules) TrustIn(service string, yen int64, now time.Time) (Trust, bool) {
	for _, t := range r.Trusts {
		if service != "" && t.Service == service && yen <= t.UpTo && now.Before(t.Until) {
			return t, true
		}
	}
	return Trust{}, false
}

// HoldUntil is when the watcher may be told: now, or the end of their quiet
// hours if the reasons are not critical.
func (r *Rules) HoldUntil(why Reason, now time.Time) time.Time {
	if end, ok := r.Quiet.End(now); ok && !why.Critical() {
		return end
	}
	return now
}
