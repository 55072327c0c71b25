package watch

import (
	"slices"
	"strconv"
	"time"
)

// tell adds a change that the bank is told, unless the person took the dispute
// back. Where there are too many the oldest updates go, and their facts stay.
func (d *Dispute) tell(c DisputeChange) {
	if d.Withdrawn() {
		return
	}
	for d.ours() >= maxDisputeChanges || d.bytes() >= maxDisputeBytes+roomForUpdates {
		if !d.forget() {
			return // it holds nothing but what joined it: that is bounded by Full
		}
	}
	c.Seq, c.TellBank = d.nextSeq(), true
	d.Changes = append(d.Changes, c)
	d.shed()
	if due := c.At.Add(LostAfter); d.Due.IsZero() || d.Due.After(due) {
		d.Due = due
	}
}

// ours counts the changes that the bank is told.
func (d *Dispute) ours() (n int) {
	for i := range d.Changes {
		if d.Changes[i].TellBank {
			n++
		}
	}
	return n
}

// forget drops the oldest update of a transaction, one that the bank has taken if
// there is one. What it said is what the changes after it still say. False if
// there is none.
func (d *Dispute) forget() bool {
	update := func(c DisputeChange) bool { return c.Status == DisputeUpdated && c.Shows != nil && c.TellBank }
	i := slices.IndexFunc(d.Changes, func(c DisputeChange) bool { return update(c) && (!c.ToldAt.IsZero() || !c.GaveUpAt.IsZero()) })
	if i < 0 {
		i = slices.IndexFunc(d.Changes, update)
	}
	if i < 0 {
		return false
	}
	gone := d.Changes[i]
	d.fold(d.about(&gone), gone)
	d.Changes = slices.Delete(slices.Clone(d.Changes), i, i+1)
	return true
}

// fold makes what a change said of a transaction what was said of it before.
func (d *Dispute) fold(record string, c DisputeChange) {
	joined := -1
	for i := range d.Also {
		if a := &d.Also[i]; a.Record == record && a.in(c.Seq) {
			joined = i
		}
	}
	since := 0
	if joined >= 0 {
		since = d.Also[joined].Seq
	}
	for i := len(d.Changes) - 1; i >= 0; i-- {
		if o := &d.Changes[i]; o.Shows != nil && o.Seq < c.Seq && o.Seq >= since && d.about(o) == record {
			d.Changes = slices.Clone(d.Changes)
			d.Changes[i].Shows = c.Shows
			return
		}
	}
	if joined >= 0 {
		d.Also = slices.Clone(d.Also)
		d.Also[joined].Was = *c.Shows
	}
}

// ToldOf is when the bank first took that a transaction is reported, by its record;
// of the report as a whole if it is empty. What was said later of it moves nothing; a
// report that was taken back and made again is a new one. Zero if it has not heard.
func (d *Dispute) ToldOf(record string) time.Time {
	open := 0 // of the opening that counts
	for i := range d.Changes {
		if d.Changes[i].Status == DisputeOpened {
			open = i
		}
	}
	for i := open; i < len(d.Changes); i++ {
		c := &d.Changes[i]
		if !c.TellBank || c.ToldAt.IsZero() || c.Status == DisputeWithdrawn {
			continue
		}
		if _, in := d.TransactionAt(record, c.Seq); in || record == "" {
			return c.ToldAt
		}
	}
	return time.Time{}
}

// Mark tells what the report is now from what it was, even in the same second: the
// change with which it became so.
func (d *Dispute) Mark() string {
	for i := len(d.Changes) - 1; i >= 0; i-- {
		if c := &d.Changes[i]; c.Status == DisputeUpdated || c.Status == DisputeOpened {
			return strconv.Itoa(c.Seq)
		}
	}
	return ""
}

// GrownAt is when the report became what it is: when it was made, or the bank was
// last told that something of it changed, or joined it.
func (d *Dispute) GrownAt() time.Time {
	at := d.AnsweredAt
	for i := range d.Changes {
		if c := &d.Changes[i]; c.Status == DisputeUpdated && c.At.After(at) {
			at = c.At
		}
	}
	return at
}
