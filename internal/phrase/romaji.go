package phrase

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// latin are words in Latin letters that stand within Japanese as they are.
var latin = map[string]bool{"paypay": true, "docomo": true, "merpay": true, "aupay": true, "kyash": true, "edy": true, "line": true, "pay": true, "rakuten": true, "famipay": true, "d": true, "au": true, "atm": true, "sms": true}

// hurried are words that people write without their long vowels.
var hurried = map[string]string{"koza": "kouza", "bango": "bangou", "shotai": "shoutai", "tsuchi": "tsuuchi", "tuti": "tsuuchi", "ginko": "ginkou", "toroku": "touroku", "shokai": "shoukai", "arigato": "arigatou", "dewa": "deha", "wa": "ha", "niwa": "niha", "towa": "toha", "o": "wo", "e": "he"}

// inKana is Japanese that was written in Latin letters; empty for any other text.
func inKana(text string) string {
	var out []string
	japanese := 0
	for w := range strings.FieldsFuncSeq(strings.ToLower(norm.NFKC.String(text)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && r != '\'' && r != '-' }) {
		w = strings.Trim(w, "'-")
		switch k, ok := syllables(strings.ReplaceAll(w, "-", "")); {
		case latin[w] || w != "" && strings.Trim(w, "0123456789") == "":
			out = append(out, w)
		case !ok:
			return ""
		default:
			japanese++
			out = append(out, k)
		}
	}
	if japanese == 0 {
		return ""
	}
	return strings.Join(out, "")
}

// syllables reads one word, in the spelling of Hepburn or of the keyboard.
func syllables(w string) (string, bool) {
	for long, short := range map[string]string{"ā": "aa", "ī": "ii", "ū": "uu", "ē": "ee", "ō": "ou"} {
		w = strings.ReplaceAll(w, long, short)
	}
	if long, ok := hurried[w]; ok {
		w = long
	}
	var b strings.Builder
	for w != "" {
		switch {
		case len(w) > 1 && w[0] == w[1] && strings.IndexByte("kstpcgdbjzhf", w[0]) >= 0, strings.HasPrefix(w, "tch"):
			b.WriteString("っ")
			w = w[1:]
			continue
		case w[0] == 'n' && (len(w) == 1 || strings.IndexByte("aiueoy", w[1]) < 0):
			b.WriteString("ん")
			w = strings.TrimPrefix(w[1:], "'")
			continue
		}
		n := min(3, len(w))
		for ; n > 0; n-- {
			if k, ok := syllable[w[:n]]; ok {
				b.WriteString(k)
				w = w[n:]
				break
			}
		}
		if n == 0 {
			return "", false
		}
	}
	return b.String(), true
}

// syllable is filled once, from rows of a, i, u, e, o.
var syllable map[string]string

func fillSyllables() {
	syllable = map[string]string{"shi": "し", "chi": "ち", "tsu": "つ", "fu": "ふ", "ji": "じ", "sha": "しゃ", "shu": "しゅ", "sho": "しょ", "cha": "ちゃ", "chu": "ちゅ", "cho": "ちょ", "ja": "じゃ", "ju": "じゅ", "jo": "じょ", "wa": "わ", "wo": "を", "fa": "ふぁ", "fi": "ふぃ", "fe": "ふぇ", "fo": "ふぉ", "she": "しぇ", "je": "じぇ", "che": "ちぇ", "dhi": "でぃ", "thi": "てぃ"}
	for row, kana := range map[string]string{"": "あいうえお", "k": "かきくけこ", "s": "さしすせそ", "t": "たちつてと", "n": "なにぬねの", "h": "はひふへほ", "m": "まみむめも", "r": "らりるれろ", "g": "がぎぐげご", "z": "ざじずぜぞ", "d": "だぢづでど", "b": "ばびぶべぼ", "p": "ぱぴぷぺぽ"} {
		rs := []rune(kana)
		for i, vowel := range "aiueo" {
			syllable[row+string(vowel)] = string(rs[i])
		}
		if row == "" {
			continue
		}
		for vowel, small := range map[string]string{"a": "ゃ", "u": "ゅ", "o": "ょ"} {
			syllable[row+"y"+vowel] = string(rs[1]) + small
		}
	}
	for vowel, k := range map[string]string{"a": "や", "u": "ゆ", "o": "よ"} {
		syllable["y"+vowel] = k
	}
}
