package queue

import (
	"slices"
	"time"

	"kozamori/internal/codec"
	"kozamori/internal/watch"
)

var looks = codec.For[watch.Look]("message.look")

// LookAt is the message that has things that are due looked at. What is critical
// has a group of its own, so that it waits for no others.
func LookAt(l *watch.Look, in time.Duration) Outgoing {
	first := l.Round
	if first == "" {
		first = slices.Concat(l.Records, l.Disputes)[0] // there is one
	}
	return Outgoing{Body: looks.Encode(l), Group: string(l.Lane), Trace: first, Delay: min(max(0, in), MostDelay)}
}

// DecodeLook reads what LookAt made.
func DecodeLook(body []byte) (l watch.Look, err error) {
	err = looks.Decode(body, &l)
	return l, err
}
