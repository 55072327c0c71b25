package watch

import "slices"

// MayStand tells whether it is not known that what came back, came back of this
// debit, or that it was this link that was removed.
func (r *Record) MayStand() bool {
	return (r.Unsure || r.Misnamed || r.Early) && (r.Returned > 0 || !r.UndoneAt.IsZero())
}

// MayStand tells whether that was not known when it was shown.
func (s *Shown) MayStand() bool {
	return s != nil && (s.Unsure || s.Misnamed || s.Early) && (s.Returned > 0 || !s.UndoneAt.IsZero())
}

// Gone tells whether all of the debit came back, or the link was removed, for
// certain.
func (r *Record) Gone() bool { return !r.UndoneAt.IsZero() && !r.MayStand() }

// Gone is Record.Gone, as it was shown.
func (s *Shown) Gone() bool { return !s.UndoneAt.IsZero() && !s.MayStand() }

// Taken is how much of a debit is not known to have come back, in yen.
func (r *Record) Taken() int64 {
	if r.MayStand() {
		return r.Amount
	}
	return r.Kept()
}

// Taken is Record.Taken, as it was shown.
func (s *Shown) Taken() int64 {
	if s.MayStand() {
		return s.Amount
	}
	return s.Kept()
}

// markUnsure notes of each debit or link whether it is not certain that what it is
// told as undone was of it, because its bank gave several the same id, named another
// service with it, or dated it before them; and whether what was told of another may be of it. It
// returns those of which that had not been known, or is not so any more.
func markUnsure(records []*Record) (changed []*Record) {
	ways, known := whose(records)
	for i, r := range records {
		undone := r.Complete && (r.Returned > 0 || !r.UndoneAt.IsZero())
		unsure, may, again, back := !known && undone, !known && r.Complete, !known, int64(0)
		if may && r.Kind == Debit {
			back = r.Kept()
		}
		for j := range ways {
			if r.Complete {
				c := &ways[j].of[i].chain
				less, more := r.undoneIn(c)
				unsure, may, again = unsure || less, may || more, again || c.again < r.Again
				back = max(back, r.backIn(c))
			}
		}
		misnamed, before := r.misnamed()
		early := undone && r.early()
		misnamed, again = misnamed && undone, r.Complete && r.Again > 0 && (again || before)
		if unsure != r.Unsure || may != r.MayBeIt || back != r.MayBack || misnamed != r.Misnamed || early != r.Early || again != r.MayBeAgain {
			r.Unsure, r.MayBeIt, r.MayBack, r.Misnamed, r.Early, r.MayBeAgain = unsure, may, back, misnamed, early, again
			changed = append(changed, r)
		}
	}
	return changed
}

// undoneIn tells whether less came back of a debit than it says, or more, if it was
// as this; and whether a link stands, or was removed.
func (r *Record) undoneIn(c *chain) (less, more bool) {
	switch undone := !r.UndoneAt.IsZero(); {
	case c.undone():
		return false, !undone
	case undone:
		return true, false
	}
	return c.returned < r.Returned, c.returned > r.Returned
}

// backIn is how much more came back of a debit than it says, in yen, if it was as this.
func (r *Record) backIn(c *chain) int64 {
	switch {
	case r.Kind != Debit || !r.UndoneAt.IsZero():
		return 0
	case c.undone():
		return r.Kept()
	}
	return min(r.Kept(), max(0, c.returned-r.Returned))
}

// MayAlso tells whether more may have come back of a debit than is told, or whether a
// link may have been removed that is told to stand: what the bank undid is taken for
// another's of its id.
func (r *Record) MayAlso() bool {
	return r.MayBeIt && r.UndoneAt.IsZero() && (r.MayBack > 0 || r.Kind == LinkRegistered)
}

// MayNow tells whether MayAlso is true of more than was shown. That of what was told to
// have come back some did not is told by that: see Stands.
func (s *Shown) MayNow(r *Record) bool {
	switch {
	case s == nil || !r.MayAlso() || s.Stands(r):
		return false
	case r.Kind == Debit:
		return r.MayBack > s.MayBack || s.TakenAgain(r)
	}
	return !s.MayBeIt
}

// NotIt tells whether it was shown that more may have come back of a debit, or that a link
// may have been removed, and it has turned out not to be so.
func (s *Shown) NotIt(r *Record) bool {
	if s == nil || !s.MayBeIt || r.MayBeIt || !s.UndoneAt.IsZero() || !r.UndoneAt.IsZero() || r.Kind == Debit && s.MayBack == 0 {
		return false
	}
	return !s.TakenAgain(r) && !s.MoreBack(r) && !s.Stands(r)
}

// misnamed tells whether the bank named another service with what came back of a
// debit than it, or the text, ever did with the debit: since it was taken last, or at
// any time.
func (r *Record) misnamed() (last, ever bool) {
	if r.Kind != Debit {
		return false, false
	}
	story := r.Story()
	c, _, _ := read(story)
	other := func(u Entry) bool {
		return !u.opens() && u.isOfAnother(r.Service, c.entries) && (r.Second == nil || r.Second.Service != u.Service)
	}
	return slices.ContainsFunc(c.undid, other), slices.ContainsFunc(story, other)
}

// early tells whether some came back of a debit before it was taken, or a link was
// removed before it began.
func (r *Record) early() bool {
	c, _, _ := read(r.Story())
	return slices.ContainsFunc(c.undid, func(u Entry) bool { return u.ahead(&c.begun) })
}

// ahead tells whether a return or removal happened before a debit or link, so that it
// is likely to be of another of its id: one presented before, or of which no one told
// us. The clocks of a bank's authorisations and of its books may be minutes apart, and
// no bank is known to use an id again within those: the shortest is the number of a
// day. Where only a day is known, an earlier day is before.
func (e *Entry) ahead(next *Entry) bool {
	if e.DateOnly || next.DateOnly {
		return day(e.At) < day(next.At)
	}
	return next.At.Sub(e.At) > ClockSkew
}

// isOfAnother tells whether a return or removal names another service than what
// was said of a debit or link, of which something is known that it is of. Of the
// names in a return the bank's own word counts.
func (e *Entry) isOfAnother(service string, said []Entry) bool {
	is := func(name string) bool {
		return name != "" && name != Unlisted && (e.Word == "" && name == e.Service || name == e.Word)
	}
	known := service != "" && service != Unlisted
	if e.Service == "" && e.Word == "" || is(service) {
		return false
	}
	for i := range said {
		b := &said[i]
		if !b.opens() {
			continue
		}
		if is(b.Service) || is(b.Word) || b.Second != nil && is(b.Second.Service) {
			return false
		}
		known = known || b.Word != ""
	}
	return known
}

// names tells whether a return or removal names what a debit or link is of.
func (e *Entry) names(service string, said []Entry) bool {
	return e.Service != "" && e.Service == service ||
		e.Word != "" && slices.ContainsFunc(said, func(b Entry) bool { return b.opens() && b.Word == e.Word })
}
