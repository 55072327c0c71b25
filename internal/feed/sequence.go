package feed

import (
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

const (
	// Grace is how long a request may be behind one with a higher number before it is
	// missing: requests under way at the same time overtake each other.
	Grace = 5 * time.Second
	// GapKept is for how long a gap that is not filled is told.
	GapKept = 30 * 24 * time.Hour
	// MaxFeeds is how many feeds of a bank are kept; of more, the oldest are given up.
	MaxFeeds = 20
	// MaxGaps is the same of the gaps of a feed.
	MaxGaps = 100
)

// Number is one numbered request of a bank, and when it was received.
type Number struct {
	Feed     string    `json:"feed,omitempty"`
	Sequence int64     `json:"sequence"`
	At       time.Time `json:"at"`

	Unknown jsontext.Value `json:",embed"`
}

// Stream is what is known of the numbered requests of a feed.
type Stream struct {
	Feed    string    `json:"feed,omitempty"`
	Highest int64     `json:"highest"`
	At      time.Time `json:"at"` // when the highest was received
	Gaps    []Gap     `json:"gaps,omitempty"`

	Unknown jsontext.Value `json:",embed"`
}

// Gap are numbers that were skipped.
type Gap struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
	// Since is when the request after the gap was received.
	Since time.Time `json:"since"`
	Told  bool      `json:"told,omitempty"`
	Left  []Span    `json:"left,omitempty"` // what is still missing of it

	Unknown jsontext.Value `json:",embed"`
}

// Span are numbers, both ends among them.
type Span struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`

	Unknown jsontext.Value `json:",embed"`
}

// Take notes numbers that were received; any of them may be noted again. It returns
// the gaps that these numbers filled, of those that were told.
func Take(streams []Stream, numbers []Number) (_ []Stream, filled []Filled) {
	slices.SortStableFunc(numbers, func(a, b Number) int { return a.At.Compare(b.At) })
	for _, n := range numbers {
		i := slices.IndexFunc(streams, func(s Stream) bool { return s.Feed == n.Feed })
		if i < 0 {
			streams = append(streams, Stream{Feed: n.Feed, Highest: n.Sequence, At: n.At})
			continue
		}
		for _, g := range streams[i].take(n) {
			filled = append(filled, Filled{n.Feed, g.From, g.To, n.At})
		}
	}
	if over := len(streams) - MaxFeeds; over > 0 {
		slices.SortFunc(streams, func(a, b Stream) int { return a.At.Compare(b.At) })
		streams = slices.Delete(streams, 0, over)
	}
	return streams, filled
}

// Filled is a gap that is none any more.
type Filled struct {
	Feed     string
	From, To int64
	At       time.Time
}

func (s *Stream) take(n Number) (filled []Gap) {
	if n.Sequence > s.Highest {
		if from, to := s.Highest+1, n.Sequence-1; from <= to {
			s.Gaps = append(s.Gaps, Gap{From: from, To: to, Since: n.At, Left: []Span{{From: from, To: to}}})
			s.Gaps = s.Gaps[max(0, len(s.Gaps)-MaxGaps):]
		}
		s.Highest, s.At = n.Sequence, n.At
		return nil
	}
	for i := range s.Gaps {
		if g := &s.Gaps[i]; g.From <= n.Sequence && n.Sequence <= g.To {
			g.fill(n.Sequence)
		}
	}
	s.Gaps = slices.DeleteFunc(s.Gaps, func(g Gap) bool {
		if len(g.Left) == 0 && g.Told {
			filled = append(filled, g)
		}
		return len(g.Left) == 0
	})
	return filled
}

func (g *Gap) fill(n int64) {
	var left []Span
	for _, s := range g.Left {
		if n < s.From || n > s.To {
			left = append(left, s)
			continue
		}
		if s.From < n {
			left = append(left, Span{From: s.From, To: n - 1})
		}
		if n < s.To {
			left = append(left, Span{From: n + 1, To: s.To})
		}
	}
	g.Left = left
}

// Missing are the gaps of a feed that are certain by now, and drops those that are
// too old to be told of.
func (s *Stream) Missing(now time.Time) []*Gap {
	var out []*Gap
	s.Gaps = slices.DeleteFunc(s.Gaps, func(g Gap) bool { return now.Sub(g.Since) > GapKept })
	for i := range s.Gaps {
		if g := &s.Gaps[i]; now.Sub(g.Since) >= Grace {
			out = append(out, g)
		}
	}
	return out
}
