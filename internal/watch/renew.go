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
	if report, covered := r.reported(d, says); same && len(says) > 0 && d.Report == report && d.Covered == covered && slices.Equal(d.Except, r.excepted(d, says)) && r.sumsHold(d, says) {
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

// keep gives what is said of parts what a newer version keeps with what was said of
// them before.
func keep(says, before []Said) []Said {
	shown := func(is, was *Shown) *Shown {
		if is == nil || was == nil || is.Unknown != nil || was.Unknown == nil {
			return is
		}
		s := *is
		s.Unknown = was.Unknown
		return &s
	}
	for i := range says {
		s := &says[i]
		n := slices.IndexFunc(before, func(o Said) bool { return o.Record == s.Record })
		if n < 0 {
			continue
		}
		if s.Unknown == nil {
			s.Unknown = before[n].Unknown
		}
		s.Is, s.Was = shown(s.Is, before[n].Is), shown(s.Was, before[n].Was)
	}
	return says
}
