package markup

import (
	"strings"
	"unicode/utf8"

	g "maragu.dev/gomponents"
)

// Whole is a text in which each report number, KZ-7F3K-9Q4M, and what else is as
// long, is drawn by a function that keeps it on one line, and each shorter number
// with its unit by another: broken at a hyphen, or before its 円, it is read
// wrongly on the telephone. The number itself stays as banks know it, so that it can be
// copied: no other hyphen, and nothing invisible.
func Whole(text string, long, short func(string) g.Node) g.Node {
	var out g.Group
	rest := 0
	for i := 0; i < len(text); i++ {
		n := reference(text[i:])
		if n == 0 && (i == 0 || !within(text[i-1])) {
			n = figure(text[i:])
		}
		if n > 0 {
			draw, letters := long, utf8.RuneCountInString(text[i:i+n])
			if letters <= inLarge {
				draw = short
			}
			// What is too long for one line of a small phone is not kept on one.
			if letters <= inSmall {
				out = append(out, g.Text(text[rest:i]), draw(text[i:i+n]))
				rest = i + n
			}
			i += n - 1
		}
	}
	return append(out, g.Text(text[rest:]))
}

// A line of 320 pixels takes as many characters of a number in large type, and as
// many if it is drawn smaller.
const (
	inLarge = 9
	inSmall = 14
)

// reference is how long the report number is that a text begins with; 0 if it
// begins with none.
func reference(s string) int {
	const shape = "KZ-????-????"
	if len(s) < len(shape) || !strings.HasPrefix(s, "KZ-") {
		return 0
	}
	for i := range len(shape) {
		letter := digit(s[i]) || s[i] >= 'A' && s[i] <= 'Z'
		if shape[i] == '?' && !letter || shape[i] == '-' && s[i] != '-' {
			return 0
		}
	}
	return len(shape)
}

// units stand behind a number, each before those that it begins with.
var units = []string{"円", "件", "回", "日間", "日", "か月", "月", "年", "時間", "時", "分間", "分", "秒間", "秒", "文字", "か所", "人", "%"}

// figure is how long the number is that a text begins with, with its sign and its
// unit: −¥100,000, 72時間, 9:00-17:00, 0120-000-000, ***4567. 0 if it begins with
// none that a line could end within.
func figure(s string) int {
	n := 0
	for n < len(s) {
		r, size := utf8.DecodeRuneInString(s[n:])
		if !strings.ContainsRune("¥#*+−", r) {
			break
		}
		n += size
	}
	first := n
	for n < len(s) && (digit(s[n]) || n > first && n+1 < len(s) && strings.ContainsRune(",.:/-", rune(s[n])) && digit(s[n+1])) {
		n++
	}
	if n == first {
		return 0
	}
	for _, unit := range units {
		if strings.HasPrefix(s[n:], unit) {
			return n + len(unit)
		}
	}
	if n == 1 {
		return 0
	}
	return n
}

// within tells whether what follows a character goes on with a word of Latin
// letters, such as an identifier.
func within(b byte) bool { return digit(b) || b|0x20 >= 'a' && b|0x20 <= 'z' || b == '-' }

func digit(b byte) bool { return b >= '0' && b <= '9' }
