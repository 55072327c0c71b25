package watch

import "slices"

// markUnsure notes of each debit whether what came back of it may as well have
// come back of another one to which its bank gave the same id. It returns those of
// which that had not been known, or is not so any more.
func markUnsure(records []*Record) (changed []*Record) {
	for _, r := range records {
		if is := r.unsure(records); is != r.Unsure {
			r.Unsure = is
			changed = append(changed, r)
		}
	}
	return changed
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
