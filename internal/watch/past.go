package watch

import "time"

const (
	// LateAfter is how late news may be before it is said that they are late.
	LateAfter = 3 * time.Hour
	// SummaryAfter is for how long what came too late is gathered into one
	// message.
	SummaryAfter = 10 * time.Minute
	// SummaryEvery is the least time between two such messages.
	SummaryEvery = 24 * time.Hour
	// WatchedBefore is how long before somebody watched things may have
	// happened and still be news to them.
	WatchedBefore = time.Hour
)

// TooLate tells whether a record came so late that it is history for everybody.
func (r *Record) TooLate() bool { return r.ReceivedAt.Sub(r.OccurredAt) > PastAfter }

// Late is how late the news of a record are; zero if they are not.
func (r *Record) Late() time.Duration {
	late := r.ReceivedAt.Sub(r.OccurredAt)
	if r.DateOnly {
		late -= 24 * time.Hour // it may have happened at the end of its day
	}
	return max(0, late.Truncate(LateAfter))
}

// BeforeWatched tells whether a record is history to a watcher: it happened
// before they watched. What happened within the hour before, and came after,
// is news: people opt in because something is going on.
func (r *Record) BeforeWatched(w *Watcher) bool {
	if r.DateOnly {
		return day(r.OccurredAt) < day(w.Since)
	}
	return r.OccurredAt.Before(w.Since.Add(-WatchedBefore))
}

// Sum adds a record that is Past to the summary that is still open at now, or
// to a new one. It tells whether the record is to carry a new one.
func (a *Activity) Sum(r *Record, now time.Time) (fresh bool) {
	s := a.Summary
	if s == nil || !now.Before(s.Until) {
		until := now.Add(SummaryAfter)
		if s != nil && until.Before(s.Until.Add(SummaryEvery)) {
			until = s.Until.Add(SummaryEvery)
		}
		s, fresh = &Summary{Record: r.ID, Until: until, FirstAt: r.OccurredAt, LastAt: r.OccurredAt}, true
		a.Summary = s
	}
	if r.Kind == LinkRegistered {
		s.Links++
	} else {
		s.Debits++
		s.Yen += r.Kept()
	}
	if r.OccurredAt.Before(s.FirstAt) {
		s.FirstAt = r.OccurredAt
	}
	if r.OccurredAt.After(s.LastAt) {
		s.LastAt = r.OccurredAt
	}
	return fresh
}
