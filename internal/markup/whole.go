package markup

import (
	"strings"

	g "maragu.dev/gomponents"
)

// Whole is a text in which each report number, KZ-7F3K-9Q4M, is drawn by a
// function that keeps it on one line: broken at a hyphen it is read wrongly on
// the telephone. The number itself stays as banks know it, so that it can be
// copied: no other hyphen, and nothing invisible.
func Whole(text string, draw func(number string) g.Node) g.Node {
	var out g.Group
	rest := 0
	for i := 0; i < len(text); i++ {
		if n := number(text[i:]); n > 0 {
			out = append(out, g.Text(text[rest:i]), draw(text[i:i+n]))
			rest = i + n
			i = rest - 1
		}
	}
	return append(out, g.Text(text[rest:]))
}

// number is how long the report number is that a text begins with; 0 if it
// begins with none.
func number(s string) int {
	const shape = "KZ-????-????"
	if len(s) < len(shape) || !strings.HasPrefix(s, "KZ-") {
		return 0
	}
	for i := range len(shape) {
		letter := s[i] >= '0' && s[i] <= '9' || s[i] >= 'A' && s[i] <= 'Z'
		if shape[i] == '?' && !letter || shape[i] == '-' && s[i] != '-' {
			return 0
		}
	}
	return len(shape)
}
