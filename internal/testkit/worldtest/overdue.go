package worldtest

import "context"

// Overdue is a context whose deadline passes when a test says so, and not after a
// time in which a busy machine has done nothing yet.
func Overdue(over <-chan struct{}) context.Context { return overdue{context.Background(), over} }

type overdue struct {
	context.Context
	over <-chan struct{}
}

func (o overdue) Done() <-chan struct{} { return o.over }

func (o overdue) Err() error {
	select {
	case <-o.over:
		return context.DeadlineExceeded
	default:
		return nil
	}
}
