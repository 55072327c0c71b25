package catalog

// Nameless tells whether what a bank prints for a debit names neither a service
// nor any other business: nothing, or words for the way of paying (口座振替,
// デビット, 収納代行) with numbers, dates and marks of companies. A debit under
// such a text may be anyone's, a payment service's too. A transfer, a card and
// the other businesses of words.rec are named, and so is what a word says that
// the catalogue does not know.
func Nameless(bank, descriptor, detail string) bool {
	if detail != "" {
		descriptor += "　" + detail
	}
	d := of(bank)
	var cells [shortCells]cell
	f := folding{cells: cells[:]}
	d.fold(descriptor, &f)
	s := scan{data: d, text: descriptor, bank: bank}
	s.cells, s.after, s.more, s.voiced = cells[:f.n], f.before, f.more, f.voiced()
	return !f.more && s.nameless()
}

// mostNumbered is how many letters next to a digit are a part of a number or a
// date: Latin ones in front of it (A12), any behind it (26ネン11ガツ).
const mostNumbered = 2

func (s *scan) nameless() bool {
	for i := 0; i < len(s.cells); {
		k, named := s.way(i)
		if k == i && !named {
			k = s.numbered(i)
		}
		if k == i || named {
			return false
		}
		i = k
	}
	return true
}

// numbered is the end of the letters of a number or a date that stand at i; i if
// there are none.
func (s *scan) numbered(i int) int {
	digit := func(k int) bool { return k < len(s.cells) && s.class[s.cells[k].unit()] == classDigit }
	for k := i; k < len(s.cells) && !digit(k) && k-i < mostNumbered && (k == i || !s.gap(k)); k++ {
		behind := i > 0 && digit(i-1) && !s.gap(i)
		latin := s.class[s.cells[k].unit()] == classLatin
		switch {
		case !behind && !latin:
			return i
		case behind && (k+1 == len(s.cells) || s.gap(k+1)), digit(k+1) && !s.gap(k+1):
			return k + 1
		}
	}
	return i
}

// way is where the longest word for a way of paying ends that stands at i, or a
// number; i if neither does. Named tells that a longer one names a business.
func (s *scan) way(i int) (end int, named bool) {
	if end = s.filler(i); end > i {
		return end, false
	}
	end = s.longest(s.tails, i, kindMore, 0)
	n := s.lines.begin(s.cells, i)
	for j := i + 1; n != 0; j++ {
		for _, w := range s.lines.enders(n) {
			if j >= end && s.lost(w, i) == 0 {
				end, named = j, w.kind != kindFront || w.flags&(flagTransfer|flagOther|flagDoubt) != 0
			}
		}
		if j == len(s.cells) {
			break
		}
		n = s.lines.step(n, s.cells[j].unit())
	}
	return end, named
}
