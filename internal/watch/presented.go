package watch

import (
	"cmp"
	"slices"
	"time"
)

// MarkPresented notes, of the records of one id, which debit is an earlier one
// presented again: the first of the same service and amount after all of the
// earlier one came back. It is a debit of its own all the same, because its bank
// may as well use the id again, and may tell of the return when people have
// answered for both. It returns those of which that had not been known, or is
// not so. It notes as well of which of them it is not sure that they came back.
func MarkPresented(records []*Record) (changed []*Record) {
	sure := make([]Confidence, len(records))
	for i, r := range records {
		sure[i] = r.Confidence
	}
	changed, heirs := inherit(records)
	add := func(r *Record) {
		if !slices.Contains(changed, r) {
			changed = append(changed, r)
		}
	}
	for _, r := range markUnsure(records) {
		add(r)
	}
	for _, h := range heirs {
		h.name()
	}
	for i, r := range records {
		if r.Confidence != sure[i] {
			add(r)
		}
	}
	for _, r := range records {
		if is := r.presents(records); is != r.AfterReturn {
			r.AfterReturn = is
			add(r)
		}
	}
	return changed
}

// heir is a debit that has the name of one which it presents again.
type heir struct{ is, of *Record }

// name has a debit be of a service no surer than the one is which it presents again,
// and no surer than that all of that came back.
func (h heir) name() {
	h.is.Confidence = h.of.Confidence
	if h.of.MayStand() {
		h.is.Confidence, h.is.Other = Undecided, ""
	}
}

// inherit gives each debit whose own text names no service that of the earlier one
// of its id which it presents again, and returns those that had another before, and
// all that have such a name, the earliest first.
func inherit(records []*Record) (changed []*Record, heirs []heir) {
	inOrder := slices.Clone(records)
	slices.SortStableFunc(inOrder, func(x, y *Record) int {
		return cmp.Or(x.OccurredAt.Compare(y.OccurredAt), cmp.Compare(x.Event, y.Event))
	})
	for i, r := range inOrder {
		if r.Service != "" && !r.Inherits || !r.Complete || r.Kind != Debit {
			continue
		}
		was := *r
		r.Service, r.Confidence, r.Other, r.Second, r.Inherits, r.NamedAt = "", "", "", nil, false, time.Time{}
		e := Entry{Kind: Debit, At: r.OccurredAt, Amount: r.Amount, ReceivedAt: r.ReceivedAt}
		if of, ok := e.NamedBy(inOrder[:i]); ok {
			r.Service, r.Confidence, r.Other, r.Second, r.Inherits = of.Service, of.Confidence, of.Other, of.Second, true
			if r.NamedAt = of.knownBack(); was.Inherits && was.Service == of.Service && was.NamedAt.Before(r.NamedAt) && !was.NamedAt.IsZero() {
				r.NamedAt = was.NamedAt // it was known before
			}
			heirs = append(heirs, heir{r, of})
		}
		if r.Service != was.Service {
			changed = append(changed, r)
		}
	}
	return changed, heirs
}

// knownBack is when it was received that all of a debit came back, of which a
// service is known that took it.
func (r *Record) knownBack() time.Time {
	c, _, _ := read(r.Story())
	return laterOf(c.back.ReceivedAt, laterOf(c.namedFirst(), r.NamedAt))
}

// presents tells whether a record is of a debit that another one's bank presents
// again. Of what may not have come back that is not known.
func (r *Record) presents(records []*Record) bool {
	for _, o := range records {
		if !o.returnedBefore(r) || o.MayStand() {
			continue
		}
		first := true
		for _, x := range records {
			first = first && !(x != r && o.returnedBefore(x) && x.OccurredAt.Before(r.OccurredAt))
		}
		if first {
			return true
		}
	}
	return false
}

// returnedBefore tells whether all of a debit came back not long before another
// one like it.
func (r *Record) returnedBefore(o *Record) bool {
	if r == o || r.Kind != Debit || o.Kind != Debit || !r.Complete || !o.Complete || r.UndoneAt.IsZero() {
		return false
	}
	after := o.OccurredAt.Sub(r.UndoneAt)
	return r.Amount == o.Amount && r.Service == o.Service && after >= 0 && after <= PresentWithin && !r.calledOther(o)
}

// calledOther is Entry.calledOther of two debits.
func (r *Record) calledOther(o *Record) bool {
	if r.Service != Unlisted || o.Service != Unlisted {
		return false
	}
	x, _, _ := read(r.Story())
	y, _, _ := read(o.Story())
	return x.named.calledOther(&y.named)
}

// NamedBy is the earlier debit of its id that a debit presents again, if its own
// text names no service: banks do not print the same text each time. The first
// such debit on another day than what came back is it.
func (e *Entry) NamedBy(records []*Record) (of *Record, ok bool) {
	if e.Kind != Debit || e.Service != "" {
		return nil, false
	}
	r := &Record{}
	for _, o := range records {
		as := *e
		as.Service = o.Service
		r.Tell([]Entry{as})
		if o.Service == "" || day(o.OccurredAt) == day(e.At) || !o.returnedBefore(r) {
			continue
		}
		if !slices.ContainsFunc(records, func(x *Record) bool { return o.returnedBefore(x) && x.OccurredAt.Before(e.At) }) {
			return o, true
		}
	}
	return nil, false
}
