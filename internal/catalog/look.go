package catalog

// weighed is what a text comes to, in words of the catalogue.
type weighed struct {
	name, trap *word
	sure       sureness
	marks      flags // of the text, and those that the bank gave apart
	railable   bool
}

// shortCells hold nearly every bank's line; clearing more would take longer
// than reading it.
const shortCells = 40

// look is what a text comes to, kept or read. A text that holds no word of the
// catalogue is known as soon as it is folded; only of others is anything kept.
func (d *data) look(bank, text string, a asked, m *Match) (w weighed) {
	var cells [shortCells]cell
	f := folding{cells: cells[:]}
	if d.fold(text, &f); f.more {
		d.readLong(bank, text, a, m, &w)
		return w
	}
	w.marks = a.marks
	if !d.heads.any(cells[:f.n]) {
		return w
	}
	at := d.memo.place(bank, text, a)
	if k := d.memo.find(at, bank, text, a); k != nil {
		*m, w = k.match, k.weighed
		return w
	}
	d.weighIn(bank, text, a, m, &w, cells[:f.n], &f)
	d.memo.keep(at, bank, text, a, m, &w)
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
	w.marks = a.marks
	if d.heads.any(cells[:f.n]) {
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

// heads are the first letters of the words that come to something by
// themselves: names, traps, credits, and the marks that say how the money
// moved. Most lines of most banks hold none of them. Less than minCut letters of
// a word come to nothing.
type heads struct {
	three bitset               // the first three of longer words
	whole bitset               // the first minCut of words, or as many as they have
	one   [unitOther + 1]uint8 // bits: words of one letter, and those of two that begin with this one
}

const (
	headAlone uint8 = 1 << iota
	headOfTwo
)

// bitset is of hashes of 16 bits.
type bitset [1 << 10]uint64

func (b *bitset) add(hash uint32)      { b[hash>>22] |= 1 << (hash >> 16 & 63) }
func (b *bitset) has(hash uint32) bool { return b[hash>>22]&(1<<(hash>>16&63)) != 0 }

func newHeads(words []*word) *heads {
	h := &heads{}
	for _, w := range words {
		u := w.units[:min(len(w.units), minCut)]
		switch {
		case w.kind == kindFront && w.flags&(flagRail|flagTransfer) == 0:
			continue
		case len(u) == 1:
			h.one[u[0]] |= headAlone
			continue
		case len(u) == 2:
			h.one[u[0]] |= headOfTwo
		default:
			h.three.add(headOf(uint64(u[0])<<(2*unitBits) | uint64(u[1])<<unitBits | uint64(u[2])))
		}
		hash := uint32(0)
		for _, x := range u {
			hash = headNext(hash, x)
		}
		h.whole.add(headEnd(hash))
	}
	return h
}

// headOf is the hash of three letters in a row.
func headOf(letters uint64) uint32 {
	return uint32(letters * 0x9E3779B97F4A7C15 >> 32)
}

// headNext takes one more letter into the hash of a beginning.
func headNext(hash uint32, u unit) uint32 {
	return (hash ^ uint32(u)) * 0x9E3779B1
}

func headEnd(hash uint32) uint32 { return hash ^ hash<<13 }

// any tells whether one of the words may stand somewhere.
func (h *heads) any(cells []cell) bool {
	three := uint64(0) // the last letters
	for i := range cells {
		u := cells[i].unit
		three = three<<unitBits | uint64(u)
		if h.one[u&unitOther] != 0 && (h.one[u&unitOther]&headAlone != 0 || h.begins(cells[i:], 2, 2)) {
			return true
		}
		if h.three.has(headOf(three&(1<<(3*unitBits)-1))) && i >= 2 && h.begins(cells[i-2:], 3, minCut) {
			return true
		}
	}
	return false
}

// begins tells whether the cells may begin with a word of least to most letters,
// or with most letters of a longer one.
func (h *heads) begins(cells []cell, least, most int) bool {
	hash := uint32(0)
	for k := range min(len(cells), most) {
		hash = headNext(hash, cells[k].unit)
		if k+1 >= least && h.whole.has(headEnd(hash)) {
			return true
		}
	}
	return false
}
