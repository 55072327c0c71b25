package catalog

import "slices"

// Check looks at the catalogue as a whole, and tells of entries that do not
// go together: there twice, ambiguous, never reached, or already covered by
// another. Each problem names both lines. It takes a while, and is for tests
// and for the operator's tool.
func Check() []error { return std().check() }

// telling takes a problem with an entry, and the other one of it.
type telling func(at *word, other *word, what string)

func (d *data) check() []error {
	var out []error
	tell := func(at *word, other *word, what string) {
		p := &Problem{Place: at.place.String(), What: at.text + " " + what}
		if other != nil {
			p.Other = other.text
			if other.line > 0 {
				p.Other += " at " + other.place.String()
			}
		}
		out = append(out, p)
	}
	named := map[*Service]bool{}
	first := map[string]*word{}
	for _, w := range d.words {
		if w.service != nil && w.line > w.service.place.line {
			named[w.service] = true
		}
		key := w.key()
		if old := first[key]; old != nil {
			tell(w, old, "is there twice")
			continue
		}
		first[key] = w
		switch w.kind {
		case kindName:
			d.checkName(w, tell)
		case kindTrap:
			d.checkTrap(w, tell)
		case kindFront:
			d.checkFront(w, tell)
		}
	}
	d.checkWords(tell)
	for _, x := range d.spellings() {
		if w := first[x.key()]; w != nil && w != x.of && w.place.line > x.of.place.line && w.kind == x.kind && w.service == x.service && w.flags == x.flags {
			tell(w, x.of, "is not needed: another spelling of it is there")
		}
	}
	for _, s := range d.order {
		if !named[s] {
			out = append(out, wrong(s.place, "service %s has no name to be told by", s.ID))
		}
	}
	return out
}

// key is how a word is written, and in which trie it stands.
func (w *word) key() string {
	b := make([]byte, 0, 3*len(w.units)+1)
	if w.kind <= kindFront {
		b = append(b, '.')
	}
	for k, u := range w.units {
		b = append(b, byte(u>>8), byte(u), w.marks[k])
	}
	return string(b)
}

// decide classifies an entry's own text as if another were not there, and
// tells what decided.
func (d *data) decide(text string, without *word) found {
	s := d.scan("", text)
	s.skip = without
	return s.run()
}

func (d *data) checkName(w *word, tell telling) {
	text := w.text
	if w.has(flagRail) {
		text = "RTK " + text
	}
	switch f := d.decide(text, nil); {
	case f.name != nil && f.name.of == w && (f.trap == nil || f.trap == namesake):
	case f.name != nil && f.name.of == w:
		tell(w, f.trap, "can be meant as a trap")
	case f.name != nil && f.name.service != w.service:
		tell(w, f.name, "is ambiguous: another service is recognised")
	case f.name != nil:
		tell(w, f.name, "is never reached: another name decides")
	case f.trap != nil:
		tell(w, f.trap, "is never reached: a trap refuses it")
	default:
		tell(w, nil, "is never reached")
	}
	if x := d.beginsWithTrap(w); x != nil {
		tell(w, x, "is ambiguous: it begins with a trap")
	}
	switch f := d.decide(text, w); {
	case f.name == nil || f.sure == cutOff || f.sure == cutDoubt || f.sure == undecided && f.trap != namesake:
	case f.name.service != w.service:
		tell(w, f.name, "is ambiguous: without it another service is recognised")
	case f.name.has(flagSeen) == w.has(flagSeen) && (f.sure == seen) == w.has(flagSeen):
		tell(w, f.name, "is not needed: another name already decides")
	}
}

// beginsWithTrap is a trap that a name begins with, but for one of its own service:
// that says what a whole word is which the name goes on from (ジエイアール of JRA).
func (d *data) beginsWithTrap(w *word) *word {
	n := uint16(0)
	for _, u := range w.units {
		if n = d.lines.step(n, u); n == 0 {
			return nil
		}
		for _, x := range d.lines.enders(n) {
			if x.kind == kindTrap && x.service != w.service && w.begins(x) {
				return x
			}
		}
	}
	return nil
}

func (d *data) checkTrap(w *word, tell telling) {
	switch f := d.decide(w.text, nil); {
	case f.name != nil:
		tell(w, f.name, "is never reached: a name is recognised")
	case f.trap == nil || f.trap.of != w && !f.trap.same(w):
		tell(w, f.trap, "is never reached: another trap decides")
	}
	f := d.decide(w.text, w)
	if f.trap != nil && f.name == nil && !d.partial(f.trap, w) {
		tell(w, f.trap, "is not needed: another trap already decides")
	}
}

// partial tells whether a trap refuses w only because w looks like its start.
func (d *data) partial(trap, w *word) bool {
	switch trap.kind {
	case kindTrap:
		return !w.begins(trap)
	case kindBill:
		for k := range w.units {
			if k+len(trap.units) <= len(w.units) && slices.Equal(w.units[k:k+len(trap.units)], trap.units) {
				return false
			}
		}
		return true
	}
	return false
}

func (d *data) checkFront(w *word, tell telling) {
	s := d.scan("", w.text)
	for i := 0; i < len(s.cells); {
		k := i
		n := d.lines.begin(s.cells, i)
		for j := i + 1; n != 0; j++ {
			for _, x := range d.lines.enders(n) {
				if x.kind == kindFront && x != w && s.lost(x, i) == 0 {
					k = j
				}
			}
			if j == len(s.cells) {
				break
			}
			n = d.lines.step(n, s.cells[j].unit())
		}
		if k == i {
			return
		}
		i = k
	}
	if w.flags == 0 {
		tell(w, nil, "is not needed: it is made of other marks")
	}
}
