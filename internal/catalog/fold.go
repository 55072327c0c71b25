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
	afterMark                  // no gap: a mark in front of names ended
	afterMarks                 // no gap either: and nothing but marks stood before it
	gapDash                    // a dash after a kana: no gap, but it was there
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
// somebody or some machine mistook it. The table does not hold it.
const longOne = '一'

// The block of ideographs, of which the table holds those of the entries.
const firstIdeograph, lastIdeograph = 0x4E00, 0x9FFF

// cell is a unit with its mark, what stood before it, and where its character
// begins.
//
// A line's cells are written for each line that is read, mostly to be looked at
// once: all that a cell holds is written at once.
type cell uint32

// What stands in a cell: the unit and the mark as the table has them, what stood
// before it, and the byte.
const (
	markBits  = 2
	gapBits   = 5
	cellGap   = unitBits + markBits
	cellAt    = cellGap + gapBits
	cellOther = cell(unitOther)
)

// newCell is the cell of a unit and its mark, as the table has them.
func newCell(v uint16, before gap, at uint) cell {
	return cell(v) | cell(before)<<cellGap | cell(at)<<cellAt
}

func (c cell) unit() unit  { return unit(c & cellOther) }
func (c cell) mark() mark  { return mark(c >> unitBits & (1<<markBits - 1)) }
func (c cell) before() gap { return gap(c >> cellGap & (1<<gapBits - 1)) }
func (c cell) at() int     { return int(c >> cellAt) }

// add adds to what stood before the unit.
func (c *cell) add(before gap) { *c |= newCell(0, before, 0) }

// voice gives a mark to the unit, which has none.
func (c *cell) voice(dropped uint16) { *c |= cell(dropped - dropVoiced + 1<<unitBits) }

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
	all    cell // what any of the units and marks has
	head   head // of the words that may stand there
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
		case r == longOne && isKana(f.last()) && a.kanaAt(s, i+size):
			f.before |= gapDash
		case r == longOne:
			a.put(f, a.long, uint(i))
		case !a.foldOdd(f, r, uint(i)):
			f.more = true
			return
		}
		i += size
	}
}

// last is the last unit; 0 if there is none.
func (f *folding) last() unit {
	if f.n == 0 {
		return 0
	}
	return f.cells[f.n-1].unit()
}

// plain folds what stands from byte at on, up to a character that the table does
// not hold. It calls nothing, and holds little, so that its state stays in
// registers: nothing else is done here as often as a line is folded. The first
// cell is 0 as long as there is none.
func (a *alphabet) plain(f *folding, s string, at int) int {
	cells, n, heads, on := f.cells, uint(f.n), a.heads, uint(f.head)
	before := newCell(0, f.before, 0)
	all := f.all
	i := uint(at)
	for i < uint(len(s)) && n < uint(len(cells)) {
		var v uint
		next := i + 1
		if b := s[i]; b < utf8.RuneSelf {
			v = uint(a.low[b])
		} else {
			if i+2 >= uint(len(s)) {
				break
			}
			next = i + 3
			v = uint(a.places[uint(a.pages[uint(b)<<8|uint(s[i+1])])*pageLength|uint(s[i+2])])
		}
		if u := v & uint(unitOther); u != 0 {
			cells[n] = cell(v) | before | cell(i)<<cellAt
			n++
			all |= cell(v)
			before, on = 0, uint(heads[headAt(on, u)])
		} else if v == 0 {
			break
		} else if last := cells[max(n, 1)-1].unit(); uint16(v) < dropVoiced {
			before |= newCell(0, dropped(uint16(v), last), 0)
		} else if isKana(last) && cells[n-1].mark() == 0 {
			cells[n-1].voice(uint16(v))
			before = 0
			all |= cells[n-1]
		}
		i = next
	}
	f.n, f.before, f.head, f.all = int(n), before.before(), head(on), all
	return int(i)
}

// kanaAt tells whether a kana stands at byte i.
func (a *alphabet) kanaAt(s string, i int) bool {
	r, _ := utf8.DecodeRuneInString(s[i:])
	return a.class[a.of(r)&unitOther] == classKana
}

// voice gives a mark to the kana before it, whatever stands between them, and
// only once.
func (f *folding) voice(v uint16) {
	if isKana(f.last()) && f.cells[f.n-1].mark() == 0 {
		f.cells[f.n-1].voice(v)
		f.before, f.all = 0, f.all|f.cells[f.n-1]
	}
}

// put adds what a character folds to.
func (a *alphabet) put(f *folding, v uint16, at uint) {
	switch {
	case v >= dropVoiced:
		f.voice(v)
	case v > unitOther:
		f.before |= dropped(v, f.last())
	default:
		f.cells[f.n] = newCell(v, f.before, at)
		f.n++
		f.all |= cell(v)
		f.before, f.head = 0, *a.heads.step(f.head, v)
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
func (a *alphabet) foldOdd(f *folding, r rune, at uint) bool {
	fits := true
	a.lookUp(r, func(v uint16) {
		if v <= unitOther && f.n >= len(f.cells) {
			fits = false
			return
		}
		a.put(f, v, at)
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

// voiced tells whether the line has voicing marks.
func (f *folding) voiced() bool { return f.all.mark() != 0 }
