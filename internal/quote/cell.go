package quote

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Cell is the text as a cell of a CSV file. An apostrophe keeps a spreadsheet
// from taking it for a formula, in full width too (OWASP, CSV injection), or
// for a number or a date, of which it would drop leading zeros and all after
// the 15th digit.
func (t Text) Cell() string {
	s := t.Full()
	plain := norm.NFKC.String(s)
	first, _ := utf8.DecodeRuneInString(plain)
	if strings.ContainsRune("=+-@|%'\u2212", first) || counted(plain) {
		return "'" + s
	}
	return s
}

// counted tells whether a spreadsheet may make a number or a date of a text:
// it has digits, and no letter but those of numbers and of months.
func counted(s string) bool {
	digit := false
	letters := strings.Map(func(r rune) rune {
		digit = digit || unicode.IsDigit(r)
		if !unicode.IsLetter(r) || strings.ContainsRune("年月日時分秒", r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
	return digit && slices.Contains([]string{"", "e", "am", "pm", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}, letters)
}
