package watch

import (
	"strconv"
	"time"
)

// LostAfter is how long a queued delivery may stay without an outcome before
// it is taken for lost and queued again. Longer than the usual backoff: a
// second copy of its message does no harm, but costs a call.
const LostAfter = 2 * time.Minute

// Deliver adds a delivery of the kind to a watcher over a channel, due at
// once or, if at is later than now, held until then, unless the record has it
// already. It returns the delivery and whether it is new.
func (r *Record) Deliver(kind DeliveryKind, w *Watcher, ch ChannelKind, seq int, now, at time.Time) (*Delivery, bool) {
	id := string(kind) + "-" + w.ID + "-" + string(ch)
	if seq > 0 {
		id += "-" + strconv.Itoa(seq)
	}
	if d, ok := r.Delivery(id); ok {
		return d, false
	}
	d := Delivery{ID: id, Kind: kind, Watcher: w.ID, Channel: ch, Lang: w.Lang, State: Queued,
		CreatedAt: now, Due: now.Add(LostAfter), HideAmount: w.HideAmount, Several: w.Several, Seq: seq}
	d.Unasked = kind == TellAnswer && !r.AskedOf(w.ID)
	if at.After(now) {
		d.State, d.Due = Held, at
	}
	r.Deliveries = append(r.Deliveries, d)
	return &r.Deliveries[len(r.Deliveries)-1], true
}

// DeliverNext adds a delivery over the watcher's first reachable channel that
// this kind (and seq) was not sent over yet. False when there is none left.
func (r *Record) DeliverNext(kind DeliveryKind, w *Watcher, seq int, now, at time.Time) (*Delivery, bool) {
	for _, c := range w.Reachable() {
		if d, fresh := r.Deliver(kind, w, c.Kind, seq, now, at); fresh {
			return d, true
		}
	}
	return nil, false
}

// Say adds a delivery over the watcher's first reachable channel; without one,
// over their first channel: it is for notify to find another way to the person,
// or to have it on record that there is none. False if the watcher has no
// channel at all, or was told already.
func (r *Record) Say(kind DeliveryKind, w *Watcher, seq int, now, at time.Time) (*Delivery, bool) {
	if len(w.Reachable()) == 0 && len(w.Channels) > 0 {
		return r.Deliver(kind, w, w.Channels[0].Kind, seq, now, at)
	}
	return r.DeliverNext(kind, w, seq, now, at)
}
