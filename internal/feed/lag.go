package feed

import "time"

const (
	// lagging is the share of an hour's events that come later than nearly all do,
	// and enough how many events have to be known for that to mean something.
	lagging = 0.2
	enough  = 20
	// later is by how many classes: each is twice as long as the one before.
	later = 2
	// lagLeft is what is left of the counts of an hour of the day, a day later.
	lagLeft = 0.93
)

func (n *Norm) learnLags(h Counts) {
	const day = 24
	for len(n.Lags) < day {
		n.Lags = append(n.Lags, []int{})
	}
	l := &n.Lags[h.At.UTC().Hour()]
	for i := range *l {
		(*l)[i] = int(float64((*l)[i]) * lagLeft)
	}
	for i, c := range h.Lags {
		for len(*l) <= i {
			*l = append(*l, 0)
		}
		(*l)[i] += c
	}
}

// usual is the class in which nearly all events of an hour of the day, and of the
// hours before and after it, come; false if too few are known.
func (n *Norm) usual(at time.Time) (class int, ok bool) {
	if len(n.Lags) < 24 {
		return 0, false
	}
	for d := -1; d <= 1; d++ {
		l, total := n.Lags[(at.UTC().Hour()+d+24)%24], 0
		for _, c := range l {
			total += c
		}
		if d == 0 {
			ok = total >= enough
		}
		over := total / 100
		for i := len(l) - 1; i >= 0; i-- {
			if over -= l[i]; over < 0 {
				class = max(class, i)
				break
			}
		}
	}
	return class, ok
}

// Late tells whether the events of an hour took much longer to arrive than they
// usually do, and how long at most nearly all of them usually take.
func (n *Norm) Late(h Counts) (late bool, usual time.Duration) {
	class, ok := n.usual(h.At)
	total, over := 0, 0
	for i, c := range h.Lags {
		if total += c; i >= class+later {
			over += c
		}
	}
	return ok && total >= enough && float64(over) >= lagging*float64(total), time.Second << class
}
