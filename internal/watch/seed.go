package watch

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/quote"
)

// Seed is a charge link that a bank names when it binds an account: it was
// registered before anybody watched.
type Seed struct {
	Service    string     `json:"service,omitempty"`    // the bank's own word, or
	Descriptor quote.Text `json:"descriptor,omitempty"` // what the passbook has
	Since      time.Time  `json:"since"`                // the first moment in Japan of the day, if DateOnly
	DateOnly   bool       `json:"date_only,omitempty"`
	Route      string     `json:"route,omitempty"`

	Unknown jsontext.Value `json:",embed"`
}

// Record makes the record of a link that the catalogue recognised. It is
// history from the beginning.
func (s *Seed) Record(k AccountKey, mask quote.Text, service string, c Confidence, now time.Time) *Record {
	id := SeededID(k, service, s.Descriptor.Raw(), s.Since)
	r := NewRecord(id, k, Entry{Event: id, Kind: LinkRegistered, At: s.Since, ReceivedAt: now, Descriptor: s.Descriptor,
		Service: service, Confidence: c, Route: s.Route, DateOnly: s.DateOnly})
	r.Txn, r.Mask, r.RecordedAt, r.ShownAt, r.Past = id, mask, now, now, true
	return r
}

// Seeded tells whether a record stands for a link that the bank named without
// an id.
func (r *Record) Seeded() bool { return r.Txn == r.ID }

// ToldRemoved has the owners to whom a link was shown when they began to watch be
// told that it was removed, over the channel that reaches them. was is the record
// before; false if there is nothing to tell of it.
func (r *Record) ToldRemoved(a *Account, was *Record) bool {
	shown := r.ShownAt
	if shown.IsZero() && r.Seeded() {
		shown = r.RecordedAt
	}
	if shown.IsZero() || r.IsAlert() || !was.Complete || !was.UndoneAt.IsZero() || r.UndoneAt.IsZero() {
		return false
	}
	for i := range a.Watchers {
		w := &a.Watchers[i]
		if w.Role != Owner || w.Since.After(shown.Add(ClockSkew)) {
			continue
		}
		r.Notices = append(r.Notices, Notice{Watcher: w.ID})
		for _, c := range w.Reachable() {
			r.Deliveries = append(r.Deliveries, Delivery{ID: Derive("shown", w.ID, string(c.Kind))[:8], Kind: TellAlert, Watcher: w.ID, Channel: c.Kind, Lang: w.Lang,
				State: Accepted, CreatedAt: shown, AcceptedAt: shown, Shows: was.Shows(w.ID)})
		}
	}
	return r.IsAlert()
}

// SeededID is the id of the record of a seed: what its service did on its day
// (in Japan). Where the service is not known, its descriptor tells it.
func SeededID(k AccountKey, service, descriptor string, at time.Time) string {
	if service != "" {
		descriptor = ""
	}
	return Derive("seeded", k.Bank, k.Ref, service, descriptor, at.In(JST).Format(time.DateOnly))
}
