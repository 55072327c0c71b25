package queue

import (
	"errors"

	"kozamori/internal/watch"
)

// ErrNoQueue is what the queues say of one that they do not have: this program
// is older than the channel that it is of, or was not given it.
var ErrNoQueue = errors.New("queue: there is no such queue here")

// Stranded tells whether an error of Jobs.Send is only of queues that are not
// there: all other jobs were queued, and trying again here mends nothing.
func Stranded(err error) bool {
	var all interface{ Unwrap() []error }
	if !errors.As(err, &all) {
		return false
	}
	for _, e := range all.Unwrap() {
		if !errors.Is(e, ErrNoQueue) {
			return false
		}
	}
	return true
}

// For is the queue of a channel: it bears the channel's name.
func For(ch watch.ChannelKind) Name { return Name(ch) }
