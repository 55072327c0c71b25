package watch

import (
	"slices"
	"time"
)

const (
	// ClockSkew is how far a bank's clock and ours may be apart: what happened so
	// long before somebody watched may have happened since.
	ClockSkew = 5 * time.Minute
	// LateAfter is how late news may be before it is said that they are late.
	LateAfter = 3 * time.Hour
	// SummaryAfter is for how long what came too late is gathered into one
	// message.
	SummaryAfter = 10 * time.Minute
	// SummaryEvery is the least time between two such messages.
	SummaryEvery = 24 * time.Hour
)

// news is what made a record what it is: when it happened, and when that was
// known to be a payment service's. A posting may bear the day of its booking,
// which is earlier than what it is the posting of; and one whose text named no
// one was no news to anyone until something else did.
func (r *Record) news() (at, received time.Time, dateOnly bool) {
	if len(r.Entries) < 2 || !r.Complete {
		return r.OccurredAt, laterOf(r.ReceivedAt, r.NamedAt), r.DateOnly
	}
	c, _, gained := read(r.Entries)
	received = laterOf(laterOf(gained.ReceivedAt, c.namedFirst()), r.NamedAt)
	if c.opened.At.After(gained.At) {
		return c.opened.At, received, c.opened.DateOnly
	}
	return gained.At, received, gained.DateOnly
}

// namedFirst is when it was first received that the service took it which is
// known to have.
func (c *chain) namedFirst() (first time.Time) {
	for i := range c.entries {
		e := &c.entries[i]
		if e.opens() && e.Service == c.named.Service && e.Service != "" && (first.IsZero() || e.ReceivedAt.Before(first)) {
			first = e.ReceivedAt
		}
	}
	return first
}

// laterOf is the later of two moments.
func laterOf(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// TooLate tells whether what made a record what it is came so late that it is
// history for everybody. What is known by its day alone may have happened at the
// end of that day.
func (r *Record) TooLate() bool {
	at, received, dateOnly := r.news()
	if s := r.Said; s != nil {
		if s.HeardAt.IsZero() {
			return false
		}
		at, received, dateOnly = r.StageAt(), s.HeardAt, s.DateOnly
	}
	if dateOnly {
		at = at.Add(24 * time.Hour)
	}
	return received.Sub(at) > PastAfter
}

// HeardAt is when the news of a record came from its bank, if they were late; else
// zero. What a statement tells did not come from there.
func (r *Record) HeardAt() time.Time {
	switch {
	case r.Said != nil:
		return r.Said.HeardAt
	case r.OfStatement():
		return time.Time{}
	}
	at, received, dateOnly := r.news()
	if dateOnly {
		at = at.Add(24 * time.Hour) // it may have happened at the end of its day
	}
	if received.Sub(at) < LateAfter {
		return time.Time{}
	}
	return received
}

// StageAt is when the stage happened that made a record what it is: of a debit
// that was raised or posted later, not when it began.
func (r *Record) StageAt() time.Time {
	if r.Said != nil {
		if r.Said.StageAt.IsZero() {
			return r.OccurredAt
		}
		return r.Said.StageAt
	}
	at, _, _ := r.news()
	return at
}

// BeforeWatched tells whether a record is history to a watcher: what made it
// what it is happened before they watched.
func (r *Record) BeforeWatched(w *Watcher) bool {
	at, _, dateOnly := r.news()
	if dateOnly {
		return day(at) < day(w.Since)
	}
	return at.Before(w.Since.Add(-ClockSkew))
}

// Sum adds a record that is Past to the summary that is still open at now, or
// to a new one. It tells whether the record is to carry a new one. What it counts
// is read by the version before; this one counts when it tells: see SumUp. was is
// what the record was before; nil if it is new.
func (a *Activity) Sum(was, r *Record, now time.Time) (fresh bool) {
	if was != nil && !r.SummedAt.IsZero() {
		r.Summed = append(slices.Clone(r.Summed), Summed{At: r.SummedAt, Yen: was.Taken()})
	}
	r.SummedAt = now
	s := a.Summary
	if s == nil || !now.Before(s.Until) {
		until := now.Add(SummaryAfter)
		if s != nil && r.File == "" && until.Before(s.Until.Add(SummaryEvery)) { // of a file there is one hour a day
			until = s.Until.Add(SummaryEvery)
		}
		s, fresh = &Summary{Record: r.ID, Until: until, FirstAt: r.OccurredAt, LastAt: r.OccurredAt}, true
		a.Summary = s
	}
	if r.Kind == LinkRegistered {
		s.Links++
	} else {
		s.Debits++
		s.Yen += r.Taken()
	}
	if r.OccurredAt.Before(s.FirstAt) {
		s.FirstAt = r.OccurredAt
	}
	if r.OccurredAt.After(s.LastAt) {
		s.LastAt = r.OccurredAt
	}
	return fresh
}
