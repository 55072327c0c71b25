package watch

import (
	"slices"
	"time"
)

// Unreached has the bank told what of the incident no channel tells a watcher of,
// but for what it has been told before. False if that is nothing.
func (r *Record) Unreached(w *Watcher, now time.Time) (*Delivery, bool) {
	says, n := r.Untold(w.ID, "", len(r.Deliveries)), 0
	for i := range r.Deliveries {
		d := &r.Deliveries[i]
		if d.Kind != TellUnreachable || d.Watcher != w.ID {
			continue
		}
		n++
		said := r.UnreachedBy(d)
		says = slices.DeleteFunc(says, func(s Said) bool {
			return slices.ContainsFunc(said, func(p *Record) bool { return p.ID == s.Record })
		})
	}
	if len(says) == 0 {
		return nil, false
	}
	d, fresh := r.Deliver(TellUnreachable, w, Bank, n, now, now)
	if fresh {
		d.Says = says
	}
	return d, fresh
}

// UnreachedBy lists what a message to the bank says could not be told, in the order
// in which it happened: never nothing. The versions before named the lead alone.
func (r *Record) UnreachedBy(d *Delivery) (out []*Record) {
	for _, p := range r.Parts() {
		if slices.ContainsFunc(d.Says, func(s Said) bool { return s.Record == p.ID }) {
			out = append(out, p)
		}
	}
	if len(out) == 0 {
		return []*Record{r}
	}
	return out
}
