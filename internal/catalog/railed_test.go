package catalog

import (
	"math/rand/v2"
	"testing"
)

// A text is weighed a second time, as if behind a real-time rail, only if that
// can come to something; which is never missed.
func TestATextIsWeighedTwiceWhereItMatters(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(7, 7))
	twice, named := 0, 0
	for range 20_000 {
		text := randomLine(rng, std())
		bank := std().codes[rng.IntN(len(std().codes))]
		var m Match
		f := std().read(bank, text, asked{out: true}, &m)
		w := weighing{data: std(), e: &Evidence{Bank: bank, Descriptor: text}, marks: f.marks, railable: f.railable}
		w.text(&f)
		got := w.railed(text)
		w.railable = true
		want := w.railed(text)
		if got != want {
			t.Fatalf("%q of bank %s is %v if it is weighed twice, %v otherwise", text, bank, want, got)
		}
		if f.railable {
			twice++
		}
		if want != nil {
			named++
		}
	}
	if named == 0 || twice == 20_000 {
		t.Errorf("%d of 20,000 are weighed twice, %d come to a name", twice, named)
	}
	t.Logf("%d of 20,000 are weighed twice, %d come to a name", twice, named)
}
