package embedded

import (
	"container/heap"
	"strconv"
	"strings"
	"time"

	"kozamori/internal/queue"
)

// entry is a message that has not ended. Times are Unix nanoseconds.
type entry struct {
	id       uint64
	sent     int64
	visible  int64
	receives int
	at       int // its place in its lane
	home     *lane
}

func (e *entry) message() queue.Message {
	id := strconv.FormatUint(e.id, 36)
	return queue.Message{ID: id, Receives: e.receives, SentAt: time.Unix(0, e.sent), Receipt: id + "." + strconv.Itoa(e.receives)}
}

// parseReceipt tells the message and which of its receives a receipt names.
func parseReceipt(s string) (id uint64, receives int, ok bool) {
	a, b, _ := strings.Cut(s, ".")
	id, err1 := strconv.ParseUint(a, 36, 64)
	receives, err2 := strconv.Atoi(b)
	return id, receives, err1 == nil && err2 == nil
}

// lane is one group's messages, the next visible first.
type lane []*entry

func (l lane) Len() int { return len(l) }
func (l lane) Less(i, j int) bool {
	if l[i].visible != l[j].visible {
		return l[i].visible < l[j].visible
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
	order  []*lane // in the order of their turns
	turn   int
	flight map[uint64]*entry // received, and not given back
	dirty  map[uint64]change
	total  int
	dead   int
	bell   chan struct{}
}

func newLine() *line {
	return &line{lanes: map[string]*lane{}, flight: map[uint64]*entry{}, dirty: map[uint64]change{}, bell: make(chan struct{}, 1)}
}

// ring wakes one waiting receiver.
func (l *line) ring() {
	select {
	case l.bell <- struct{}{}:
	default:
	}
}

func (l *line) add(group string, e *entry) {
	ln := l.lanes[group]
	if ln == nil {
		ln = &lane{}
		l.lanes[group] = ln
		l.order = append(l.order, ln)
	}
	e.home = ln
	heap.Push(ln, e)
	l.total++
}

// hide makes a received message invisible until its time.
func (l *line) hide(e *entry) {
	heap.Fix(e.home, e.at)
	l.flight[e.id] = e
}

// show gives a received message back, visible from a time on.
func (l *line) show(e *entry, at int64) {
	e.visible = at
	heap.Fix(e.home, e.at)
	delete(l.flight, e.id)
}

func (l *line) remove(e *entry) {
	if e.home != nil {
		heap.Remove(e.home, e.at)
		e.home = nil
		l.total--
	}
	delete(l.flight, e.id)
}

// take picks up to most visible messages, one group after the other. Each
// must be hidden at once.
func (l *line) take(most int, now int64) []*entry {
	var out []*entry
	for idle := 0; len(out) < most && idle < len(l.order); {
		l.turn = (l.turn + 1) % len(l.order)
		ln := *l.order[l.turn]
		if len(ln) == 0 || ln[0].visible > now {
			idle++
			continue
		}
		idle = 0
		e := ln[0]
		out = append(out, e)
		e.visible = 1<<63 - 1
		heap.Fix(e.home, e.at)
	}
	if len(out) == most {
		l.ring() // there may be more for somebody else
	}
	return out
}

// next is when the earliest hidden message becomes visible; 0 if none.
func (l *line) next() int64 {
	var t int64
	for _, ln := range l.order {
		if len(*ln) > 0 && (t == 0 || (*ln)[0].visible < t) {
			t = (*ln)[0].visible
		}
	}
	return t
}

// current is the message that a receipt names if the receipt is its latest.
func (l *line) current(receipt string) *entry {
	id, receives, ok := parseReceipt(receipt)
	if e := l.flight[id]; ok && e != nil && e.receives == receives {
		return e
	}
	return nil
}

// depth counts without a walk over all that waits.
func (l *line) depth(now time.Time) queue.Depth {
	d := queue.Depth{Dead: l.dead}
	for _, e := range l.flight {
		if e.visible > now.UnixNano() {
			d.InFlight++
		}
	}
	d.Waiting = l.total - d.InFlight
	return d
}
