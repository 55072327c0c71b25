package catalog

// weighed is what a text comes to, in words of the catalogue.
type weighed struct {
	name, trap *word
	sure       sureness
	marks      flags // of the text, and those that the bank gave apart
	railable   bool
}

// asked is what a look depends on, next to the text and its bank.
type asked struct {
	marks flags // that the bank gave apart
	out   bool  // money went out
}

// shortCells hold nearly every bank's line; clearing more would take longer
// than reading it.
const shortCells = 40

// look is what a text comes to. One that holds no word of the catalogue is known
// as soon as it is folded.
func (d *data) look(bank, text string, a asked, m *Match) (w weighed) {
	var cells [shortCells]cell
	f := folding{cells: cells[:]}
	if d.fold(text, &f); f.more {
		d.readLong(bank, text, a, m, &w)
		return w
	}
	if w.marks = a.marks; f.head == headFound {
		d.weighIn(bank, text, a, m, &w, cells[:f.n], &f)
	}
	return w
}

// readLong reads a text that shortCells do not hold. It is apart so that nothing
// else needs so large a stack.
//
//go:noinline
func (d *data) readLong(bank, text string, a asked, m *Match, w *weighed) {
	var cells [maxCells]cell
	f := folding{cells: cells[:]}
	d.fold(text, &f)
	if w.marks = a.marks; f.head == headFound {
		d.weighIn(bank, text, a, m, w, cells[:f.n], &f)
	}
}

// weighIn scans a text that was folded.
func (d *data) weighIn(bank, text string, a asked, m *Match, w *weighed, cells []cell, f *folding) {
	// Field by field: a scan that is made elsewhere and copied costs more than
	// many a line.
	var s scan
	s.data, s.cells, s.after, s.more = d, cells, f.before, f.more
	s.text, s.bank, s.out, s.marks = text, bank, a.out, a.marks
	s.hear()
	got := s.run()
	s.match(&got, m)
	w.name, w.trap, w.sure, w.marks, w.railable = got.name, got.trap, got.sure, s.marks, s.railable
}
