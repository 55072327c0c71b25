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

func isKana(u unit) bool { return u-1 < unitN }

const (
	voiced     = '\u3099'
	semivoiced = '\u309A'
	dashes     = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2500\u2501\u30A0\u30FC\u301C~"
	brackets   = "()[]{}<>「」『』【】〔〕〈〉《》"
)

// longOne is the ideograph for one, which stands for a long vowel where
// somebody or some machine mistook it.
const longOne = '一'

// The block of ideographs, of which the table holds those of the entries.
const firstIdeograph, lastIdeograph = 0x4E00, 0x9FFF

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

// folding is a text being folded, or folded.
type folding struct {
	cells  []cell // of which n are filled
	n      int
	before gap  // what stands behind the last unit
	last   unit // 0 if there is none
	more   bool // the text goes on behind what was read
}

// fold reads s into cells, as far as they hold it.
func (a *alphabet) fold(s string, f *folding) {
	if len(s) > maxBytes {
		s, f.more = s[:maxBytes], true
	}
	for i := a.plain(f, s, 0); i < len(s); i = a.plain(f, s, i) {
		if f.n == len(f.cells) {
			f.more = true
			return
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			// A broken byte is as if it were not there.
		case r == longOne && isKana(f.last) && a.kanaAt(s, i+size):
			f.before |= gapDash
		case r == longOne:
			f.put(a.ideograph(r), uint16(i))
		case !a.foldOdd(f, r, uint16(i)):
			f.more = true
			return
		}
		i += size
	}
}

// ideograph is the unit of one.
func (a *alphabet) ideograph(r rune) unit {
	if u := a.table[r]; u != 0 {
		return u
	}
	return unitOther // no entry holds it
}

// plain folds what stands from byte at on, up to a character that the table does
// not hold. It calls nothing, so that its state stays in registers: nothing else
// is done here as often as a line is folded.
func (a *alphabet) plain(f *folding, s string, at int) int {
	cells, n, before, last := f.cells, uint(f.n), f.before, f.last
	i := uint(at)
	for i < uint(len(s)) && n < uint(len(cells)) {
		w := uint(1)
		var v uint16
		if b := s[i]; b < utf8.RuneSelf {
			v = a.table[b]
		} else {
			end := i + 2
			if b <= 0xE0 || b >= 0xF0 || end >= uint(len(s)) || (s[i+1]^s[end]) >= 0x40 || s[end]&0xC0 != 0x80 {
				break
			}
			// Japanese is nearly all here. Surrogates have no entry in the
			// table, and are looked up.
			r := uint16(b)<<12 | uint16(s[i+1]&0x3F)<<6 | uint16(s[end]&0x3F)
			v, w = a.table[r], 3
			if r-firstIdeograph <= lastIdeograph-firstIdeograph {
				if r == longOne {
					break
				}
				if v == 0 {
					v = unitOther // an ideograph that no entry holds
				}
			}
		}
		if u := v & unitOther; u != 0 {
			cells[n] = cell{u, uint16(i), before &^ gapDash, mark(v >> unitBits)}
			n++
			before, last = 0, u
		} else if v == 0 {
			break
		} else if v < dropVoiced {
			before |= dropped(v, last)
		} else if isKana(last) && cells[n-1].mark == 0 {
			cells[n-1].mark = mark((v-dropVoiced)>>unitBits) + voicedMark
			before = 0
		}
		i += w
	}
	f.n, f.before, f.last = int(n), before, last
	return int(i)
}

// kanaAt tells whether a kana stands at byte i.
func (a *alphabet) kanaAt(s string, i int) bool {
	r, _ := utf8.DecodeRuneInString(s[i:])
	return r <= 0xFFFF && a.class[a.table[r]&unitOther] == classKana
}

// voice gives a mark to the kana before it, whatever stands between them, and
// only once.
func (f *folding) voice(v uint16) {
	if isKana(f.last) && f.cells[f.n-1].mark == 0 {
		f.cells[f.n-1].mark = mark((v-dropVoiced)>>unitBits) + voicedMark
		f.before = 0
	}
}

// put adds what a character folds to.
func (f *folding) put(v uint16, at uint16) {
	switch {
	case v >= dropVoiced:
		f.voice(v)
	case v > unitOther:
		f.before |= dropped(v, f.last)
	default:
		f.cells[f.n] = cell{v, at, f.before &^ gapDash, 0}
		f.n++
		f.before, f.last = 0, v
	}
}

// drops are what dropped characters leave between two units.
var drops = [8]gap{dropDash >> unitBits: gapWord, dropSpace >> unitBits: gapWord, dropBracket >> unitBits: gapWord | gapBracket}

// dropped is what a dropped character leaves between two units, behind
// a unit: behind kana, a dash is a long vowel.
func dropped(v uint16, last unit) gap {
	if v == dropDash && isKana(last) {
		return gapDash
	}
	return drops[v>>unitBits&7]
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
		f.put(v, at)
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

// hear finds out whether the line has voicing marks.
func (s *scan) hear() {
	any := mark(0)
	for i := range s.cells {
		any |= s.cells[i].mark
	}
	s.voiced = any != 0
}
