package catalog

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A unit is a letter after folding: a large kana without its voicing mark, a
// voicing mark, a capital Latin letter, a digit, or another character that
// some entry of the catalogue holds. A voiced kana is two units, as it is two
// cells in the banks' half-width files, so that a name whose last mark was cut
// off is simply a shorter one.
type unit = uint8

const (
	unitVoiced     unit = 49 // behind the 48 kana
	unitSemivoiced unit = 50
	firstHan       unit = 100 // units from here on are given out as entries are read
	unitOther      unit = 255 // any letter that no entry holds
)

// How the fold drops a character: as nothing, or as a gap between words.
const (
	dropNothing = iota + 1 // invisible
	dropDash               // a long vowel after kana, a gap elsewhere
	dropSpace              // a gap
	dropBracket            // a gap that makes a company mark of the letter beside it
)

// gap is what stood between two units.
type gap = uint8

const (
	gapWord    gap = 1 << iota // some separator
	gapBracket                 // a bracket among them
	gapDash                    // a dash after a kana: no gap, but it was there
	start                      // a word can begin here: a gap, or letters of another kind
	afterMark                  // no gap: a mark in front of names ended
	afterMarks                 // no gap either: and nothing but marks stood before it
)

// class tells kinds of letters apart: a name may begin or end where it changes.
type class = uint8

const (
	classNone class = iota
	classKana
	classMark // belongs to the kana before it
	classLatin
	classDigit
	classOther
)

const kanaRow = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヰヱヲン"

const (
	voiced     = '\u3099'
	semivoiced = '\u309A'
	dashes     = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2500\u2501\u30A0\u30FC\u301C~"
	brackets   = "()[]{}<>「」『』【】〔〕〈〉《》"
)

// alphabet numbers the units, and knows for each character of the basic plane
// what it folds to: a unit, a kana and its mark (low byte first), or a drop in
// the high byte alone. 0 means that the character must be looked up the long way.
type alphabet struct {
	next  unit
	class [256]class
	runes [256]rune // what a unit was given for
	table [1 << 16]uint16
}

// newAlphabet holds kana, Latin letters and digits; entries add the rest.
func newAlphabet() *alphabet {
	a := &alphabet{next: firstHan}
	u := unit(1)
	add := func(r rune, c class) {
		a.table[r], a.class[u], a.runes[u] = uint16(u), c, r
		u++
	}
	for _, r := range kanaRow {
		add(r, classKana)
	}
	add(voiced, classMark)
	add(semivoiced, classMark)
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

// prepare fills the table for a character, if two units hold what it is.
func (a *alphabet) prepare(r rune) {
	if a.table[r] != 0 {
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
		a.table[r] = out[0]
	case n == 2 && out[0] < 256 && a.class[out[0]&0xFF] == classKana && out[1] < 256 && a.class[out[1]] == classMark:
		a.table[r] = out[0] | out[1]<<8
	}
}

// letter gives the character of an entry a unit of its own.
func (a *alphabet) letter(r rune) unit {
	if v := a.one(r); v != uint16(unitOther) {
		return unit(v)
	}
	if a.next == unitOther || r > 0xFFFF {
		return unitOther
	}
	a.table[r], a.class[a.next], a.runes[a.next] = uint16(a.next), classOther, r
	a.next++
	return a.next - 1
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
	case r <= 0xFFFF && a.table[r] != 0 && a.table[r] < 256:
		return a.table[r]
	case strings.ContainsRune(dashes, r):
		return dropDash << 8
	case strings.ContainsRune(brackets, r):
		return dropBracket << 8
	case unicode.In(r, unicode.L, unicode.N):
		return uint16(unitOther)
	case unicode.In(r, unicode.M, unicode.Cc, unicode.Cf) && r != '\t' && r != '\n' && r != '\r':
		return dropNothing << 8
	}
	return dropSpace << 8
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

// cell is a unit, what stood before it, and where its character begins.
type cell struct {
	unit
	before gap
	at     uint16
}

// A descriptor has at most 255 characters in the banks' interfaces. Of a
// longer text, only so much is read.
const (
	maxCells = 1020
	maxBytes = 4096
)

// folded is a descriptor after folding.
type folded struct {
	cells []cell
	after gap  // what stood behind the last unit
	more  bool // the text goes on behind what was read
}

// folding is the state of a fold.
type folding struct {
	cells  []cell
	n      int
	before gap
	last   class // of the last unit
	word   class // the same, but a mark's is its kana's
}

// fold reads s into cells, as far as they hold it, and tells how many it
// filled and what is left behind the last.
func (a *alphabet) fold(s string, cells []cell) (n int, after gap, more bool) {
	if len(s) > maxBytes {
		s, more = s[:maxBytes], true
	}
	// The state is kept in variables of its own, for speed; put and drop do
	// the same for characters that the table does not hold.
	var before gap
	var last, word class
	for i := 0; i < len(s); {
		if n+2 > len(cells) {
			more = true
			break
		}
		var v uint16
		b, w := s[i], 1
		switch {
		case b < utf8.RuneSelf:
			v = a.table[b]
		case b&0xF0 == 0xE0 && i+2 < len(s) && s[i+1]&0xC0 == 0x80 && s[i+2]&0xC0 == 0x80:
			// Japanese is nearly all here. Overlong forms and surrogates have
			// no entry in the table, and are looked up.
			r := uint16(b)<<12 | uint16(s[i+1]&0x3F)<<6 | uint16(s[i+2]&0x3F)
			if r >= 0x800 {
				v = a.table[r]
			}
			if v == 0 && r >= 0x4E00 && r <= 0x9FFF {
				v = uint16(unitOther) // an ideograph that no entry holds
			}
			w = 3
		}
		switch c := a.class[v&0xFF]; {
		case v == 0:
			r, size := utf8.DecodeRuneInString(s[i:])
			w = size
			if r == utf8.RuneError && size == 1 {
				break // a broken byte is as if it were not there
			}
			f := folding{cells, n, before, last, word}
			if more = !a.foldOdd(&f, r, uint16(i)); more {
				return f.n, f.before, true
			}
			n, before, last, word = f.n, f.before, f.last, f.word
		case c == classNone:
			before |= dropped(v, last)
		case c == classMark:
			if last != classMark {
				cells[n] = cell{unit(v), 0, uint16(i)}
				n++
				before, last, word = 0, classMark, classKana
			}
		default:
			if before &^= gapDash; c != word || before != 0 {
				before |= start
			}
			cells[n] = cell{unit(v), before, uint16(i)}
			n++
			before, last, word = 0, c, c
			if v >>= 8; v != 0 { // a kana with its mark
				cells[n] = cell{unit(v), 0, uint16(i)}
				n++
				last = classMark
			}
		}
		i += w
	}
	return n, before, more
}

// put adds a unit. A mark belongs to the kana before it whatever stands
// between them, and only once.
func (f *folding) put(u unit, c class, at uint16) {
	before := f.before &^ gapDash
	if c == classMark {
		if f.last == classMark {
			return
		}
		before, f.word = 0, classKana
	} else if c != f.word || before != 0 {
		before |= start
		f.word = c
	}
	f.cells[f.n] = cell{u, before, at}
	f.n++
	f.before, f.last = 0, c
}

// dropped is what a dropped character leaves between two units, behind a unit
// of class last.
func dropped(v uint16, last class) gap {
	switch v >> 8 {
	case dropDash:
		if last == classKana || last == classMark {
			return gapDash
		}
		return gapWord
	case dropSpace:
		return gapWord
	case dropBracket:
		return gapWord | gapBracket
	}
	return 0
}

// foldOdd folds a character that the table does not hold; false if the cells
// do not hold it either.
func (a *alphabet) foldOdd(f *folding, r rune, at uint16) bool {
	fits := true
	a.lookUp(r, func(v uint16) {
		switch {
		case f.n >= len(f.cells):
			fits = false
		case v < 256:
			f.put(unit(v), a.class[v], at)
		default:
			f.before |= dropped(v, f.last)
		}
	})
	return fits
}

// units folds an entry of the catalogue, giving its letters units of their
// own where they have none.
func (a *alphabet) units(s string) []unit {
	for _, r := range norm.NFKD.String(strings.Map(voicing, s)) {
		if r = upper(large(r)); unicode.In(r, unicode.L, unicode.N) && !strings.ContainsRune(dashes, r) {
			a.letter(r)
		}
	}
	cells := make([]cell, maxCells)
	n, _, _ := a.fold(s, cells)
	out := make([]unit, n)
	for i, c := range cells[:n] {
		out[i] = c.unit
	}
	return out
}

// Fold brings the spellings of banks together, for words that people look
// for: width, letter case, the size of kana, voicing marks; dashes, long-vowel
// marks, spaces and punctuation are dropped.
func Fold(s string) string {
	s = norm.NFKD.String(strings.Map(voicing, strings.ToValidUTF8(s, "")))
	return norm.NFC.String(strings.Map(func(r rune) rune {
		r = upper(large(r))
		if r == voiced || r == semivoiced || unicode.In(r, unicode.L, unicode.N) && !strings.ContainsRune(dashes, r) {
			return r
		}
		return -1
	}, s))
}
