package edition_test

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"kozamori/internal/catalog"
	"kozamori/internal/edition"
)

func TestRollingBack(t *testing.T) {
	w := newWorld(t)
	letters := []string{"ア", "イ", "ウ", "エ"}
	in := func(n int) { // that of the nth letter is in use, -1 for the built-in one
		t.Helper()
		w.later(edition.Stale)
		for i, l := range letters {
			want := ""
			if i == n {
				want = "nunepay"
			}
			w.is("0168", "ヌヌヌ"+l+"ペイ", want)
		}
	}
	put := func(n int) {
		w.put(strings.Replace(nune, "Name: ヌネペイ", "Name: ヌヌヌ"+letters[n]+"ペイ", 1))
	}
	back := func() {
		t.Helper()
		if _, err := w.publish.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	put(0)
	in(0)
	put(1)
	in(1)
	back()
	in(0)
	back()
	in(-1)
	if _, err := w.publish.Rollback(t.Context()); err == nil {
		t.Error("it goes back from the built-in one")
	}
	put(2)
	in(2)
	back()
	in(-1) // which is what was before
	put(2)
	put(3)
	in(3)
	back()
	in(2)
	put(3)
	back()
	in(2)
	back()
	in(-1)
	// A program that starts only now uses the same.
	catalog.BuiltIn().Use()
	w.live = w.program(public(key(1)), public(key(0)))
	in(-1)
}

// Sequences of publishing and rolling back, against a plain list.
func TestRollingBackAgainstAList(t *testing.T) {
	w := newWorld(t)
	rng := rand.New(rand.NewSource(7))
	history := []int{-1} // content of each manifest
	origin := []int{0}   // the manifest that first held it
	for i := range 30 {
		at := len(history) - 1
		if rng.Intn(2) == 0 {
			w.put(fmt.Sprintf("Bill: ヌネヌネ%d | x", i))
			history, origin = append(history, i), append(origin, at+1)
		} else {
			_, err := w.publish.Rollback(t.Context())
			if origin[at] == 0 {
				if err == nil {
					t.Fatal("it goes back from the built-in one")
				}
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			to := origin[at] - 1
			history, origin = append(history, history[to]), append(origin, origin[to])
		}
		m, err := w.publish.InUse(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		base, err := w.publish.Base(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		want := history[len(history)-1]
		if got := strings.Contains(string(base.Text()), fmt.Sprintf("Bill: ヌネヌネ%d |", want)); got != (want >= 0) {
			t.Fatalf("after step %d the edition of step %d should be in use", i, want)
		}
	}
}
