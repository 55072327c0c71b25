package watch

import (
	"slices"
	"time"
)

// ComputeDue sets Due from what the record still waits for: the earliest Due
// of a delivery that has not ended, and the earliest time to escalate a
// notice; zero when there is neither. Call it after every change to
// deliveries, notices or the answer, or sweep looks too early or never.
func (r *Record) ComputeDue() {
	r.Due = time.Time{}
	for _, d := range r.Deliveries {
		if !d.State.Ended() {
			r.dueBy(d.Due)
		}
	}
	for _, n := range r.Notices {
		r.dueBy(n.EscalateAt)
	}
}

func (r *Record) dueBy(at time.Time) {
	if !at.IsZero() && (r.Due.IsZero() || at.Before(r.Due)) {
		r.Due = at
	}
}

// StopEscalation says that somebody answered: the others need not be woken.
// What is already on its way stays.
func (r *Record) StopEscalation() {
	for i := range r.Notices {
		r.Notices[i].EscalateAt = time.Time{}
	}
	r.ComputeDue()
}

// Lane says how urgent it is to look at a record that is due.
type Lane string

// The lanes, the most urgent first.
const (
	LaneCritical Lane = "critical" // a critical alert that is not told or not answered
	LaneLost     Lane = "lost"     // what waits for a provider that is down
	LaneHeld     Lane = "held"     // what waits for the end of quiet hours
	LaneRest     Lane = "rest"
)

// Lanes are all of them, the most urgent first.
var Lanes = []Lane{LaneCritical, LaneLost, LaneHeld, LaneRest}

// Before tells whether a lane is more urgent than another.
func (l Lane) Before(o Lane) bool { return slices.Index(Lanes, l) < slices.Index(Lanes, o) }

// Lane is that of what the record waits for.
func (r *Record) Lane() Lane {
	lane := LaneRest
	for _, n := range r.Notices {
		if !n.EscalateAt.IsZero() {
			return LaneCritical
		}
	}
	for _, d := range r.Deliveries {
		switch {
		case d.State.Ended():
		case r.Critical() && d.State != Held:
			return LaneCritical
		case d.Parked:
			lane = LaneLost
		case d.State == Held && lane == LaneRest:
			lane = LaneHeld
		}
	}
	return lane
}
