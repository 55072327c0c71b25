package embedded

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	now   = int64(1_000_000)
	later = now + 1000
)

// once adds a message of a group of its own, receives it and ends it.
func once(t testing.TB, l *line, id uint64) {
	l.add(fmt.Sprint("person ", id), &entry{id: id})
	for _, e := range l.take(1, now, later) {
		if e.id == id {
			l.remove(e)
			return
		}
	}
	t.Fatalf("message %d was not received", id)
}

func TestAGroupThatIsEmptyIsGone(t *testing.T) {
	l := newLine()
	const groups = 70_100
	gone := func(how string) {
		t.Helper()
		if len(l.lanes)+len(l.waiting)+len(l.turns)+len(l.flight)+l.total != 0 {
			t.Errorf("%s: %d lanes, %d waiting, %d in turn, %d in flight, %d messages", how, len(l.lanes), len(l.waiting), len(l.turns), len(l.flight), l.total)
		}
	}
	for id := range uint64(groups) {
		once(t, l, id)
	}
	gone("one after the other")

	for id := range uint64(groups) { // all at once
		l.add(fmt.Sprint("person ", id), &entry{id: id})
	}
	for range groups {
		l.remove(l.take(1, now, later)[0])
	}
	gone("all at once")
	if cap(l.waiting)+cap(l.turns) > keepLanes {
		t.Errorf("memory for %d lanes is kept", cap(l.waiting)+cap(l.turns))
	}
	if next := l.next(); next != 0 {
		t.Errorf("an empty line has something at %d", next)
	}
}

// One message that waits for long keeps no memory for all that came by meanwhile.
func TestAGroupThatStaysKeepsItsOwnMemoryAlone(t *testing.T) {
	l := newLine()
	l.add("outage", &entry{id: 1, visible: later + 1})
	const groups = 70_100
	for id := range uint64(groups) {
		l.add(fmt.Sprint("person ", id), &entry{id: id + 2})
	}
	for _, e := range l.take(groups, now, later) { // all in flight at once
		l.remove(e)
	}
	if cap(l.waiting)+cap(l.turns)+cap(l.order) > 3*keepLanes || l.most > keepLanes || len(l.lanes) != 1 || len(l.flight) != 0 {
		t.Errorf("memory is kept for %d waiting, %d in turn, and %d lanes, of which %d are there", cap(l.waiting), cap(l.turns), l.most, len(l.lanes))
	}
	if got := l.take(10, later+2, later+1000); len(got) != 1 || got[0].id != 1 {
		t.Errorf("of the one that waited %d are received", len(got))
	}
}

func TestAGroupThatLeftComesBack(t *testing.T) {
	l := newLine()
	a := &entry{id: 1}
	l.add("g", a)
	l.take(1, now, later)
	// Its time runs out, it stands in turn again behind another, and its first
	// receiver ends it after all.
	l.add("other", &entry{id: 2})
	if got := l.take(1, later, later+1000); got[0].id != 2 {
		t.Fatalf("message %d came first", got[0].id)
	}
	l.remove(a)
	l.add("g", &entry{id: 3})
	if got := l.take(10, later, later+1000); len(got) != 1 || got[0].id != 3 {
		t.Errorf("%d messages", len(got))
	}
}

func TestGroupsTakeTurns(t *testing.T) {
	l := newLine()
	id := uint64(0)
	for _, group := range strings.Fields("busy busy busy busy busy quiet busy other other") {
		id++
		l.add(group, &entry{id: id})
	}
	var got []uint64
	for range 3 {
		for _, e := range l.take(2, now, later) {
			got = append(got, e.id)
		}
	}
	if d := cmp.Diff([]uint64{1, 6, 8, 2, 9, 3}, got); d != "" {
		t.Error(d)
	}
}

// What is received is worked on together: a small message comes with few large ones, and
// with as many as are asked for of its like.
func TestAReceiveIsBoundedInBytes(t *testing.T) {
	l := newLine()
	for id := range uint64(30) {
		l.add("storm", &entry{id: id, size: 40_000})
	}
	l.add("quiet", &entry{id: 100, size: 500})
	var got [][]uint64
	for range 3 {
		var ids []uint64
		for _, e := range l.take(10, now, later) {
			ids = append(ids, e.id)
		}
		select {
		case <-l.bell:
		default:
			t.Error("no other receiver is woken, and there is more")
		}
		got = append(got, ids)
	}
	if d := cmp.Diff([][]uint64{{0, 100, 1}, {2, 3}, {4, 5}}, got); d != "" {
		t.Error(d)
	}
	l = newLine()
	l.add("huge", &entry{id: 1, size: 1 << 20})
	for id := range uint64(20) {
		l.add("small", &entry{id: 2 + id, size: 300})
	}
	for _, want := range []int{1, 10, 10} {
		if n := len(l.take(10, now, later)); n != want {
			t.Errorf("%d messages are received, want %d", n, want)
		}
	}
}

// plainLine is a line without any order of its own, to compare with.
type plainLine map[uint64]*entry

func (p plainLine) visible(at int64) (ids []uint64) {
	for id, e := range p {
		if e.visible <= at {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

func (p plainLine) next() (at int64) {
	for _, e := range p {
		if at == 0 || e.visible < at {
			at = e.visible
		}
	}
	return at
}

func TestALineHoldsWhatWasPutInWhateverIsDoneToIt(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		l, plain, clock := newLine(), plainLine{}, now
		var taken []*entry
		for id := range uint64(300) {
			switch rng.IntN(6) {
			case 0, 1:
				e := &entry{id: id, visible: clock + int64(rng.IntN(60)) - 30}
				l.add(fmt.Sprint(rng.IntN(20)), e)
				plain[id] = e
			case 2:
				clock += int64(rng.IntN(30))
				want := plain.visible(clock)
				most := 1 + rng.IntN(9)
				got := l.take(most, clock, clock+20)
				for _, e := range got {
					if !slices.Contains(want, e.id) {
						t.Fatalf("message %d is received, and is not visible", e.id)
					}
				}
				if len(got) != min(most, len(want)) {
					t.Fatalf("%d messages of %d, %d are visible", len(got), most, len(want))
				}
				if len(got) < most {
					if next := l.next(); next != plain.next() {
						t.Fatalf("the next is visible at %d, want %d", next, plain.next())
					}
				}
				taken = append(taken, got...)
			case 3, 4:
				if len(taken) > 0 {
					i := rng.IntN(len(taken))
					e := taken[i]
					taken = slices.Delete(taken, i, i+1)
					if l.flight[e.id] == e {
						l.remove(e)
						delete(plain, e.id)
					}
				}
			case 5:
				if len(taken) > 0 {
					if e := taken[rng.IntN(len(taken))]; l.flight[e.id] == e {
						l.show(e, clock+int64(rng.IntN(40)))
					}
				}
			}
			if l.total != len(plain) {
				t.Fatalf("%d messages, want %d", l.total, len(plain))
			}
		}
	}
}

func heapNow() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// BenchmarkTake receives and ends a message of a new group after groups that
// wrote once, and while messages of as many groups wait for their time. "kept"
// is the memory that the groups which are gone still take.
func BenchmarkTake(b *testing.B) {
	for _, groups := range []uint64{100, 10_000, 100_000} {
		b.Run(fmt.Sprint("gone=", groups), func(b *testing.B) {
			before := heapNow()
			l := newLine()
			for id := range groups {
				l.add(fmt.Sprint("person ", id), &entry{id: id})
			}
			for range groups {
				l.remove(l.take(1, now, later)[0])
			}
			kept := heapNow() - before
			for id := groups; b.Loop(); id++ {
				once(b, l, id)
			}
			b.ReportMetric(kept, "B-kept")
		})
		b.Run(fmt.Sprint("waiting=", groups), func(b *testing.B) {
			l := newLine()
			for id := range groups {
				l.add(fmt.Sprint("person ", id), &entry{id: id, visible: later})
			}
			for id := groups; b.Loop(); id++ {
				once(b, l, id)
			}
		})
	}
}

func TestTheOldestMessageIsToldAndEndedOnesAreForgotten(t *testing.T) {
	t.Parallel()
	l, now := newLine(), time.Unix(0, 1e18)
	at := func(sent int64) {
		t.Helper()
		if got := l.depth(now).Oldest; sent == 0 && !got.IsZero() || sent != 0 && got.UnixNano() != sent {
			t.Errorf("%v, want %d", got, sent)
		}
	}
	at(0)
	waits := &entry{id: 1, sent: 10, visible: 1e18 + 1}
	l.add("a", waits)
	for i := range int64(10_000) { // others come and go
		l.add("b", &entry{id: uint64(2 + i), sent: 11 + i})
		for _, e := range l.take(1, now.UnixNano(), now.UnixNano()+1) {
			l.remove(e)
		}
	}
	if len(l.order) > 100 {
		t.Errorf("%d ended messages are kept", len(l.order))
	}
	at(10)
	later := &entry{id: 20_000, sent: 20_000}
	l.add("b", later)
	l.remove(waits)
	at(20_000)
	l.remove(later)
	at(0)
}
