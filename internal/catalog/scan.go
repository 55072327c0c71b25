package catalog

import "kozamori/internal/watch"

// minCut is how many letters of a name a cut must leave; of one that lost
// only its last voicing mark, minMarkless.
const (
	minCut      = 5
	minMarkless = 3
)

// fewMissing is how many letters may be missing where the bank's length is
// not known.
const fewMissing = 2

// A name of minOneLost letters is still told if one voicing mark was lost, one
// of minAllLost if all were, and any behind a real-time rail. A name of
// minJoined letters is not there by chance, whatever is joined to it.
const (
	minOneLost = 4
	minAllLost = 6
	minJoined  = 4
)

// scan is one descriptor being looked at.
type scan struct {
	*data
	cells      []cell
	after      gap   // what stood behind the last unit
	more       bool  // the text goes on behind what was read
	voiced     bool  // some voicing mark is there
	out        bool  // money went out, so that no word makes it a credit
	marks      flags // of the marks passed so far
	railable   bool  // a name was refused that a real-time rail would let count
	text, bank string
	other      int32   // the mark of another business that was passed: its word's number, and one
	doubt      int32   // the same of a credit's word that was passed, though money went out
	skip       *word   // an entry that is left out, if any; for Check
	trace      *[]note // nil but for Explain
}

// found is what a look came to: a name, the trap that refused one, or both if
// that cannot be told.
type found struct {
	name, trap *word
	sure       sureness
	stretch    // of four fields, a struct stays in registers
}

func (f *found) none() bool { return f.name == nil && f.trap == nil }

// stretch is of cells.
type stretch struct{ from, to uint16 }

// sureness is a Confidence in a byte.
type sureness uint8

const (
	notSure sureness = iota
	seen
	elsewhere
	guessed
	cutOff
	undecided
	cutDoubt // cut off, and undecided
)

var confidences = [...]watch.Confidence{"", watch.Seen, watch.Elsewhere, watch.Guessed, watch.Cut, watch.Undecided, watch.Undecided}

// What may be meant instead of a name, where no entry of the files says it.
var (
	unknownTail = &word{kind: kindTrap, text: "unknown word behind the name", why: "an unknown word"}
	unknownHead = &word{kind: kindTrap, text: "unknown word before the name", why: "an unknown word"}
	transferred = &word{kind: kindTrap, text: "a transfer of one's own", why: "a transfer of one's own"}
	several     = &word{kind: kindTrap, text: "names of several services", why: "another service's name"}
	namesake    = &word{kind: kindTrap, text: "another of that name", why: "a common word"}
)

// span makes a found of a stretch of cells.
func span(from, to int) found { return found{stretch: stretch{uint16(from), uint16(to)}} }

func refusal(trap *word, from, to int) found {
	f := span(from, to)
	f.trap = trap
	return f
}

// doubtful is a name that may be something else.
func doubtful(f found, trap *word) found {
	f.trap, f.sure = trap, undecided
	return f
}

// run looks for the first name that stands as a word of its own. Names, traps
// and marks begin where a word can: at the start of the line, behind a gap,
// behind a mark, or where the kind of letter changes. A long name behind an
// unknown word is told too, but as undecided.
func (s *scan) run() found {
	var refused found
	free := true  // a word can begin here
	front := true // nothing but marks so far
	for i := 0; i < len(s.cells); {
		before := s.cells[i].before()
		front = front || before&afterMarks != 0
		if !free && before&afterMark == 0 && !s.border(i) {
			front = false
			if n := s.lines.begin(s.cells, i); n != 0 && s.lines.nodes[n].below.has(kindName) {
				if f := s.inner(n, i); f.name != nil {
					return f
				}
			}
			i++
			continue
		}
		var f found
		mark := 0
		if n, j := s.lines.enter(s.cells, i); n != 0 {
			f, mark = s.at(n, i, j, front)
		}
		switch {
		case f.name != nil || f.trap != nil && f.trap.kind == kindCredit:
			return f
		case f.trap != nil:
			if refused.trap == nil {
				refused = f
			}
			i, free, front = int(f.to), false, false
			continue
		case mark > i:
			s.note(noteMark, i, mark, nil, nil)
			i, free = mark, true
			continue
		}
		free = false
		if front {
			if k := s.filler(i); k > i {
				i, free = k, true
				continue
			}
			front = false
		}
		i++
	}
	return refused
}

// border tells whether a word can begin or end before unit i.
func (s *scan) border(i int) bool {
	return i == 0 || i == len(s.cells) || s.gap(i) || s.class[s.cells[i].unit()] != s.class[s.cells[i-1].unit()]
}

// gap tells whether a gap stands before unit i.
func (s *scan) gap(i int) bool { return s.cells[i].before()&(gapWord|gapBracket) != 0 }

// skips tells whether an entry is left out.
func (s *scan) skips(w *word) bool { return s.skip != nil && w.of == s.skip }

// lost counts the voicing marks of a word that are not on the line where it
// stands at i; -1 if one is there that the word has not.
func (s *scan) lost(w *word, i int) int {
	if !s.voiced {
		return int(w.voiced)
	}
	return s.lostOf(w, i)
}

// lostOf is lost on a line that has voicing marks.
func (s *scan) lostOf(w *word, i int) int {
	n := 0
	for k, m := range w.marks {
		if c := s.cells[i+k].mark(); c != m {
			if c != 0 {
				return -1
			}
			n++
		}
	}
	return n
}

// spelled tells how well a name or trap of which so many marks were lost
// stands from i to j: seen is exactly, notSure not at all.
func (s *scan) spelled(w *word, lost, j int) sureness {
	switch n := len(w.units); {
	case lost == 0:
		return seen
	case lost < 0:
		return notSure
	case w.has(flagWhole) && s.marks&flagRail == 0:
		s.railable = true
		return notSure
	case lost == 1 && j == len(s.cells) && !s.more && s.cells[j-1].mark() != w.marks[n-1]:
		if n < minMarkless {
			return notSure
		}
		return cutOff
	case lost == 1 && n >= minOneLost || n >= minAllLost || s.marks&flagRail != 0:
		return guessed
	}
	s.railable = true
	return notSure
}

// inside decides on a line that ended at node n, inside words that began at i;
// name is the last name that was passed.
func (s *scan) inside(n uint16, i int, name *word, best found, front bool) found {
	j := len(s.cells)
	var trap *word
	nameEnd := j
	if name != nil {
		nameEnd = i + len(name.units)
	}
	if nameEnd < j && (best.trap == nil || best.trap == unknownTail) {
		trap = s.starts(s.lines, n, i, kindTrap)
	}
	if trap != nil {
		// A name and the start of a trap, unless a company mark follows it.
		if _, tail, _ := s.follow(name, nameEnd); tail != nil && best.name != nil && best.trap == nil {
			return best
		}
		if best.name != nil {
			// Less than the whole word may be another's.
			if j-nameEnd == 1 || s.gap(nameEnd) {
				trap = unknownTail
			}
			s.note(noteUndecided, i, j, name, trap)
			return doubtful(best, trap)
		}
		if int(best.to) < j {
			s.note(noteCutTrap, i, j, trap, nil)
			return refusal(trap, i, j)
		}
		return best
	}
	if best.none() && s.lines.nodes[n].below.has(kindName) {
		return s.cut(n, i, front)
	}
	return best
}

// starts is some word of a kind that goes on from node n, and whose beginning
// stands from i to the end of the line; its last mark may be lost.
func (s *scan) starts(t *trie, n uint16, i int, k kind) *word {
	if !t.nodes[n].below.has(k) {
		return nil
	}
	var first *word
	for _, w := range t.goOn(n) {
		if w.kind == k && s.beginning(w, i) && !s.skips(w) {
			first = earlier(first, w)
		}
	}
	return first
}

// earlier is the one of two entries that stands earlier in the files.
func earlier(x, y *word) *word {
	if x == nil || y.line < x.line {
		return y
	}
	return x
}

// beginning tells whether the marks from i to the end of the line are those
// that a word begins with.
func (s *scan) beginning(w *word, i int) bool {
	for k, c := range s.cells[i:] {
		if m := c.mark(); m != w.marks[k] && (m != 0 || i+k < len(s.cells)-1) {
			return false
		}
	}
	return true
}

// inner looks for a long name that begins at i, in the middle of a word, with
// a step to node n.
func (s *scan) inner(n uint16, i int) (best found) {
	t := s.lines
	// A letter alone of its kind belongs to the word before it: of AD払い no
	// d払い is left.
	if c := s.class[s.cells[i].unit()]; c == s.class[s.cells[i-1].unit()] && i+1 < len(s.cells) && c != s.class[s.cells[i+1].unit()] {
		return best
	}
	for j := i + 1; ; j++ {
		for _, w := range t.enders(n) {
			if w.kind != kindName || w.weight < minJoined || w.flags&(flagWhole|flagRail) != 0 || s.lost(w, i) != 0 || s.skips(w) {
				continue
			}
			if what, _, _ := s.follow(w, j); what == tailNone {
				s.note(noteHead, i, j, w, nil)
				best = span(i, j)
				best.name = w
				best = doubtful(best, unknownHead)
			}
		}
		if j == len(s.cells) {
			return best
		}
		if n = t.step(n, s.cells[j].unit()); n == 0 {
			return best
		}
	}
}
