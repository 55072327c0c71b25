package watch

import "time"

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
