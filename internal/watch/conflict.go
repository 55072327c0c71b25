package watch

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
