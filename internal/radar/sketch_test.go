package radar

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// The error of an estimate is that of theory at every size, against exact counts, and
// there is no bias.
func TestASketchCountsAsExactlyAsItSays(t *testing.T) {
	t.Parallel()
	const rounds = 60
	for _, n := range []int{0, 1, 2, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000} {
		sum, squares := 0.0, 0.0
		for round := range rounds {
			var s Sketch
			for i := range n {
				s.add(hashOf("0125", fmt.Sprintf("acc_%d_%d", round, i)))
			}
			off := float64(s.Count()-n) / max(1, float64(n))
			sum, squares = sum+off, squares+off*off
		}
		// 1.04/sqrt(1024); of few it is what two in one register hide, and half of one by rounding.
		most := 0.0325 + 0.5/max(1, float64(n))
		if bias, sd := sum/rounds, math.Sqrt(squares/rounds); math.Abs(bias) > 4*most/math.Sqrt(rounds) || sd > 1.2*most {
			t.Errorf("%d: bias %.4f, standard error %.4f, want about %.4f at most", n, bias, sd, most)
		}
	}
}

// Cells merge into the same whatever the order, and however often each is told.
func TestWhatIsToldTwentyTimesInAnyOrderChangesNoEstimate(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	begin := time.Date(2020, 9, 1, 3, 0, 0, 0, time.UTC)
	type told struct {
		account, txn string
		at           time.Time
	}
	var all []told
	for i := range 700 {
		all = append(all, told{fmt.Sprint("a", i/3), fmt.Sprint("t", i), begin.Add(time.Duration(rng.IntN(600_000)) * time.Millisecond)})
	}
	var want *Cell
	for round := range 20 {
		rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		parts := []*Cell{{Bank: "0125"}, {Bank: "0125"}, {Bank: "0125"}}
		for _, x := range all {
			for range 1 + rng.IntN(2) {
				if _, err := parts[rng.IntN(len(parts))].Add(x.account, x.txn, x.at); err != nil {
					t.Fatal(err)
				}
			}
		}
		if want == nil {
			want = &Cell{Bank: "0125"}
		}
		for i, p := range parts {
			changed, err := want.Merge(p)
			if err != nil || round > 0 && changed {
				t.Fatalf("round %d, part %d: changed %v %v", round, i, changed, err)
			}
		}
	}
	n, first := Sum([]*Cell{want, want})
	if math.Abs(float64(n)-234) > 234*.05 || len(first) != MaxFirst || !slices.IsSortedFunc(first, order) {
		t.Errorf("%d accounts of 234, %d first transactions", n, len(first))
	}
}

func TestAFilterForgetsNoLinkAndTakesFewForOne(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 100, 1_500, 2_500} {
		l := &Linked{Bank: "0125"}
		for i := range n {
			if _, err := l.Add(fmt.Sprint("acc", i)); err != nil {
				t.Fatal(err)
			}
		}
		for i := range n {
			if has, err := l.Has(fmt.Sprint("acc", i)); !has || err != nil {
				t.Fatalf("%d: forgot %d, %v", n, i, err)
			}
			if again, err := l.Add(fmt.Sprint("acc", i)); again || err != nil {
				t.Fatalf("%d: %d is new again, %v", n, i, err)
			}
		}
		wrong := 0
		for i := range 20_000 {
			if has, _ := l.Has(fmt.Sprint("other", i)); has {
				wrong++
			}
		}
		if most := map[int]int{1: 0, 100: 5, 1_500: 400, 2_500: 1_400}[n]; wrong > most {
			t.Errorf("%d links: %d of 20,000 others are taken for one", n, wrong)
		}
		if len(l.Places) > 2_800 {
			t.Errorf("%d bytes", len(l.Places))
		}
	}
}

func TestWhatAnotherVersionKeepsIsNotReadAsSomethingElse(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"!", "eA", "ZgQAAQ", "ZgAA", "ZgAAYw", "YQ"} {
		c := Cell{Counted: text}
		if changed, err := c.Add("a", "t", time.Time{}); err == nil || changed || c.Counted != text {
			t.Errorf("%q was read as a sketch: %v %v %q", text, changed, err, c.Counted)
		}
	}
	for _, text := range []string{"!", "eA", "Zv//", "ZgA", "YQ"} {
		l := Linked{Places: text}
		if changed, err := l.Add("a"); err == nil || changed || l.Places != text {
			t.Errorf("%q was read as a filter: %v %v", text, changed, err)
		}
		if has, err := l.Has("a"); has || err == nil {
			t.Errorf("%q was read as a filter", text)
		}
	}
}
