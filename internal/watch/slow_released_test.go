package watch

import "time"

// slowBack is what came back of a debit.
type slowBack struct {
	back    int64
	backAt  time.Time // when the last did
	last    Entry     // that
	claimed int64     // what the bank said came back, be it more than there is
	returns []Entry
}

func (b *slowBack) give(e Entry, amount int64) {
	if e.Amount == 0 || b.back+e.Amount > amount {
		b.back = amount
	} else {
		b.back += e.Amount
	}
	if e.At.After(b.backAt) {
		b.backAt = e.At
	}
	b.last, b.claimed = e, b.claimed+e.Amount
	b.returns = append(b.returns[:len(b.returns):len(b.returns)], e)
}

func (b slowBack) upTo(amount int64) slowBack {
	b.back = min(b.back, amount)
	return b
}

// slowReleases tells whether an authorisation is released, and no money came back.
func slowReleases(e Entry) bool { return e.Kind == DebitReversed && e.Status == Pending }
