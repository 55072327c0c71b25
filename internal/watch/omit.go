package watch

import "slices"

// A record that its bank raises all day has everybody told each time, for as long
// as that goes on. Of many messages over one channel those are kept that say what
// their reader was told first and last, and why they were called.
const (
	manyTellings = 120 // messages about one piece before any is left out
	lastTellings = 4   // of each watcher and channel, that are kept
)

// Omit leaves out messages that later ones over the same channel have replaced, if
// the incident has many. The first one that is kept counts them.
func (r *Record) Omit() {
	if len(r.Deliveries) < manyTellings {
		return
	}
	type way struct {
		watcher string
		channel ChannelKind
	}
	first := map[way]int{}
	ways := map[way][]int{}
	for i := range r.Deliveries {
		if d := &r.Deliveries[i]; d.Kind.OfIncident() {
			w := way{d.Watcher, d.Channel}
			if _, ok := first[w]; !ok {
				first[w] = i
			}
			ways[w] = append(ways[w], i)
		}
	}
	r.Deliveries = slices.Clone(r.Deliveries)
	gone := map[int]bool{}
	for w, all := range ways {
		for _, i := range r.replaced(all) {
			gone[i] = true
			f := &r.Deliveries[first[w]]
			if f.Omitted++; r.Deliveries[i].State == Accepted {
				f.OmittedTold++
			}
		}
	}
	kept := r.Deliveries[:0]
	for i, d := range r.Deliveries {
		if !gone[i] {
			kept = append(kept, d)
		}
	}
	r.Deliveries = kept
}

// replaced are those of the messages to one watcher over one channel, by their
// places, of which later ones that were taken say all that they said.
func (r *Record) replaced(all []int) (out []int) {
	said, taken := map[string]bool{}, -1
	for _, i := range all {
		if r.Deliveries[i].State == Accepted {
			taken = i // the first: by it is known when its reader was told
			break
		}
	}
	for n, i := range slices.Backward(all) {
		d := &r.Deliveries[i]
		says := r.SaidBy(d)
		again := !slices.ContainsFunc(says, func(s Said) bool { return !said[s.Record] })
		if again && n > 0 && n < len(all)-lastTellings && i != taken && d.State.Ended() && d.Called == "" {
			out = append(out, i)
		}
		if d.State == Accepted {
			for _, s := range says {
				said[s.Record] = true
			}
		}
	}
	return out
}
