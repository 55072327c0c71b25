package watch

// Conflicts tells whether a record is of a debit or link whose bank gave its id
// to another one of records, too. A debit that is presented again after it came
// back, and a link that is registered again after its removal, keep their ids
// rightly; two debits that took the place of one have an id each.
func (r *Record) Conflicts(records []*Record) bool {
	for _, o := range records {
		switch {
		case o == r || !o.Complete || !r.Complete || o.Txn != r.Txn || o.Kind != r.Kind:
		case r.Kind == LinkRegistered:
			if r.stoodAt(o) && o.stoodAt(r) {
				return true
			}
		case !r.AfterReturn && !o.AfterReturn:
			return true
		}
	}
	return false
}

// stoodAt tells whether a link was not over when the next one of its id was registered:
// it is the later of the two, or was not removed by then. Where only days are known, a
// removal on the day of the next registration was before it.
func (r *Record) stoodAt(next *Record) bool {
	days := (r.DateOnly || next.DateOnly) && day(r.OccurredAt) == day(next.OccurredAt)
	switch {
	case r.UndoneAt.IsZero(), !days && r.OccurredAt.After(next.OccurredAt):
		return true
	case days || next.DateOnly:
		return day(r.UndoneAt) > day(next.OccurredAt)
	}
	return r.UndoneAt.After(next.OccurredAt)
}
