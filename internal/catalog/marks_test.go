package catalog

import (
	"testing"

	"golang.org/x/text/unicode/norm"
)

// Of a word behind a name only the last voicing mark may be lost, at the end of a
// line that is cut there: any other word that lost marks is another word. The
// reference says so of each word and each choice of its marks.
func TestWhichMarksAWordBehindANameMayLose(t *testing.T) {
	t.Parallel()
	ref := newReference(std())
	tried := 0
	for _, w := range std().words {
		if w.kind <= kindFront {
			continue
		}
		for _, text := range withoutMarks(w.text, 4) {
			for _, line := range []string{"ﾍﾟｲﾍﾟｲ" + text, "ﾍﾟｲﾍﾟｲ" + text + " ", "ﾍﾟｲﾍﾟｲ" + text + "ｱ"} {
				tried++
				if s := disagreement(ref, "", line); s != "" {
					t.Error(s)
				}
			}
		}
	}
	if tried < 500 {
		t.Errorf("%d lines were tried", tried)
	}
}

// withoutMarks are the spellings of a text that lack some of its last voicing
// marks, of most at most.
func withoutMarks(text string, most int) (out []string) {
	runes := []rune(norm.NFKD.String(text))
	var at []int
	for i, r := range runes {
		if r == 0x3099 || r == 0x309A {
			at = append(at, i)
		}
	}
	at = at[max(0, len(at)-most):]
	for set := range 1 << len(at) {
		var kept []rune
		for i, r := range runes {
			lost := false
			for k, a := range at {
				lost = lost || a == i && set>>k&1 == 1
			}
			if !lost {
				kept = append(kept, r)
			}
		}
		out = append(out, norm.NFC.String(string(kept)))
	}
	return out
}
