package watch

import "slices"

// Renew makes a delivery, before it was ever sent, say what is true now. It is
// false if it says so already; the delivery is cancelled if nothing is left.
func (r *Record) Renew(d *Delivery) bool {
	i := slices.IndexFunc(r.Deliveries, func(o Delivery) bool { return o.ID == d.ID })
	if _, ok := r.Notice(d.Watcher); i < 0 || !d.Kind.OfIncident() || !ok && len(r.Members) == 0 {
		return false
	}
	says, said := r.Untold(d.Watcher, d.Channel, i), r.SaidBy(d)
	same := slices.EqualFunc(says, said, func(a, b Said) bool {
		return a.Record == b.Record && b.Is == nil && (a.Was == nil) == (b.Was == nil)
	})
	if report, covered := r.reported(d, says); same && len(says) > 0 && d.Report == report && d.Covered == covered && r.sumsHold(d, says) {
		return false
	}
	if len(says) == 0 {
		d.State, d.Problem = Cancelled, "nothing left to tell"
		return true
	}
	r.say(d, says)
	d.Take++
	return true
}

// ToldOver tells whether a message about the incident was made for a watcher
// over a channel.
func (r *Record) ToldOver(watcher string, ch ChannelKind) bool {
	return slices.ContainsFunc(r.Deliveries, func(d Delivery) bool {
		return d.Watcher == watcher && d.Channel == ch && d.Kind.OfIncident() && d.State != Cancelled
	})
}
