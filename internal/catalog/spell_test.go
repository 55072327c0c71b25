package catalog

import (
	"math/rand/v2"
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// The ways that banks write the same text.
var (
	longMarks = []string{"ー", "ｰ", "-", "－", "―", "−", "‐", "–", "—", ""}
	smalls    = strings.NewReplacer("ア", "ァ", "イ", "ィ", "ウ", "ゥ", "エ", "ェ", "オ", "ォ", "ツ", "ッ", "ヤ", "ャ", "ユ", "ュ", "ヨ", "ョ")
	hiragana  = func(r rune) rune {
		if r >= 'ァ' && r <= 'ヶ' {
			r -= 'ァ' - 'ぁ'
		}
		return r
	}
)

// narrow writes a text in half-width characters, as far as there are any.
func narrow(s string) string {
	return width.Narrow.String(strings.NewReplacer("\u3099", "ﾞ", "\u309A", "ﾟ").Replace(norm.NFD.String(s)))
}

// wide writes a text in full-width characters.
func wide(s string) string { return norm.NFC.String(width.Widen.String(s)) }

// spelled keeps the spellings of a text: random lines are made of the same few
// thousand words.
var spelled sync.Map

// spellings are ways to write a text that do not change what it says. They are
// shared, so not to be changed.
func spellings(s string) []string {
	if known, ok := spelled.Load(s); ok {
		return known.([]string)
	}
	out := inAllWays(s)
	spelled.Store(s, out)
	return out
}

func inAllWays(s string) []string {
	out := []string{s, wide(s), narrow(s), strings.ToLower(s), wide(strings.ToLower(s)), strings.Map(hiragana, s), smalls.Replace(s)}
	nfd := norm.NFD.String(s)
	out = append(out, nfd,
		strings.NewReplacer("\u3099", "\u309B", "\u309A", "\u309C").Replace(nfd),
		strings.NewReplacer("\u3099", "ﾞ", "\u309A", "ﾟ").Replace(nfd),
		strings.NewReplacer("\u3099", " \u3099", "\u309A", " \u309A").Replace(nfd))
	for _, m := range longMarks {
		out = append(out, strings.ReplaceAll(s, "ー", m), strings.ReplaceAll(narrow(s), "ｰ", m))
	}
	var spaced strings.Builder
	for i, r := range []rune(s) {
		if i > 0 {
			spaced.WriteRune('　')
		}
		spaced.WriteRune(r)
	}
	return append(out, spaced.String())
}

// spell is one of the spellings.
func spell(s string, rng *rand.Rand) string {
	all := spellings(s)
	return all[rng.IntN(len(all))]
}
