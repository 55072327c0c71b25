package catalog

import (
	"errors"
	"math"
	"slices"
)

// kind says what a word of the catalogue does to a line.
type kind uint8

const (
	kindName    kind = iota // a payment service
	kindTrap                // refuses the name that it overlaps
	kindCredit              // refuses the line: money came in
	kindFront               // a mark in front of a name
	kindBill                // behind a name: another business of the brand
	kindMore                // behind a name: still the name's charge
	kindCompany             // behind a name: what sort of company it is
	kindRefund              // behind a name: money that came back, if it did
)

// flags say when a word counts.
type flags uint16

const (
	flagSeen     flags = 1 << iota // a name that was seen on a real line
	flagWhole                      // nothing else may stand on the line; of what follows a name, that it may follow such a one
	flagCommon                     // a name that others have too
	flagRail                       // a name that counts behind a real-time rail only; a mark of such a rail
	flagTransfer                   // a mark of money sent to people and firms, who may be called anything
	flagOther                      // a mark of another business: what stands behind it is that
	flagDebit                      // a mark of an ordinary direct debit
	flagDoubt                      // a mark that may be one of another business
)

// word is an entry of the catalogue that may stand on a line, or a spelling of
// one.
type word struct {
	kind    kind  // what is looked at for each line stands together
	voiced  uint8 // how many units have a mark
	flags   flags
	units   []unit
	marks   []mark // of the units
	service *Service
	of      *word  // the entry that it is a spelling of; itself if it is the entry
	weight  int    // letters, an ideograph counted as the two kana or more that it is read as
	extends int    // for a trap: how many units the name has that it begins with
	crossed uint64 // for a name: bits of the units at which a mark can begin that ends behind it
	banks   banks  // where it was seen
	text    string // as it is written in the file
	place
	why    string
	source string
}

func (w *word) has(f flags) bool { return w.flags&f != 0 }

// same tells whether two words are written alike.
func (w *word) same(x *word) bool {
	return slices.Equal(w.units, x.units) && slices.Equal(w.marks, x.marks)
}

// begins tells whether a word begins with another.
func (w *word) begins(x *word) bool {
	return len(w.units) >= len(x.units) && slices.Equal(w.units[:len(x.units)], x.units) && slices.Equal(w.marks[:len(x.units)], x.marks)
}

// node of a trie over the units of words, without their marks. The words that
// go on from a node lie next to each other, those that end there first; its
// edges do too. The first edge, of most words, leads to the node behind this one,
// so that a word's nodes need not wait for each other to be read.
type node struct {
	unit   unit // the first edge, which mostly is the only one
	first  uint16
	edges  uint16
	lo, hi uint16 // words
	up     uint16 // the next node above this one at which names or traps end; nodeNone if there is none
	ends   uint8  // how many end here
	here   bits   // and of which kinds
	below  bits   // kinds of the words that go on from here
	_      uint8  // a node of 16 bytes is found by a shift
}

// nodeNone is the root, at which no word ends.
const nodeNone uint16 = 0

// bits is a set of kinds.
type bits uint8

func (b bits) has(k kind) bool { return b&(1<<k) != 0 }

// trie holds words by their units.
type trie struct {
	words []*word
	nodes []node
	edges []edge
	root  []uint16 // the first step, without a search; 0 if there is none
	pairs [pairLetters][pairLetters / 64]uint64
	twos  []uint16 // the second step, of letters before firstHan
}

// pairs tell with which two letters words begin: units that differ by a multiple
// of pairLetters are one letter to them, and every letter follows one that is a
// word. So it is known nearly everywhere on a line that no word begins there.
const pairLetters = 128

// pair notes how a word begins.
func (t *trie) pair(units []unit) {
	row := &t.pairs[units[0]%pairLetters]
	if len(units) == 1 {
		for i := range row {
			row[i] = math.MaxUint64
		}
		return
	}
	u := units[1] % pairLetters
	row[u/64] |= 1 << (u % 64)
}

type edge struct {
	unit unit
	to   uint16
}

// errFull tells that there are more words than a trie can number.
var errFull = errors.New("the catalogue holds more words than can be looked for at once")

// newTrie builds the trie of some words. Of words that are written alike the
// first is kept; Check tells of the others.
func newTrie(words []*word, letters int) (*trie, error) {
	ws := slices.Clone(words)
	slices.SortStableFunc(ws, func(x, y *word) int { return slices.Compare(x.units, y.units) })
	ws = alike(ws)
	if len(ws) > math.MaxUint16 {
		return nil, errFull
	}
	t := &trie{words: ws, nodes: make([]node, 0, 4096), edges: make([]edge, 0, 4096), root: make([]uint16, letters), twos: make([]uint16, int(firstHan)*int(firstHan))}
	t.add(0, len(ws), 0, nodeNone)
	if len(t.nodes) > math.MaxUint16 || len(t.edges) > math.MaxUint16 {
		return nil, errFull
	}
	for _, w := range ws {
		t.pair(w.units)
	}
	for _, e := range t.edges[t.nodes[0].first:][:t.nodes[0].edges] {
		t.root[e.unit] = e.to
	}
	for u := range firstHan {
		for v := range firstHan {
			if n := t.start(u); n != 0 {
				t.twos[int(u)*int(firstHan)+int(v)] = t.step(n, v)
			}
		}
	}
	return t, nil
}

// alike drops, among sorted words, those that another before them is written
// like.
func alike(ws []*word) []*word {
	out := ws[:0]
	for _, w := range ws {
		twice := false
		for k := len(out) - 1; k >= 0 && slices.Equal(out[k].units, w.units); k-- {
			twice = twice || out[k].same(w)
		}
		if !twice {
			out = append(out, w)
		}
	}
	return out
}

// add makes the node of words lo to hi, which share depth units, below node up.
func (t *trie) add(lo, hi, depth int, up uint16) uint16 {
	at := len(t.nodes)
	t.nodes = append(t.nodes, node{})
	n := node{lo: uint16(lo), hi: uint16(hi), up: up}
	for lo < hi && len(t.words[lo].units) == depth {
		n.here |= 1 << t.words[lo].kind
		n.ends++
		lo++
	}
	if n.here&(1<<kindName|1<<kindTrap) != 0 {
		up = uint16(at)
	}
	first := len(t.edges)
	most, largest := 0, 0
	for i := lo; i < hi; n.edges++ {
		end := t.until(i, hi, depth)
		if end-i > largest {
			most, largest = len(t.edges), end-i
		}
		t.edges = append(t.edges, edge{t.words[i].units[depth], uint16(i)})
		for ; i < end; i++ {
			n.below |= 1 << t.words[i].kind
		}
	}
	if n.edges > 0 {
		t.edges[first], t.edges[most] = t.edges[most], t.edges[first]
		n.first, n.unit = uint16(first), t.edges[first].unit
	}
	for e := range int(n.edges) {
		e += first
		from := int(t.edges[e].to)
		to := t.add(from, t.until(from, hi, depth), depth+1, up) // which may move the edges
		t.edges[e].to = to
	}
	if n.edges > 2 {
		slices.SortStableFunc(t.edges[first+1:][:n.edges-1], func(x, y edge) int { return t.below(y.to) - t.below(x.to) })
	}
	t.nodes[at] = n
	return uint16(at)
}

// until is where the words end, of those up to hi, that go on like word lo.
func (t *trie) until(lo, hi, depth int) int {
	u := t.words[lo].units[depth]
	for lo < hi && t.words[lo].units[depth] == u {
		lo++
	}
	return lo
}

// below counts the words at and below a node.
func (t *trie) below(n uint16) int { return int(t.nodes[n].hi) - int(t.nodes[n].lo) }

// enders are the words that end at a node.
func (t *trie) enders(n uint16) []*word {
	here := &t.nodes[n]
	return t.words[here.lo:][:here.ends]
}

// goOn are the words that go on from a node.
func (t *trie) goOn(n uint16) []*word {
	here := &t.nodes[n]
	return t.words[int(here.lo)+int(here.ends) : here.hi]
}

// first is the first step along a unit; 0 if no word begins that way.
func (t *trie) start(u unit) uint16 {
	if int(u) < len(t.root) {
		return t.root[u]
	}
	return 0
}

// begin is the first step of the words that may begin with cell i; 0 if none
// does, or if what stands behind it tells that.
func (t *trie) begin(cells []cell, i int) uint16 {
	u := cells[i].unit()
	if i+1 < len(cells) {
		if v := cells[i+1].unit() % pairLetters; t.pairs[u%pairLetters][v/64]>>(v%64)&1 == 0 {
			return 0
		}
	}
	return t.start(u)
}

// enter is begin, or the step behind it if no word ends before that, and behind
// which cell that is.
func (t *trie) enter(cells []cell, i int) (uint16, int) {
	n := t.start(cells[i].unit())
	if i+1 < len(cells) && t.nodes[n].ends == 0 {
		if u, v := cells[i].unit(), cells[i+1].unit(); u < firstHan && v < firstHan {
			return t.twos[uint(u)*uint(firstHan)+uint(v)], i + 2
		}
	}
	return n, i + 1
}

// walk goes on from a node that the unit before cell j led to, to the next at
// which words end. It tells behind which cell that is; 0 if no word goes on that
// way, and one more than there are cells if the last ended inside words.
func (t *trie) walk(n uint16, cells []cell, j int) (uint16, int) {
	for j < len(cells) {
		here, u := &t.nodes[n], cells[j].unit()
		if n++; here.unit != u {
			if n = t.other(here, u); n == 0 {
				return 0, j
			}
		}
		if j++; t.nodes[n].ends != 0 {
			return n, j
		}
	}
	return n, len(cells) + 1
}

// other is where another edge of a node than its first leads; 0 if there is none.
func (t *trie) other(n *node, u unit) uint16 {
	if n.edges > 1 {
		for _, e := range t.edges[n.first+1:][:n.edges-1] {
			if e.unit == u {
				return e.to
			}
		}
	}
	return 0
}

// step goes from a node along a unit; 0 if no word goes on that way.
func (t *trie) step(at uint16, u unit) uint16 {
	n := &t.nodes[at]
	if n.unit == u {
		return at + 1
	}
	return t.other(n, u)
}
