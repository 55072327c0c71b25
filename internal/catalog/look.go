package catalog

// weighed is what a text comes to, in words of the catalogue. It is written where
// it is wanted, as a Match is: one that is handed from call to call, and copied
// each time, costs more than many a line.
type weighed struct {
	name, trap *word
	sure       sureness
	marks      flags // of the text, and those that the bank gave apart
	railable   bool
	start, end uint16 // the bytes of the text that decided
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
func (d *data) look(bank, text string, a asked, w *weighed) {
	var cells [shortCells]cell
	f := folding{cells: cells[:]}
	if d.fold(text, &f); f.more {
		d.readLong(bank, text, a, w)
		return
	}
	if w.marks = a.marks; f.head == headFound {
		d.weighIn(bank, text, a, &f, w)
	}
}

// readLong reads a text that shortCells do not hold. It is apart so that nothing
// else needs so large a stack.
//
//go:noinline
func (d *data) readLong(bank, text string, a asked, w *weighed) {
	var cells [maxCells]cell
	f := folding{cells: cells[:]}
	d.fold(text, &f)
	if w.marks = a.marks; f.head == headFound {
		d.weighIn(bank, text, a, &f, w)
	}
}

// weighIn scans a text that was folded.
func (d *data) weighIn(bank, text string, a asked, f *folding, w *weighed) {
	var s scan
	s.data, s.cells, s.after, s.more, s.voiced = d, f.cells[:f.n], f.before, f.more, f.voiced()
	s.text, s.bank, s.out, s.marks = text, bank, a.out, a.marks
	s.tell(s.run(), w)
}

// tell says what was found in words that outlive the scan.
func (s *scan) tell(f found, w *weighed) {
	w.name, w.trap, w.sure, w.marks, w.railable = f.name, f.trap, f.sure, s.marks, s.railable
	w.start, w.end = s.bytes(f.stretch)
}

// match tells what was found in terms of the descriptor.
func (w *weighed) match(m *Match) {
	m.Confidence = confidences[w.sure]
	if w.trap != nil {
		m.Trap = w.trap.text
	}
	if w.name != nil {
		m.Service, m.Pattern = w.name.service.ID, w.name.of.text
	}
	m.Start, m.End = int(w.start), int(w.end)
}
