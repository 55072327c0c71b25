package watch

import "slices"

// markUnsure notes of each debit whether what came back of it may as well have
// come back of another one to which its bank gave the same id, and whether the bank
// named another service with it. It returns those of which that had not been known,
// or is not so any more.
func markUnsure(records []*Record) (changed []*Record) {
	for _, r := range records {
		if unsure, misnamed := r.unsure(records), r.misnamed(); unsure != r.Unsure || misnamed != r.Misnamed {
			r.Unsure, r.Misnamed = unsure, misnamed
			changed = append(changed, r)
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

func (r *Record) unsure(records []*Record) bool {
	if r.Kind != Debit || !r.Complete || r.Returned == 0 && r.UndoneAt.IsZero() {
		return false
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
			if of, could := o.leftBefore(&u); known && could && of != left {
				return true // of two of which as much was left it does not matter which it is
			}
		}
	}
	return false
}

// postedAs tells whether a posting that took the place of another has this id.
func (r *Record) postedAs(id string) bool {
	return id != "" && slices.ContainsFunc(r.Story(), func(e Entry) bool { return e.opens() && e.posting() == id })
}

// leftBefore is how much of a debit was left when some came back of it, or of
// another one of its id, in yen; false if less was left of this one than came back.
func (r *Record) leftBefore(u *Entry) (yen int64, could bool) {
	if r.Kind != Debit || !r.Complete {
		return 0, false
	}
	var before []Entry
	for _, e := range r.Story() {
		if inOrder(e, *u) < 0 {
			before = append(before, e)
		}
	}
	c, _, _ := read(before)
	if len(c.entries) == 0 || c.undone() {
		return 0, false
	}
	return c.left(), c.left() >= u.Amount
}
