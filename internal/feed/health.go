package feed

import (
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/watch"
)

const (
	// BeatGrace is how late a heartbeat may be, and how long what a heartbeat counts
	// may take to come.
	BeatGrace = time.Minute
	// MaxNews is how many of the latest changes are kept.
	MaxNews = 50
	// AnnounceAfter is how long a bank, or its debits, are silent before its customers
	// are told by a message of their own.
	AnnounceAfter = 6 * time.Hour
)

// Health is how a bank's feed is, and what the bank is told of it.
type Health struct {
	Bank string `json:"bank"`
	// Silent are what is not heard, Any for the whole feed.
	Silent []Silence `json:"silent,omitempty"`
	// LateSince is since when events come later than usual; zero if they do not.
	LateSince time.Time `json:"late_since,omitzero"`
	Streams   []Stream  `json:"streams,omitempty"`
	// Read is until when numbered requests have been taken.
	Read time.Time `json:"read,omitzero"`
	News []News    `json:"news,omitempty"` // the oldest first
	// Announced is the silence of which the bank's customers are told; nil if none is.
	Announced *Silence `json:"announced,omitempty"`
	Version   int64    `json:"-"`

	Unknown jsontext.Value `json:",embed"`
}

// Silence is a kind of events that does not come.
type Silence struct {
	Kind  watch.Kind `json:"kind,omitempty"`
	Since time.Time  `json:"since"` // when it was last heard
	Known time.Time  `json:"known"` // when that was noticed

	Unknown jsontext.Value `json:",embed"`
}

// Signs are what the health of a feed is judged by.
type Signs struct {
	Heard    time.Time     // when events last came, or a heartbeat
	Kinds    []Sign        // of each kind that ever came
	NextBeat time.Time     // by when the bank has promised a heartbeat; zero if it has not
	Most     time.Duration // a silence that the operator calls one whatever is usual; 0 for none
	Pauses   []Pause
	Numbers  []Number
	Now      Counts // of this hour or, if it is young, the one before
}

// Sign is when events of a kind last came, and since when the bank says that there
// are some which have not.
type Sign struct {
	Kind watch.Kind
	At   time.Time
	Owed time.Time
}

// Look brings the health up to date. It is true if anything changed.
func (h *Health) Look(n *Norm, s Signs, now time.Time) bool {
	changed := h.silence(Any, s.Heard, s.dead(n, now), now)
	whole := h.Silence(Any) != nil
	pauses := h.outages(s.Pauses)
	for _, k := range s.Kinds {
		owed := !k.Owed.IsZero() && now.Sub(k.Owed) >= BeatGrace
		// While nothing comes at all, that is what is told; a kind is back only once it came.
		quiet := !whole && !paused(pauses, now) && (owed || n.Silent(k.Kind, k.At, now, pauses))
		if was := h.Silence(k.Kind); was != nil && !k.At.After(was.Since) {
			quiet = true
		}
		last := k.At
		if last.IsZero() {
			last = k.Owed
		}
		changed = h.silence(k.Kind, last, quiet, now) || changed
	}
	if late, _ := n.Late(s.Now); late != !h.LateSince.IsZero() {
		changed = true
		if h.LateSince = (time.Time{}); late {
			h.LateSince = s.Now.At
			h.add(News{Type: TypeLate, Since: s.Now.At, At: now})
		} else {
			h.add(News{Type: TypeOnTime, At: now})
		}
	}
	return h.numbers(s.Numbers, now) || changed
}

// dead tells whether nothing at all comes that should.
func (s *Signs) dead(n *Norm, now time.Time) bool {
	switch {
	case s.Heard.IsZero():
		return false
	case s.Most > 0 && now.Sub(s.Heard) >= s.Most:
		return true
	case paused(s.Pauses, now):
		return false
	case !s.NextBeat.IsZero() && s.Heard.Before(s.NextBeat) && now.Sub(s.NextBeat) >= BeatGrace:
		return true
	}
	return n.Silent(Any, s.Heard, now, s.Pauses)
}

// Silence finds a kind among what is silent; nil if it is not.
func (h *Health) Silence(kind watch.Kind) *Silence {
	for i := range h.Silent {
		if h.Silent[i].Kind == kind {
			return &h.Silent[i]
		}
	}
	return nil
}

// Announce is the silence of which customers are to be told by now: the one that they
// are told of while it lasts, else the whole feed's or that of debits, once it has
// lasted for AnnounceAfter; nil if none.
func (h *Health) Announce(now time.Time) *Silence {
	if a := h.Announced; a != nil {
		if q := h.Silence(a.Kind); q != nil && q.Since.Equal(a.Since) {
			return q
		}
	}
	for _, kind := range []watch.Kind{Any, watch.Debit} {
		if q := h.Silence(kind); q != nil && now.Sub(q.Since) >= AnnounceAfter {
			return q
		}
	}
	return nil
}

// outages adds the times for which nothing at all came to those for which the bank has
// said so: that nothing of a kind came then says nothing of that kind.
func (h *Health) outages(pauses []Pause) []Pause {
	pauses = slices.Clone(pauses)
	for _, n := range h.News {
		if n.Type == TypeBack && n.Kind == Any {
			pauses = append(pauses, Pause{From: n.Since, To: n.At})
		}
	}
	return pauses
}

// Quiet tells whether the feed was silent at any time between two moments, as far as
// it is known: nothing is usual of such an hour.
func (h *Health) Quiet(from, to time.Time) bool {
	if s := h.Silence(Any); s != nil && s.Since.Before(to) {
		return true
	}
	return slices.ContainsFunc(h.News, func(n News) bool {
		return n.Type == TypeBack && n.Kind == Any && n.Since.Before(to) && n.At.After(from)
	})
}

func (h *Health) silence(kind watch.Kind, last time.Time, quiet bool, now time.Time) bool {
	was := h.Silence(kind)
	switch {
	case quiet == (was != nil):
		return false
	case quiet:
		h.Silent = append(h.Silent, Silence{Kind: kind, Since: last, Known: now})
		h.add(News{Type: TypeSilent, Kind: kind, Since: last, At: now})
	default:
		h.add(News{Type: TypeBack, Kind: kind, Since: was.Since, At: now})
		h.Silent = slices.DeleteFunc(h.Silent, func(s Silence) bool { return s.Kind == kind })
	}
	return true
}

// numbers takes numbered requests, and tells of gaps that are certain by now.
func (h *Health) numbers(list []Number, now time.Time) (changed bool) {
	if len(list) > 0 {
		changed = true
	}
	var filled []Filled
	h.Streams, filled = Take(h.Streams, list)
	for _, f := range filled {
		h.add(News{Type: TypeFilled, Feed: f.Feed, From: f.From, To: f.To, At: now})
	}
	for i := range h.Streams {
		s := &h.Streams[i]
		for _, g := range s.Missing(now) {
			if !g.Told {
				g.Told, changed = true, true
				h.add(News{Type: TypeGap, Feed: s.Feed, From: g.From, To: g.To, Since: g.Since, At: now})
			}
		}
	}
	return changed
}

func (h *Health) add(n News) {
	n.At = n.At.UTC().Truncate(time.Millisecond)
	n.Seq = 1
	if l := len(h.News); l > 0 {
		n.Seq = h.News[l-1].Seq + 1
	}
	h.News = append(h.News, n)
	h.News = h.News[max(0, len(h.News)-MaxNews):]
}
