package catalog

// at looks at the words that begin at i, with steps to node n behind unit j-1:
// the longest name or trap among them, and where the shortest mark in front ends.
// Where other marks end, it is written into the cells, so that RKS, RK and S are
// all tried.
func (s *scan) at(n uint16, i, j int, front bool) (best found, mark int) {
	t := s.lines
	var name, passed *word
	last, weighed := nodeNone, nodeNone // where names or traps ended, and the last of these that were looked at
	for {
		here := &t.nodes[n]
		if here.here&(1<<kindName|1<<kindTrap) != 0 {
			last = n
		}
		if here.here&(1<<kindFront|1<<kindCredit) != 0 {
			for k := range int(here.ends) {
				w := t.words[int(here.lo)+k]
				if !s.passes(w, i, j, front) {
					continue
				}
				if w.flags&(flagOther|flagDoubt) != 0 || w.kind == kindCredit {
					// Shorter names do not stand behind it.
					if last != weighed {
						best, name = s.winnerOver(best, name, last, weighed, i, front)
						weighed = last
					}
				}
				switch number := int32(here.lo) + int32(k) + 1; {
				case w.kind == kindCredit && (!s.out || w.has(flagOther)):
					s.note(noteCredit, i, j, w, nil)
					return refusal(w, i, j), 0
				case w.kind == kindCredit:
					s.doubt = number
				case w.has(flagOther) && front:
					s.other = number
				case w.has(flagDoubt) && front:
					s.doubt = number
				}
				if passed = w; mark == 0 {
					mark = j
				} else if j < len(s.cells) {
					s.cells[j].add(afterMark)
					if front {
						s.cells[j].add(afterMarks)
					}
				}
			}
		}
		if n, j = t.walk(n, s.cells, j); n == 0 || j > len(s.cells) {
			break
		}
	}
	switch {
	case weighed != nodeNone:
		best, name = s.winnerOver(best, name, last, weighed, i, front)
	case last != nodeNone:
		best, name = s.winner(last, nodeNone, i, front)
	}
	if passed != nil {
		s.marks |= passed.flags // they say something of the name behind it
	}
	if n != 0 && !s.more && t.nodes[n].below&(1<<kindTrap|1<<kindName) != 0 {
		best = s.inside(n, i, name, best, front)
	}
	return best, mark
}

// passes tells whether a mark in front of names stands from i to j.
func (s *scan) passes(w *word, i, j int, front bool) bool {
	if w.kind != kindFront && w.kind != kindCredit || s.lost(w, i) != 0 || s.skips(w) {
		return false
	}
	return (front || w.kind != kindCredit) && !(w.flags&(flagOther|flagDoubt) != 0 && s.bracketed(i, j)) && s.stands(w, j)
}

// winner is the longest name or trap that counts of those that begin at i and
// end at node n or above it, below node up; and the longest that is a name at all.
// A name next to an unknown word counts for less than a trap that it goes on from.
func (s *scan) winner(n, up uint16, i int, front bool) (best found, name *word) {
	t := s.lines
	for ; n != up; n = t.nodes[n].up {
		words := t.enders(n)
		for k := len(words) - 1; k >= 0; k-- {
			w := words[k]
			if w.kind > kindTrap || s.skips(w) {
				continue
			}
			j := i + len(w.units)
			how := s.spelled(w, s.lost(w, i), j)
			if how == notSure {
				continue
			}
			var f found
			if w.kind == kindTrap {
				if !s.whole(j) {
					continue
				}
				s.note(noteTrap, i, j, w, nil)
				f = refusal(w, i, j)
			} else {
				f = s.ends(w, how, i, j, front)
				if name == nil && !(f.none() && w.has(flagRail)) {
					name = w
				}
			}
			switch {
			case f.none() || f.billWithin(best):
			case f.trap == unknownTail:
				if best.none() {
					best = f
				}
			case f.name != nil && !best.none():
				return best, name
			default:
				return f, name
			}
		}
	}
	return best, name
}

// billWithin tells whether what refuses a name is part of a longer name: of
// バンドルカード the last letters are no card of バンドル.
func (f *found) billWithin(longer found) bool {
	return f.name == nil && f.trap.kind == kindBill && longer.name != nil && f.to <= longer.to
}

// winnerOver is the same where shorter words came to something.
func (s *scan) winnerOver(best found, name *word, n, up uint16, i int, front bool) (found, *word) {
	f, w := s.winner(n, up, i, front)
	if w != nil {
		name = w
	}
	if f.none() || f.trap == unknownTail && best.name == nil && best.trap != nil && !best.billWithin(f) {
		return best, name
	}
	return f, name
}

// bracketed tells whether a bracket stands inside what is from i to j: of
// (カ)ドコモ the first letters are no カード.
func (s *scan) bracketed(i, j int) bool {
	for k := i + 1; k < j; k++ {
		if s.cells[k].before()&gapBracket != 0 {
			return true
		}
	}
	return false
}

// passed is a mark that was remembered by its number, which unlike a pointer
// keeps the scan from the heap.
func (s *scan) passed(number int32) *word { return s.lines.words[number-1] }
