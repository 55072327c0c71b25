package watch

import (
	"slices"
	"time"
)

// backed is what came back of a debit.
type backed struct {
	returned int64
	asked    int64 // how much the bank said came back; more than returned if the posting is not there yet
	backAt   time.Time
	back     Entry   // what came back last
	undid    []Entry // what did, since it was last presented
}

// add has some more come back, of an amount.
func (b *backed) add(e *Entry, amount int64) {
	if b.backAt.Before(e.At) {
		b.backAt = e.At
	}
	b.back = *e
	b.asked += e.Amount
	if e.Amount == 0 {
		b.returned = amount
	} else {
		b.returned = min(amount, b.returned+e.Amount)
	}
}

// upTo is the same of an amount that may be less by now.
func (b backed) upTo(amount int64) backed {
	b.returned, b.undid = min(b.returned, amount), slices.Clip(b.undid)
	return b
}

// Releases tells whether an entry says that an authorisation, or some of it, was
// released: no money came back, and what is posted next is taken.
func (e *Entry) Releases() bool { return e.Kind == DebitReversed && e.Status == Pending }

// released tells whether what came back is the authorisation alone, whose posting
// was heard of before: it is taken once, and people knew of it all the time.
func (c *chain) released(posting *Entry) bool {
	return c.undone() && c.pending && posting.Kind == Debit && posting.Status != Pending && posting.ReceivedAt.Before(c.back.ReceivedAt)
}

// dayOf tells whether what came back did on the day of a posting, of which no more is
// known, and before it was heard of.
func (c *chain) dayOf(posting *Entry) bool {
	return c.undone() && (c.pending || c.replacedBy(posting)) && posting.Kind == Debit && posting.Status != Pending && posting.DateOnly && c.back.DateOnly && day(posting.At) == day(c.back.At)
}

// authorises tells whether a debit is the authorisation of a posting that was heard of
// before, and so no other debit if that came back: it is named as that, or of the day of
// which no more is known, and no more.
func (c *chain) authorises(held *Entry) bool {
	return c.expects(held) || c.ofItsDay(held)
}

// ofItsDay tells whether a debit is of a posting's day, of which no more is known, and
// may be its authorisation.
func (c *chain) ofItsDay(held *Entry) bool {
	return !c.pending && held.Status == Pending && held.DateOnly && c.latest.DateOnly && day(held.At) == day(c.latest.At) &&
		held.Amount <= c.amount && c.named.like(held) && c.latest.like(held)
}

// undo adds a reversal, or a removal.
func (c *chain) undo(e *Entry) {
	if c.count(e); c.counts(e) {
		c.undid = append(c.undid, *e)
	}
	if c.counts(e) && !e.Releases() {
		c.solid.undid = append(c.solid.undid, *e)
	}
	c.entries = append(c.entries, *e)
}

// count has some come back. No more does than was taken.
func (c *chain) count(e *Entry) {
	if !c.counts(e) {
		return
	}
	c.add(e, c.amount)
	if !e.Releases() {
		c.solid.add(e, c.amount)
	}
}

// counts tells whether what came back is of what is taken: not what releases an
// authorisation once it is posted.
func (c *chain) counts(e *Entry) bool { return c.pending || !e.Releases() }

// Released tells whether what was told to have come back of a debit was its authorisation
// alone, which is posted since.
func (r *Record) Released(was *Shown) bool {
	if r.Kind != Debit || r.Status != Posted || was == nil || was.Status != Pending {
		return false
	}
	return slices.ContainsFunc(r.Story(), func(e Entry) bool { return e.Releases() })
}
