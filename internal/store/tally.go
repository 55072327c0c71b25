package store

import (
	"context"
	"crypto/rand"
	"sync"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/codec"
	"kozamori/internal/watch"
)

// TallyDays is how many days Tallies adds up, today among them.
const TallyDays = 7

var tallied = codec.For[Tally]("tally")

// Tally counts what is wrong with a bank's events of one day in Japan.
type Tally struct {
	Day     string `json:"day"` // "2026-11-24"
	Refused int    `json:"refused,omitempty"`
	// Conflicts are debits under a transaction id that the bank had used for
	// another debit. The latest was in the event Conflict.
	Conflicts  int       `json:"conflicts,omitempty"`
	Conflict   string    `json:"conflict,omitempty"`
	ConflictAt time.Time `json:"conflict_at,omitzero"`

	Unknown jsontext.Value `json:",embed"`
}

// Tallier keeps one process's part of the tallies. Each process writes what it
// has counted to an item of its own, so that it need neither read nor wait for
// others, and what was not written once goes with the next write.
type Tallier struct {
	mu      sync.Mutex
	process string
	counts  map[Key]*Tally
	unsaved map[Key]bool
	hours   map[Key]*hourly
}

type writer interface {
	Write(ctx context.Context, writes ...Write) error
}

// NewTallier starts at nothing.
func NewTallier() *Tallier {
	return &Tallier{process: rand.Text()[:12], counts: map[Key]*Tally{}, unsaved: map[Key]bool{}, hours: map[Key]*hourly{}}
}

func tallyPK(bank, day string) string { return "N#" + bank + "#" + day }

func tallyDay(at time.Time) string { return at.In(watch.JST).Format(time.DateOnly) }

func (t *Tallier) of(bank string, at time.Time) *Tally {
	day := tallyDay(at)
	k := Key{tallyPK(bank, day), t.process}
	c := t.counts[k]
	if c == nil {
		c = &Tally{Day: day}
		t.counts[k] = c
	}
	t.unsaved[k] = true
	return c
}

// Refused counts refused events.
func (t *Tallier) Refused(bank string, n int, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.of(bank, at).Refused += n
	t.hour(bank, at).Refused += n
}

// Conflict counts a debit under an id that was another's.
func (t *Tallier) Conflict(bank, event string, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.hour(bank, at).Conflicts++
	c := t.of(bank, at)
	c.Conflicts++
	c.Conflict, c.ConflictAt = event, at.Truncate(time.Millisecond)
}

// Save writes the days that have changed since it was last called. What has an error
// is written the next time.
func (t *Tallier) Save(ctx context.Context, table writer, now time.Time) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for k := range t.unsaved {
		c := t.counts[k]
		w := Write{Item: Item{Key: k, Body: tallied.Encode(c), Expires: until(now, (TallyDays+1)*24*time.Hour)}, If: Any}
		if err := table.Write(ctx, w); err != nil {
			return err
		}
		delete(t.unsaved, k)
		if c.Day < tallyDay(now.Add(-24*time.Hour)) {
			delete(t.counts, k)
		}
	}
	return nil
}

// Tallies adds up a bank's days, the latest first. A day with nothing to count
// is left out.
func (s *Store) Tallies(ctx context.Context, bank string, now time.Time) ([]Tally, error) {
	var out []Tally
	for n := range TallyDays {
		sum := Tally{Day: tallyDay(now.AddDate(0, 0, -n))}
		for part, err := range all(ctx, s, Query{PK: tallyPK(bank, sum.Day)}, as(under("N#", ""), tallied, nil)) {
			if err != nil {
				return nil, err
			}
			sum.Refused += part.Refused
			sum.Conflicts += part.Conflicts
			if part.ConflictAt.After(sum.ConflictAt) {
				sum.Conflict, sum.ConflictAt = part.Conflict, part.ConflictAt
			}
		}
		if sum.Refused+sum.Conflicts > 0 {
			out = append(out, sum)
		}
	}
	return out, nil
}
