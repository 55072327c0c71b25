package catalog

import (
	"math/rand/v2"
	"sync"
	"testing"
)

// A line that few cells hold is read as a long one is: at any bank, by any rail,
// in and out, by many at once.
func TestShortLinesAreReadAsLongOnes(t *testing.T) {
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
				var got, want weighed
				d.look(bank, text, a, &got)
				if d.readLong(bank, text, a, &want); got != want {
					t.Errorf("%q at %q, asked %+v: %+v, as a long one %+v", text, bank, a, got, want)
					return
				}
			}
		})
	}
	wg.Wait()
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
