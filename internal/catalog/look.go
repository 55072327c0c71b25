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
const shortCells = 64

// look is what a text comes to, kept or read.
func (d *data) look(bank, text string, a asked, m *Match) weighed {
	if len(text) > 3*shortCells {
		return d.readLong(bank, text, a, m)
	}
	at := d.memo.place(bank, text, a)
	if k := d.memo.find(at, bank, text, a); k != nil {
		*m = k.match
		return k.weighed
	}
	w := d.read(bank, text, a, m)
	d.memo.keep(at, bank, text, a, m, &w)
	return w
}

// read reads a text that is not kept.
func (d *data) read(bank, text string, a asked, m *Match) weighed {
	var cells [shortCells]cell
	if w, more := d.readIn(bank, text, a, m, cells[:]); !more {
		return w
	}
	return d.readLong(bank, text, a, m)
}

// readLong is apart so that nothing else needs so large a stack.
//
//go:noinline
func (d *data) readLong(bank, text string, a asked, m *Match) weighed {
	var cells [maxCells]cell
	w, _ := d.readIn(bank, text, a, m, cells[:])
	return w
}

// readIn is read with the cells to read the text into. It tells whether the
// text is longer than they hold.
func (d *data) readIn(bank, text string, a asked, m *Match, cells []cell) (w weighed, more bool) {
	n, after, more := d.fold(text, cells)
	if more && len(cells) < maxCells {
		return w, true
	}
	if cells = cells[:n]; !d.heads.any(cells) {
		return weighed{marks: a.marks}, more
	}
	s := scan{data: d, cells: cells, after: after, more: more, text: text, bank: bank, out: a.out, marks: a.marks}
	f := s.run()
	s.match(f, m)
	return weighed{f.name, f.trap, f.sure, s.marks, s.railable}, more
}

// heads are the first letters of the words that come to something by
// themselves: names, traps, credits, and the marks that say how the money
// moved. Most lines of most banks hold none of them. Less than minCut letters of
// a word come to nothing.
type heads struct {
	three bitset           // the first three of longer words
	whole bitset           // the first minCut of words, or as many as they have
	one   [unitOther]uint8 // bits: words of one letter, and those of two that begin with this one
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
			h.three.add(headOf(u[0], u[1], u[2]))
		}
		hash := uint32(0)
		for _, x := range u {
			hash = headNext(hash, x)
		}
		h.whole.add(headEnd(hash))
	}
	return h
}

func headOf(a, b, c unit) uint32 {
	return uint32(a)*0x9E3779B1 ^ uint32(b)*0x85EBCA77 ^ uint32(c)*0xC2B2AE3D
}

// headNext takes one more letter into the hash of a beginning.
func headNext(hash uint32, u unit) uint32 {
	return (hash ^ uint32(u)) * 0x9E3779B1
}

func headEnd(hash uint32) uint32 { return hash ^ hash<<13 }

// any tells whether one of the words may stand somewhere.
func (h *heads) any(cells []cell) bool {
	for i := range cells {
		u := cells[i].unit
		if int(u) < len(h.one) && h.one[u] != 0 && (h.one[u]&headAlone != 0 || h.begins(cells[i:], 2, 2)) {
			return true
		}
		if i+2 < len(cells) && h.three.has(headOf(u, cells[i+1].unit, cells[i+2].unit)) && h.begins(cells[i:], 3, minCut) {
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
