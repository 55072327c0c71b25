package catalog

import (
	"hash/maphash"
	"strings"
	"sync/atomic"
)

// Banks print the same few texts again and again. What one came to is kept, in
// a table that never grows: each text has two places, of which it takes a free
// one, or the second from the text that is there. A text is kept when it comes
// the second time, so that those that come once, as a stranger can make them,
// cost nothing but a note.
const (
	memoPlaces = 1 << 11
	memoNotes  = 1 << 13
)

type memo struct {
	seed   maphash.Seed
	places [memoPlaces]atomic.Pointer[kept]
	notes  [memoNotes]atomic.Uint32
}

// kept is what a text came to at a bank. It never changes.
type kept struct {
	bank, text string
	asked      asked
	match      Match
	weighed
}

// asked is what a look depends on, next to the text.
type asked struct {
	marks flags // that the bank gave apart
	out   bool  // money went out
}

func newMemo() *memo { return &memo{seed: maphash.MakeSeed()} }

// place tells where a text is kept.
func (m *memo) place(bank, text string, a asked) uint64 {
	h := maphash.String(m.seed, text) ^ uint64(a.marks)<<1
	if a.out {
		h++
	}
	for i := range len(bank) {
		h = (h ^ uint64(bank[i])) * 0x9E3779B97F4A7C15
	}
	return h ^ h>>32
}

// find is what a text came to; nil if that is not kept.
func (m *memo) find(at uint64, bank, text string, a asked) *kept {
	k := m.places[at%memoPlaces].Load()
	if k == nil {
		return nil // a place that was taken is never free again
	}
	if k.text != text || k.bank != bank || k.asked != a {
		k = m.second(at).Load()
		if k == nil || k.text != text || k.bank != bank || k.asked != a {
			return nil
		}
	}
	return k
}

// second is the other place of a text.
func (m *memo) second(at uint64) *atomic.Pointer[kept] { return &m.places[at>>40%memoPlaces] }

// keep keeps what a text came to, if it came before.
func (m *memo) keep(at uint64, bank, text string, a asked, match *Match, w *weighed) {
	// Two notes, for the same reason.
	note, other := &m.notes[at/memoPlaces%memoNotes], &m.notes[at>>50%memoNotes]
	if seen := uint32(at>>24) | 1; note.Load() != seen && other.Load() != seen {
		note.Store(seen)
		other.Store(seen)
		return
	}
	place := &m.places[at%memoPlaces]
	if place.Load() != nil {
		place = m.second(at)
	}
	place.Store(&kept{strings.Clone(bank), strings.Clone(text), a, *match, *w})
}
