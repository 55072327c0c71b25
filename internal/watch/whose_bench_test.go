package watch

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// recordsOfOneID are debits of one id, each of another amount, and as many returns as
// are told, of any of them.
func recordsOfOneID(debits, returns int, amount func(debit int) int64) []*Record {
	var records []*Record
	for i := range debits {
		at := noon.Add(time.Duration(i) * time.Hour)
		r := &Record{ID: fmt.Sprint("r", i)}
		story := []Entry{{Event: fmt.Sprint("d", i), Kind: Debit, Status: Posted, At: at, ReceivedAt: at, Amount: amount(i), Service: "docomo"}}
		for j := i; j < returns; j += debits {
			back := noon.Add(time.Duration(100+j) * time.Hour)
			story = append(story, Entry{Event: fmt.Sprint("b", j), Kind: DebitReversed, At: back, ReceivedAt: back, Amount: 10 + int64(j)})
		}
		r.Tell(story)
		records = append(records, r)
	}
	return records
}

func eachAnother(debit int) int64 { return 100_000 + 1_000*int64(debit) }

// plainUnsure is what a plain program does: it gives each return to each debit of
// which so much is left, and reads all that was said of it each time.
func plainUnsure(records []*Record) []bool {
	unsure := make([]bool, len(records))
	var returns []Entry
	stories := make([][]Entry, len(records))
	for i, r := range records {
		for _, e := range r.Story() {
			if e.opens() {
				stories[i] = append(stories[i], e)
			} else {
				returns = append(returns, e)
			}
		}
	}
	sortEntries(returns)
	var try func(n int)
	try = func(n int) {
		if n == len(returns) {
			for i, r := range records {
				c, _, _ := read(stories[i])
				less, _ := r.undoneIn(c)
				unsure[i] = unsure[i] || less
			}
			return
		}
		for i := range records {
			if c, _, _ := read(stories[i]); !c.undone() && c.left() >= returns[n].Amount {
				was := stories[i]
				stories[i] = append(slices.Clip(was), returns[n])
				try(n + 1)
				stories[i] = was
			}
		}
	}
	try(0)
	return unsure
}

// BenchmarkWhose is what an event costs under an id of several debits: that of a
// careless bank, and that of one which has one id for all that it takes.
func BenchmarkWhose(b *testing.B) {
	alike := func(int) int64 { return 1_000_000 }
	for _, c := range []struct {
		name             string
		debits, returns  int
		amount           func(int) int64
		plain, tooMuchOf bool
	}{
		{"2 debits, 1 return", 2, 1, eachAnother, true, false},
		{"4 debits, 3 returns", 4, 3, eachAnother, true, false},
		{"9 debits, 2 returns", 9, 2, eachAnother, true, false},
		{"9 debits, 9 returns", 9, 9, eachAnother, false, true},
		{"9 debits, 891 returns", 9, 891, eachAnother, false, true},
		{"9 debits that are alike, 891 returns", 9, 891, alike, false, true},
		{"2 debits, 8 returns", 2, 8, eachAnother, true, false},
	} {
		records := recordsOfOneID(c.debits, c.returns, c.amount)
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, known := whose(records); known == c.tooMuchOf {
					b.Fatal("known:", known)
				}
			}
		})
		if !c.plain {
			continue
		}
		b.Run(c.name+", plainly", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				plainUnsure(records)
			}
		})
	}
}

// BenchmarkOneIDForAll is an event under the id of a bank that has one for all that it
// takes and gives back: nine debits are looked at, the nearest.
func BenchmarkOneIDForAll(b *testing.B) {
	for _, returns := range []int{9, 45, 90} {
		records := recordsOfOneID(9, returns, eachAnother)
		at := noon.Add(2000 * time.Hour)
		e := Entry{Event: "next", Kind: DebitReversed, At: at, ReceivedAt: at, Amount: 5}
		b.Run(fmt.Sprint(returns), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				all := make([]*Record, len(records))
				for i, r := range records {
					all[i] = r.Clone()
				}
				if _, _, err := Add(all, e); err != nil {
					b.Fatal(err)
				}
				MarkPresented(all)
			}
		})
	}
}
