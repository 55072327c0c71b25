package phrase

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// folded is a text as the rules read it: japanese without spaces and marks,
// english in words with a space on either side.
type folded struct {
	japanese, english string
	slack             bool // the Japanese is folded further
	latin             bool // there is no Japanese in it
}

// side is what a pattern of Japanese or of English reads; empty if there is none.
func (t folded) side(japanese bool) string {
	switch {
	case !japanese:
		return t.english
	case t.latin:
		return ""
	}
	return t.japanese
}

// has reports whether any of the words stands in the text.
func (t folded) has(words []word) bool {
	for i := range words {
		if w := &words[i]; w.english && strings.Contains(t.english, w.text) || !w.english && t.holds(w) {
			return true
		}
	}
	return false
}

// holds reports whether a Japanese word stands in the text, with what follows it.
func (t folded) holds(w *word) bool {
	text := w.in(t.slack)
	if len(w.after) == 0 {
		// Loosely read, コード would be こと.
		return text != "" && strings.Contains(t.japanese, text) && (!t.slack || len(text) > len("こと") || text == w.text)
	}
	for rest := t.japanese; rest != ""; {
		at := strings.Index(rest, text)
		if at < 0 {
			return false
		}
		if follows(rest[at+len(text):], w.after, t.slack) {
			return true
		}
		_, n := utf8.DecodeRuneInString(rest[at:])
		rest = rest[at+n:]
	}
	return false
}

// follows reports whether one of the words begins a text, with what follows it.
func follows(text string, words []word, slack bool) bool {
	for i := range words {
		rest, ok := strings.CutPrefix(text, words[i].in(slack))
		if ok && (len(words[i].after) == 0 || follows(rest, words[i].after, slack)) {
			return true
		}
	}
	return false
}

// word is a word, or a piece of one, as the rules look for it.
type word struct {
	text, slack string
	english     bool
	after       []word // one of them follows at once
}

func (w *word) in(slack bool) string {
	if slack {
		return w.slack
	}
	return w.text
}

// fold brings the spellings of a text together: width and case, katakana and
// small kana, the marks, spaces and pictures between words, the short forms of
// English. With slack, voicing and long vowels too, in which people slip most;
// then words meet that have nothing in common, so it is the second try.
func fold(text string, slack bool) folded {
	text = strings.ToLower(norm.NFKC.String(pictures.Replace(text)))
	return folded{japanese: kana(text, slack), english: english(text, true), slack: slack, latin: !strings.ContainsFunc(text, isJapanese)}
}

// pictures are those that say what is wanted by themselves.
var pictures = strings.NewReplacer("(泣)", "。", "（泣）", "。", "(汗)", "。", "（汗）", "。", "(涙)", "。", "（涙）", "。", "📞", "電話", "☎", "電話", "☏", "電話", "¥", "円", "￥", "円")

// kana folds the Japanese side of a text. What it yields is compared only with
// what it yields.
func kana(s string, slack bool) string {
	if slack {
		return slackEndings.Replace(slackSpellings.Replace(letters(s, true)))
	}
	return endings.Replace(spellings.Replace(letters(s, false)))
}

// letters keeps the letters of a text, in hiragana where there is a choice.
func letters(s string, slack bool) string {
	if slack {
		s = norm.NFD.String(s) // voicing marks stand alone
	}
	var b strings.Builder
	var last [2]rune
	for _, r := range s {
		r = large(r)
		if r == last[0] && r == last[1] && !unicode.IsNumber(r) {
			continue // ないいいい is ないい
		}
		last[0], last[1] = last[1], r
		switch {
		case slack && (r == 'ー' || unicode.Is(unicode.Mn, r) || r == '゛' || r == '゜'):
		case unicode.IsLetter(r) || unicode.IsNumber(r) || r == '々':
			b.WriteRune(r)
		}
	}
	return b.String()
}

// large brings katakana and small kana to large hiragana.
func large(r rune) rune {
	if r >= 'ァ' && r <= 'ヶ' {
		r -= 'ァ' - 'ぁ'
	}
	if l, ok := smallKana[r]; ok {
		return l
	}
	return r
}

func largeHiragana(s string) string { return strings.Map(large, s) }

var smallKana = map[rune]rune{'ぁ': 'あ', 'ぃ': 'い', 'ぅ': 'う', 'ぇ': 'え', 'ぉ': 'お', 'っ': 'つ', 'ゃ': 'や', 'ゅ': 'ゆ', 'ょ': 'よ', 'ゎ': 'わ'}

// english folds the English side of a text: its words, each with a space on
// either side. Slips of the fingers are forgiven if asked for.
func english(s string, forgiven bool) string {
	s = strings.NewReplacer("’", "'", "‘", "'", "`", "'", "´", "'").Replace(s)
	var b strings.Builder
	latin := false
	b.WriteByte(' ')
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			latin = latin || r >= 'a'
			b.WriteRune(r)
		case r == '\'':
		default:
			b.WriteByte(' ')
		}
	}
	if !latin {
		return ""
	}
	words := strings.Fields(strings.NewReplacer(" un author", " unauthor", " un recogni", " unrecogni", " with out ", " without ", " no body ", " nobody ", " some one ", " someone ").Replace(b.String()))
	for i, w := range words {
		if long, ok := shortForms[w]; ok {
			words[i] = long
		} else if right, ok := misspelt(w); ok && forgiven {
			words[i] = right
		}
	}
	return " " + strings.Join(words, " ") + " "
}

// shortForms are the forms of English with not, with and without apostrophe,
// and some that people write in a hurry.
var shortForms = map[string]string{
	"dont": "do not", "didt": "did not", "dint": "did not", "didn": "did not", "dosent": "does not", "doesent": "does not", "wasent": "was not", "nvr": "never", "wasn": "was not", "isn": "is not", "don": "do not", "didnt": "did not", "doesnt": "does not", "wasnt": "was not", "isnt": "is not", "arent": "are not", "werent": "were not",
	"havent": "have not", "hasnt": "has not", "hadnt": "had not", "wouldnt": "would not", "couldnt": "could not", "cant": "can not", "cannot": "can not",
	"wont": "will not", "aint": "is not", "dunno": "do not know", "hes": "he is", "shes": "she is", "theyre": "they are", "youre": "you are", "idk": "i do not know", "ya": "yes", "yah": "yes", "im": "i am", "ive": "i have", "its": "it is", "thats": "that is", "whats": "what is",
	"whos": "who is", "theres": "there is", "youve": "you have", "weve": "we have", "theyve": "they have", "heres": "here is", "wheres": "where is", "hows": "how is", "shouldnt": "should not", "mustnt": "must not", "neednt": "need not", "wnt": "want", "wanna": "want to", "gonna": "going to", "whose": "who is", "nothin": "nothing", "nuthin": "nothing", "summat": "something", "wudnt": "would not", "cudnt": "could not", "wan": "want", "r": "are", "ur": "your", "y": "why", "dnt": "do not", "wsnt": "was not", "noone": "no one", "sum1": "someone", "some1": "someone", "any1": "anyone", "tho": "though", "cuz": "because", "abt": "about", "acc": "account", "msg": "message", "msgs": "messages", "notifs": "notifications", "txn": "transaction", "pymt": "payment", "pmt": "payment", "recognice": "recognise", "reconize": "recognize", "recognise": "recognise", "neva": "never", "somebody": "someone", "u": "you", "pls": "please", "plz": "please", "acct": "account", "thx": "thanks", "ty": "thanks", "cheers": "thanks",
}

// misspelt finds the word of the rules that a long word is a slip of the
// fingers away from.
func misspelt(w string) (string, bool) {
	if len(w) < 6 || known[w] {
		return "", false
	}
	for _, k := range longWords {
		if d := len(k) - len(w); d >= -1 && d <= 1 && near(w, k, 1+len(k)/10) {
			return k, true
		}
	}
	return "", false
}

// near reports whether two words are at most n slips apart: a letter too many,
// too few or another, or two letters in the wrong order.
func near(a, b string, n int) bool {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	switch {
	case a == "" || b == "":
		return len(a)+len(b) <= n
	case n == 0:
		return false
	case len(a) > 1 && len(b) > 1 && a[0] == b[1] && a[1] == b[0] && near(a[2:], b[2:], n-1):
		return true
	}
	return near(a[1:], b, n-1) || near(a, b[1:], n-1) || near(a[1:], b[1:], n-1)
}
