package wire

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"kozamori/internal/watch"
)

// Limits of what a batch says of its feed.
const (
	MaxFeed   = 32        // characters of a feed's name
	MaxFile   = 64        // characters of a file's name
	MaxNumber = 1<<53 - 1 // of a sequence: the largest whole number that every JSON reader keeps
	MaxBeat   = 3600      // seconds until the next heartbeat
	MaxPauses = 50        // that a heartbeat names
	// MaxPause is the longest of them.
	MaxPause = 7 * 24 * time.Hour
)

// Heartbeat is what a bank says of its feed while it may have no events.
type Heartbeat struct {
	// Within is by when the next one comes; 0 if that is not promised.
	Within time.Duration
	// Counts are how many events of each kind the bank's own books have since the
	// heartbeat before. Nil if they are not told.
	Counts map[watch.Kind]int64
	// Pauses replace those that were told before; nil leaves them.
	Pauses []Span
}

// Span is a stretch of time.
type Span struct{ From, To time.Time }

// batchMember reads a member that stands next to the events, if it is one that means
// something there. What does not read costs no event: it is not taken, and told as
// ignored.
func (b *bodyReader) batchMember(name string) (taken, ok bool) {
	if b.account != "" {
		if name == "from" {
			return true, b.readFrom()
		}
		return false, true
	}
	switch name {
	case "feed", "sequence", "file", "heartbeat":
	default:
		return false, true
	}
	start := b.i
	if b.peek() == 'n' { // null is as if it were not there
		if s, _, ok := b.scalar(); s == "null" {
			return true, ok
		}
		b.i = start
	}
	switch name {
	case "feed":
		taken = b.name(&b.out.Feed, MaxFeed)
	case "file":
		taken = b.name(&b.out.File, MaxFile)
	case "sequence":
		if c := b.peek(); c != '"' && c != '{' && c != '[' {
			s, f, ok := b.scalar()
			n, err := strconv.ParseInt(s, 10, 64)
			if taken = ok && f == fine && err == nil && n >= 1 && n <= MaxNumber; taken {
				b.out.Sequence = n
			}
		}
	case "heartbeat":
		if b.peek() == '{' {
			h := &Heartbeat{}
			if taken = b.readBeat(h); taken {
				b.out.Heartbeat = h
			}
		}
	}
	if !taken {
		b.i = start
	}
	return taken, true
}

// name reads a text of at most so many characters that names something of the bank's.
func (b *bodyReader) name(into *string, most int) bool {
	if b.peek() != '"' {
		return false
	}
	s, f, ok := b.str()
	if ok = ok && f == fine && isName(s, most); ok {
		*into = s
	}
	return ok
}

// IsFeed tells whether a text can be the name of a feed.
func IsFeed(s string) bool { return isName(s, MaxFeed) }

func isName(s string, most int) bool {
	return len(s) <= most && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == ""
}

// readBeat reads a heartbeat. It is false if it is not well-formed, or a member that
// it has a meaning for does not read; members that it does not know are passed over.
func (b *bodyReader) readBeat(h *Heartbeat) bool {
	good := true
	ok := b.members(func(name string, _ flaw) bool {
		var ok bool
		switch name {
		case "next_within_seconds":
			var n int64
			n, ok = b.whole(MaxBeat)
			h.Within = time.Duration(n) * time.Second
		case "counts":
			h.Counts = map[watch.Kind]int64{}
			ok = b.members(func(kind string, _ flaw) bool {
				n, ok := b.whole(MaxNumber)
				if h.Counts[watch.Kind(kind)] = n; !known(watch.Kind(kind)) {
					delete(h.Counts, watch.Kind(kind)) // of a version to come
				}
				return ok
			})
		case "pauses":
			h.Pauses = []Span{}
			ok = b.elements(func() bool {
				s, ok := b.span()
				h.Pauses = append(h.Pauses, s)
				return ok && len(h.Pauses) <= MaxPauses
			})
		default:
			_, ok = b.value(1)
		}
		good = good && ok
		return ok
	})
	slices.SortFunc(h.Pauses, func(a, b Span) int { return a.From.Compare(b.From) })
	for i := 1; i < len(h.Pauses); i++ {
		good = good && !h.Pauses[i].From.Before(h.Pauses[i-1].To)
	}
	return ok && good
}

// whole reads a whole number from 0 to most.
func (b *bodyReader) whole(most int64) (int64, bool) {
	if c := b.peek(); c == '"' || c == '{' || c == '[' {
		return 0, false
	}
	s, f, ok := b.scalar()
	n, err := strconv.ParseInt(s, 10, 64)
	return n, ok && f == fine && err == nil && n >= 0 && n <= most
}

// elements reads a list, each element by a function.
func (b *bodyReader) elements(each func() bool) bool {
	if !b.eat('[') {
		return false
	}
	for more := !b.eat(']'); more; {
		if !each() {
			return false
		}
		if more = b.eat(','); !more && !b.eat(']') {
			return false
		}
	}
	return true
}

// span reads {"from":…,"to":…}, two times with zones.
func (b *bodyReader) span() (s Span, ok bool) {
	ok = b.members(func(name string, _ flaw) bool {
		at := map[string]*time.Time{"from": &s.From, "to": &s.To}[name]
		if at == nil {
			_, ok := b.value(1)
			return ok
		}
		if b.peek() != '"' {
			return false
		}
		text, f, ok := b.str()
		var e watch.Event
		if ok = ok && f == fine && readTime(&e, text) == nil; ok {
			*at = e.OccurredAt
		}
		return ok
	})
	return s, ok && !s.From.IsZero() && s.To.After(s.From) && s.To.Sub(s.From) <= MaxPause
}
