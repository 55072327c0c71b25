package embedded

import (
	"container/heap"
	"strconv"
	"time"

	"kozamori/internal/queue"
)

// entry is a message that has not ended.
type entry struct {
	id uint64
	meta
	receipt string // of the latest receive; empty if it waits
	at      int    // its place in its heap
	home    *lane
}

func (e *entry) message() queue.Message {
	return queue.Message{ID: strconv.FormatUint(e.id, 36), Group: e.Group, Trace: e.Trace, Receives: e.Receives,
		SentAt: e.SentAt, Receipt: e.receipt}
}

// lane is one group's messages, the next visible first.
type lane []*entry

func (l lane) Len() int { return len(l) }
func (l lane) Less(i, j int) bool {
	if c := l[i].Visible.Compare(l[j].Visible); c != 0 {
		return c < 0
	}
	return l[i].id < l[j].id
}
func (l lane) Swap(i, j int) { l[i], l[j] = l[j], l[i]; l[i].at, l[j].at = i, j }

// Push is for package heap.
func (l *lane) Push(x any) { e := x.(*entry); e.at = len(*l); *l = append(*l, e) }

// Pop is for package heap.
func (l *lane) Pop() any {
	old := *l
	e := old[len(old)-1]
	old[len(old)-1] = nil
	*l = old[:len(old)-1]
	return e
}

// line is one queue in memory, without the bodies. The Queue's lock guards it.
type line struct {
	lanes  map[string]*lane
	order  []string // groups, in the order of their turns
	turn   int
	flight map[string]*entry // by receipt
	total  int
	dead   int
	bell   chan struct{}
}

func newLine() *line {
	return &line{lanes: map[string]*lane{}, flight: map[string]*entry{}, bell: make(chan struct{}, 1)}
}

// ring wakes one waiting receiver.
func (l *line) ring() {
	select {
	case l.bell <- struct{}{}:
	default:
	}
}

func (l *line) add(e *entry) {
	ln := l.lanes[e.Group]
	if ln == nil {
		ln = &lane{}
		l.lanes[e.Group] = ln
		l.order = append(l.order, e.Group)
	}
	e.home = ln
	heap.Push(ln, e)
	l.total++
}

// hide puts a received message back, invisible until its time.
func (l *line) hide(e *entry) {
	l.add(e)
	l.flight[e.receipt] = e
}

func (l *line) remove(e *entry) {
	if e.home != nil {
		heap.Remove(e.home, e.at)
		e.home = nil
		l.total--
	}
	if l.flight[e.receipt] == e {
		delete(l.flight, e.receipt)
	}
}

// take removes up to most visible messages, one group after the other.
func (l *line) take(most int, now time.Time) []*entry {
	var out []*entry
	for idle := 0; len(out) < most && idle < len(l.order); {
		l.turn = (l.turn + 1) % len(l.order)
		ln := l.lanes[l.order[l.turn]]
		if len(*ln) == 0 || (*ln)[0].Visible.After(now) {
			idle++
			continue
		}
		idle = 0
		e := (*ln)[0]
		l.remove(e)
		out = append(out, e)
	}
	if len(out) == most {
		l.ring() // there may be more for somebody else
	}
	return out
}

// next is when the earliest hidden message becomes visible; zero if none.
func (l *line) next() time.Time {
	var t time.Time
	for _, ln := range l.lanes {
		if len(*ln) > 0 && (t.IsZero() || (*ln)[0].Visible.Before(t)) {
			t = (*ln)[0].Visible
		}
	}
	return t
}

func (l *line) current(receipt string) *entry {
	if receipt == "" {
		return nil
	}
	return l.flight[receipt]
}

func (l *line) depth(now time.Time) queue.Depth {
	d := queue.Depth{InFlight: len(l.flight), Dead: l.dead}
	var oldest time.Time
	for _, ln := range l.lanes {
		for _, e := range *ln {
			if e.receipt == "" || !e.Visible.After(now) {
				if oldest.IsZero() || e.SentAt.Before(oldest) {
					oldest = e.SentAt
				}
			}
		}
	}
	d.Waiting = max(0, l.total-d.InFlight)
	if !oldest.IsZero() {
		d.Oldest = now.Sub(oldest)
	}
	return d
}
