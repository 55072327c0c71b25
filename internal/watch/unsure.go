package watch

import "slices"

// MayStand tells whether it is not known that what came back, came back of this
// debit, or that it was this link that was removed.
func (r *Record) MayStand() bool {
	return (r.Unsure || r.Misnamed) && (r.Returned > 0 || !r.UndoneAt.IsZero())
}

// MayStand tells whether that was not known when it was shown.
func (s *Shown) MayStand() bool {
	return s != nil && (s.Unsure || s.Misnamed) && (s.Returned > 0 || !s.UndoneAt.IsZero())
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

// markUnsure notes of each debit or link whether what undid it may as well have
// undone another one to which its bank gave the same id, and whether the bank
// named another service with it. It returns those of which that had not been known,
// or is not so any more.
func markUnsure(records []*Record) (changed []*Record) {
	rivals := map[*Record]bool{}
	for _, r := range records {
		of := r.rivals(records)
		for _, o := range of {
			rivals[o] = true
		}
		if unsure, misnamed := len(of) > 0, r.misnamed(); unsure != r.Unsure || misnamed != r.Misnamed {
			r.Unsure, r.Misnamed = unsure, misnamed
			changed = append(changed, r)
		}
	}
	for _, r := range records {
		if rivals[r] != r.MayBeIt {
			r.MayBeIt = rivals[r]
			if !slices.Contains(changed, r) {
				changed = append(changed, r)
			}
		}
	}
	return changed
}

// misnamed tells whether the bank named another service with what came back of a
// debit than it, or the text, ever did with the debit.
func (r *Record) misnamed() bool {
	if r.Kind != Debit || !r.Complete || r.Returned == 0 && r.UndoneAt.IsZero() {
		return false
	}
	c, _, _ := read(r.Story())
	return slices.ContainsFunc(c.undid, func(u Entry) bool {
		return u.isOfAnother(r.Service, c.entries) && (r.Second == nil || r.Second.Service != u.Service)
	})
}

// isOfAnother tells whether a return or removal names another service than what
// was said of a debit or link, whose service is known.
func (e *Entry) isOfAnother(service string, said []Entry) bool {
	return e.Service != "" && service != "" && service != Unlisted && e.Service != service &&
		!slices.ContainsFunc(said, func(b Entry) bool {
			return b.opens() && (b.Service == e.Service || b.Second != nil && b.Second.Service == e.Service)
		})
}

// rivals are those of these records that may be what the bank undid instead. Of
// two debits of one service of which as much was left it does not matter which it
// is; of two links it does, because one of them can still be used.
func (r *Record) rivals(records []*Record) (rivals []*Record) {
	if !r.Complete || r.Returned == 0 && r.UndoneAt.IsZero() {
		return nil
	}
	for _, u := range r.Story() {
		if u.opens() {
			continue
		}
		left, known := r.leftBefore(&u)
		named, posted := u.Service != "" && r.Service == u.Service, r.postedAs(u.Txn)
		for _, o := range records {
			if o == r || named && o.Service != u.Service || posted && !o.postedAs(u.Txn) {
				continue // the bank says which it is
			}
			if !r.UndoneAt.IsZero() && !o.UndoneAt.IsZero() {
				continue // either is undone, whichever was first
			}
			if of, could := o.leftBefore(&u); known && could && (of != left || r.Kind == LinkRegistered || !r.likeNamed(o)) {
				rivals = append(rivals, o)
			}
		}
	}
	return rivals
}

// likeNamed tells whether two debits are of one service, by the bank's word and by
// what the passbook shows.
func (r *Record) likeNamed(o *Record) bool {
	second := func(r *Record) string {
		if r.Second == nil {
			return ""
		}
		return r.Second.Service
	}
	return r.Service == o.Service && second(r) == second(o)
}

// postedAs tells whether a posting that took the place of another has this id.
func (r *Record) postedAs(id string) bool {
	return id != "" && slices.ContainsFunc(r.Story(), func(e Entry) bool { return e.opens() && e.posting() == id })
}

// leftBefore is how much of a debit was left when some came back of it, or of
// another one of its id, in yen; false if less was left of this one than came back.
// Of a link nothing can be left: false tells that it did not stand, or is of another
// service than the bank removed.
func (r *Record) leftBefore(u *Entry) (yen int64, could bool) {
	if !r.Complete {
		return 0, false
	}
	var before []Entry
	for _, e := range r.Story() {
		if inOrder(e, *u) < 0 {
			before = append(before, e)
		}
	}
	c, _, _ := read(before)
	if len(c.entries) == 0 || c.undone() || c.stands(u) {
		return 0, false
	}
	return c.left(), c.left() >= u.Amount
}
