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

// Record makes the record of a link, as the catalogue recognised it; word is the
// bank's own for the service, if the catalogue does not know it. It is history from
// the beginning.
func (s *Seed) Record(k AccountKey, mask quote.Text, service string, c Confidence, word string, now time.Time) *Record {
	e := Entry{Kind: LinkRegistered, At: s.Since, ReceivedAt: now, Descriptor: s.Descriptor,
		Service: service, Confidence: c, Route: s.Route, DateOnly: s.DateOnly, Word: word}
	e.Event = SeededID(k, &e)
	id := e.Event
	r := NewRecord(id, k, e)
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
// (in Japan). Where the service is not known, its descriptor and the bank's own word
// tell it.
func SeededID(k AccountKey, e *Entry) string {
	if e.Service != "" || e.Word == "" {
		return SeededBefore(k, e)
	}
	return Derive("seeded", k.Bank, k.Ref, "", e.Descriptor.Raw(), seededOn(e), e.Word)
}

// SeededBefore is the id that the versions gave it which did not keep the bank's word.
func SeededBefore(k AccountKey, e *Entry) string {
	descriptor := e.Descriptor.Raw()
	if e.Service != "" {
		descriptor = ""
	}
	return Derive("seeded", k.Bank, k.Ref, e.Service, descriptor, seededOn(e))
}

func seededOn(e *Entry) string { return e.At.In(JST).Format(time.DateOnly) }
