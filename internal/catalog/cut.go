package catalog

import (
	"strings"
	"unicode"
)

// cut decides on a line that ended at node n inside a name that began at i.
func (s *scan) cut(n uint16, i int, front bool) found {
	to := len(s.cells)
	var w *word // the shortest name
	for _, x := range s.lines.goOn(n) {
		switch {
		case x.kind != kindName || x.flags&(flagCommon|flagRail) != 0 || !s.beginning(x, i) || s.skips(x):
		case w != nil && w.service != x.service:
			s.note(noteAmbiguous, i, to, nil, nil)
			return found{}
		case w == nil || len(x.units) < len(w.units):
			w = x
		}
	}
	if w == nil || w.has(flagWhole) && !front {
		return found{}
	}
	have := to - i
	missing := len(w.units) - have
	// The mark that a name begins with says nothing about it.
	have -= s.longest(s.lines, i, kindFront, 0) - i
	f := span(i, to)
	f.name, f.sure = w, cutOff
	if have < minCut {
		s.note(noteShort, i, to, w, nil)
		return found{}
	}
	trap := s.cutTrap(n, i)
	switch full := s.full(missing); {
	case !full && trap != nil:
		s.note(noteCutTrap, i, to, trap, nil)
		return refusal(trap, i, to)
	case !full:
		s.note(noteNotFull, i, to, w, nil)
		return found{}
	case s.other != 0:
		return refusal(s.passed(s.other), i, to)
	case trap != nil:
		// Either may be what was cut; less than the whole word silences nothing.
		s.note(noteUndecided, i, to, w, trap)
		f.trap, f.sure = trap, cutDoubt
		return f
	}
	s.note(noteCut, i, to, w, nil)
	return f
}

// cutTrap is a trap that the line, which ended at node n, may be the beginning of.
func (s *scan) cutTrap(n uint16, i int) *word {
	for _, x := range s.lines.goOn(n) {
		if x.kind == kindTrap && x.extends <= len(s.cells)-i && s.beginning(x, i) && !s.skips(x) {
			return x
		}
	}
	return nil
}

// full tells whether a line can have been cut where it ends: one of its
// fields is as long as the bank's descriptors are. Where that is not known,
// a name that misses little will do.
func (s *scan) full(missing int) bool {
	lengths := s.lengths
	if b := s.banks[s.bank]; b != nil && len(b.Cells) > 0 {
		lengths = b.Cells
	} else if g := s.groupOf(s.bank); g != nil && len(g.Cells) > 0 {
		lengths = g.Cells
	} else if missing <= fewMissing {
		return true
	}
	return s.fields(s.text, lengths)
}

// brimful tells whether a line that ends with a name, behind a mark that is no
// real-time rail's, is just as long as the bank's descriptors are: what went on
// behind the name would be cut off.
func (s *scan) brimful(i, j int) bool {
	if i == 0 || j < len(s.cells) || s.more || s.after != 0 || s.marks&flagRail != 0 {
		return false
	}
	if b := s.banks[s.bank]; b != nil && len(b.Cells) > 0 {
		// What such a bank prints in front has a field of its own.
		text := strings.TrimSpace(s.text)
		at := strings.LastIndexFunc(text, unicode.IsSpace)
		return s.fields(text[at+1:], b.Cells)
	}
	return s.fields(s.text, s.lengths)
}
