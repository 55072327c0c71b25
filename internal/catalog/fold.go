package catalog

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A unit is a letter after folding: a large kana without its voicing mark, a
// capital Latin letter, a digit, or another character that some entry of the
// catalogue holds. The voicing mark stands next to it in its cell: banks lose
// marks, and a name whose mark was lost still takes the same way.
type unit = uint16

const (
	firstHan  unit = 100   // units from here on are given out as entries are read
	unitOther unit = 0xFFF // any letter that no entry holds
	unitBits       = 12
)

// A folded character is a unit with its mark above it, or a drop: no unit,
// and what it is dropped as.
const (
	dropNothing    uint16 = (iota + 1) << unitBits // invisible
	dropDash                                       // a long vowel after kana, a gap elsewhere
	dropSpace                                      // a gap
	dropBracket                                    // a gap that makes a company mark of the letter next to it
	dropVoiced                                     // belongs to the kana before it
	dropSemivoiced                                 // so does this
)

// mark is the voicing mark of a kana.
type mark = uint8

const (
	voicedMark     mark = 1
	semivoicedMark mark = 2
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
	classLatin
	classDigit
	classOther
)

const unitN unit = 48 // ン, with which no word begins

const kanaRow = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヰヱヲン"

const (
	voiced     = '\u3099'
	semivoiced = '\u309A'
	dashes     = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2500\u2501\u30A0\u30FC\u301C~"
	brackets   = "()[]{}<>「」『』【】〔〕〈〉《》"
)

// longOne is the ideograph for one, which stands for a long vowel where
// somebody or some machine mistook it.
const longOne = '一'

// cell is a unit with its mark, what stood before it, and where its character
// begins.
type cell struct {
	unit
	at     uint16
	before gap
	mark   mark
}

// A descriptor has at most 255 characters in the banks' interfaces. Of a
// longer text, only so much is read.
const (
	maxCells = 1020
	maxBytes = 4096
)

// folding is the state of a fold.
type folding struct {
	cells  []cell
	n      int
	before gap
	last   class // of the last unit
}

// fold reads s into cells, as far as they hold it, and tells how many it
// filled and what is left behind the last.
func (a *alphabet) fold(s string, cells []cell) (n int, after gap, more bool) {
	if len(s) > maxBytes {
		s, more = s[:maxBytes], true
	}
	// The state is kept in variables of its own, for speed; put does the same
	// for characters that the table does not hold.
	var before gap
	var last class
	for i := 0; i < len(s); {
		if n == len(cells) {
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
			w = 3
			if r >= 0x4E00 && r <= 0x9FFF {
				if v == 0 {
					v = unitOther // an ideograph that no entry holds
				}
				if r == longOne && last == classKana && a.kanaAt(s, i+w) {
					v = dropDash
				}
			}
		}
		switch u := v & unitOther; {
		case u != 0:
			c := a.class[u]
			if before &^= gapDash; c != last || before != 0 {
				before |= start
			}
			cells[n] = cell{u, uint16(i), before, mark(v >> unitBits)}
			n++
			before, last = 0, c
		case v == 0:
			r, size := utf8.DecodeRuneInString(s[i:])
			w = size
			if r == utf8.RuneError && size == 1 {
				break // a broken byte is as if it were not there
			}
			f := folding{cells, n, before, last}
			if more = !a.foldOdd(&f, r, uint16(i)); more {
				return f.n, f.before, true
			}
			n, before, last = f.n, f.before, f.last
		case v >= dropVoiced:
			before = voice(cells[:n], v, before, last)
		default:
			before |= dropped(v, last)
		}
		i += w
	}
	return n, before, more
}

// kanaAt tells whether a kana stands at byte i.
func (a *alphabet) kanaAt(s string, i int) bool {
	r, _ := utf8.DecodeRuneInString(s[i:])
	return r <= 0xFFFF && a.class[a.table[r]&unitOther] == classKana
}

// voice gives a mark to the kana before it, whatever stands between them, and
// only once. It returns what then stands behind that kana.
func voice(cells []cell, v uint16, before gap, last class) gap {
	if last != classKana || cells[len(cells)-1].mark != 0 {
		return before
	}
	cells[len(cells)-1].mark = mark((v-dropVoiced)>>unitBits) + voicedMark
	return 0
}

// put adds what a character folds to.
func (f *folding) put(v uint16, c class, at uint16) {
	switch {
	case v >= dropVoiced:
		f.before = voice(f.cells[:f.n], v, f.before, f.last)
	case v > unitOther:
		f.before |= dropped(v, f.last)
	default:
		before := f.before &^ gapDash
		if c != f.last || before != 0 {
			before |= start
		}
		f.cells[f.n] = cell{v, at, before, 0}
		f.n++
		f.before, f.last = 0, c
	}
}

// dropped is what a dropped character leaves between two units, behind a unit
// of class last.
func dropped(v uint16, last class) gap {
	switch v {
	case dropDash:
		if last == classKana {
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
		if v <= unitOther && f.n >= len(f.cells) {
			fits = false
			return
		}
		f.put(v, a.class[v&unitOther], at)
	})
	return fits
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
