package membership

import (
	"slices"
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

// Slipped tells what is wrong with a text of a conversation that looks like a
// code, with letters or digits too few, too many, or such as no code has. False
// if it may be a code, or was hardly meant as one: a word, a number, a name
// with a number.
func Slipped(text string) (Slip, bool) {
	if utf8.RuneCountInString(text) > maxMessage {
		return Slip{}, false
	}
	code := typedCode(text)
	if !isAlnum(code) || !mixed(code) {
		return Slip{}, false
	}
	switch n := len(code); {
	case n >= codeLen-2 && n <= codeLen+1:
		return slipIn(code, codeLen)
	case n >= inviteLen-1 && n <= inviteLen+1:
		return slipIn(code, inviteLen)
	}
	return Slip{}, false
}

// SlippedPaper tells what is wrong with a text of any length that was typed
// where the paper's code was asked for: whatever it is, it was meant as one.
// False if it may be a code, or holds one among other words.
func SlippedPaper(text string) (Slip, bool) {
	if code, ok := LooksLikeCode(text); ok && isCode(typedCode(code)) {
		return Slip{}, false
	}
	return slipIn(typedCode(text), codeLen)
}

// typedCode is a text without what does not count in a code.
func typedCode(text string) string {
	text = strings.Map(fold, strings.ToUpper(norm.NFKC.String(text)))
	return strings.NewReplacer("-", "", " ", "").Replace(text)
}

// maxOdd is how many characters that no code has are named.
const maxOdd = 5

func slipIn(code string, length int) (Slip, bool) {
	s := Slip{Length: length, Missing: length - utf8.RuneCountInString(code)}
	var odd []string
	for _, r := range code {
		if c := string(r); len(odd) < maxOdd && !strings.Contains(token.Letters, c) && !slices.Contains(odd, c) {
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
