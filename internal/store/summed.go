package store

import (
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/watch"
)

// Told names a delivery: by its record, and its id there.
type Told struct {
	Record   string `json:"record"`
	Delivery string `json:"delivery"`

	Unknown jsontext.Value `json:",embed"`
}

func (t Told) is(o Told) bool { return t.Record == o.Record && t.Delivery == o.Delivery }

// Summed is the latest message that sums up for a person what came too late to be news,
// of whichever accounts they watch: there is one a day.
type Summed struct {
	Told
	At time.Time `json:"at"` // when it was its turn
	// With are those of other accounts that waited for that turn, and Waiting those that
	// wait for the next one.
	With    []Told `json:"with,omitempty"`
	Waiting []Told `json:"waiting,omitempty"`

	Unknown jsontext.Value `json:",embed"`
}

// maxWaiting bounds those that wait: one of each account, as a rule.
const maxWaiting = 50

// Turn gives a summary its turn, if none has had one within a day: so is false if that
// changes nothing, and wait how long it is until it may ask again; 0 if it has its turn.
func (p *Person) Turn(of Told, now time.Time) (wait time.Duration, so bool) {
	s := p.Summed
	if s != nil && s.is(of) {
		return 0, false
	}
	if s != nil && now.Before(s.At.Add(watch.SummaryEvery)) {
		wait = s.At.Add(watch.SummaryEvery).Sub(now)
		if slices.ContainsFunc(s.Waiting, of.is) || len(s.Waiting) == maxWaiting {
			return wait, false
		}
		own := *s
		own.Waiting = append(slices.Clone(s.Waiting), of)
		p.Summed = &own
		return wait, true
	}
	next := &Summed{Told: of, At: now}
	if s != nil {
		next.Unknown = s.Unknown
		next.With = slices.DeleteFunc(slices.Clone(s.Waiting), of.is)
	}
	p.Summed = next
	return 0, true
}

// Tell notes a summary that was told without a turn, because it went with other news.
// False if one has its turn just now.
func (p *Person) Tell(of Told, now time.Time) bool {
	next := &Summed{Told: of, At: now}
	if s := p.Summed; s != nil {
		if now.Before(s.At.Add(watch.SummaryAfter)) {
			return false
		}
		next.Waiting, next.Unknown = s.Waiting, s.Unknown
	}
	p.Summed = next
	return true
}
