package feed

import (
	"math"
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/watch"
)

const (
	// Least is the shortest silence that is told by what is usual alone.
	Least = 20 * time.Minute
	// longest is how far back a silence is added up.
	longest = 14 * 24 * time.Hour
	// quarter is thirteen weeks, and sure how far below one false alarm in each of
	// them the bound is: e^-sure of a kind. The false alarms that a bank may have are
	// spent on the whole feed, whose silence has to be known soon: a kind that is
	// silent while others come can wait, and there are several of them.
	quarter   = 13
	sureWhole = 2.5
	sureKind  = 5.0
)

// Pause is a time for which a bank has said that it will send nothing.
type Pause struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`

	Unknown jsontext.Value `json:",embed"`
}

// Expected is how many hearings of a kind there would usually be between two
// moments, less those of the pauses. What was never seen in a whole week counts
// nothing.
func (n *Norm) Expected(kind watch.Kind, from, to time.Time, pauses []Pause) float64 {
	k := n.Kind(kind)
	if k == nil || len(k.Rates) < week {
		return 0
	}
	from = maxTime(from, to.Add(-longest))
	sum, level := 0.0, k.level()
	for at := from; at.Before(to); {
		end := minTime(at.Truncate(time.Hour).Add(time.Hour), to) // zones of Japan are whole hours
		cell := HourOfWeek(at)
		w := float64(k.Weeks[cell])
		// Of few weeks a mean is worth less.
		per := float64(k.Rates[cell]) / milli * w / (w + 1) * k.ofDay(DayOf(at)) * level
		sum += per * (end.Sub(at) - within(pauses, at, end)).Minutes()
		at = end
	}
	return sum
}

// within is for how long pauses cover a stretch; where two overlap, at most for all of
// it: too much patience is the smaller mistake.
func within(pauses []Pause, from, to time.Time) (d time.Duration) {
	for _, p := range pauses {
		d += max(0, minTime(p.To, to).Sub(maxTime(p.From, from)))
	}
	return min(d, to.Sub(from))
}

// Within tells whether a pause is in a stretch of time, at least in part.
func Within(pauses []Pause, from, to time.Time) bool { return within(pauses, from, to) > 0 }

// bound is the expectation from which on silence is no accident. A silence of
// expectation x follows a hearing with probability e^-x; so many hearings there are
// in a quarter that one silence as long is an accident less often than once in it;
// and days are not alike.
func (k *KindNorm) bound() float64 {
	sum, sure := 0, sureKind
	for _, r := range k.Rates {
		sum += r
	}
	if k.Kind == Any {
		sure = sureWhole
	}
	return k.Spread.against(math.Log(max(100, float64(sum)*60/milli*quarter)) + sure)
}

// Silent tells whether a kind of events has been silent since a moment for longer
// than is usual.
func (n *Norm) Silent(kind watch.Kind, since, now time.Time, pauses []Pause) bool {
	k := n.Kind(kind)
	if k == nil || since.IsZero() || now.Sub(since) < Least {
		return false
	}
	if paused(pauses, now) {
		return false
	}
	return n.Expected(kind, since.Add(time.Minute), now, pauses) >= k.bound()
}

// paused tells whether a bank has said that it sends nothing now; after a pause it has
// a while to start again.
func paused(pauses []Pause, now time.Time) bool {
	return slices.ContainsFunc(pauses, func(p Pause) bool { return !now.Before(p.From) && now.Before(p.To.Add(Least)) })
}

func minTime(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func maxTime(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
