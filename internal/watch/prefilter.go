package watch

import (
	"slices"
	"unicode/utf8"
)

// Prefilter tells at once of most debits that name no payment service that no watcher
// of an account is told of them: nineteen of twenty events are such. It joins what all of
// the watchers ask for, so that ten people cost no more than one, and is small: a few
// bytes for a word, so that those of very many accounts can be kept.
type Prefilter struct {
	overdrawn bool
	all       bool  // somebody has a word that the index has no place for
	least     int64 // the smallest Rules.AnyDebit that is on; 0 if none is
	words     words
}

// Prefilter makes the one of the account's watchers and their rules as they are now.
func (a *Account) Prefilter() *Prefilter {
	p := &Prefilter{}
	var begin []uint32
	for i := range a.Watchers {
		r := &a.Watchers[i].Rules
		p.overdrawn = p.overdrawn || r.Overdrawn
		if r.AnyDebit > 0 && (p.least == 0 || r.AnyDebit < p.least) {
			p.least = r.AnyDebit
		}
		for _, word := range r.Keywords {
			h, ok := beginning(word)
			p.all = p.all || !ok
			begin = append(begin, h)
		}
	}
	p.words = newWords(begin)
	return p
}

// Reads tells whether Passes looks at the descriptor.
func (p *Prefilter) Reads() bool { return p.words != nil }

// Size is about how many bytes it takes.
func (p *Prefilter) Size() int { return 64 + 4*len(p.words) }

// Passes tells whether the rules of some watcher may tell of a debit that names no
// payment service: of its amount in yen, whether it left the balance below zero, and its
// descriptor, folded by catalog.Fold. What does not pass has no Reason for any of them.
func (p *Prefilter) Passes(yen int64, overdrawn bool, descriptor string) bool {
	return p.all || p.overdrawn && overdrawn || atLeast(p.least, yen) || p.words.mayBeIn(descriptor)
}

// words are hashes of the beginnings of words, in a table of which at most three quarters
// are taken; 0 is no hash. It finds out whether any of many words can be in a text in a
// time that does not depend on how many they are.
type words []uint32

// longest is how many characters a beginning has at most.
const longest = 4

func newWords(begin []uint32) words {
	slices.Sort(begin)
	begin = slices.Compact(begin)
	if len(begin) == 0 {
		return nil
	}
	size := 4
	for 3*size < 4*len(begin) {
		size *= 2
	}
	w := make(words, size)
	for _, h := range begin {
		at := h & uint32(size-1) //nolint:gosec // a power of two of a few hundred
		for w[at] != 0 {
			at = (at + 1) & uint32(size-1) //nolint:gosec // as above
		}
		w[at] = h
	}
	return w
}

func (w words) has(h uint32) bool {
	mask := uint32(len(w) - 1) //nolint:gosec // as above
	for at := h & mask; w[at] != 0; at = (at + 1) & mask {
		if w[at] == h {
			return true
		}
	}
	return false
}

// more is the hash of characters and one behind them; it is never 0.
func more(h uint32, c rune) uint32 {
	h = (h ^ uint32(c)) * 0x9E3779B1 //nolint:gosec // a character is not negative
	return max(h^h>>15, 1)
}

// beginning is the hash of a word's first characters. Not ok are words of one character or
// none, which were saved before words had to be longer, and what is no text.
func beginning(word string) (h uint32, ok bool) {
	n := 0
	for _, c := range word {
		if h = more(h, c); n == longest-1 {
			break
		}
		n++
	}
	return max(h, 1), utf8.ValidString(word) && utf8.RuneCountInString(word) >= 2
}

// mayBeIn tells whether a text holds the beginning of one of the words.
func (w words) mayBeIn(text string) bool {
	if w == nil {
		return false
	}
	var open [longest]uint32 // hashes of the characters from each of the last places on
	at := 0
	for _, c := range text {
		open[at%longest] = 0
		for i := range open {
			// A word of two or three characters ends here, or the beginning of a longer one.
			if i == at%longest || open[i] != 0 {
				if open[i] = more(open[i], c); w.has(open[i]) {
					return true
				}
			}
		}
		at++
	}
	return false
}
