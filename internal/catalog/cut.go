package catalog

import (
	"strings"
	"unicode"
)

// cut decides on a line that ended at node n inside a name that began at i.
func (s *scan) cut(n uint16, i int, front bool) found {
	to := len(s.cells)
	w, other := s.cutNames(n, i)
	if w == nil || w.has(flagWhole) && !front {
		return found{}
	}
	have := to - i
	missing := len(w.units) - have
	// The mark that a name begins with says nothing about it.
	have -= s.longest(s.lines, i, kindFront, 0) - i
	f := span(i, to)
	f.name, f.sure = w, cutOff
	less := func(why noteKind) found {
		if other != nil {
			why, w = noteAmbiguous, nil
		}
		s.note(why, i, to, w, nil)
		return found{}
	}
	if have < minCut {
		return less(noteShort)
	}
	trap := s.cutTrap(n, i)
	switch full := s.full(missing); {
	case !full && trap != nil:
		s.note(noteCutTrap, i, to, trap, nil)
		return refusal(trap, i, to)
	case !full:
		return less(noteNotFull)
	case s.other != 0:
		return refusal(s.passed(s.other), i, to)
	case trap != nil || other != nil:
		// Either may be what was cut; less than the whole word silences nothing.
		switch {
		case trap == nil:
			trap = other
		case other != nil:
			trap = several
		}
		s.note(noteUndecided, i, to, w, trap)
		f.trap, f.sure = trap, cutDoubt
		return f
	}
	s.note(noteCut, i, to, w, nil)
	return f
}

// cutNames are the shortest name that the line, which ended at node n, may be the
// beginning of, and the shortest of another service; several stands for those of
// more.
func (s *scan) cutNames(n uint16, i int) (w, other *word) {
	more := false
	for _, x := range s.lines.goOn(n) {
		switch {
		case x.kind != kindName || x.flags&(flagCommon|flagRail) != 0 || !s.beginning(x, i) || s.skips(x):
		case w == nil || w.service == x.service:
			w = shorter(w, x)
		case other == nil || other.service == x.service:
			other = shorter(other, x)
		default:
			w, more = shorter(w, x), true
		}
	}
	if other != nil && shorter(w, other) == other {
		w, other = other, w
	}
	if more {
		other = several
	}
	return w, other
}

// shorter is the shorter one of two entries, or the one that stands earlier in the
// files.
func shorter(x, y *word) *word {
	if x == nil || len(y.units) < len(x.units) || len(y.units) == len(x.units) && y.line < x.line {
		return y
	}
	return x
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
