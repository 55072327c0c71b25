package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/codec"
	"kozamori/internal/feed"
	"kozamori/internal/watch"
)

var (
	feeds   = codec.For[Feed]("feed")
	healths = codec.For[feed.Health]("feed_health")
	norms   = codec.For[feed.Norm]("feed_norm")
	numbers = codec.For[feed.Number]("feed_number")
)

// Feed is what is known of a bank's stream of events.
type Feed struct {
	Bank        string    `json:"bank"`
	LastEvent   time.Time `json:"last_event"`            // when a batch was last accepted, to the minute
	SilentSince time.Time `json:"silent_since,omitzero"` // set while the silence is an alarm
	// Last is when an event of each kind was last accepted, to the minute.
	Last []KindLast `json:"last,omitempty"`
	// Beat is when the last heartbeat came, and NextBeat by when the bank promised the
	// next one; zero if it did not.
	Beat     time.Time `json:"beat,omitzero"`
	NextBeat time.Time `json:"next_beat,omitzero"`
	// Pauses are the times for which the bank has said that it will send nothing.
	Pauses []feed.Pause `json:"pauses,omitempty"`
	// Numbered is when a numbered request last came, to the minute.
	Numbered time.Time `json:"numbered,omitzero"`
	Version  int64     `json:"-"`

	Unknown jsontext.Value `json:",embed"`
}

// KindLast is when an event of a kind was last accepted.
type KindLast struct {
	Kind watch.Kind `json:"kind"`
	At   time.Time  `json:"at"`
	// Owed is since when the bank counts events of the kind that have not come.
	Owed time.Time `json:"owed,omitzero"`
	// SilentSince is set while the silence of the kind alone is an alarm.
	SilentSince time.Time `json:"silent_since,omitzero"`

	Unknown jsontext.Value `json:",embed"`
}

// Heard notes that an event of a kind was accepted; false if a later one is noted.
func (f *Feed) Heard(kind watch.Kind, at time.Time) bool {
	for i := range f.Last {
		if l := &f.Last[i]; l.Kind == kind {
			if !l.At.Before(at) {
				return false
			}
			l.At, l.Owed, l.SilentSince = at, time.Time{}, time.Time{}
			return true
		}
	}
	f.Last = append(f.Last, KindLast{Kind: kind, At: at})
	return true
}

// Counted notes that the bank counts events of a kind between two heartbeats: they are
// owed if none has come since the first of these.
func (f *Feed) Counted(kind watch.Kind, from, to time.Time) {
	for i := range f.Last {
		if l := &f.Last[i]; l.Kind == kind {
			if l.Owed.IsZero() && l.At.Before(from.Truncate(time.Minute)) {
				l.Owed = to
			}
			return
		}
	}
	f.Last = append(f.Last, KindLast{Kind: kind, Owed: to})
}

// SilentOf is since when a kind of events is silent while others come; zero if it is not.
func (f *Feed) SilentOf(kind watch.Kind) time.Time {
	for _, l := range f.Last {
		if l.Kind == kind && f.SilentSince.IsZero() {
			return l.SilentSince
		}
	}
	return time.Time{}
}

// Mark notes what is silent as the health of the feed has it; false if that is noted,
// or an event has come since.
func (f *Feed) Mark(h *feed.Health) (changed bool) {
	since := func(kind watch.Kind, heard time.Time) (time.Time, bool) {
		q := h.Silence(kind)
		if q == nil {
			return time.Time{}, true
		}
		return q.Since, !heard.After(q.Since)
	}
	if at, ok := since(feed.Any, f.Until()); ok && !f.SilentSince.Equal(at) {
		f.SilentSince, changed = at, true
	}
	for i := range f.Last {
		l := &f.Last[i]
		if at, ok := since(l.Kind, l.At); ok && !l.SilentSince.Equal(at) {
			l.SilentSince, changed = at, true
		}
	}
	return changed
}

// Until is when the bank was last heard, by events or a heartbeat.
func (f *Feed) Until() time.Time {
	if f.Beat.After(f.LastEvent) {
		return f.Beat
	}
	return f.LastEvent
}

// Signs are what the health of the feed is judged by, but for what is counted.
func (f *Feed) Signs() feed.Signs {
	s := feed.Signs{Heard: f.Until(), NextBeat: f.NextBeat, Pauses: f.Pauses}
	for _, l := range f.Last {
		s.Kinds = append(s.Kinds, feed.Sign{Kind: l.Kind, At: l.At, Owed: l.Owed})
	}
	return s
}

// Feed reads a bank's feed; version 0 if it never sent anything.
func (s *Store) Feed(ctx context.Context, bank string) (*Feed, error) {
	f := Feed{Bank: bank}
	v, err := read(ctx, s, Key{"B#" + bank, "FEED"}, feeds, &f)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	f.Version = v
	return &f, nil
}

// PutFeed writes a bank's feed at the version read.
func PutFeed(f *Feed) Write {
	return Write{Item: Item{Key: Key{"B#" + f.Bank, "FEED"}, Body: feeds.Encode(f)}, If: At(f.Version)}
}

// FeedHealth reads how a bank's feed is; version 0 if it was never judged.
func (s *Store) FeedHealth(ctx context.Context, bank string) (*feed.Health, error) {
	h := feed.Health{Bank: bank}
	v, err := read(ctx, s, Key{"B#" + bank, "FEED#HEALTH"}, healths, &h)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	h.Version = v
	return &h, nil
}

// recently is how old a number may be that the sweep has not taken yet.
const recently = 3 * time.Minute

// FeedNow is how a feed is: as the sweep saw it within the last minute, and with the
// numbered requests of this moment.
func (s *Store) FeedNow(ctx context.Context, f *Feed, now time.Time) (*feed.Health, error) {
	h, err := s.FeedHealth(ctx, f.Bank)
	if err != nil {
		return nil, err
	}
	if from := now.Add(-recently); f.Numbered.After(from) {
		numbers, err := s.Numbers(ctx, f.Bank, from, now)
		if err != nil {
			return nil, err
		}
		h.Streams, _ = feed.Take(h.Streams, numbers)
	}
	return h, nil
}

// PutFeedHealth writes the health of a feed at the version read.
func PutFeedHealth(h *feed.Health) Write {
	return Write{Item: Item{Key: Key{"B#" + h.Bank, "FEED#HEALTH"}, Body: healths.Encode(h)}, If: At(h.Version)}
}

// FeedNorm reads what is usual of a bank's feed; version 0 if nothing is known.
func (s *Store) FeedNorm(ctx context.Context, bank string) (*feed.Norm, error) {
	n := feed.Norm{Bank: bank}
	v, err := read(ctx, s, Key{"B#" + bank, "FEED#NORM"}, norms, &n)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	n.Version = v
	return &n, nil
}

// PutFeedNorm writes what is usual at the version read.
func PutFeedNorm(n *feed.Norm) Write {
	return Write{Item: Item{Key: Key{"B#" + n.Bank, "FEED#NORM"}, Body: norms.Encode(n)}, If: At(n.Version)}
}

// NumberKept is for how long the numbers of requests are kept one by one; by then the
// sweep has taken them into the feed's health.
const NumberKept = 24 * time.Hour

func numberPK(bank string, at time.Time) string {
	return "FN#" + bank + "#" + at.UTC().Format("2006-01-02T15:04Z")
}

// PutNumber notes a numbered request. The same again changes nothing that counts.
func PutNumber(bank string, n feed.Number) Write {
	k := Key{numberPK(bank, n.At), fmt.Sprintf("%s:%016d", n.Feed, n.Sequence)}
	return Write{Item: Item{Key: k, Body: numbers.Encode(&n), Expires: until(n.At, NumberKept)}, If: Any}
}

// Numbers lists the numbered requests of a bank that were received in the minutes
// from one moment to another.
func (s *Store) Numbers(ctx context.Context, bank string, from, to time.Time) ([]feed.Number, error) {
	var out []feed.Number
	for at := from.Truncate(time.Minute); !at.After(to); at = at.Add(time.Minute) {
		for n, err := range all(ctx, s, Query{PK: numberPK(bank, at)}, as(under("FN#", ""), numbers, nil)) {
			if err != nil {
				return nil, err
			}
			out = append(out, *n)
		}
	}
	return out, nil
}
