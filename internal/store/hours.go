package store

import (
	"context"
	"math"
	"math/bits"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/codec"
	"kozamori/internal/feed"
	"kozamori/internal/watch"
)

var hours = codec.For[Hour]("hour")

// Hour counts what came of a bank's events of one hour.
type Hour struct {
	At        time.Time   `json:"at"` // when it begins
	Accepted  []KindCount `json:"accepted,omitempty"`
	Refused   int         `json:"refused,omitempty"`
	Known     int         `json:"known,omitempty"`     // said nothing new of a record
	Conflicts int         `json:"conflicts,omitempty"` // as in Tally
	// Lags counts accepted events by how long they took from when they occurred until
	// they were received: the one at n took at most 2^n seconds, and more than half of
	// that. Of days no lag is known.
	Lags []int `json:"lags,omitempty"`

	Unknown jsontext.Value `json:",embed"`
}

// KindCount is how many events of a kind there were.
type KindCount struct {
	Kind   watch.Kind `json:"kind"`
	Events int        `json:"events"`
	// Minutes are those in which at least one came, bit 0 for the first.
	Minutes int64 `json:"minutes,omitempty"`

	Unknown jsontext.Value `json:",embed"`
}

// HourKept is for how long hours are kept, and SaveEvery how often one is written
// at most: what a process has counted since is lost if it ends.
const (
	HourKept  = 8 * 24 * time.Hour
	SaveEvery = time.Minute
)

func hourPK(bank string, at time.Time) string { return "N#" + bank + "#" + at.Format("2006-01-02T15Z") }

// hourly is an hour of a process's, and when it was last written.
type hourly struct {
	Hour
	saved   time.Time
	unsaved bool
}

func (t *Tallier) hour(bank string, at time.Time) *hourly {
	h := at.UTC().Truncate(time.Hour)
	k := Key{hourPK(bank, h), t.process}
	c := t.hours[k]
	if c == nil {
		c = &hourly{Hour: Hour{At: h}}
		t.hours[k] = c
	}
	c.unsaved = true
	return c
}

// Accept counts an accepted event. The lag is negative if it is not known.
func (h *Hour) Accept(kind watch.Kind, lag time.Duration) {
	h.accepted(KindCount{Kind: kind, Events: 1})
	if lag < 0 {
		return
	}
	n := 0
	if s := uint64(math.Ceil(lag.Seconds())); s > 1 {
		n = bits.Len64(s - 1)
	}
	for len(h.Lags) <= n {
		h.Lags = append(h.Lags, 0)
	}
	h.Lags[n]++
}

func (h *Hour) accepted(c KindCount) {
	for i := range h.Accepted {
		if is := &h.Accepted[i]; is.Kind == c.Kind {
			is.Events += c.Events
			is.Minutes |= c.Minutes
			return
		}
	}
	h.Accepted = append(h.Accepted, KindCount{Kind: c.Kind, Events: c.Events, Minutes: c.Minutes})
}

// Accepted adds what a request brought.
func (t *Tallier) Accepted(bank string, of *Hour, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range of.Accepted {
		of.Accepted[i].Minutes |= 1 << at.UTC().Minute()
	}
	t.hour(bank, at).Add(of)
}

// Known counts an event that said nothing new.
func (t *Tallier) Known(bank string, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.hour(bank, at).Known++
}

// SaveHours writes the hours that have changed, each at most once in SaveEvery. A
// failure is told once the others were tried; what has one is written the next time.
func (t *Tallier) SaveHours(ctx context.Context, table writer, now time.Time) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	var failed error
	for k, h := range t.hours {
		over := now.Sub(h.At) >= time.Hour
		if h.unsaved && (over || now.Sub(h.saved).Abs() >= SaveEvery) {
			w := Write{Item: Item{Key: k, Body: hours.Encode(&h.Hour), Expires: until(h.At, HourKept)}, If: Any}
			if err := table.Write(ctx, w); err != nil {
				failed = err
				continue
			}
			h.saved, h.unsaved = now, false
		}
		if over && now.Sub(h.At) >= 2*time.Hour && !h.unsaved {
			delete(t.hours, k)
		}
	}
	return failed
}

// Hours adds up so many of a bank's hours, the latest first. One with nothing to
// count is left out.
func (s *Store) Hours(ctx context.Context, bank string, n int, now time.Time) ([]Hour, error) {
	var out []Hour
	for i := range n {
		at := now.UTC().Truncate(time.Hour).Add(time.Duration(-i) * time.Hour)
		sum := Hour{At: at}
		some := false
		for part, err := range all(ctx, s, Query{PK: hourPK(bank, at)}, as(under("N#", ""), hours, nil)) {
			if err != nil {
				return nil, err
			}
			some = true
			sum.Add(part)
		}
		if some {
			out = append(out, sum)
		}
	}
	return out, nil
}

// Add adds what another hour counts.
func (h *Hour) Add(o *Hour) {
	h.Refused, h.Known, h.Conflicts = h.Refused+o.Refused, h.Known+o.Known, h.Conflicts+o.Conflicts
	for _, c := range o.Accepted {
		h.accepted(c)
	}
	for i, n := range o.Lags {
		for len(h.Lags) <= i {
			h.Lags = append(h.Lags, 0)
		}
		h.Lags[i] += n
	}
}

// Counts are what the health of the feed is judged by.
func (h *Hour) Counts() feed.Counts {
	c := feed.Counts{At: h.At, Lags: h.Lags}
	for _, k := range h.Accepted {
		c.Heard = append(c.Heard, feed.Hearing{Kind: k.Kind, Minutes: k.Minutes})
	}
	return c
}

// Lag is how long at most a share of the events took whose lag is known, in seconds,
// rounded up to a power of two; false if there is none.
func (h *Hour) Lag(share float64) (seconds int64, known bool) {
	total := 0
	for _, n := range h.Lags {
		total += n
	}
	need, seen := int(math.Ceil(share*float64(total))), 0
	for i, n := range h.Lags {
		if seen += n; n > 0 && seen >= need {
			return 1 << i, true
		}
	}
	return 0, false
}
