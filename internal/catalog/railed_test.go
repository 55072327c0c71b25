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
		var f weighed
		std().look(bank, text, asked{out: true}, &f)
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

// A name that a text says nothing of is that of the service which is linked, and
// of no other.
func TestATextIsGuessedToBeOfTheServiceThatIsLinkedAlone(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(7, 9))
	tried := 0
	for range 20_000 {
		text := randomLine(rng, std())
		var f weighed
		std().look("", text, asked{out: true}, &f)
		w := weighing{data: std(), e: &Evidence{Descriptor: text}, marks: f.marks, railable: f.railable}
		w.text(&f)
		s := w.railed(text)
		if s == nil {
			continue
		}
		tried++
		plain := Decide(&Evidence{Descriptor: text})
		for _, o := range std().order {
			e := Evidence{Descriptor: text, Links: []Linked{{Service: o.ID}}}
			got := Decide(&e)
			if o != s && got.Service() == s.ID && plain.Service() != s.ID {
				t.Errorf("%q is %s where %s is linked", text, s.ID, o.ID)
			}
			if o == s && got.Service() != s.ID {
				t.Errorf("%q is %q where %s is linked", text, got.Service(), s.ID)
			}
			e.Links[0].Removed = true
			if got := Decide(&e); got.Service() != plain.Service() {
				t.Errorf("%q is %q where the link with %s was removed", text, got.Service(), o.ID)
			}
		}
	}
	if tried < 10 {
		t.Errorf("%d texts were tried", tried)
	}
}
