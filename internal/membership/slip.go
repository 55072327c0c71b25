package membership

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"kozamori/internal/token"
)

// Slip is what is wrong with a text that was meant as a code.
type Slip struct {
	Length  int    // how many characters the code has
	Missing int    // how many are missing; below 0: too many
	Letters string // those that no code has, with spaces between them
}

// Slipped tells what is wrong with a text that looks like a code, with letters
// or digits too few, too many, or such as no code has. False if it may be a
// code, or was hardly meant as one: a word, a number, a name with a number.
func Slipped(text string) (Slip, bool) {
	if utf8.RuneCountInString(text) > maxMessage {
		return Slip{}, false
	}
	text = strings.TrimSpace(strings.Map(fold, strings.ToUpper(norm.NFKC.String(text))))
	code := strings.NewReplacer("-", "", " ", "").Replace(text)
	if !isAlnum(code) || !mixed(code) {
		return Slip{}, false
	}
	s := Slip{Length: codeLen}
	switch n := len(code); {
	case n >= codeLen-2 && n <= codeLen+1:
	case n >= inviteLen-1 && n <= inviteLen+1:
		s.Length = inviteLen
	default:
		return Slip{}, false
	}
	s.Missing = s.Length - len(code)
	var odd []string
	for _, r := range code {
		if c := string(r); !strings.Contains(token.Letters, c) && !strings.Contains(strings.Join(odd, " "), c) {
			odd = append(odd, c)
		}
	}
	s.Letters = strings.Join(odd, " ")
	return s, s.Missing != 0 || len(odd) > 0
}

// mixed tells whether letters and digits alternate, as by chance they do: a
// word with a number behind it changes once.
func mixed(s string) bool {
	changes := 0
	for i := 1; i < len(s); i++ {
		if (s[i] <= '9') != (s[i-1] <= '9') {
			changes++
		}
	}
	return changes >= 2
}
