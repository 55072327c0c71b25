package watch

import (
	"slices"
	"time"
)

// BackNow is what a debit or link of the past said before some of it came back,
// or it was removed, if that is news to a watcher to whom the record itself is
// history: it happened since they watch, and no more than PastAfter before it was
// received. Else it is nil, also if nothing more came back than was known. was is
// the record before; nil if there was none.
func (r *Record) BackNow(was *Record, w *Watcher) *Shown {
	if !r.Complete || !r.Past && !r.BeforeWatched(w) || !r.ShownAt.IsZero() || r.Seeded() {
		return nil
	}
	knows, known := r.Shows(""), []Entry(nil)
	if was != nil && was.Complete {
		knows, known = was.Shows(""), was.Story()
	} else {
		knows.Returned, knows.UndoneAt = 0, time.Time{}
	}
	fresh := slices.ContainsFunc(r.Story(), func(e Entry) bool {
		return !e.opens() && !e.tooLate() && !e.before(w.Since) && !slices.ContainsFunc(known, func(b Entry) bool { return b.same(&e) })
	})
	if again, more := knows.Changed(r); !fresh || !again || more {
		return nil
	}
	knows.OfHistory = true
	return knows
}

// OnlyReturned tells whether all who are told of a record hear of what came back
// alone: to each of them the rest is history.
func (r *Record) OnlyReturned() bool {
	return r.IsAlert() && !slices.ContainsFunc(r.Notices, func(n Notice) bool { return n.Knows == nil })
}

// tooLate tells whether an entry came so late that it is history for everybody.
func (e *Entry) tooLate() bool {
	at := e.At
	if e.DateOnly {
		at = at.Add(24 * time.Hour) // it may have happened at the end of its day
	}
	return e.ReceivedAt.Sub(at) > PastAfter
}

// before tells whether an entry happened before somebody watched.
func (e *Entry) before(since time.Time) bool {
	if e.DateOnly {
		return day(e.At) < day(since)
	}
	return e.At.Before(since.Add(-ClockSkew))
}
