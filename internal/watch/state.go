package watch

// State is how an incident stands.
type State string

// The states of an incident. One that is closed stays readable.
const (
	StateOpen     State = "open"     // waits for an answer
	StateAnswered State = "answered" // it was the person's own
	StateReported State = "reported" // "not mine" stands
	StateClosed   State = "closed"   // the bank has closed the report, or nothing of it stands any more
)

// State of the incident that began with this record. The dispute is that of the
// record; nil if there is none.
func (r *Record) State(d *Dispute) State {
	switch {
	case d.Stands(r) && d.Status != DisputeClosed:
		return StateReported
	case d.Stands(r), r.Over():
		return StateClosed
	case r.Answered():
		return StateAnswered
	}
	return StateOpen
}
