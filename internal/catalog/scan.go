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

// scan is one descriptor being looked at.
type scan struct {
	*data
	folded
	text, bank string
	trace      *[]note // nil but for Explain
}

// found is what a look came to: a name, the trap that refused one, or both if
// that cannot be told.
type found struct {
	name, trap *word
	sure       sureness
	from, to   uint16 // cells
}

// sureness is a Confidence in a byte.
type sureness uint8

const (
	notSure sureness = iota
	seen
	guessed
	cutOff
	undecided
)

var confidences = [...]watch.Confidence{"", watch.Seen, watch.Guessed, watch.Cut, watch.Undecided}

// span makes a found of a stretch of cells.
func span(from, to int) found { return found{from: uint16(from), to: uint16(to)} }

func refusal(trap *word, from, to int) found {
	f := span(from, to)
	f.trap = trap
	return f
}

// run looks for the first name that stands as a word of its own. Names, traps
// and marks begin only where a word can: at the start of the line, behind a
// gap, behind a mark, or where the kind of letter changes.
func (s *scan) run() found {
	var refused found
	free := true  // a word can begin here
	front := true // nothing but marks so far
	for i := 0; i < len(s.cells); {
		before := s.cells[i].before
		front = front || before&afterMarks != 0
		if !free && before&(start|afterMark) == 0 {
			front = false
			i++
			continue
		}
		var f found
		mark := 0
		if n := s.lines.root[s.cells[i].unit]; n != 0 {
			f, mark = s.at(n, i, front)
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
func (s *scan) border(i int) bool { return i == len(s.cells) || s.cells[i].before&start != 0 }

// gap tells whether a gap stands before unit i.
func (s *scan) gap(i int) bool { return s.cells[i].before&(gapWord|gapBracket) != 0 }

// at looks at the words that begin at i, with a step to node n: the longest name or trap among them,
// and where the shortest mark in front ends. Where other marks end, it is
// written into the cells, so that RKS, RK and S are all tried.
func (s *scan) at(n uint16, i int, front bool) (best found, mark int) {
	t, cells := s.lines, s.cells
	var name *word // the last one that was passed, and where
	nameEnd := 0
	j := i + 1
	for {
		here := &t.nodes[n]
		if here.word >= 0 {
			switch w := t.words[here.word]; w.kind {
			case kindFront:
				if mark == 0 {
					mark = j
				} else if j < len(cells) {
					cells[j].before |= afterMark
					if front {
						cells[j].before |= afterMarks
					}
				}
			case kindTrap:
				best = refusal(w, i, j)
				s.note(noteTrap, i, j, w, nil)
			case kindCredit:
				if front {
					s.note(noteCredit, i, j, w, nil)
					return refusal(w, i, j), 0
				}
			default:
				name, nameEnd = w, j
				if f := s.ends(w, i, j, front); f != (found{}) {
					best = f
				}
			}
		}
		if j == len(cells) {
			break
		}
		if u := cells[j].unit; u == here.unit {
			n = here.next
		} else if n = t.step(n, u); n == 0 {
			return best, mark
		}
		j++
	}
	// The line ended inside a word, or with one.
	switch below := t.nodes[n].below; {
	case s.more:
	case name != nil && nameEnd < j && below.has(kindTrap) && best.trap == nil:
		// A name and the start of a trap, unless a company mark follows it.
		trap := t.any(n, kindTrap)
		if _, tail, _ := s.follow(nameEnd); tail != nil && best.name != nil && best.trap == nil {
			break
		}
		if best.name != nil && letters2(s.cells[nameEnd:]) == 1 {
			s.note(noteUndecided, i, j, name, trap)
			best.trap, best.sure = trap, undecided
		} else if int(best.to) < j {
			s.note(noteCutTrap, i, j, trap, nil)
			best = refusal(trap, i, j)
		}
	case below.has(kindName) && best == (found{}):
		best = s.cut(n, i, front)
	}
	return best, mark
}

// ends decides on a name that stands from i to j by what follows it; nothing
// if it does not count.
func (s *scan) ends(w *word, i, j int, front bool) found {
	what, tail, end := s.follow(j)
	if w.whole && what != tailBill && !(front && s.onlyMarks(j) && !s.transfer(i)) {
		s.note(noteWhole, i, j, w, nil)
		return found{}
	}
	f := span(i, j)
	f.name, f.sure = w, guessed
	if w.seen {
		f.sure = seen
	}
	switch what {
	case tailWord:
		s.note(noteWord, i, j, w, nil)
		return found{}
	case tailBill:
		s.note(noteBill, i, end, w, tail)
		return refusal(tail, i, end)
	case tailUndecided:
		s.note(noteUndecided, i, end, w, tail)
		f.trap, f.sure = tail, undecided
	case tailJoined:
		s.note(noteJoined, i, j, w, nil)
		f.sure = guessed
	default:
		s.note(noteName, i, j, w, nil)
	}
	return f
}

// What follows a name.
type tail uint8

const (
	tailNone      tail = iota // nothing, or something apart from it
	tailJoined                // an unknown word without a gap, of other letters
	tailBill                  // it is another business of the brand
	tailUndecided             // a cut that may be another business, or not
	tailWord                  // it is the start of a longer word
)

// follow looks at what stands behind a name that ends at j: the word that
// decided, if any, and where that ends.
func (s *scan) follow(j int) (what tail, w *word, end int) {
	if j == len(s.cells) {
		return tailNone, nil, j
	}
	t := s.tails
	n := t.root[s.cells[j].unit]
	k := j
	for n != 0 {
		k++
		if x := t.word(n); x != nil && (x.kind != kindCompany || s.company(x, j, k)) {
			w, end = x, k
		}
		if k == len(s.cells) {
			break
		}
		n = t.step(n, s.cells[k].unit)
	}
	switch {
	case w != nil && w.kind == kindBill:
		return tailBill, w, end
	case w != nil:
		return tailNone, w, end
	case n != 0 && !s.more && (t.nodes[n].below != 0): // the line ended inside a word
		bill := t.any(n, kindBill)
		// It can be the charge's own word or, without its bracket, a company
		// mark; with a long-vowel mark behind it, it is neither.
		mild := t.word(n) != nil || t.nodes[n].below&^(1<<kindBill) != 0
		switch {
		case bill == nil:
			return tailNone, nil, k
		case s.after&gapDash == 0 && (mild || s.border(j) && letters2(s.cells[j:]) == 1):
			return tailUndecided, bill, k
		}
		return tailBill, bill, k
	case !s.border(j):
		return tailWord, nil, j
	case !s.gap(j) && s.class[s.cells[j].unit] != classDigit:
		return tailJoined, nil, j
	}
	return tailNone, nil, j
}

// company tells whether a company word from j to k is one: a single letter
// needs a bracket on either side.
func (s *scan) company(w *word, j, k int) bool {
	if letters(w.units) > 1 {
		return true
	}
	behind := s.after
	if k < len(s.cells) {
		behind = s.cells[k].before
	}
	return (s.cells[j].before|behind)&gapBracket != 0
}

// filler is the end of digits or of a company mark that stand at i; i if
// neither does.
func (s *scan) filler(i int) int {
	j := i
	for j < len(s.cells) && s.class[s.cells[j].unit] == classDigit {
		j++
	}
	if j > i {
		return j
	}
	n := s.tails.root[s.cells[i].unit]
	for n != 0 {
		j++
		if w := s.tails.word(n); w != nil && w.kind == kindCompany && s.company(w, i, j) {
			return j
		}
		if j == len(s.cells) {
			break
		}
		n = s.tails.step(n, s.cells[j].unit)
	}
	return i
}

// onlyMarks tells whether nothing but digits and marks stand from i on.
func (s *scan) onlyMarks(i int) bool {
	for i < len(s.cells) {
		k := s.filler(i)
		if k == i {
			k = longest(s.lines, s.cells, i, func(w *word) bool { return w.kind == kindFront })
		}
		if k == i {
			k = longest(s.tails, s.cells, i, func(w *word) bool { return w.kind == kindMore && w.whole })
		}
		if k == i {
			return false
		}
		i = k
	}
	return !s.more
}

// transfer tells whether a mark stands before i that is of money sent to
// people and firms, who may be called anything.
func (s *scan) transfer(i int) bool {
	for k := range i {
		if longest(s.lines, s.cells[:i], k, func(w *word) bool { return w.kind == kindFront && w.whole }) > k {
			return true
		}
	}
	return false
}

// longest is where the longest of some words ends that stand at i; i if none
// does.
func longest(t *trie, cells []cell, i int, is func(*word) bool) int {
	end := i
	n := t.root[cells[i].unit]
	for j := i + 1; n != 0; j++ {
		if w := t.word(n); w != nil && is(w) {
			end = j
		}
		if j == len(cells) {
			break
		}
		n = t.step(n, cells[j].unit)
	}
	return end
}

// letters2 counts the cells that are no voicing marks.
func letters2(cells []cell) int {
	n := 0
	for _, c := range cells {
		if c.unit != unitVoiced && c.unit != unitSemivoiced {
			n++
		}
	}
	return n
}
