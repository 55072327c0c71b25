package catalog

import "unicode/utf8"

// table is what the characters of the basic plane fold to: a unit with its mark,
// or a drop; 0 of those that must be looked up the long way.
//
// It is laid out as UTF-8 is, so that the bytes of a line find their place without
// being made a character first: the first two bytes of three tell the page, and
// the third the place on it. What is no UTF-8 finds 0.
type table struct {
	low    [lowEnd]uint16
	pages  [1 << 16]uint16 // by the first two bytes
	places []uint16        // pageLength of each page
}

const (
	lowEnd     = 0x800 // where characters of three bytes begin
	lastPlain  = 0xFFFF
	pageLength = 1 << 8 // a byte's values, of which a third one has pageChars
	pageChars  = 1 << 6
)

// Pages that are shared until something is set there.
const (
	pageNone  = iota // nothing is known
	pageOther        // no entry holds any of these
)

func newPlaces() []uint16 {
	places := make([]uint16, 2*pageLength, 1<<15)
	for k := range pageChars {
		places[pageOther*pageLength+utf8.RuneSelf+k] = unitOther
	}
	return places
}

// page is that of a character of three bytes.
func (t *table) page(r rune) *uint16 {
	return &t.pages[(0xE0|uint(r)>>12)<<8|utf8.RuneSelf|uint(r)>>6%pageChars]
}

// placeOn is where a character stands on a page.
func placeOn(page uint16, r rune) int { return int(page)*pageLength + utf8.RuneSelf + int(r)%pageChars }

// of is what a character folds to.
func (t *table) of(r rune) uint16 {
	switch {
	case r < lowEnd:
		return t.low[r]
	case r > lastPlain:
		return 0
	}
	return t.places[placeOn(*t.page(r), r)]
}

// lastOf is what the last character of a text folds to, if that is one of one byte
// or of three, and its length.
func (t *table) lastOf(s string) (v uint16, size int) {
	end := len(s) - 1
	switch {
	case s[end] < utf8.RuneSelf:
		return t.low[s[end]], 1
	case end < 2:
		return 0, 0
	}
	return t.places[int(t.pages[int(s[end-2])<<8|int(s[end-1])])*pageLength|int(s[end])], 3
}

// set says what a character folds to.
func (t *table) set(r rune, v uint16) {
	if r < lowEnd {
		t.low[r] = v
		return
	}
	p := t.page(r)
	if *p <= pageOther {
		t.places = append(t.places, t.places[int(*p)*pageLength:][:pageLength]...)
		*p = uint16(len(t.places)/pageLength - 1)
	}
	t.places[placeOn(*p, r)] = v
}

// complete tells the table that no more entries come: the ideographs that none
// holds are known too, but for longOne, the first of all.
func (t *table) complete() {
	for r := rune(firstIdeograph); r <= lastIdeograph; r += pageChars {
		if p := t.page(r); *p == pageNone && r != longOne {
			*p = pageOther
			continue
		}
		for k := range rune(pageChars) {
			if r+k != longOne && t.of(r+k) == 0 {
				t.set(r+k, unitOther)
			}
		}
	}
}
