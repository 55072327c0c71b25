package catalog

// cut decides on a line that ended at node n inside a name that began at i.
func (s *scan) cut(n uint16, i int, front bool) found {
	t := s.lines
	to := len(s.cells)
	if t.nodes[n].name < 0 { // the starts of two services
		s.note(noteAmbiguous, i, to, nil, nil)
		return found{}
	}
	w := t.words[t.nodes[n].name]
	if w.whole && !front {
		return found{}
	}
	have := letters2(s.cells[i:])
	missing := letters(w.units) - have
	// The mark that a name begins with says nothing about it.
	have -= letters2(s.cells[i:longest(s.lines, s.cells, i, func(x *word) bool { return x.kind == kindFront })])
	f := span(i, to)
	f.name, f.sure = w, cutOff
	switch {
	case missing == 0:
		if have < minMarkless {
			return found{}
		}
	case have < minCut:
		s.note(noteShort, i, to, w, nil)
		return found{}
	case t.nodes[n].bill:
		trap := t.any(n, kindTrap)
		s.note(noteCutTrap, i, to, trap, nil)
		return refusal(trap, i, to)
	case !s.full(missing):
		s.note(noteNotFull, i, to, w, nil)
		return found{}
	}
	s.note(noteCut, i, to, w, nil)
	return f
}

// full tells whether a line can have been cut where it ends: one of its
// fields is as long as the bank's descriptors are. Where that is not known,
// a name that misses little will do.
func (s *scan) full(missing int) bool {
	lengths := s.lengths
	if b := s.banks[s.bank]; b != nil && len(b.Cells) > 0 {
		lengths = b.Cells
	} else if missing <= fewMissing {
		return true
	}
	return s.fields(s.text, lengths)
}
