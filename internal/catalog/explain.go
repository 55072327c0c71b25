package catalog

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// noteKind is what the scan saw at a place.
type noteKind uint8

const (
	noteName noteKind = iota
	noteMark
	noteTrap
	noteCredit
	noteBill
	noteCutTrap
	noteUndecided
	noteHead
	noteRail
	noteAcross
	noteWord
	noteWhole
	noteCut
	noteShort
	noteNotFull
	noteAmbiguous
)

// note is something that the scan saw, from one cell to another.
type note struct {
	kind     noteKind
	from, to int
	w, tail  *word
}

// note writes down what was seen, if anybody wants to know.
func (s *scan) note(k noteKind, from, to int, w, tail *word) {
	if s.trace != nil {
		s.write(k, from, to, w, tail)
	}
}

// write is apart so that what reads a line stays short.
//
//go:noinline
func (s *scan) write(k noteKind, from, to int, w, tail *word) {
	*s.trace = append(*s.trace, note{k, from, to, w, tail})
}

// Step is something that Classify saw in a descriptor.
type Step struct {
	Start, End int // bytes of the descriptor
	What       string
}

// Letter is one character of a descriptor and what it was folded to.
type Letter struct {
	At   int    // its byte
	Text string // the character; a broken byte as it is
	Unit string // "ハ" and its mark, "dash", "space", "bracket" or "nothing"
}

// Explanation is how a descriptor was classified.
type Explanation struct {
	Match   Match
	Letters []Letter // of as much as was read
	Steps   []Step
}

// Explain classifies a descriptor and says why, by the same way as Classify; or,
// of what is known to be a debit, as Decide does, where no word says that money
// came in.
func Explain(bank, descriptor string, debit bool) Explanation {
	return of(bank).explain(bank, descriptor, debit)
}

func (d *data) explain(bank, descriptor string, debit bool) Explanation {
	var notes []note
	s := d.scan(bank, descriptor)
	s.trace, s.out = &notes, debit
	e := Explanation{Letters: d.spell(descriptor)}
	var w weighed
	s.tell(s.run(), &w)
	w.match(&e.Match)
	for _, n := range notes {
		start, end := s.bytes(span(n.from, n.to).stretch)
		e.Steps = append(e.Steps, Step{int(start), int(end), n.text()})
	}
	return e
}

func (n *note) text() string {
	var b strings.Builder
	name := func(w *word) {
		fmt.Fprintf(&b, "%s of %s (%s)", w.text, w.service.ID, w.place)
	}
	trap := func(w *word) {
		switch {
		case w.line == 0:
			b.WriteString(w.text)
		case w.kind == kindName:
			name(w)
		case w.why == w.text:
			fmt.Fprintf(&b, "%s (%s)", w.text, w.place)
		default:
			fmt.Fprintf(&b, "%s, %s (%s)", w.text, w.why, w.place)
		}
	}
	switch n.kind {
	case noteName:
		b.WriteString("the name ")
		name(n.w)
	case noteMark:
		b.WriteString("a mark in front of a name")
	case noteTrap:
		b.WriteString("the trap ")
		trap(n.w)
	case noteCredit:
		b.WriteString("money came in: ")
		trap(n.w)
	case noteBill:
		b.WriteString("the name ")
		name(n.w)
		b.WriteString(", refused for what follows: ")
		trap(n.tail)
	case noteCutTrap:
		b.WriteString("the line ends inside the trap ")
		trap(n.w)
	case noteUndecided:
		b.WriteString("undecided: the name ")
		name(n.w)
		b.WriteString(", or ")
		trap(n.tail)
	case noteHead:
		b.WriteString("undecided: the name ")
		name(n.w)
		b.WriteString(" joined to an unknown word before it")
	case noteAcross:
		name(n.w)
		b.WriteString(" ends inside the mark ")
		b.WriteString(n.tail.text)
	case noteRail:
		name(n.w)
		b.WriteString(" counts only behind the mark of a real-time rail")
	case noteWord:
		name(n.w)
		b.WriteString(" is only the start of a longer word")
	case noteWhole:
		name(n.w)
		b.WriteString(" counts only when it stands alone")
	case noteCut:
		b.WriteString("the line ends inside the name ")
		name(n.w)
	case noteShort:
		name(n.w)
		fmt.Fprintf(&b, " would need %d letters to be told from its start", minCut)
	case noteNotFull:
		name(n.w)
		b.WriteString(" is not complete, and the bank cuts descriptors elsewhere")
	case noteAmbiguous:
		b.WriteString("the start of names of several services")
	}
	return b.String()
}

// spell tells what each character was folded to.
func (d *data) spell(s string) []Letter {
	var out []Letter
	for i := 0; i < len(s) && i < maxBytes; {
		r, n := utf8.DecodeRuneInString(s[i:])
		l := Letter{At: i, Text: s[i : i+n], Unit: "nothing"}
		if r != utf8.RuneError || n > 1 {
			var b strings.Builder
			d.lookUp(r, func(v uint16) {
				switch {
				case v <= unitOther:
					b.WriteString(d.letterOf(v))
				case v == dropDash:
					b.WriteString("dash")
				case v == dropSpace:
					b.WriteString("space")
				case v == dropBracket:
					b.WriteString("bracket")
				case v == dropVoiced:
					b.WriteRune(voiced)
				case v == dropSemivoiced:
					b.WriteRune(semivoiced)
				}
			})
			if b.Len() > 0 {
				l.Unit = b.String()
			}
		}
		out = append(out, l)
		i += n
	}
	return out
}

// letterOf is the character that a unit was given for.
func (a *alphabet) letterOf(u unit) string {
	if int(u) >= len(a.runes) {
		return "another letter"
	}
	return string(a.runes[u])
}
