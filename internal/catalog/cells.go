package catalog

import (
	"slices"
	"strings"
	"unicode"
)

// Cells counts the half-width cells that a text takes in a bank's files, as
// descriptors are cut by: a voicing mark takes one of its own, a long-vowel
// mark and a space one each, an ideograph two.
func Cells(s string) int { return std.width(s) }

func (a *alphabet) width(s string) int {
	n := 0
	for _, r := range strings.ToValidUTF8(s, "") {
		a.lookUp(r, func(v uint16) {
			switch {
			case v >= 256 && v>>8 == dropNothing:
			case v < 256 && a.class[v] == classOther:
				n += 2
			default:
				n++
			}
		})
	}
	return n
}

// fields tells whether the text, or a part of it that begins behind a space,
// takes one of some lengths.
func (a *alphabet) fields(s string, lengths []int) bool {
	s = strings.TrimSpace(s)
	for {
		if slices.Contains(lengths, a.width(s)) {
			return true
		}
		i := strings.IndexFunc(s, unicode.IsSpace)
		if i < 0 {
			return false
		}
		s = strings.TrimLeftFunc(s[i:], unicode.IsSpace)
	}
}
