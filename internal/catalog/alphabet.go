package catalog

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// alphabet numbers the units, and knows for each character of the basic plane
// what it folds to. 0 means that the character must be looked up the long way.
type alphabet struct {
	table
	next  unit
	heads heads // none while entries are read
	class [unitOther + 1]class
	runes []rune // what a unit was given for
	long  unit   // of longOne
}

// newAlphabet holds kana, Latin letters and digits; entries add the rest.
func newAlphabet() *alphabet {
	a := &alphabet{next: firstHan, runes: make([]rune, firstHan, 1024), heads: newHeads(nil), long: unitOther}
	a.places = newPlaces()
	u := unit(1)
	add := func(r rune, c class) {
		a.set(r, u)
		a.class[u], a.runes[u] = c, r
		u++
	}
	for _, r := range kanaRow {
		add(r, classKana)
	}
	for r := 'A'; r <= 'Z'; r++ {
		add(r, classLatin)
	}
	for r := '0'; r <= '9'; r++ {
		add(r, classDigit)
	}
	a.class[unitOther] = classOther
	// What banks print is looked up ahead, so that the table answers at once.
	for _, block := range [...][2]rune{{0, 0x7F}, {0x2010, 0x2015}, {0x2212, 0x2212}, {0x3000, 0x301F}, {0x3041, 0x30FF}, {0xFF01, 0xFF9F}} {
		for r := block[0]; r <= block[1]; r++ {
			a.prepare(r)
		}
	}
	return a
}

// prepare fills the table for a character, if a unit and a mark hold what it is.
func (a *alphabet) prepare(r rune) {
	if a.of(r) != 0 {
		return
	}
	var out [4]uint16
	n := 0
	a.lookUp(r, func(v uint16) {
		if n < len(out) {
			out[n] = v
		}
		n++
	})
	switch {
	case n == 1:
		a.set(r, out[0])
	case n == 2 && a.class[out[0]&unitOther] == classKana && (out[1] == dropVoiced || out[1] == dropSemivoiced):
		a.set(r, out[0]|(out[1]-dropVoiced+1<<unitBits))
	}
}

// letter gives the character of an entry a unit of its own, if there is one left.
func (a *alphabet) letter(r rune) {
	if a.one(r) != unitOther || a.next == unitOther || r > lastPlain {
		return
	}
	if r == longOne {
		a.long = a.next
	} else {
		a.set(r, a.next)
	}
	a.class[a.next] = classOther
	a.runes = append(a.runes, r)
	a.next++
}

// lookUp folds one character by the Unicode tables: compatibility
// decomposition, large katakana, capitals.
func (a *alphabet) lookUp(r rune, emit func(uint16)) {
	r = voicing(r)
	var raw [utf8.UTFMax]byte
	s := raw[:utf8.EncodeRune(raw[:], r)]
	p := norm.NFKD.Properties(s)
	if d := p.Decomposition(); d != nil {
		s = d
	}
	for len(s) > 0 {
		c, n := utf8.DecodeRune(s)
		s = s[n:]
		if v := a.one(c); v != 0 {
			emit(v)
		}
	}
}

// one is the unit, or the drop, of a decomposed character.
func (a *alphabet) one(r rune) uint16 {
	r = upper(large(r))
	switch {
	case r == voiced:
		return dropVoiced
	case r == semivoiced:
		return dropSemivoiced
	case r == longOne:
		return a.long
	case a.of(r) != 0 && a.of(r) <= unitOther:
		return a.of(r)
	case strings.ContainsRune(dashes, r):
		return dropDash
	case strings.ContainsRune(brackets, r):
		return dropBracket
	case unicode.In(r, unicode.L, unicode.N):
		return unitOther
	case unicode.In(r, unicode.M, unicode.Cc, unicode.Cf) && r != '\t' && r != '\n' && r != '\r':
		return dropNothing
	}
	return dropSpace
}

// voicing turns the separate marks into the ones that combine; NFKC would
// put a space before them.
func voicing(r rune) rune {
	switch r {
	case '\u309B', '\uFF9E':
		return voiced
	case '\u309C', '\uFF9F':
		return semivoiced
	}
	return r
}

// large turns hiragana into katakana, and small kana into large.
func large(r rune) rune {
	if r >= 'ぁ' && r <= 'ゖ' {
		r += 'ァ' - 'ぁ'
	}
	switch r {
	case 'ァ', 'ィ', 'ゥ', 'ェ', 'ォ', 'ッ', 'ャ', 'ュ', 'ョ', 'ヮ':
		r++
	case 'ヵ':
		r = 'カ'
	case 'ヶ':
		r = 'ケ'
	}
	return r
}

func upper(r rune) rune {
	if r == '\u0345' { // the one mark whose capital is a letter
		return r
	}
	if r < utf8.RuneSelf {
		if r >= 'a' && r <= 'z' {
			r -= 'a' - 'A'
		}
		return r
	}
	return unicode.ToUpper(r)
}

// units folds an entry of the catalogue, giving its letters units of their
// own where they have none.
func (a *alphabet) units(s string) (units []unit, marks []mark) {
	for _, r := range s {
		if a.of(r) != 0 {
			continue // it has one, or is a mark or a gap
		}
		for _, r := range norm.NFKD.String(string(voicing(r))) {
			if r = upper(large(r)); unicode.In(r, unicode.L, unicode.N) && !strings.ContainsRune(dashes, r) {
				a.letter(r)
			}
		}
	}
	f := folding{cells: make([]cell, len(s)+1)}
	a.fold(s, &f)
	units, marks = make([]unit, f.n), make([]mark, f.n)
	for i, c := range f.cells[:f.n] {
		units[i], marks[i] = c.unit(), c.mark()
	}
	return units, marks
}
