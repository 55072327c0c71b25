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
	r.Txn, r.Mask, r.RecordedAt, r.Past = id, mask, now, true
	return r
}

// Seeded tells whether a record stands for a link that the bank named without
// an id.
func (r *Record) Seeded() bool { return r.Txn == r.ID }

// SeededID is the id of the record of a seed: what its service did on its day
// (in Japan). Where the service is not known, its descriptor tells it.
func SeededID(k AccountKey, service, descriptor string, at time.Time) string {
	if service != "" {
		descriptor = ""
	}
	return Derive("seeded", k.Bank, k.Ref, service, descriptor, at.In(JST).Format(time.DateOnly))
}
