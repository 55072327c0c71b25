package catalog

import (
	"bytes"
	"slices"
)

// Check looks at the catalogue as a whole, and tells of entries that do not
// go together: there twice, ambiguous, never reached, or already covered by
// another. Each problem names both lines. It takes a while, and is for tests
// and for the operator's tool.
func Check() []error { return std.check() }

func (d *data) check() []error {
	var out []error
	tell := func(at *word, other *word, what string) {
		p := &Problem{Place: at.place.String(), What: at.text + " " + what}
		if other != nil {
			p.Other = other.text + " at " + other.place.String()
		}
		out = append(out, p)
	}
	for _, s := range d.order {
		if !slices.ContainsFunc(d.words, func(w *word) bool { return w.service == s && w.place.line > s.place.line }) {
			out = append(out, wrong(s.place, "service %s has no name to be told by", s.ID))
		}
	}
	for i, w := range d.words {
		if j := slices.IndexFunc(d.words[:i], func(x *word) bool {
			return (x.kind <= kindFront) == (w.kind <= kindFront) && bytes.Equal(x.units, w.units)
		}); j >= 0 {
			tell(w, d.words[j], "is there twice")
			continue
		}
		switch w.kind {
		case kindName:
			d.checkName(w, tell)
		case kindTrap:
			d.checkTrap(w, tell)
		case kindFront:
			d.checkFront(w, tell)
		}
		if other := d.shorter(w); other != nil {
			tell(w, other, "is never reached: a shorter one decides")
		}
	}
	return out
}

// decide classifies an entry's own text, and tells what decided.
func (d *data) decide(text string) found {
	_, f := d.look("", text, nil)
	return f
}

// without is the catalogue but for one word.
func (d *data) without(w *word) *data {
	c := *d
	c.words = slices.DeleteFunc(slices.Clone(d.words), func(x *word) bool { return x == w })
	c.index()
	return &c
}

func (d *data) checkName(w *word, tell func(at, other *word, what string)) {
	switch f := d.decide(w.text); {
	case f.name == w && f.trap == nil:
	case f.name == w:
		tell(w, f.trap, "can be meant as a trap")
	case f.name != nil && f.name.service != w.service:
		tell(w, f.name, "is ambiguous: another service is recognised")
	case f.name != nil:
		tell(w, f.name, "is never reached: another name decides")
	default:
		tell(w, f.trap, "is never reached: a trap refuses it")
	}
	for _, x := range d.words {
		if x.kind == kindTrap && bytes.HasPrefix(w.units, x.units) {
			tell(w, x, "is ambiguous: it begins with a trap")
		}
	}
	switch f := d.without(w).decide(w.text); {
	case f.name == nil || f.sure == cutOff || f.sure == undecided:
	case f.name.service != w.service:
		tell(w, f.name, "is ambiguous: without it another service is recognised")
	case f.name.seen == w.seen && (f.sure == seen) == w.seen:
		tell(w, f.name, "is not needed: another name already decides")
	}
}

func (d *data) checkTrap(w *word, tell func(at, other *word, what string)) {
	switch f := d.decide(w.text); {
	case f.name != nil:
		tell(w, f.name, "is never reached: a name is recognised")
	case f.trap != w:
		tell(w, f.trap, "is never reached: another trap decides")
	}
	if f := d.without(w).decide(w.text); f.trap != nil && f.name == nil && f.trap.units != nil && !d.partial(f.trap, w) {
		tell(w, f.trap, "is not needed: another trap already decides")
	}
}

// partial tells whether a trap refuses w only because w looks like its start.
func (d *data) partial(trap, w *word) bool {
	return trap.kind == kindTrap && !bytes.HasPrefix(w.units, trap.units) || trap.kind == kindBill && !bytes.Contains(w.units, trap.units)
}

func (d *data) checkFront(w *word, tell func(at, other *word, what string)) {
	s, _ := d.without(w).look("", w.text, nil)
	for i := 0; i < len(s.cells); {
		k := longest(s.lines, s.cells, i, func(x *word) bool { return x.kind == kindFront })
		if k <= i {
			return
		}
		i = k
	}
	tell(w, nil, "is not needed: it is made of other marks")
}

// shorter is a word of the same kind that w begins with, where the rest of a
// line does not matter.
func (d *data) shorter(w *word) *word {
	if w.kind != kindBill && w.kind != kindTrap && w.kind != kindCredit {
		return nil
	}
	for _, x := range d.words {
		if x.kind == w.kind && len(x.units) < len(w.units) && bytes.HasPrefix(w.units, x.units) {
			return x
		}
	}
	return nil
}
