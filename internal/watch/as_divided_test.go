package watch

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// What is told of a debit is read from its own entries, without the others of its id, and
// is what it was taken to be when they were divided: else the next entry would be put with
// another debit than people were told of.
func TestADebitIsReadAsItWasDivided(t *testing.T) {
	is := func(c *chain) string {
		return fmt.Sprintf("%d, %d back, gone %v, again %d, pending %v, held %v, of %q, opened %s", c.amount, c.returned, c.undone(), c.again, c.pending, c.held, c.named.Service, c.opened.Event)
	}
	for seed := *historiesFrom; seed < *historiesFrom+*histories; seed++ {
		r := rand.New(rand.NewPCG(uint64(seed), 44))
		story := slowStory(r, 0)
		if r.IntN(2) == 0 {
			story = takenPlace(r)
		}
		for _, c := range divided(story).chains {
			if alone, _, _ := read(slices.Clone(c.entries)); is(alone) != is(c) {
				t.Fatalf("seed %d: divided as %s, and read as %s:\nof %s", seed, is(c), is(alone), says(story))
			}
		}
	}
}

// Two of three repetitions of a day's posting say whose place it took, each another's:
// whichever is heard of first, what is on record is the same.
func TestWhatARepetitionLendsGoesWithIt(t *testing.T) {
	midnight := time.Date(noon.Year(), noon.Month(), noon.Day(), 0, 0, 0, 0, JST)
	posting := func(event string, hour int, of ...string) Entry {
		e := Entry{Event: event, Kind: Debit, Status: Posted, At: midnight, DateOnly: true, ReceivedAt: midnight.Add(time.Duration(hour) * time.Hour), Amount: 500, Service: "docomo", Txn: "t1"}
		if len(of) > 0 {
			e.Replaces, e.Of = true, of[0]
		}
		return e
	}
	plain, first, second := posting("a", 13), posting("b", 15, "t2"), posting("c", 18, "")
	back := Entry{Event: "u", Kind: DebitReversed, At: midnight, DateOnly: true, ReceivedAt: midnight.Add(12 * time.Hour), Txn: "t2"}
	want := ""
	for _, order := range [][]Entry{{back, plain, first, second}, {second, plain, back, first}, {first, second, back, plain}, {plain, second, first, back}} {
		records, _ := record(t, order)
		got := ""
		for _, r := range records {
			if r.Complete {
				got += saysRecord(r) + "\n"
			}
			for _, e := range r.Story() {
				if e.Event == plain.Event && (!e.Lent || e.Of != "t2") {
					t.Errorf("the plain one is lent %v of %q", e.Lent, e.Of)
				}
			}
		}
		if want == "" {
			want = got
		} else if got != want {
			t.Errorf("in this order:\n%s\nand in the first:\n%s", got, want)
		}
	}
}
