package catalog

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// A line is left aside exactly if none of the beginnings stands on it, wherever
// that would be: nothing else of the catalogue is asked, and no line is read
// for nothing.
func TestALineIsLeftAsideIfNoWordBeginsOnIt(t *testing.T) {
	t.Parallel()
	d := std()
	letters := func(units []unit) (out []unit) {
		for _, u := range units {
			out = append(out, u%headLetters)
		}
		return out
	}
	var heads [][]unit
	for _, w := range d.lines.words {
		if w.kind != kindFront || w.has(flagRail|flagTransfer) {
			heads = append(heads, letters(w.units[:min(len(w.units), minCut)]))
		}
	}
	rng := rand.New(rand.NewPCG(7, 7))
	found, lines := 0, 0
	for _, set := range sets(t) {
		for _, l := range set.lines[:min(len(set.lines), 300)] {
			r := []rune(l)
			for range 4 {
				line := string(r[rng.IntN(len(r)+1):])
				var letters1 []unit
				for _, c := range d.scan("", line).cells {
					letters1 = append(letters1, c.unit()%headLetters)
				}
				want := slices.ContainsFunc(heads, func(h []unit) bool {
					for i := range letters1 {
						if len(letters1)-i >= len(h) && slices.Equal(letters1[i:i+len(h)], h) {
							return true
						}
					}
					return false
				})
				if got := d.mayHold(line); got != want {
					t.Errorf("%q is read: %t, a word begins on it: %t", line, got, want)
				}
				if lines++; want {
					found++
				}
			}
		}
	}
	if found < lines/10 || found > lines*9/10 {
		t.Errorf("of %d lines, words begin on %d: nothing is told apart", lines, found)
	}
}

// Where two beginnings are alike for a while, where one holds another, and where
// one stands behind the start of another, each is found.
func TestBeginningsThatShareLettersAreEachFound(t *testing.T) {
	t.Parallel()
	find := func(h heads, line string) bool {
		at := headStart
		for _, b := range []byte(line) {
			at = *h.step(at, unit(b))
		}
		return at == headFound
	}
	for name, c := range map[string]struct {
		words    []string
		in, none []string
	}{
		"alike":                     {[]string{"abcde", "abcxy"}, []string{"abcxy", "zabcde", "abcabcxy"}, []string{"abcd", "abcyx", "abxcde"}},
		"one holds another":         {[]string{"abcde", "bc"}, []string{"abc", "bc", "abbc"}, []string{"ab", "acb"}},
		"one is another's start":    {[]string{"abcde", "abc", "abcd"}, []string{"abc"}, []string{"ab", "bcde"}},
		"behind another's start":    {[]string{"ababx", "babay"}, []string{"ababay", "ababababx"}, []string{"ababab"}},
		"of one letter":             {[]string{"q", "qwert"}, []string{"q", "xxq"}, []string{"wert"}},
		"of which five letters do":  {[]string{"abcdefgh"}, []string{"abcde"}, []string{"abcd", "bcdef"}},
		"the start of another's is": {[]string{"aab", "abz"}, []string{"aabz", "aaab", "abz"}, []string{"aabb"[:2], "az"}},
	} {
		var words []*word
		for _, w := range c.words {
			x := &word{kind: kindName}
			for _, b := range []byte(w) {
				x.units = append(x.units, unit(b))
			}
			words = append(words, x)
		}
		for range 2 { // in either order
			h := newHeads(words)
			for _, l := range c.in {
				if !find(h, l) {
					t.Errorf("%s: in %q none is found", name, l)
				}
			}
			for _, l := range c.none {
				if find(h, l) {
					t.Errorf("%s: in %q one is found", name, l)
				}
			}
			slices.Reverse(words)
		}
	}
}

// Marks that say nothing by themselves keep no line from being left aside.
func TestAMarkThatSaysNothingIsNoBeginning(t *testing.T) {
	t.Parallel()
	for f, want := range map[flags]bool{0: false, flagDebit: false, flagOther: false, flagDoubt: false, flagRail: true, flagTransfer: true} {
		h := newHeads([]*word{{kind: kindFront, flags: f, units: []unit{1, 2, 3}}})
		at := headStart
		for _, u := range []unit{1, 2, 3} {
			at = *h.step(at, u)
		}
		if got := at == headFound; got != want {
			t.Errorf("a mark of flags %b is found: %t", f, got)
		}
	}
}

// More beginnings than can be numbered are an error of the whole catalogue.
func TestMoreBeginningsThanCanBeNumberedAreNone(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	var words []*word
	for range 14_000 {
		w := &word{kind: kindName}
		for range minCut {
			w.units = append(w.units, unit(rng.IntN(headLetters)))
		}
		words = append(words, w)
	}
	if newHeads(words) != nil {
		t.Error("there is a number for each")
	}
	h := newHeads(words[:8_000])
	if h == nil {
		t.Fatal("8,000 are too many")
	}
	for _, w := range words[:8_000] {
		at := headStart
		for _, u := range w.units {
			at = *h.step(at, u)
		}
		if at != headFound {
			t.Fatalf("%v is not found", w.units)
		}
	}
}

// What the first two letters of a line's rest tell leaves out no word.
func TestTheFirstTwoLettersOfWordsLeaveNoneOut(t *testing.T) {
	t.Parallel()
	d := std()
	for _, tr := range []*trie{d.lines, d.tails} {
		for _, w := range tr.words {
			var cells []cell
			for _, u := range w.units {
				cells = append(cells, newCell(u, 0, 0))
			}
			n := tr.start(w.units[0])
			if got := tr.begin(cells, 0); got != n {
				t.Errorf("%s begins at node %d, not at %d", w.text, got, n)
			}
			want, j := n, 1
			if len(cells) > 1 && tr.nodes[n].ends == 0 && cells[0].unit() < firstHan && cells[1].unit() < firstHan {
				want, j = tr.step(n, w.units[1]), 2
			}
			if at, to := tr.enter(cells, 0); at != want || to != j {
				t.Errorf("%s is entered at node %d behind %d, want %d behind %d", w.text, at, to, want, j)
			}
		}
	}
	// And no word begins with most pairs.
	none := 0
	for u := range firstHan {
		for v := range firstHan {
			if d.lines.begin([]cell{newCell(u, 0, 0), newCell(v, 0, 0)}, 0) == 0 {
				none++
			}
		}
	}
	if none < int(firstHan)*int(firstHan)*3/4 {
		t.Errorf("of %d pairs only %d begin no word", int(firstHan)*int(firstHan), none)
	}
}

// A cell gives back what was put into it, at its limits too.
func TestACellHoldsAllOfIt(t *testing.T) {
	t.Parallel()
	for _, u := range []unit{1, unitN, firstHan, unitOther} {
		for _, m := range []mark{0, voicedMark, semivoicedMark} {
			for _, g := range []gap{0, gapWord, gapBracket, gapWord | gapBracket, gapDash, gapWord | gapDash} {
				for _, at := range []uint{0, 1, maxBytes - 1} {
					c := newCell(u|uint16(m)<<unitBits, g, at)
					c.add(afterMark)
					c.add(afterMarks)
					if c.unit() != u || c.mark() != m || c.at() != int(at) || c.before() != g|afterMark|afterMarks {
						t.Errorf("of %d, %d, %b, %d is left %d, %d, %b, %d", u, m, g, at, c.unit(), c.mark(), c.before(), c.at())
					}
				}
			}
		}
	}
	for dropped, want := range map[uint16]mark{dropVoiced: voicedMark, dropSemivoiced: semivoicedMark} {
		c := newCell(1, gapWord, 7)
		if c.voice(dropped); c.mark() != want || c.unit() != 1 || c.before() != gapWord || c.at() != 7 {
			t.Errorf("a kana that is voiced is %d, %d", c.unit(), c.mark())
		}
	}
}
