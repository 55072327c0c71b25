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
			first, next := o, r
			if next.OccurredAt.Before(first.OccurredAt) {
				first, next = next, first
			}
			if first.UndoneAt.IsZero() || first.UndoneAt.After(next.OccurredAt) {
				return true
			}
		case !r.AfterReturn && !o.AfterReturn:
			return true
		}
	}
	return false
}
