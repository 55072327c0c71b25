package queue

import "kozamori/internal/watch"

// For is the queue of a channel.
func For(ch watch.ChannelKind) Name {
	switch ch {
	case watch.LINE:
		return LINE
	case watch.Email:
		return Email
	}
	return Bank
}
