package watch

import (
	"slices"
	"testing"
	"time"
)

// A page says the same of a debit when it is heard that it had been taken, and come
// back, before: nothing more was taken. What is taken again since is another thing.
func TestAPageSaysTheSameOfWhatIsHeardLate(t *testing.T) {
	debit := func(event string, at, received time.Duration) Entry {
		return Entry{Event: event, Kind: Debit, Status: Posted, At: noon.Add(at), ReceivedAt: noon.Add(received), Amount: 9000, Service: "docomo"}
	}
	back := func(event string, at, received time.Duration) Entry {
		return Entry{Event: event, Kind: DebitReversed, At: noon.Add(at), ReceivedAt: noon.Add(received), Amount: 9000}
	}
	const minute, hour = time.Minute, time.Hour
	for name, c := range map[string]struct {
		was, heard []Entry
		same       bool
	}{
		"taken and back before":               {[]Entry{debit("c", hour, hour)}, []Entry{debit("a", 0, 2*hour), back("b", minute, 2*hour)}, true},
		"twice":                               {[]Entry{debit("c", hour, hour)}, []Entry{debit("a", 0, 2*hour), back("b", minute, 2*hour), debit("d", 2*minute, 2*hour), back("e", 3*minute, 2*hour)}, true},
		"in between":                          {[]Entry{debit("a", 0, 0), back("b", minute, minute), debit("c", hour, hour)}, []Entry{debit("d", 2*minute, 2*hour), back("e", 3*minute, 2*hour)}, true},
		"back, and taken again":               {[]Entry{debit("a", 0, 0)}, []Entry{back("b", minute, minute), debit("c", hour, hour)}, false},
		"back, taken again, heard backwards":  {[]Entry{debit("a", 0, 0)}, []Entry{debit("c", hour, hour), back("b", minute, 2*hour)}, false},
		"taken and back before, and then too": {[]Entry{debit("c", hour, hour)}, []Entry{debit("a", 0, 2*hour), back("b", minute, 2*hour), back("d", 2*hour, 2*hour), debit("e", 3*hour, 3*hour)}, false},
	} {
		a := &slowAccount{watcher: Watcher{ID: "w"}}
		for _, e := range c.was {
			a.add(t, 0, e)
		}
		r := a.ids[0][0]
		mark, saw := r.Mark(), Saw([]*Record{r})
		for _, e := range c.heard {
			a.add(t, 0, e)
		}
		i := slices.IndexFunc(a.ids[0], func(x *Record) bool { return x.ID == r.ID })
		if len(a.ids[0]) != 1 || i != 0 {
			t.Fatalf("%s: %d records", name, len(a.ids[0]))
		}
		_, changed := r.Unseen(saw)
		if (r.Mark() == mark) != c.same || (len(changed) == 0) != c.same {
			t.Errorf("%s: %s: the mark is the same: %v, changed %d, want %v", name, saysRecord(r), r.Mark() == mark, len(changed), c.same)
		}
	}
}
