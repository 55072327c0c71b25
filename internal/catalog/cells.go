package catalog

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Cells counts the half-width cells that a text takes in a bank's files, as
// descriptors are cut by: a voicing mark takes one of its own, a long-vowel
// mark and a space one each, an ideograph two.
func Cells(s string) int {
	n := 0
	for _, r := range strings.ToValidUTF8(s, "") {
		n += std().cellsOf(r)
	}
	return n
}

func (a *alphabet) cellsOf(r rune) int {
	if v := a.of(r); v != 0 {
		return a.cellsFor(v)
	}
	return a.cellsOfOdd(r)
}

// cellsFor is cellsOf a character that the table folds to v.
func (a *alphabet) cellsFor(v uint16) int {
	switch {
	case v == dropNothing:
		return 0
	case a.class[v&unitOther] == classOther:
		return 2
	case v&unitOther != 0 && v > unitOther:
		return 2 // a letter and its mark
	}
	return 1
}

// cellsOfOdd is cellsOf a character that the table does not hold.
func (a *alphabet) cellsOfOdd(r rune) int {
	n := 0
	a.lookUp(r, func(v uint16) {
		switch {
		case v == dropNothing:
		case v <= unitOther && a.class[v] == classOther:
			n += 2
		default:
			n++
		}
	})
	return n
}

// fields tells whether the text, or a part of it that begins behind a space or
// a stroke, takes one of some lengths. It looks from the end, once.
func (a *alphabet) fields(s string, lengths []int) bool {
	s = strings.TrimSpace(s)
	longest := 0
	for _, l := range lengths {
		longest = max(longest, l)
	}
	n, space := 0, false
	for len(s) > 0 && n <= longest {
		if v, size := a.lastOf(s); v&unitOther != 0 { // a letter, as nearly all are
			n, space, s = n+a.cellsFor(v), false, s[:len(s)-size]
			continue
		}
		r, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
		if r == utf8.RuneError && size == 1 {
			continue
		}
		was := space
		if space = parting(r); space && !was && slices.Contains(lengths, n) {
			return true
		}
		n += a.cellsOf(r)
	}
	return len(s) == 0 && slices.Contains(lengths, n)
}

// parting tells whether a character stands between fields of a bank's line: what
// is printed in front of a name has one of its own (自払/).
func parting(r rune) bool { return unicode.IsSpace(r) || r == '/' || r == '／' }
