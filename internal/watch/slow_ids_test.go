package watch

// slowID is the id of what takes the place of a pending debit.
func slowID(e Entry) string {
	if e.Txn == "" && e.Replaces {
		return "its record's"
	}
	return e.Txn
}

// slowReturned is the id of what a return is of, if that is a posting's.
func slowReturned(u Entry) string {
	if u.Txn == "" {
		return "its record's"
	}
	return u.Txn
}

// ids are those of the postings that took the place of another.
func (d slowDebit) ids() (ids []string) {
	for _, x := range d.story {
		if opening(x) && x.Status != Pending && slowID(x) != "" {
			ids = append(ids, slowID(x))
		}
	}
	return ids
}

// Of two postings one says that it takes the place of the other: the one that is
// heard of, or one that was.
const (
	replacesOf = iota
	replacedOf
)

// says tells whether that is so for a posting. An id that was authorised is no
// posting's: each of those that replace it took a part.
func (d slowDebit) says(e Entry, which int) bool {
	if e.Kind != Debit || e.Status == Pending {
		return false
	}
	found := false
	for _, x := range d.story {
		before, after := x, e
		if which == replacedOf {
			before, after = e, x
		}
		found = found || opening(x) && x.Status != Pending && before.Txn != after.Txn && after.Replaces && after.Of == before.Txn &&
			(which == replacesOf || !d.newer(e, x))
	}
	for _, x := range d.story {
		if opening(x) && x.Status == Pending && (which == replacesOf && x.Txn == e.Of || which == replacedOf && x.Txn == e.Txn) {
			return false
		}
	}
	return found
}

// newer tells whether what bears an id happened, and was heard of, after the posting
// x that took the place of the id. Where only days are known, more must be taken,
// or by another service.
func (d slowDebit) newer(e, x Entry) bool {
	if e.ReceivedAt.Before(x.ReceivedAt) || !slowWhen(e).After(slowWhen(x)) {
		return false
	}
	return e.Amount > d.amount || e.Service != "" && d.named.Service != "" && e.Service != d.named.Service || slowCalled(d.named, e) || (!e.Replaces || e.Of == e.Txn) && (slowDay(e) != slowDay(x) || !e.DateOnly && !x.DateOnly)
}

// slowLinked tells whether an id takes the place of another, or of one that does, and
// so on, or the reverse.
func slowLinked(all []Entry, a, b string) bool {
	takes := func(from, to string) bool {
		known := map[string]bool{from: true}
		for range all { // one more step each time
			for _, y := range all {
				if y.Replaces && known[y.Txn] {
					known[y.Of] = true
				}
			}
		}
		return from != to && known[to]
	}
	return takes(a, b) || takes(b, a)
}

// reused tells whether e is another debit under an id whose place was taken.
func (d slowDebit) reused(e Entry) bool {
	for _, x := range d.story {
		if opening(x) && x.Status != Pending && x.Replaces && x.Of == e.Txn && x.Txn != e.Txn && d.newer(e, x) && e.Amount != d.amount && e.Status != Pending && e.Kind == Debit {
			return true
		}
	}
	return false
}

// slowRelated ranks what the ids of a debit and of one that is known say of them.
func slowRelated(d slowDebit, e Entry, all []Entry) (n int) {
	if e.Kind == LinkRegistered {
		return 0
	}
	for _, x := range d.story {
		if opening(x) && slowLinked(all, x.Txn, e.Txn) { // whenever that is said
			n = max(n, 1)
		}
		switch {
		case !opening(x):
		case d.says(e, replacedOf), e.Replaces && x.Txn == e.Of:
			return 3
		case x.Txn == e.Txn:
			n = max(n, 2)
		case x.Replaces && x.Of == e.Txn:
			n = max(n, 1)
		}
	}
	return n
}
