package watch

import (
	"slices"
	"time"
)

// chain is one transaction while entries are divided: its entries in order.
type chain struct {
	entries  []Entry
	ids      links // of all that was said under the id
	pending  bool  // no debit of the present presentation is posted
	held     bool  // one of them was authorised
	amount   int64
	backed               // what came back
	solid    backed      // the same but for what released the authorisation alone
	opened   Entry       // the first debit of the present presentation: of two, that received first
	begun    Entry       // that which is first in order
	latest   Entry       // the latest debit
	named    Entry       // the latest debit whose service is known
	again    int         // how often it was presented again
	heard    []time.Time // of those that were the latest when they were heard of
	captured int64       // see division.capture
	alone    bool        // what else was said under the id is not known
	awaits   bool        // posted in the place of a pending one that is not among the entries yet
	echoes   []Entry     // what was said once more, and may be of another time of its day
	// elsewhere tells that the pending one in whose place it was posted is among the
	// entries of another.
	elsewhere bool
}

// left is how much of it has not come back.
func (c *chain) left() int64 { return c.amount - c.returned }

// undone tells whether all of a debit came back, or a link was removed.
func (c *chain) undone() bool { return !c.backAt.IsZero() && c.left() <= 0 }

// Divide says which transactions (or links) the entries are that a bank
// reported under one id: usually one. Some banks use an id again, each day or
// for each payment of a series; what is not a stage of the debit before it is
// a debit of its own. It depends only on the set of entries.
func Divide(entries []Entry) [][]Entry {
	d := divided(entries)
	out := make([][]Entry, 0, max(len(d.chains), 1))
	for _, c := range d.chains {
		out = append(out, c.entries)
	}
	if len(d.early) > 0 {
		out = append(out, d.early)
	}
	return out
}

func divided(entries []Entry) *division {
	entries = distinct(entries)
	sortEntries(entries)
	d := &division{ids: linksOf(entries), posted: postedIDs(entries)}
	for i := range entries {
		e := &entries[i]
		if !e.opens() {
			c := undoneBy(d.chains, e)
			if c == nil || d.waits(e) {
				d.early = append(d.early, *e)
				continue
			}
			c.undo(e)
			if again, ok := c.reopens(); ok {
				d.open(&again)
			}
			continue
		}
		if i := slices.IndexFunc(d.chains, func(c *chain) bool { return c.echoed(e) }); i >= 0 {
			d.chains[i].entries, d.chains[i].echoes = append(d.chains[i].entries, *e), append(d.chains[i].echoes, *e)
			continue
		}
		d.open(e)
	}
	return d
}

// division is what the entries of one id come to, up to one of them.
type division struct {
	ids    links
	posted map[string]bool // the ids of postings
	chains []*chain
	early  []Entry // undone before anything that they could undo
}

// waits tells whether a return is of an id whose posting is not there yet: of a day
// alone, or by its time, it is before that.
func (d *division) waits(u *Entry) bool {
	id := u.undoes()
	return d.posted[id] && !slices.ContainsFunc(d.chains, func(c *chain) bool { return c.postedAs(id) })
}

// open puts a debit or a link where it belongs, with what undid it before.
func (d *division) open(e *Entry) {
	if e.Status == Pending {
		d.capture(e)
	}
	c := takenBy(d.chains, e, d.ids)
	if c == nil {
		c = &chain{ids: d.ids}
		d.chains = append(d.chains, c)
	}
	c.open(e)
	if len(c.entries) == 1 {
		c.elsewhere = c.awaits && slices.ContainsFunc(d.chains, func(o *chain) bool { return o.authorised(e) })
	}
	d.early = slices.DeleteFunc(d.early, func(u Entry) bool {
		if u.precedes(e) || c.stands(&u) || d.waits(&u) {
			return false // of what no one told us, or not yet
		}
		c.undo(&u)
		return true
	})
}

// precedes tells whether a return or removal is of something else than a debit or
// link that happened after it: one of so long before it, or one that the bank had
// told of before that happened. What was taken before somebody watched is presented
// again under its id, and a link of then is registered again. A link bears the time
// of its registration: what was removed before that is another one, whenever that is
// heard of. What came back and was received no earlier than a debit may yet be of it,
// for a posting may bear the time of its booking; and what came back of a debit is of
// that which took its place.
func (e *Entry) precedes(next *Entry) bool {
	end := e.At.Add(ClockSkew)
	if e.DateOnly {
		end = e.At.Add(24*time.Hour - time.Millisecond)
	}
	if e.Kind == LinkRemoved && !next.DateOnly && next.At.After(end) {
		return true
	}
	known := e.ReceivedAt.Add(ClockSkew)
	return next.At.Sub(e.At) > PastAfter || !next.Replaces && next.At.After(end) && next.At.After(known) && next.ReceivedAt.After(known)
}

// echoed tells whether a debit or link says no more than an entry of the same
// day that stands, or that was undone, but not in between.
func (c *chain) echoed(e *Entry) bool {
	return e.Amount <= c.amount && (!c.undone() || !c.between(e)) &&
		slices.ContainsFunc(c.entries, func(b Entry) bool { return b.same(e) && b.echo(e) })
}

// between tells whether the undoing was received after what it undid, and before
// what says the same again.
func (c *chain) between(e *Entry) bool {
	return !c.back.ReceivedAt.Before(c.opened.ReceivedAt) && !e.ReceivedAt.Before(c.back.ReceivedAt)
}

// reopens takes out what had seemed to be said once more, and turns out to have
// been said after all of it came back.
func (c *chain) reopens() (again Entry, ok bool) {
	if !c.undone() {
		return Entry{}, false
	}
	i := slices.IndexFunc(c.echoes, func(e Entry) bool { return c.between(&e) })
	if i < 0 {
		return Entry{}, false
	}
	again = c.echoes[i]
	c.echoes = slices.Delete(c.echoes, i, i+1)
	c.entries = slices.DeleteFunc(c.entries, func(e Entry) bool { return e.Event == again.Event && e.same(&again) })
	return again, true
}

func among(chains []*chain, e *Entry) *chain {
	var found *chain
	for _, c := range slices.Backward(chains) {
		if !c.takes(e) {
			continue
		}
		if c.amount == e.Amount {
			return c
		}
		if found == nil {
			found = c
		}
	}
	return found
}

func (c *chain) takes(e *Entry) bool {
	sameDay, sameService := day(c.latest.At) == day(e.At), c.latest.Service == e.Service && !c.latest.calledOther(e)
	// Banks post under a plainer text than they authorise, or a clearer one.
	like := c.latest.like(e)
	switch {
	case e.Joined > 0 && e.Joined == c.latest.Joined:
		return true // people were told of it as one
	case e.Kind == LinkRegistered:
		return !c.undone() && sameDay && sameService && c.latest.word() == e.word()
	case c.replacedBy(e) || c.hasReplaced(e):
		return sameDay // of another day it is money taken again, whatever the bank calls it
	case c.usedAgain(e), c.apart(e):
		return false // two postings for one authorisation: each captured a part of it
	case e.Replaces && c.pending:
		return true
	case c.latest.calledOther(e):
		return false // of neither can be said that it is the other: both are told
	case c.undone() && !sameService && !(like && (e.Amount == c.amount || c.released(e))):
		return false // apart from that, a return joins and parts nothing: it may come late
	case !c.pending && e.Status == Pending:
		// Its posting bears an earlier time: that of the booking, or of the day.
		known := like && c.named.like(e)
		return c.awaited(e) || c.ofItsDay(e) || known && !c.held && c.latest.bookedBefore(e) ||
			sameDay && !c.takenSince(e) && (known && c.amount == e.Amount || e.ReceivedAt.Before(c.latest.ReceivedAt) ||
				known && e.ReceivedAt.Equal(c.latest.ReceivedAt) && e.Amount <= c.amount)
	case !c.pending:
		return sameDay && like
	case e.Status != Pending && like && !c.undone() && (e.Amount == c.amount || e.Amount == c.left()) && e.At.Sub(c.opened.At) <= HoldWithin:
		return true
	case e.At.Sub(c.opened.At) > PostWithin:
		return false
	case sameDay:
		return true
	case e.Status == Pending:
		return like && e.Amount > c.amount
	}
	return like
}

// bookedBefore tells whether a posting may be that of an authorisation which was
// heard of before it, though it bears an earlier day: that of its booking, or of
// a clock that is not quite the other's.
func (e *Entry) bookedBefore(held *Entry) bool {
	end := ClockSkew
	if e.DateOnly {
		end = 24*time.Hour + DayEnds
	}
	apart := held.At.Sub(e.At)
	return held.ReceivedAt.Before(e.ReceivedAt) && apart >= 0 && apart <= end
}

// undoneBy finds what a reversal or a removal undoes: of its service, if it
// names one, and of what is not undone yet the one of which just so much is left,
// else the latest of which so much is left, else the latest. A link of another
// service than a removal names is none of them.
func undoneBy(chains []*chain, e *Entry) *chain {
	var best *chain
	score := -1
	for _, c := range slices.Backward(chains) {
		s := 0
		switch {
		case c.stands(e):
			continue
		case c.undone():
		case e.Amount == 0 || c.left() < e.Amount:
			s = 1
		case c.left() > e.Amount:
			s = 2
		default:
			s = 3
		}
		if e.names(c.named.Service, c.entries) {
			s += 4 // none of another service before it
		}
		if c.postedAs(e.undoes()) {
			s += 8 // nor of another id of the bank's
		}
		if e.Releases() && c.pending {
			s += 16 // nor of what is posted
		}
		if s > score {
			best, score = c, s
		}
	}
	return best
}

// open adds a debit, or a link.
func (c *chain) open(e *Entry) {
	outdated := c.hasReplaced(e)
	less := c.settles(e)
	switch {
	case outdated:
		if e.ReceivedAt.Before(c.opened.ReceivedAt) {
			c.opened = *e
		}
	case (c.released(e) || c.dayOf(e)) && c.asked > c.amount: // of more than was authorised: of what is posted
		c.amount, c.latest = e.Amount, *e
		c.expect(c.amount)
	case c.released(e):
		c.amount, c.latest = e.Amount, *e
		c.backed, c.solid = backed{}, backed{}
	case len(c.entries) == 0 || c.undone() && !c.authorises(e):
		if len(c.entries) > 0 {
			c.again++
		}
		earlier := slices.DeleteFunc(slices.Clone(c.heard), func(at time.Time) bool { return !at.Before(e.ReceivedAt) })
		c.heard = append(earlier, e.ReceivedAt)
		c.opened, c.begun, c.pending, c.held = *e, *e, true, false
		c.backed, c.solid = backed{}, backed{}
		c.amount, c.latest = e.Amount, *e
		c.awaits, c.elsewhere = e.Replaces && e.Status != Pending, false
	case less:
		c.amount, c.latest = e.Amount+c.returned, *e
	case c.pending || e.Status != Pending:
		c.amount, c.latest = e.Amount, *e
		c.returned = min(c.returned, c.amount)
	case e.ReceivedAt.Before(c.opened.ReceivedAt):
		c.opened = *e
	}
	c.awaits = c.awaits && e.Status != Pending
	if e.Service != "" && (c.named.Service == "" || c.latest.same(e)) {
		c.named = *e
	}
	if !outdated {
		c.pending = c.pending && e.Status == Pending
	}
	c.held = c.held || e.Status == Pending
	c.date(c.amount)
	c.entries = append(c.entries, *e)
}

// stands tells whether a removal names another service than the link's: it is of a
// link that no one told us of. A return is taken for the debit's: see Misnamed.
func (c *chain) stands(u *Entry) bool {
	return u.Kind == LinkRemoved && u.isOfAnother(c.named.Service, c.entries)
}

// day is the calendar day in JST.
func day(t time.Time) string { return t.In(JST).Format(time.DateOnly) }
