package catalog

import (
	"math/rand/v2"
	"sync"
	"testing"
)

// What is kept is what would be read: for the same text at other banks, by
// other rails, in and out, in any order, by many at once.
func TestWhatIsKeptIsWhatWouldBeRead(t *testing.T) {
	t.Parallel()
	d := must(read(builtIn))
	rng := rand.New(rand.NewPCG(3, 9))
	texts := append([]string{"", "PAYPAY", "ｺｳｻﾞﾌﾘｶｴ PAYPAY", "返金 PAYPAY", "PAYPAY 返金", "メルペイ", "イデア", "ゆめか"}, benchLines...)
	for range 200 {
		texts = append(texts, randomLine(rng, d))
	}
	banks := []string{"", "0005", "0009", "0168", "9900"}
	asks := []asked{{}, {out: true}, {flagRail, true}, {flagDebit, true}, {flagTransfer, true}}
	var wg sync.WaitGroup
	for worker := range uint64(4) {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(worker, 1))
			for range 8_000 {
				text, bank, a := texts[rng.IntN(len(texts))], banks[rng.IntN(len(banks))], asks[rng.IntN(len(asks))]
				var kept, read Match
				got := d.look(bank, text, a, &kept)
				var want weighed
				d.readLong(bank, text, a, &read, &want)
				if got != want || kept != read {
					t.Errorf("%q at %q, asked %+v: kept is %+v %+v, read %+v %+v", text, bank, a, got, kept, want, read)
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestATextIsKeptWhenItComesAgain(t *testing.T) {
	t.Parallel()
	d := must(read(builtIn))
	var m Match
	isKept := func(text string) bool {
		a := asked{out: true}
		return d.memo.find(d.memo.place("0009", text, a), "0009", text, a) != nil
	}
	for n, want := range []bool{false, true, true} {
		if d.look("0009", "RKデイ―バライ", asked{out: true}, &m); isKept("RKデイ―バライ") != want {
			t.Errorf("after %d times it is kept: %t", n+1, !want)
		}
	}
	// Those that come once leave no trace, however many they are.
	rng := rand.New(rand.NewPCG(5, 5))
	kept := func() (n int) {
		for i := range d.memo.shelves {
			for k := range d.memo.shelves[i].places {
				if d.memo.shelves[i].places[k].Load() != nil {
					n++
				}
			}
		}
		return n
	}
	for range 20_000 {
		d.look("0009", randomLine(rng, d)+" "+randomLine(rng, d), asked{out: true}, &m)
	}
	if n := kept(); n > 400 {
		t.Errorf("of 20,000 texts that came once, %d are kept", n)
	}
}

// mayHold tells whether a line is not left aside for its letters.
func (d *data) mayHold(line string) bool {
	f := folding{cells: make([]cell, maxCells)}
	d.fold(line, &f)
	return f.head == headFound
}

// Of a line that is left aside for its letters nothing could have been read.
func TestLinesThatAreLeftAsideComeToNothing(t *testing.T) {
	t.Parallel()
	d := std()
	rng := rand.New(rand.NewPCG(6, 28))
	aside := 0
	for range 20_000 {
		s := d.scan(d.codes[rng.IntN(len(d.codes))], randomLine(rng, d))
		s.out = rng.IntN(2) == 0
		if d.mayHold(s.text) {
			continue
		}
		aside++
		if f := s.run(); f.name != nil || f.trap != nil || s.railable || s.marks&(flagRail|flagTransfer) != 0 {
			t.Fatalf("%q at bank %q is left aside, and comes to %+v, marks %b", s.text, s.bank, f, s.marks)
		}
	}
	if aside < 300 {
		t.Errorf("only %d of 20,000 lines are left aside", aside)
	}
}

// Two texts that share a place do not drive each other out: whatever the seed,
// the few texts of a bank's day are kept all at once.
func TestTextsThatShareAPlaceAreBothKept(t *testing.T) {
	t.Parallel()
	d, err := read(builtIn)
	if err != nil {
		t.Fatal(err)
	}
	lost := 0
	for range 300 {
		d.memo = newMemo()
		for range 4 {
			for _, l := range benchLines {
				var m Match
				d.look("0168", l, asked{}, &m)
			}
		}
		for _, l := range benchLines {
			if d.mayHold(l) && d.memo.find(d.memo.place("0168", l, asked{}), "0168", l, asked{}) == nil {
				lost++
			}
		}
	}
	if lost > 3 {
		t.Errorf("%d of %d texts are not kept", lost, 300*len(benchLines))
	}
}
