package watch

import "slices"

// expects tells whether an authorisation is that whose place was taken, by something whose
// place may have been taken since.
func (d slowDebit) expects(e Entry) bool { return d.expectsBy(e, d.all) }

// expectsBy is that by what these say.
func (d slowDebit) expectsBy(e Entry, said []Entry) bool {
	return d.waits && e.Status == Pending && slices.ContainsFunc(d.story, func(x Entry) bool {
		return opening(x) && x.Replaces && (x.Of == e.Txn || !e.Replaces && slowLinked(said, x.Txn, e.Txn))
	})
}

// ofDay tells whether an authorisation may be that of a posting, both of a day alone.
func (d slowDebit) ofDay(e Entry) bool {
	other := e.Service != "" && d.named.Service != "" && d.named.Service != e.Service || e.Service != "" && d.latest.Service != "" && d.latest.Service != e.Service
	return d.posted && e.Status == Pending && e.DateOnly && d.latest.DateOnly && slowDay(e) == slowDay(d.latest) && e.Amount <= d.amount &&
		!other && !slowCalled(d.named, e) && !slowCalled(d.latest, e)
}

// sameDayBack tells whether all came back on the day of a posting, which came later
// than that, and no more is known of when they happened.
func (d slowDebit) sameDayBack(e Entry) bool {
	return d.gone() && e.Kind == Debit && e.Status != Pending && e.DateOnly && d.last.DateOnly && slowDay(e) == slowDay(d.last) &&
		(!d.posted || d.replacedPosting(e))
}

// replacedPosting tells whether a posting takes the place of one of those before it.
func (d slowDebit) replacedPosting(e Entry) bool {
	settled, held := false, false
	for _, x := range d.story {
		if opening(x) && x.Txn == e.Of {
			settled, held = settled || x.Status != Pending, held || x.Status == Pending
		}
	}
	return e.Replaces && e.Of != e.Txn && settled && !held
}
