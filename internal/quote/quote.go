// Package quote is what strangers write (descriptors, masks, names, a bank's
// own words) and the one way in which it reaches people. A Text keeps what was
// written as evidence; what is shown of it is one line of bounded length that
// cannot hide anything, turn the direction of what stands around it, or stack
// marks over it. It is pure.
package quote

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text is what a stranger wrote, byte for byte. Only Raw gives the bytes; all
// else, fmt included, gives what may be shown.
type Text string

// MaxCells is how wide a text is shown: a letter of a Latin or half-width
// script takes one cell, any other two.
const MaxCells = 40

// maxMarks is how many combining marks a letter keeps. Vietnamese needs two.
const maxMarks = 2

const (
	unknown  = '□' // in the place of characters that no font is sure to have
	ellipsis = '…'
)

// Raw is the text as it was written: for programs that compare, and as
// evidence. It is never shown.
func (t Text) Raw() string { return string(t) }

// String is Line, so that a text which is printed by accident is clean.
func (t Text) String() string { return t.Line() }

// Line is the text as people are shown it, of at most MaxCells.
func (t Text) Line() string { return t.Cut(MaxCells) }

// Empty tells whether nothing of the text can be seen.
func (t Text) Empty() bool { return t.Full() == "" }

// Full is Line without a bound: for files and for the bank that wrote it.
func (t Text) Full() string {
	if t.plain() {
		return string(t)
	}
	var b strings.Builder
	b.Grow(len(t))
	space, marks := true, maxMarks // nothing stands before: no space, and no letter for a mark
	for _, r := range string(t) {
		switch {
		case blank(r):
			if !space {
				b.WriteByte(' ')
			}
			space, marks = true, maxMarks
		case Ignorable(r), unicode.Is(unicode.Me, r), unicode.Is(unicode.M, r) && rightToLeft(r):
		case unicode.Is(unicode.M, r):
			if marks++; marks <= maxMarks {
				b.WriteRune(r)
			}
		default:
			if r == utf8.RuneError || !unicode.IsPrint(r) || rightToLeft(r) {
				r = unknown
			}
			b.WriteRune(r)
			space, marks = false, 0
		}
	}
	return strings.TrimSuffix(b.String(), " ")
}

// plain tells whether the text is clean already, as most are: printable ASCII
// and kana, with no more than one space in a row.
func (t Text) plain() bool {
	space := true
	for _, r := range string(t) {
		switch {
		case r == ' ':
			if space {
				return false
			}
			space = true
			continue
		case r > ' ' && r < 0x7f, r >= 'ァ' && r <= 'ー', r >= '｡' && r <= 'ﾟ':
		default:
			return false
		}
		space = false
	}
	return !space || t == ""
}

// Cut is Full cut to a width, with an ellipsis that says so.
func (t Text) Cut(cells int) string {
	s := t.Full()
	if Cells(s) <= cells {
		return s
	}
	cells -= width(ellipsis)
	end := 0
	for i, r := range s {
		if cells -= width(r); cells < 0 {
			break
		}
		end = i + utf8.RuneLen(r)
	}
	return strings.TrimSuffix(s[:end], " ") + string(ellipsis)
}

// Cells is how wide a clean text is at most.
func Cells(s string) (n int) {
	for _, r := range s {
		n += width(r)
	}
	return n
}

// width counts generously: what may be drawn in two cells is, because no line
// may become longer than it was counted.
func width(r rune) int {
	switch {
	case unicode.Is(unicode.M, r):
		return 0
	case r < 0x500, r >= 0xFF61 && r <= 0xFFDC:
		return 1
	case r >= 0x12000 && r <= 0x1254F: // cuneiform, of which some are as wide as a word
		return 12
	}
	return 2
}

// blank tells whether a character takes room and shows nothing.
func blank(r rune) bool { return unicode.Is(unicode.White_Space, r) || r == 0x2800 }

// Ignorable tells whether a character takes no room: controls, and what Unicode
// calls default-ignorable, with the marks that turn the direction of text.
func Ignorable(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) || r >= 0xE0000 && r <= 0xE0FFF
}

// rightToLeft tells whether a letter is of a script that is written from the
// right: it turns what stands next to it without any mark, and no passbook here
// has one.
func rightToLeft(r rune) bool {
	return r >= 0x590 && r <= 0x8FF || r >= 0xFB1D && r <= 0xFDFF || r >= 0xFE70 && r <= 0xFEFF || r >= 0x10800 && r <= 0x10FFF || r >= 0x1E800 && r <= 0x1EFFF
}

// Sound tells whether a text is what it looks like: nothing of it would be left
// out or replaced, and no character of it is invisible. Spaces may be wide.
func (t Text) Sound() bool {
	if !utf8.ValidString(string(t)) {
		return false
	}
	marks := maxMarks
	for _, r := range string(t) {
		switch {
		case unicode.Is(unicode.Zs, r):
			marks = maxMarks
		case Ignorable(r), blank(r), unicode.Is(unicode.Me, r), rightToLeft(r):
			return false
		case unicode.Is(unicode.M, r):
			if marks++; marks > maxMarks {
				return false
			}
		case !unicode.IsPrint(r):
			return false
		default:
			marks = 0
		}
	}
	return true
}

// Quoted is a line within quotation marks that it cannot close itself. Empty
// if nothing can be seen.
func (t Text) Quoted(english bool) string { return inQuotes(t.Line(), english) }

// Whole is Quoted at its full length.
func (t Text) Whole(english bool) string { return inQuotes(t.Full(), english) }

var (
	innerJapanese = strings.NewReplacer("「", "『", "」", "』", "｢", "『", "｣", "』", "﹁", "『", "﹂", "』")
	innerEnglish  = strings.NewReplacer("“", "'", "”", "'", "„", "'", "‟", "'", `"`, "'", "″", "'", "＂", "'", "❝", "'", "❞", "'", "〝", "'", "〞", "'", "〟", "'", "ˮ", "'", "‶", "'")
)

func inQuotes(s string, english bool) string {
	switch {
	case s == "":
		return ""
	case english:
		return "“" + innerEnglish.Replace(s) + "”"
	}
	return "「" + innerJapanese.Replace(s) + "」"
}
