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
	memoShelves = 1 << 10
	memoPlaces  = 2
	memoNotes   = 6
)

type memo struct {
	shelves [memoShelves]shelf
	seed    maphash.Seed
}

// shelf holds all that concerns a text, in one line of the processor's cache.
type shelf struct {
	places [memoPlaces]atomic.Pointer[kept]
	notes  [memoNotes]atomic.Uint64 // four each, of noteBits
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

// spot is where a text is kept: a shelf, and what tells it apart there.
type spot uint64

// place tells where a text is kept.
func (m *memo) place(bank, text string, a asked) spot {
	h := uint64(a.marks) << 1
	if a.out {
		h++
	}
	for i := range len(bank) {
		h = (h<<8 | h>>56) ^ uint64(bank[i])
	}
	h = (h ^ maphash.String(m.seed, text)) * 0x9E3779B97F4A7C15
	return spot(h ^ h>>32)
}

func (m *memo) shelf(at spot) *shelf { return &m.shelves[at%memoShelves] }

// find is what a text came to; nil if that is not kept.
func (m *memo) find(at spot, bank, text string, a asked) *kept {
	s := m.shelf(at)
	for i := range s.places {
		k := s.places[i].Load()
		if k == nil {
			return nil // a place that was taken is never free again
		}
		if k.text == text && k.bank == bank && k.asked == a {
			return k
		}
	}
	return nil
}

// keep keeps what a text came to, if it came before.
func (m *memo) keep(at spot, bank, text string, a asked, match *Match, w *weighed) {
	s := m.shelf(at)
	// The last four of a place, for the same reason. To write is what costs most
	// of all that is done for a text that comes once: it is done once.
	notes := &s.notes[at>>10%memoNotes]
	old, note := notes.Load(), uint64(at>>(64-noteBits))|1
	if !noted(old, note) {
		notes.Store(old<<noteBits | note)
		return
	}
	place := &s.places[0]
	if place.Load() != nil {
		place = &s.places[1]
	}
	place.Store(&kept{strings.Clone(bank), strings.Clone(text), a, *match, *w})
}

const noteBits = 16

// noted tells whether a note is among four.
func noted(four, note uint64) bool {
	const ones = 0x0001_0001_0001_0001
	other := four ^ note*ones // a part of zeros is the note
	return (other-ones)&^other&(ones<<(noteBits-1)) != 0
}
