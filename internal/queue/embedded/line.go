package embedded

import (
	"container/heap"
	"maps"
	"slices"
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
	receives int32
	size     int32 // of its body, if that is known
	at       int   // its place in its lane
	home     *lane
}

// before orders messages by when they are visible, and then as they were sent.
func (e *entry) before(o *entry) bool {
	if e.visible != o.visible {
		return e.visible < o.visible
	}
	return e.id < o.id
}

func (e *entry) message() queue.Message {
	id := strconv.FormatUint(e.id, 36)
	return queue.Message{ID: id, Receives: int(e.receives), SentAt: time.Unix(0, e.sent), Receipt: id + "." + strconv.Itoa(int(e.receives))}
}

// parseReceipt tells the message and which of its receives a receipt names.
func parseReceipt(s string) (id uint64, receives int, ok bool) {
	a, b, _ := strings.Cut(s, ".")
	id, err1 := strconv.ParseUint(a, 36, 64)
	receives, err2 := strconv.Atoi(b)
	return id, receives, err1 == nil && err2 == nil
}

// lane is one group's messages, the next visible first. It is there for as
// long as one of them is.
type lane struct {
	group   string
	entries []*entry
	at      int // its place among the lanes that wait; ready if it is in its turn
}

// ready is the place of a lane that is not among those that wait.
const ready = -1

func (l *lane) Len() int           { return len(l.entries) }
func (l *lane) Less(i, j int) bool { return l.entries[i].before(l.entries[j]) }
func (l *lane) Swap(i, j int) {
	l.entries[i], l.entries[j] = l.entries[j], l.entries[i]
	l.entries[i].at, l.entries[j].at = i, j
}

// Push is for package heap.
func (l *lane) Push(x any) {
	e := x.(*entry)
	e.at = len(l.entries)
	l.entries = append(l.entries, e)
}

// Pop is for package heap.
func (l *lane) Pop() any {
	last := len(l.entries) - 1
	e := l.entries[last]
	l.entries[last] = nil
	l.entries = l.entries[:last]
	return e
}

// lanes is a heap of lanes, none of them empty, the next visible first.
type lanes []*lane

func (l lanes) Len() int           { return len(l) }
func (l lanes) Less(i, j int) bool { return l[i].entries[0].before(l[j].entries[0]) }
func (l lanes) Swap(i, j int)      { l[i], l[j] = l[j], l[i]; l[i].at, l[j].at = i, j }

// Push is for package heap.
func (l *lanes) Push(x any) { ln := x.(*lane); ln.at = len(*l); *l = append(*l, ln) }

// Pop is for package heap.
func (l *lanes) Pop() any {
	last := len(*l) - 1
	ln := (*l)[last]
	(*l)[last] = nil
	*l = (*l)[:last]
	ln.at = ready
	return ln
}

// line is one queue in memory, without the bodies. The Queue's lock guards it.
//
// A group that has messages has a lane, which either waits for its next
// message to become visible or stands in turn with the others that have one.
// So a take costs what it takes, whatever else waits, and a group whose last
// message ended costs nothing.
type line struct {
	lanes   map[string]*lane
	waiting lanes
	turns   []*lane
	most    int               // lanes there were at once, since memory was given back
	flight  map[uint64]*entry // received, and not given back
	dirty   map[uint64]change
	order   []*entry // as they came, with some that have ended
	total   int
	dead    int
	sent    pace
	done    pace
	bell    chan struct{}
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
		ln = &lane{group: group, entries: []*entry{e}}
		l.lanes[group] = ln
		l.most = max(l.most, len(l.lanes))
		heap.Push(&l.waiting, ln)
	} else {
		heap.Push(ln, e)
		l.settle(ln)
	}
	e.home = ln
	l.total++
	if len(l.order) >= 2*l.total+64 {
		l.order = slices.DeleteFunc(l.order, ended)
	}
	l.order = append(l.order, e)
}

func ended(e *entry) bool { return e.home == nil }

// settle puts a lane that has other messages than before where it belongs. One
// that stands in turn is looked at when its turn comes.
func (l *line) settle(ln *lane) {
	if ln.at != ready {
		heap.Fix(&l.waiting, ln.at)
	}
}

// show gives a received message back, visible from a time on.
func (l *line) show(e *entry, at int64) {
	e.visible = at
	delete(l.flight, e.id)
	heap.Fix(e.home, e.at)
	l.settle(e.home)
}

func (l *line) remove(e *entry) {
	delete(l.flight, e.id)
	ln := e.home
	if ln == nil {
		return
	}
	e.home = nil
	l.total--
	if ln.Len() > 1 {
		heap.Remove(ln, e.at)
		l.settle(ln)
		return
	}
	if ln.at != ready {
		heap.Remove(&l.waiting, ln.at)
	}
	ln.entries = nil
	delete(l.lanes, ln.group)
	if len(l.lanes) == 0 {
		l.order = nil
	}
	if l.most > keepLanes && len(l.lanes) <= l.most/4 {
		l.shrink()
	}
}

// keepLanes is for how many lanes a line keeps the memory, however few it has.
const keepLanes = 1024

// shrink gives back what a line grew to that has few lanes left: neither a map nor
// a slice does so by itself. It costs what is left, once for three times as many
// that have ended.
func (l *line) shrink() {
	lanes, flight := make(map[string]*lane, len(l.lanes)), make(map[uint64]*entry, len(l.flight))
	maps.Copy(lanes, l.lanes)
	maps.Copy(flight, l.flight)
	l.lanes, l.flight, l.waiting, l.turns = lanes, flight, slices.Clone(l.waiting), slices.Clone(l.turns)
	l.order = slices.Clone(slices.DeleteFunc(l.order, ended))
	l.most = len(l.lanes)
}

// mostAtOnce is how many bytes of bodies a receive takes, but for its first message. A
// stage works on what it receives together: the one alert of a bank should not wait for
// nine batches of another's hundred events each.
const mostAtOnce = 64 << 10

// take receives up to most visible messages, one group after the other, and
// hides them until a time.
func (l *line) take(most int, now, until int64) []*entry {
	for len(l.waiting) > 0 && l.waiting[0].entries[0].visible <= now {
		l.turns = append(l.turns, heap.Pop(&l.waiting).(*lane))
	}
	var out []*entry
	size := 0
	for len(out) < most && size < mostAtOnce && len(l.turns) > 0 {
		ln := l.turns[0]
		l.turns[0] = nil
		l.turns = l.turns[1:]
		if ln.Len() == 0 {
			continue // its group has left
		}
		if e := ln.entries[0]; e.visible <= now {
			e.receives++
			e.visible = until
			heap.Fix(ln, 0)
			l.flight[e.id] = e
			out = append(out, e)
			size += int(e.size)
		}
		if ln.entries[0].visible <= now {
			l.turns = append(l.turns, ln)
		} else {
			heap.Push(&l.waiting, ln)
		}
	}
	if len(out) == most || size >= mostAtOnce {
		l.ring() // there may be more for another receiver
	}
	return out
}

// next is when the earliest hidden message becomes visible, after a take that
// found none that is; 0 if none.
func (l *line) next() int64 {
	if len(l.waiting) == 0 {
		return 0
	}
	return l.waiting[0].entries[0].visible
}

// current is the message that a receipt names if the receipt is its latest.
func (l *line) current(receipt string) *entry {
	id, receives, ok := parseReceipt(receipt)
	if e := l.flight[id]; ok && e != nil && int(e.receives) == receives {
		return e
	}
	return nil
}

// depth counts without a walk over all that waits.
func (l *line) depth(now time.Time) queue.Depth {
	d := queue.Depth{Dead: l.dead, Sent: l.sent.minute(now), Done: l.done.minute(now)}
	for _, e := range l.flight {
		if e.visible > now.UnixNano() {
			d.InFlight++
		}
	}
	d.Waiting = l.total - d.InFlight
	for len(l.order) > 0 && ended(l.order[0]) {
		l.order = l.order[1:]
	}
	if len(l.order) > 0 {
		d.Oldest = time.Unix(0, l.order[0].sent).UTC()
	}
	return d
}
