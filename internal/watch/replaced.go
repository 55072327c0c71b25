package watch

import "slices"

// What ids say of debits: a bank may give one another id, in the place of the first,
// and some use the first again.

// links are pairs of ids of which the bank says that one takes the place of the other,
// or of one that does, and so on.
type links map[[2]string]bool

func linksOf(entries []Entry) links {
	var of map[string][]string
	for i := range entries {
		if e := &entries[i]; e.Replaces && !slices.Contains(of[e.Txn], e.Of) {
			if of == nil {
				of = map[string][]string{}
			}
			of[e.Txn] = append(of[e.Txn], e.Of)
		}
	}
	if of == nil {
		return nil
	}
	ids := links{}
	for id, next := range of {
		next = slices.Clone(next)
		for i := 0; i < len(next); i++ {
			ids[[2]string{id, next[i]}], ids[[2]string{next[i], id}] = true, true
			for _, further := range of[next[i]] {
				if !slices.Contains(next, further) {
					next = append(next, further)
				}
			}
		}
	}
	return ids
}

// postedIDs are those of the postings that took the place of another.
func postedIDs(entries []Entry) map[string]bool {
	out := map[string]bool{}
	for i := range entries {
		if id := entries[i].posting(); entries[i].Kind == Debit && id != "" {
			out[id] = true
		}
	}
	return out
}

// takenBy finds the transaction that a debit is a stage of, or the link that
// is registered already; nil if it is one of its own. What the bank names as
// replaced comes first, then what bore the id of the debit, then what bore one that
// takes the place of that, or the reverse: it is no other, unless what it replaces is
// not there yet. Of several it is one of the same amount, or the latest.
func takenBy(chains []*chain, e *Entry, ids links) *chain {
	of := make([]int, len(chains))
	best := 0
	for i, c := range chains {
		of[i] = c.relation(e, ids)
		best = max(best, of[i])
	}
	least := 1
	if best == 0 && (e.Replaces || e.Kind == LinkRegistered) {
		least = 0
	}
	for relation := best; relation >= least; relation-- {
		var which []*chain
		for i, c := range chains {
			if of[i] == relation {
				which = append(which, c)
			}
		}
		if c := among(which, e); c != nil {
			return c
		}
	}
	return nil
}

// relation ranks what the ids say of a debit and a transaction: 0 is nothing.
func (c *chain) relation(e *Entry, ids links) int {
	switch {
	case e.Kind == LinkRegistered:
		return 0
	case c.names(e):
		return 3
	case c.any(func(b *Entry) bool { return b.Txn == e.Txn }):
		return 2
	case c.any(func(b *Entry) bool { return ids[[2]string{b.Txn, e.Txn}] }):
		return 1
	}
	return 0
}

// any tells whether a debit among the entries is so.
func (c *chain) any(is func(*Entry) bool) bool {
	return slices.ContainsFunc(c.entries, func(e Entry) bool { return e.opens() && is(&e) })
}

// postedAs tells whether a posting that took the place of another has this id.
func (c *chain) postedAs(id string) bool {
	return c.any(func(e *Entry) bool { return e.posting() == id })
}

// apart tells whether a debit is a posting of another id than those that took the
// place of the pending one.
func (c *chain) apart(e *Entry) bool {
	own := e.posting()
	return own != "" && !c.postedAs(own) && c.any(func(b *Entry) bool { return b.posting() != "" })
}

// settled tells whether an id is that of a posting alone, and not one under which
// the bank had authorised a debit.
func (c *chain) settled(id string) bool {
	as := func(pending bool) bool {
		return c.any(func(e *Entry) bool { return e.Txn == id && (e.Status == Pending) == pending })
	}
	return as(false) && !as(true)
}

// replacedBy tells whether a posting takes the place of another posting.
func (c *chain) replacedBy(e *Entry) bool {
	return e.Kind == Debit && e.Status != Pending && e.Replaces && e.Of != e.Txn && c.settled(e.Of)
}

// hasReplaced tells whether another posting has taken the place of this one already.
func (c *chain) hasReplaced(e *Entry) bool {
	return e.Kind == Debit && e.Status != Pending &&
		c.any(func(b *Entry) bool { return b.hasPlaceOf(e) && !c.follows(e, b) }) &&
		!c.any(func(b *Entry) bool { return b.Status == Pending && b.Txn == e.Txn })
}

// like tells whether two debits may be of one service.
func (e *Entry) like(b *Entry) bool {
	return (e.Service == "" || b.Service == "" || e.Service == b.Service) && !e.calledOther(b)
}

// calledOther tells whether the bank calls the services of two debits or links by two
// words, neither of which the catalogue knows.
func (e *Entry) calledOther(b *Entry) bool {
	return e.Service == b.Service && e.word() != b.word() && e.word() != "" && b.word() != ""
}

// hasPlaceOf tells whether a posting took the place of an id, which a debit bears.
func (e *Entry) hasPlaceOf(b *Entry) bool {
	return e.Status != Pending && e.Replaces && e.Of == b.Txn && e.Of != e.Txn
}

// follows tells whether a debit came after a posting that took the place of its id,
// and so is not what that replaced. Of days alone that is not known, and of what takes
// another's place itself it is not likely, unless more was taken, or by another service.
func (c *chain) follows(e, posting *Entry) bool {
	between := e.Replaces && e.Of != e.Txn
	days := (e.DateOnly || posting.DateOnly) && day(e.At) == day(posting.At)
	return e.when().After(posting.when()) && !e.ReceivedAt.Before(posting.ReceivedAt) &&
		(!days && !between || e.Amount > c.amount || !c.named.like(e))
}

// usedAgain tells whether a posting bears an id whose place another one had taken
// before, and says another amount: whatever it is, it is no stage of that one.
func (c *chain) usedAgain(e *Entry) bool {
	return e.Kind == Debit && e.Status != Pending && e.Amount != c.amount && c.any(func(b *Entry) bool { return b.hasPlaceOf(e) && c.follows(e, b) })
}

// authorised tells whether an authorisation, whose place a posting takes, is there.
func (c *chain) authorised(posting *Entry) bool {
	return c.any(func(b *Entry) bool {
		return b.Status == Pending && b.Txn == posting.Of && posting.At.Sub(b.At).Abs() <= PostWithin
	})
}

// awaited tells whether a debit is the authorisation whose place was taken by a
// posting that was heard of before. One of more than was posted, or of another service,
// which people have not heard of, is not.
func (c *chain) awaited(held *Entry) bool {
	return c.expects(held, c.ids) && !c.elsewhere && !held.At.After(c.latest.ReceivedAt) && c.latest.At.Sub(held.At).Abs() <= PostWithin &&
		(held.Amount <= max(c.amount, c.captured) && c.named.like(held) || held.ReceivedAt.Before(c.latest.ReceivedAt))
}

// takenSince tells whether all of a posting came back whose authorisation is known, and is
// another's: one more under its id is no authorisation of it, but taken again.
func (c *chain) takenSince(held *Entry) bool {
	return c.elsewhere && c.undone() && c.expects(held, c.ids)
}

// expects tells whether a posting has taken the place of an authorisation, or of what
// took its place, and none was among what was said of it.
func (c *chain) expects(held *Entry, ids links) bool {
	return c.awaits && held.Status == Pending && c.any(func(b *Entry) bool {
		return b.Replaces && (c.alone || b.Of == held.Txn || !held.Replaces && b.Txn != held.Txn && ids[[2]string{b.Txn, held.Txn}])
	})
}

// capture notes with each transaction how much all those take that took the place of an
// authorisation: people have heard of so much of it. What the authorisation says that it
// took the place of is none of them: of two that say so of each other neither is less. A
// posting of an earlier day took the place of an earlier one under its id, and one of
// another service, or of which people did not hear, says nothing of what this one takes.
func (d *division) capture(held *Entry) {
	takes := func(c *chain) bool {
		return c.named.Service != "" && c.named.like(held) && c.any(func(b *Entry) bool {
			return b.Replaces && b.Of == held.Txn && !held.hasNamed(b) && !(held.DateOnly && day(b.At) < day(held.At))
		})
	}
	sum := int64(0)
	for _, c := range d.chains {
		if takes(c) {
			sum += c.amount
		}
	}
	for _, c := range d.chains {
		c.captured = sum
	}
}

// hasNamed tells whether a debit says that it took the place of another id, which a debit bears.
func (e *Entry) hasNamed(b *Entry) bool { return e.Replaces && e.Of == b.Txn && e.Of != e.Txn }

// names tells whether a debit says of one of the entries that it takes its place,
// or one of them says so of the debit.
func (c *chain) names(e *Entry) bool {
	return c.hasReplaced(e) || e.Replaces && c.any(func(b *Entry) bool { return b.Txn == e.Of })
}

// Name is the bank's own id of a debit or link: the record's, unless all that was said
// was said under another that took its place.
func (r *Record) Name() string {
	if !r.isOfItsID() {
		return r.Txn
	}
	name := ""
	for i := range r.Entries {
		switch e := &r.Entries[i]; {
		case !e.opens():
		case e.Txn == "":
			return r.Txn
		case name == "":
			name = e.Txn
		}
	}
	if name == "" {
		return r.Txn
	}
	return name
}

// IDOf is the bank's own id of what it said of a record. root is the record of the id
// that led to it, among the others of which it may be.
func (r *Record) IDOf(e *Entry, root *Record) string {
	switch {
	case e.Txn != "":
		return e.Txn
	case r.isOfItsID():
		return r.Txn
	}
	return root.Txn
}
