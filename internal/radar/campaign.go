package radar

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/watch"
)

// State is how a campaign stands.
type State string

// A campaign is suspected until its bank confirms or dismisses it; what is suspected or
// confirmed the bank ends. A suspicion that nothing adds to ends by itself.
const (
	Suspected State = "suspected"
	Confirmed State = "confirmed"
	Dismissed State = "dismissed"
	Ended     State = "ended"
)

const (
	// Lapse is for how long a suspicion stands that nothing adds to.
	Lapse = 72 * time.Hour
	// KeepCampaign is for how long a campaign is kept after its last change.
	KeepCampaign = 400 * 24 * time.Hour
	// MaxEvidence is how many findings of a campaign are kept.
	MaxEvidence = 12
)

// Campaign is what stands out of a service at a bank, and what its bank says of it.
type Campaign struct {
	ID      string    `json:"id"`
	Bank    string    `json:"bank"`
	Service string    `json:"service"`
	State   State     `json:"state"`
	Since   time.Time `json:"since"`    // of the first transaction that is part of it
	KnownAt time.Time `json:"known_at"` // when it was suspected
	LastAt  time.Time `json:"last_at"`  // when something was last added
	// Evidence is what was seen, of each kind at its clearest.
	Evidence     []Evidence `json:"evidence"`
	Transactions []string   `json:"transactions,omitempty"` // the first of them, by the bank's ids
	// Changes are what became of it, the oldest first.
	Changes []Change `json:"changes"`
	Version int64    `json:"-"`

	Unknown jsontext.Value `json:",embed"`
}

// Evidence is what was seen of a kind, and what is usual.
type Evidence struct {
	Kind    Kind      `json:"kind"`
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
	Seen    int       `json:"seen"`
	Usually int64     `json:"usually"` // thousandths of an account

	Unknown jsontext.Value `json:",embed"`
}

// Change is one change of a campaign's state.
type Change struct {
	Seq   int       `json:"seq"`
	State State     `json:"state"`
	At    time.Time `json:"at"`
	Clerk string    `json:"clerk,omitempty"` // who it was, in the bank's words
	// Own tells that it was not the bank's doing: the bank is told of it.
	Own      bool      `json:"own,omitempty"`
	ToldAt   time.Time `json:"told_at,omitzero"`
	GaveUpAt time.Time `json:"gave_up_at,omitzero"`

	Unknown jsontext.Value `json:",embed"`
}

// Open tells whether it stands.
func (s State) Open() bool { return s == Suspected || s == Confirmed }

// Open begins a campaign by what stands out of a service.
func Open(t *Test, now time.Time) *Campaign {
	now = now.UTC().Truncate(time.Millisecond)
	c := &Campaign{Bank: t.Bank, Service: t.Service, State: Suspected, KnownAt: now}
	c.ID = now.Format("20060102t150405") + "-" + watch.Derive("campaign", t.Bank, t.Service, now.String())[:8]
	c.Changes = []Change{{Seq: 1, State: Suspected, At: now, Own: true}}
	c.Add(t, now)
	return c
}

// Add takes what was found into a campaign; false if it says nothing new.
func (c *Campaign) Add(t *Test, now time.Time) (changed bool) {
	is := Evidence{Kind: t.Kind, From: t.From, To: t.To, Seen: t.Seen, Usually: int64(t.Expected * 1000)}
	i := slices.IndexFunc(c.Evidence, func(e Evidence) bool { return e.Kind == t.Kind })
	switch {
	case i < 0 && len(c.Evidence) < MaxEvidence:
		c.Evidence, changed = append(c.Evidence, is), true
	case i >= 0 && is.Seen > c.Evidence[i].Seen:
		c.Evidence[i], changed = is, true
	}
	for _, s := range t.First {
		if c.Since.IsZero() || s.At.Before(c.Since) {
			c.Since = s.At
		}
		if len(c.Transactions) < MaxFirst && !slices.Contains(c.Transactions, s.Txn) {
			c.Transactions, changed = append(c.Transactions, s.Txn), true
		}
	}
	if c.Since.IsZero() { // none of them is named
		c.Since = t.From
	}
	if changed {
		c.LastAt = now.UTC().Truncate(time.Millisecond)
	}
	return changed
}

// Set changes the state; false if it does not go from the one that it has to that.
func (c *Campaign) Set(to State, clerk string, own bool, now time.Time) bool {
	from := c.State
	if !from.Open() || to == Suspected || to == from || to == Dismissed && from != Suspected {
		return false
	}
	c.State = to
	c.Changes = append(c.Changes, Change{Seq: len(c.Changes) + 1, State: to, At: now.UTC().Truncate(time.Millisecond), Clerk: clerk, Own: own})
	return true
}

// ErrState says that a state does not follow the present one.
var ErrState = errors.New("radar: the state cannot follow the present one")

// Say takes what the bank says of the campaign. The same again changes nothing.
// ErrState.
func (c *Campaign) Say(to State, clerk string, now time.Time) error {
	if c.State == to && to != Suspected || c.Set(to, clerk, false, now) {
		return nil
	}
	return ErrState
}

// CanFollow lists what the bank can say of the campaign now.
func (c *Campaign) CanFollow() []State {
	switch c.State {
	case Suspected:
		return []State{Confirmed, Dismissed, Ended}
	case Confirmed:
		return []State{Ended}
	}
	return nil
}

// Lapsed tells whether it is a suspicion that nothing has added to for long.
func (c *Campaign) Lapsed(now time.Time) bool {
	return c.State == Suspected && now.Sub(c.LastAt) >= Lapse
}

// Untold is the first change of ours that the bank has not taken; nil if there is none.
func (c *Campaign) Untold() *Change {
	for i := range c.Changes {
		if x := &c.Changes[i]; x.Own && x.ToldAt.IsZero() && x.GaveUpAt.IsZero() {
			return x
		}
	}
	return nil
}

// Standing is how the campaigns of a bank stand, in brief: of each service the latest.
type Standing struct {
	Bank     string            `json:"bank"`
	Services []ServiceStanding `json:"services,omitempty"`
	Version  int64             `json:"-"`

	Unknown jsontext.Value `json:",embed"`
}

// ServiceStanding is the latest campaign of a service.
type ServiceStanding struct {
	Service string    `json:"service"`
	ID      string    `json:"id"`
	State   State     `json:"state"`
	At      time.Time `json:"at"` // when that began
	// Untold tells that the bank is still to be told of it.
	Untold bool `json:"untold,omitempty"`
	// Over is what counts no more, since this campaign was over or the one before.
	Over *Over `json:"over,omitempty"`

	Unknown jsontext.Value `json:",embed"`
}

// Note takes a campaign as it is now.
func (s *Standing) Note(c *Campaign) {
	last := c.Changes[len(c.Changes)-1]
	is := ServiceStanding{Service: c.Service, ID: c.ID, State: c.State, At: last.At, Untold: c.Untold() != nil}
	i := slices.IndexFunc(s.Services, func(x ServiceStanding) bool { return x.Service == c.Service })
	switch {
	case i < 0:
		s.Services = append(s.Services, is)
	case s.Services[i].ID <= c.ID: // ids are in the order of time
		is.Unknown = s.Services[i].Unknown
		if o := s.Over(c.Service); !o.At.IsZero() {
			is.Over = &o
		}
		s.Services[i] = is
	}
	for i := range s.Services {
		if o := s.Services[i].Over; o != nil && last.At.Sub(o.At) > LinkedFor {
			s.Services[i].Over = &Over{At: o.At, Unknown: o.Unknown} // no look goes back to that
		}
	}
	slices.SortFunc(s.Services, func(a, b ServiceStanding) int { return cmp.Compare(a.Service, b.Service) })
}

// Of is how a service stands; the zero value if nothing was ever the matter.
func (s *Standing) Of(service string) ServiceStanding {
	for _, x := range s.Services {
		if x.Service == service {
			return x
		}
	}
	return ServiceStanding{}
}

// Unusual tells whether an hour is not one to learn from: a campaign stands, or stood
// then, that its bank has not dismissed.
func (s *Standing) Unusual(service string, hour time.Time) bool {
	x := s.Of(service)
	return x.State.Open() || x.State == Ended && hour.Before(x.At)
}
