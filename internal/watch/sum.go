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

// Reported tells whether "not mine" stands for the incident.
func (r *Record) Reported() bool {
	return r.Answer != nil && r.Answer.Value == NotMine && r.Dispute != ""
}

// SumsUpMore tells whether what a message sums up is in more than this record: in the
// other pieces of the incident, or in what is reported with it.
func (r *Record) SumsUpMore() bool {
	return r.Reported() || len(r.Pieces) > 0 || r.StoryID() != r.ID
}

// SumTold counts the debits that a watcher has been told of over a channel with
// a delivery and those before it, as it says them, and that stand: what they
// took, in yen, and between when, which is not known if the time of one is not. What
// was undone for certain took nothing, and what was lowered since took what it came
// to when the delivery was decided.
func (r *Record) SumTold(d *Delivery) (debits int, yen int64, first, last time.Time) {
	n := 1 + slices.IndexFunc(r.Deliveries, func(o Delivery) bool { return o.ID == d.ID })
	var c count
	for _, p := range r.Parts() {
		s, ok := r.Seen(p, d.Watcher, d.Channel, n)
		if i := slices.IndexFunc(d.Lowered, func(s Said) bool { return s.Record == p.ID }); i >= 0 && ok {
			s = d.Lowered[i].Is
		}
		if ok {
			c.shown(p.Kind, s)
		}
	}
	sum := c.sum()
	return sum.Debits, sum.Yen, sum.FirstAt, sum.LastAt
}

// SumOfAll counts the debits of all pieces of an incident, as they are, that a
// watcher has been told of over a channel or, if it is empty, over any, or is told of
// now.
func SumOfAll(pieces []*Record, watcher string, ch ChannelKind, now []Said) PastSum {
	var c count
	for _, r := range pieces {
		for _, p := range r.Parts() {
			_, told := r.Seen(p, watcher, ch, len(r.Deliveries))
			if told || slices.ContainsFunc(now, func(s Said) bool { return s.Record == p.ID }) {
				c.shown(p.Kind, p.Shows(""))
			}
		}
	}
	return c.sum()
}

// SumTogether counts the debits that a watcher is told of by a delivery and those
// before it, and has been told of by other pieces of the incident: what those have yet
// to tell is no part of what their reader knows.
func (r *Record) SumTogether(d *Delivery, others []*Record) PastSum {
	var c count
	n := 1 + slices.IndexFunc(r.Deliveries, func(o Delivery) bool { return o.ID == d.ID })
	for _, p := range r.Parts() {
		if _, told := r.Seen(p, d.Watcher, d.Channel, n); told {
			c.shown(p.Kind, p.Shows(""))
		}
	}
	for _, o := range others {
		for _, p := range o.Parts() {
			if _, by, told := o.saidBy(p, d.Watcher, d.Channel, len(o.Deliveries), false); told && by.State == Accepted {
				c.shown(p.Kind, p.Shows(""))
			}
		}
	}
	return c.sum()
}

// SumReported counts the debits that a dispute is about and that stand; false if one
// of those that a delivery speaks of is none of them.
func (d *Dispute) SumReported(says []Said) (sum PastSum, all bool) {
	var c count
	for kind, s := range d.transactions(latest) {
		c.shown(kind, s)
	}
	return c.sum(), !slices.ContainsFunc(says, func(s Said) bool { _, in := d.Transaction(s.Record); return !in })
}

// count is a sum while it is counted.
type count struct {
	PastSum
	dayOnly bool // of one of them only the day is known
}

// shown counts a debit that stands, as it is shown.
func (c *count) shown(kind Kind, is *Shown) {
	if kind != Debit || is.Gone() {
		return
	}
	c.Debits++
	c.Yen += is.Taken()
	if c.FirstAt.IsZero() || is.OccurredAt.Before(c.FirstAt) {
		c.FirstAt = is.OccurredAt
	}
	if is.OccurredAt.After(c.LastAt) {
		c.LastAt = is.OccurredAt
	}
	c.dayOnly = c.dayOnly || is.DateOnly
}

// sum leaves out between when it was, if that is not known of all.
func (c *count) sum() PastSum {
	if c.dayOnly {
		c.FirstAt, c.LastAt = time.Time{}, time.Time{}
	}
	return c.PastSum
}
