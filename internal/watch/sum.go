package watch

import (
	"slices"
	"time"
)

// lowered are those parts that a delivery does not speak of, as they are when it
// is decided what it says, of which less is taken than its reader was told: that
// is told to no one, and the sum must be true.
func (r *Record) lowered(d *Delivery, says []Said) (out []Said) {
	n := slices.IndexFunc(r.Deliveries, func(o Delivery) bool { return o.ID == d.ID })
	for _, p := range r.Parts() {
		if p.Kind != Debit || slices.ContainsFunc(says, func(s Said) bool { return s.Record == p.ID }) {
			continue
		}
		if told, ok := r.Seen(p, d.Watcher, d.Channel, n); ok && told.Taken() > p.Taken() {
			out = append(out, Said{Record: p.ID, Is: p.Shows("")})
		}
	}
	return out
}

// sumsHold tells whether what a delivery sums up next to what it says is still so.
func (r *Record) sumsHold(d *Delivery, says []Said) bool {
	return slices.EqualFunc(d.Lowered, r.lowered(d, says), func(a, b Said) bool {
		return a.Record == b.Record && a.Is.Taken() == b.Is.Taken()
	})
}

// SumTold counts the debits that a watcher has been told of over a channel with
// a delivery and those before it, as it says them, and that stand: what they
// took, in yen, and between when. What was undone for certain took nothing, and what was
// lowered since took what it came to when the delivery was decided.
func (r *Record) SumTold(d *Delivery) (debits int, yen int64, first, last time.Time) {
	n := 1 + slices.IndexFunc(r.Deliveries, func(o Delivery) bool { return o.ID == d.ID })
	for _, p := range r.Parts() {
		s, ok := r.Seen(p, d.Watcher, d.Channel, n)
		if i := slices.IndexFunc(d.Lowered, func(s Said) bool { return s.Record == p.ID }); i >= 0 && ok {
			s = d.Lowered[i].Is
		}
		if p.Kind != Debit || !ok || s.Gone() {
			continue
		}
		debits++
		yen += s.Taken()
		if first.IsZero() || s.OccurredAt.Before(first) {
			first = s.OccurredAt
		}
		if s.OccurredAt.After(last) {
			last = s.OccurredAt
		}
	}
	return debits, yen, first, last
}
