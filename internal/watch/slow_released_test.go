package watch

import (
	"math/rand/v2"
	"time"
)

// slowBack is what came back of a debit.
type slowBack struct {
	back    int64
	last    Entry // that
	claimed int64 // what the bank said came back, be it more than there is
	returns []Entry
	parts   []int64 // how much each of those was: of all that was left, how much that was then
}

func (b *slowBack) give(e Entry, amount int64) {
	before := b.back
	if e.Amount == 0 || b.back+e.Amount > amount {
		b.back = amount
	} else {
		b.back += e.Amount
	}
	b.last, b.claimed = e, b.claimed+e.Amount
	b.returns = append(b.returns[:len(b.returns):len(b.returns)], e)
	part := e.Amount
	if part == 0 {
		part = b.back - before
	}
	b.parts = append(b.parts[:len(b.parts):len(b.parts)], part)
}

// wholeAt is when the last of an amount came back, or of what did: what came back when
// nothing was left is none of it.
func (b slowBack) wholeAt(amount int64) (at time.Time) {
	for i, e := range b.returns {
		if e.At.After(at) {
			at = e.At
		}
		if amount -= b.parts[i]; amount <= 0 {
			return at
		}
	}
	return at
}

func (b slowBack) upTo(amount int64) slowBack {
	b.back = min(b.back, amount)
	return b
}

// slowReleases tells whether an authorisation is released, and no money came back.
func slowReleases(e Entry) bool { return e.Kind == DebitReversed && e.Status == Pending }

// restOf is what is left of an authorisation of a story if some return is taken off it;
// else if there is none.
func restOf(r *rand.Rand, story []Entry, otherwise int64) int64 {
	held, back := story[r.IntN(len(story))], story[r.IntN(len(story))]
	if held.Kind != Debit || held.Status != Pending || back.Kind != DebitReversed || back.Amount >= held.Amount {
		return otherwise
	}
	return held.Amount - back.Amount
}
