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
	parts    []int64 // how much each of those was
}

// add has some more come back, of an amount. Once all of it has, more is no return of it.
func (b *backed) add(e *Entry, amount int64) {
	if b.backAt.Before(e.At) && (b.backAt.IsZero() || b.returned < amount) {
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

// date says when it came back, of an amount that may be another by now: when the last
// of it did.
func (b *backed) date(amount int64) {
	sum := int64(0)
	for i := range b.undid {
		u := &b.undid[i]
		switch {
		case i == 0:
			b.backAt = u.At
		case sum < amount && b.backAt.Before(u.At):
			b.backAt = u.At
		}
		sum += b.parts[i]
	}
}

// note keeps what came back, before which so much had: of all that was left it is how much
// that was then.
func (b *backed) note(e *Entry, before int64) {
	part := e.Amount
	if part == 0 {
		part = b.returned - before
	}
	b.undid, b.parts = append(b.undid, *e), append(b.parts, part)
}

// expect has so much of an amount be back that is more than was known to be taken, as the
// bank had said of it: what was all that was left of less says nothing of that.
func (b *backed) expect(amount int64) {
	b.returned, b.parts = min(amount, b.asked), slices.Clone(b.parts)
	for i := range b.undid {
		b.parts[i] = b.undid[i].Amount
	}
}

// upTo is the same of an amount that may be less by now.
func (b backed) upTo(amount int64) backed {
	b.returned, b.undid, b.parts = min(b.returned, amount), slices.Clip(b.undid), slices.Clip(b.parts)
	return b
}

// Releases tells whether an entry says that an authorisation, or some of it, was
// released: no money came back, and what is posted next is taken.
func (e *Entry) Releases() bool { return e.Kind == DebitReversed && e.Status == Pending }

// settles has what was released of an authorisation be no return once that is posted. It
// tells whether the posting is less than was taken, by what came back before: that, and
// what was released, is what it lacks.
func (c *chain) settles(posting *Entry) (less bool) {
	if !c.pending || posting.Status == Pending {
		return false
	}
	left, gone := c.left(), c.undone()
	released := c.returned - min(c.solid.returned, c.amount)
	c.backed = c.solid.upTo(c.amount)
	if c.returned == 0 || released > 0 && posting.Amount == c.amount-released {
		return false // it is what is left of the authorisation
	}
	return posting.Amount == c.left() && !c.undone() || posting.Amount == left && !gone
}

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
// which no more is known, and no more. What was said of other debits of its id is not asked:
// who reads the debit does not know it.
func (c *chain) authorises(held *Entry) bool {
	return c.awaits && c.expects(held, linksOf(c.entries)) || c.ofItsDay(held)
}

// ofItsDay tells whether a debit is of a posting's day, of which no more is known, and
// may be its authorisation.
func (c *chain) ofItsDay(held *Entry) bool {
	return !c.pending && held.Status == Pending && held.DateOnly && c.latest.DateOnly && day(held.At) == day(c.latest.At) &&
		held.Amount <= c.amount && c.named.like(held) && c.latest.like(held)
}

// undo adds a reversal, or a removal.
func (c *chain) undo(e *Entry) {
	all, solid := c.returned, c.solid.returned
	if c.count(e); c.counts(e) {
		c.note(e, all)
	}
	if c.counts(e) && !e.Releases() {
		c.solid.note(e, solid)
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
	if len(r.Entries) == 0 { // a part of an incident, which has none
		return !r.MayBeIt
	}
	return slices.ContainsFunc(r.Entries, func(e Entry) bool { return e.Releases() })
}
