package catalog

// What follows a name.
type tail uint8

const (
	tailNone      tail = iota // nothing, or words of the charge
	tailBill                  // it is another business of the brand
	tailUndecided             // it may be another business, or not
	tailUnknown               // an unknown word
	tailWord                  // the name is only the start of a longer word
)

// maxChain is how many known words in a row are read behind a name.
const maxChain = 6

// words is known words in a row.
type words struct {
	what tail
	w    *word // the one that decided, or the first
	end  int   // of it
	cut  bool  // the line ends inside such a word, behind w if that is a bill
	lone bool  // of which it has one letter
}

// closes tells whether a word that ends before unit k is whole there.
func (s *scan) closes(k int) bool {
	return k == len(s.cells) || s.gap(k) || s.class[s.cells[k].unit()] == classDigit
}

// whole tells whether a trap that ends before unit k is a word of its own
// there: known words may be joined to it, and letters of another kind.
func (s *scan) whole(k int) bool {
	if s.closes(k) || s.border(k) {
		return true
	}
	_, ok := s.chain(k, 0)
	return ok
}

// chain reads known words that follow a name from j on, the longest first, up
// to a border; false if they do not come to one.
func (s *scan) chain(j, depth int) (c words, ok bool) {
	if depth > 0 && s.closes(j) {
		return words{end: j}, true
	}
	n := s.tails.begin(s.cells, j)
	if n == 0 || depth == maxChain {
		return c, false
	}
	var found [8]*word
	var ends [8]uint16
	count := 0
	var cut words
	var isCut bool
	for k := j + 1; ; k++ {
		for _, w := range s.tails.enders(n) {
			lost := s.lost(w, j)
			if lost < 0 || lost > 0 && (lost > 1 || k < len(s.cells) || s.more || s.cells[k-1].mark() == w.marks[len(w.marks)-1]) ||
				w.kind == kindCompany && !s.company(w, j, k) || s.skips(w) {
				continue
			}
			if count < len(found) {
				found[count], ends[count] = w, uint16(k)
				count++
			}
		}
		if k == len(s.cells) {
			if depth > 0 && !s.more {
				cut, isCut = s.endsInside(n, j)
			}
			break
		}
		if n = s.tails.step(n, s.cells[k].unit()); n == 0 {
			break
		}
	}
	for count--; count >= 0; count-- {
		w, end := found[count], int(ends[count])
		next, ok := s.chain(end, depth+1)
		if !ok {
			continue
		}
		switch {
		case w.kind == kindBill && next.cut && (s.gap(j) || next.lone && w.weight < minJoined || !s.full(fewMissing+1)):
			return words{tailUnknown, w, end, true, next.lone}, true // of ガスト the first letters are no ガス; behind a gap it may be a shop's name, however long the line
		case w.kind == kindBill:
			return words{tailBill, w, end, next.cut, next.lone}, true
		case next.what == tailBill && next.cut && s.gap(j):
			return words{tailUnknown, next.w, next.end, true, next.lone}, true
		case next.what == tailBill:
			return next, true
		case w.kind == kindRefund:
			return words{what: tailUndecided, w: w, end: end}, true
		case next.what == tailUndecided, next.what == tailUnknown:
			return next, true
		}
		return words{what: tailNone, w: w, end: end, cut: next.cut, lone: next.lone}, true
	}
	return cut, isCut
}

// endsInside tells whether the line ends inside a word that began at j, and
// whether that can be another business.
func (s *scan) endsInside(n uint16, j int) (c words, ok bool) {
	c.end = len(s.cells)
	for _, w := range s.tails.goOn(n) {
		if !s.beginning(w, j) || s.skips(w) {
			continue
		}
		if c.cut, ok = true, true; w.kind == kindBill {
			c.what, c.w = tailUndecided, earlier(c.w, w)
		}
	}
	if c.lone = len(s.cells)-j == 1; c.lone && c.w != nil {
		c.what, c.w = tailUnknown, nil
	}
	return c, ok
}

// follow looks at what stands behind a name that ends at j: the word that
// decided, if any, and where that ends.
func (s *scan) follow(name *word, j int) (what tail, w *word, end int) {
	if j == len(s.cells) || s.class[s.cells[j].unit()] == classDigit {
		return tailNone, nil, j
	}
	c, ok := s.chain(j, 0)
	if ok && c.cut && c.what == tailUnknown && c.w != nil && name.service.bills(c.w) {
		c.what = tailBill
	}
	if ok && c.what == tailBill && s.gap(j) && !name.service.bills(c.w) && s.goesOn(c.end) {
		return tailUnknown, nil, j
	}
	if ok && c.what == tailNone {
		c = s.further(c)
	}
	if ok && c.what != tailUndecided && c.what != tailUnknown {
		return c.what, c.w, c.end
	}
	if what, w, cut := s.cutTail(name, j); cut && (!ok || what == tailBill) {
		return what, w, len(s.cells)
	}
	if ok {
		return c.what, c.w, c.end
	}
	if s.gap(j) {
		return tailUnknown, nil, j
	}
	if name.weight < minJoined || s.cells[j].unit() == unitN && !s.border(j) {
		return tailWord, nil, j
	}
	return tailUnknown, nil, j
}

// further looks behind the words of a charge that come to a border, where another
// business may be named yet: of マネー 返済 not all is known.
func (s *scan) further(c words) words {
	for next := c; next.what == tailNone && next.end < len(s.cells); {
		var ok bool
		if next, ok = s.chain(next.end, 0); !ok {
			break
		}
		if next.what == tailBill || next.what == tailUndecided {
			return words{what: tailUndecided, w: next.w, end: next.end}
		}
	}
	return c
}

// goesOn tells whether the line goes on with an unknown word behind a gap before
// unit k: LIFE STORE behind a name is a shop's, and no insurance.
func (s *scan) goesOn(k int) bool {
	if k == len(s.cells) || !s.gap(k) || s.class[s.cells[k].unit()] == classDigit {
		return false
	}
	_, ok := s.chain(k, 0)
	return !ok
}

// cutTail looks at a line that ends inside a word that began at j, behind a
// name. Behind a gap a shop's name begins with the same letters as a bill's word
// does, and one letter begins many words, of which the files have few: what it
// is is not known. Joined to the name, it may be that bill; only the brand's own
// is known by less than the whole word.
func (s *scan) cutTail(name *word, j int) (what tail, bill *word, ok bool) {
	if s.more {
		return 0, nil, false
	}
	t := s.tails
	n := t.begin(s.cells, j)
	for k := j + 1; n != 0 && k < len(s.cells); k++ {
		n = t.step(n, s.cells[k].unit())
	}
	if n == 0 {
		return 0, nil, false
	}
	// It can be the charge's own word or, without its bracket, a company
	// mark; with a long-vowel mark behind it, it is neither.
	mild, any, own := false, false, false
	for _, w := range t.enders(n) {
		mild = mild || s.lost(w, j) == 0
	}
	for _, w := range t.goOn(n) {
		if !s.beginning(w, j) || s.skips(w) {
			continue
		}
		any = true
		if w.kind != kindBill {
			mild = true
		} else {
			bill = earlier(bill, w)
			own = own || name.service.bills(w)
		}
	}
	switch {
	case !any:
		return 0, nil, false
	case bill == nil:
		return tailNone, nil, true
	case !own && (len(s.cells)-j == 1 || s.gap(j)):
		return tailUnknown, nil, true
	case own && !s.gap(j) && (s.after&gapDash != 0 || !mild && (len(s.cells)-j > 1 || !s.border(j))):
		return tailBill, bill, true
	}
	return tailUndecided, bill, true
}

// company tells whether a company word from j to k is one: a single letter
// needs a bracket on either side.
func (s *scan) company(w *word, j, k int) bool {
	if len(w.units) > 1 {
		return true
	}
	behind := s.after
	if k < len(s.cells) {
		behind = s.cells[k].before()
	}
	return (s.cells[j].before()|behind)&gapBracket != 0
}

// filler is the end of digits or of a company mark that stand at i; i if
// neither does.
func (s *scan) filler(i int) int {
	j := i
	for j < len(s.cells) && s.class[s.cells[j].unit()] == classDigit {
		j++
	}
	if j > i {
		return j
	}
	n := s.tails.begin(s.cells, i)
	for n != 0 {
		j++
		for _, w := range s.tails.enders(n) {
			if w.kind == kindCompany && s.lost(w, i) == 0 && s.company(w, i, j) {
				return j
			}
		}
		if j == len(s.cells) {
			break
		}
		n = s.tails.step(n, s.cells[j].unit())
	}
	return i
}

// onlyMarks tells whether nothing but digits and marks stand from i on.
func (s *scan) onlyMarks(i int) bool {
	for i < len(s.cells) {
		k := s.filler(i)
		if k == i {
			k = s.longest(s.lines, i, kindFront, 0)
		}
		if k == i {
			k = s.longest(s.tails, i, kindMore, flagWhole)
		}
		if k == i {
			return false
		}
		i = k
	}
	return !s.more
}

// longest is where the longest word of a kind ends that stands at i, of those
// with some flags; i if none does.
func (s *scan) longest(t *trie, i int, k kind, f flags) int {
	end := i
	n := t.begin(s.cells, i)
	for j := i + 1; n != 0; j++ {
		for _, w := range t.enders(n) {
			if w.kind == k && w.flags&f == f && s.lost(w, i) == 0 {
				end = j
			}
		}
		if j == len(s.cells) {
			break
		}
		n = t.step(n, s.cells[j].unit())
	}
	return end
}
