package catalog

import (
	"bytes"
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
)

// word is an entry of the catalogue that may stand on a line.
type word struct {
	place
	kind    kind
	text    string // as it is written in the file
	units   []unit
	service *Service
	seen    bool
	whole   bool // nothing else may stand on the line; of what follows a name, that it may follow such a one; of a mark, that none such may follow it
	extends int  // for a trap: how many units the name has that it begins with
	bank    string
	why     string // what a trap or a mark is
	source  string
}

// letters counts units that are no voicing marks.
func letters(us []unit) int {
	n := 0
	for _, u := range us {
		if u != unitVoiced && u != unitSemivoiced {
			n++
		}
	}
	return n
}

// node of a trie. Its edges lie beside each other.
type node struct {
	first uint16
	edges uint8
	unit  unit   // the first edge, which mostly is the only one
	next  uint16 // and where it leads
	below bits   // kinds of the words that go on from here
	word  int16  // the word that ends here, or -1
	bill  bool   // a trap among them is none of a name that goes on from here
	name  int16  // the shortest name that goes on from here; -1 if none, -2 if of several services
}

// bits is a set of kinds.
type bits uint8

func (b bits) has(k kind) bool { return b&(1<<k) != 0 }

// trie holds words by their units.
type trie struct {
	words []*word
	nodes []node
	edges []edge
	root  [256]uint16 // the first step, without a search; 0 if there is none
}

type edge struct {
	unit unit
	to   uint16
}

// newTrie builds the trie of some words. Of words with the same units the
// first is kept; Check tells of the others.
func newTrie(words []*word) *trie {
	ws := slices.Clone(words)
	slices.SortStableFunc(ws, func(x, y *word) int { return bytes.Compare(x.units, y.units) })
	ws = slices.CompactFunc(ws, func(x, y *word) bool { return bytes.Equal(x.units, y.units) })
	for i, w := range ws {
		for _, x := range ws[:i] {
			if w.kind == kindTrap && x.kind == kindName && w.extends == 0 && bytes.HasPrefix(w.units, x.units) {
				w.extends = len(x.units)
			}
		}
	}
	t := &trie{words: ws, nodes: make([]node, 0, 4096), edges: make([]edge, 0, 4096)}
	t.add(0, len(ws), 0)
	for _, e := range t.edges[t.nodes[0].first:][:t.nodes[0].edges] {
		t.root[e.unit] = e.to
	}
	return t
}

// add makes the node of words lo to hi, which share depth units.
func (t *trie) add(lo, hi, depth int) uint16 {
	at := len(t.nodes)
	t.nodes = append(t.nodes, node{word: -1, name: -1})
	n := node{word: -1, name: -1}
	if lo < hi && len(t.words[lo].units) == depth {
		n.word = int16(lo)
		lo++
	}
	n.first = uint16(len(t.edges))
	for i := lo; i < hi; i++ {
		w := t.words[i]
		n.below |= 1 << w.kind
		if w.kind == kindTrap && w.extends <= depth {
			n.bill = true
		}
		if w.kind == kindName {
			switch {
			case n.name == -1 || n.name >= 0 && t.words[n.name].service == w.service && len(w.units) < len(t.words[n.name].units):
				n.name = int16(i)
			case n.name >= 0 && t.words[n.name].service != w.service:
				n.name = -2
			}
		}
		if u := w.units[depth]; i == lo || u != t.edges[len(t.edges)-1].unit {
			t.edges = append(t.edges, edge{unit: u})
			n.edges++
		}
	}
	for k := range int(n.edges) {
		e := int(n.first) + k
		end := lo
		for end < hi && t.words[end].units[depth] == t.edges[e].unit {
			end++
		}
		t.edges[e].to = t.add(lo, end, depth+1)
		lo = end
	}
	if n.edges > 0 {
		n.unit, n.next = t.edges[n.first].unit, t.edges[n.first].to
	}
	t.nodes[at] = n
	return uint16(at)
}

// word is the word that ends at a node.
func (t *trie) word(n uint16) *word {
	if w := t.nodes[n].word; w >= 0 {
		return t.words[w]
	}
	return nil
}

// any is some word of a kind that goes on from a node; nil if none does.
func (t *trie) any(at uint16, k kind) *word {
	n := &t.nodes[at]
	if !n.below.has(k) {
		return nil
	}
	for _, e := range t.edges[n.first:][:n.edges] {
		if w := t.word(e.to); w != nil && w.kind == k {
			return w
		}
		if w := t.any(e.to, k); w != nil {
			return w
		}
	}
	return nil
}

// step goes from a node along a unit; 0 if no word goes on that way.
func (t *trie) step(at uint16, u unit) uint16 {
	n := &t.nodes[at]
	if n.unit == u {
		return n.next
	}
	if n.edges > 1 {
		for _, e := range t.edges[n.first+1:][:n.edges-1] {
			if e.unit == u {
				return e.to
			}
		}
	}
	return 0
}
