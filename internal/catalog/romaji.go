package catalog

import "strings"

// The Hepburn syllables of the kana in kanaRow's order, and of those with a
// voicing mark.
var syllables = func() map[string]string {
	out := map[string]string{}
	for row, latin := range map[string]string{
		"アイウエオ": "A I U E O", "カキクケコ": "KA KI KU KE KO", "サシスセソ": "SA SHI SU SE SO", "タチツテト": "TA CHI TSU TE TO", "ナニヌネノ": "NA NI NU NE NO",
		"ハヒフヘホ": "HA HI FU HE HO", "マミムメモ": "MA MI MU ME MO", "ヤユヨ": "YA YU YO", "ラリルレロ": "RA RI RU RE RO", "ワヰヱヲン": "WA I E O N",
		"ガギグゲゴ": "GA GI GU GE GO", "ザジズゼゾ": "ZA JI ZU ZE ZO", "ダヂヅデド": "DA JI ZU DE DO", "バビブベボ": "BA BI BU BE BO", "パピプペポ": "PA PI PU PE PO",
	} {
		latin := strings.Fields(latin)
		for i, k := range []rune(row) {
			out[string(k)] = latin[i]
		}
	}
	return out
}()

// minRomaji is how many kana a word must have to be told in Latin letters too.
const minRomaji = 3

// romaji are the ways to write a folded text in Latin letters: with its long
// vowels written out, and short. None if it is not all kana.
func romaji(s string) []string {
	var b strings.Builder
	n := 0
	for _, r := range s {
		latin, ok := syllables[string(r)]
		if !ok {
			return nil
		}
		n++
		// Folded, a small ヤ is large: behind one of the イ row it is taken for
		// small, as in シヨウケン.
		so := b.String()
		if strings.ContainsRune("ヤユヨ", r) && len(so) > 1 && strings.HasSuffix(so, "I") {
			so = so[:len(so)-1]
			if latin = latin[1:]; !strings.HasSuffix(so, "SH") && !strings.HasSuffix(so, "CH") && !strings.HasSuffix(so, "J") {
				latin = "Y" + latin
			}
			b.Reset()
			b.WriteString(so)
		}
		b.WriteString(latin)
	}
	if n < minRomaji {
		return nil
	}
	long := b.String()
	out := []string{long}
	if short := shortened.Replace(long); short != long {
		out = append(out, short)
	}
	return out
}

var shortened = strings.NewReplacer("OU", "O", "UU", "U", "OO", "O")
