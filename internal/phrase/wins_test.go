package phrase_test

import (
	"math/rand/v2"
	"regexp"
	"testing"

	"kozamori/internal/phrase"
	"kozamori/internal/testkit/breadth"
)

// lists are all files of phrases.
var lists = []string{"first.tsv", "said.tsv", "more.tsv", "blind.tsv", "hard.tsv", "plain.tsv", "fresh.tsv", "fresh1.tsv", "fresh2.tsv", "fresh3.tsv", "fresh4.tsv", "fresh5.tsv", "fresh6.tsv", "fresh7.tsv", "fresh8.tsv", "fresh9.tsv", "fresh10.tsv", "fresh11.tsv", "fresh12.tsv", "fresh13.tsv"}

// A denial wins over all that is said before or after it but the taking back of an
// answer: each that people wrote meets whatever else they wrote. It may be asked
// about where the other words are doubts of it, and then rarely.
func TestADenialWinsOverWhateverElseIsSaid(t *testing.T) {
	t.Parallel()
	japanese := regexp.MustCompile(`[\p{Hiragana}\p{Katakana}\p{Han}]`)
	joints := map[bool][]string{true: {"。", "！", "、", "\n", "。あと"}, false: {". ", "! ", ", ", "\n", " and "}}
	denials, others := map[bool][]string{}, map[bool][][2]string{}
	for _, file := range lists {
		for _, p := range said(t, file) {
			ja := japanese.MatchString(p[0])
			switch phrase.Meaning(p[1]) {
			case phrase.Dispute:
				denials[ja] = append(denials[ja], p[0])
			case phrase.Undo, phrase.Mine, phrase.Unsure: // they contradict it
			default:
				others[ja] = append(others[ja], p)
			}
		}
	}
	for _, ja := range []bool{true, false} {
		r := rand.New(rand.NewPCG(uint64(len(others[ja])), 17))
		n, asked := 0, 0
		for range breadth.Of(200, 1500) {
			d, o, joint := denials[ja][r.IntN(len(denials[ja]))], others[ja][r.IntN(len(others[ja]))], joints[ja][r.IntN(5)]
			for _, text := range []string{d + joint + o[0], o[0] + joint + d} {
				n++
				switch got := phrase.Read(text); got {
				case phrase.Dispute:
				case phrase.Unsure:
					asked++
				default:
					t.Errorf("%q, a denial and %s, was taken as %q", text, o[1], got)
				}
			}
		}
		if asked*50 > n {
			t.Errorf("of %d denials with other words %d are asked about", n, asked)
		}
	}
}
