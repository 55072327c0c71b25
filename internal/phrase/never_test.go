package phrase

import (
	"math/rand/v2"
	"strings"
	"testing"

	"kozamori/internal/testkit/breadth"
)

// grammars are the languages in which sentences are put together, with what joins
// two of them.
var grammars = map[string][]string{
	"testdata/grammar.txt": {"。", "！", "、", "\n", "😭", "…"},
	"testdata/spoken.txt":  {"。", "！", "、", "\n", "😭", "…", "。それと、"},
	"testdata/english.txt": {". ", "! ", ", ", "\n", " 😭 ", " and ", " so "},
}

// typed are ways to type a sentence that change nothing of what it says.
var typed = []func(string, *rand.Rand) string{
	func(s string, _ *rand.Rand) string { return s },
	func(s string, _ *rand.Rand) string { return strings.ToUpper(s) },
	func(s string, _ *rand.Rand) string { return "「" + s + "」" },
	func(s string, _ *rand.Rand) string {
		return strings.Map(func(r rune) rune {
			if r > ' ' && r < 0x7f {
				return r + 0xfee0
			}
			return r
		}, s)
	},
	func(s string, _ *rand.Rand) string {
		return strings.Map(func(r rune) rune {
			if r >= 'ぁ' && r <= 'ゖ' {
				return r + 'ァ' - 'ぁ'
			}
			return r
		}, s)
	},
	func(s string, r *rand.Rand) string {
		return s + []string{"😭", "😱😱", "💦", "!!", "???", "。。。"}[r.IntN(6)]
	},
	func(s string, _ *rand.Rand) string { return "\n" + s + " \n" },
}

// slip is a slip of the thumb: a letter that is missing, doubled or in the place of
// the next.
func slip(s string, r *rand.Rand) string {
	rs := []rune(s)
	if len(rs) < 4 {
		return s
	}
	i := r.IntN(len(rs) - 1)
	switch r.IntN(3) {
	case 0:
		return string(rs[:i]) + string(rs[i+1:])
	case 1:
		return string(rs[:i+1]) + string(rs[i:])
	}
	rs[i], rs[i+1] = rs[i+1], rs[i]
	return string(rs)
}

// A denial that is put together, however it is typed and whatever else is said
// with it, is a denial; with a slip in it, it may be asked about, and is nothing else.
func TestADenialIsNeverTakenForAnythingElse(t *testing.T) {
	t.Parallel()
	each := breadth.Of(1, 6)
	for file, joints := range grammars {
		g := readGrammar(t, file)
		var denials, wishes [][2]string
		for _, way := range g.ways {
			switch Meaning(way[0]) {
			case Dispute:
				denials = append(denials, way)
			case Mine, Undo, Thanks:
			default:
				wishes = append(wishes, way)
			}
		}
		n, asked := 0, 0
		for i, way := range denials {
			r := rand.New(rand.NewPCG(uint64(i), 16))
			for range each {
				said := g.say(way[1], r)
				if Read(said) != Dispute {
					continue // counted by the test of the grammar
				}
				n++
				if text := typed[r.IntN(len(typed))](said, r); Read(text) != Dispute {
					t.Errorf("%q was taken as %q", text, Read(text))
				}
				if text := slip(said, r); Read(text) == Unsure {
					asked++
				} else if Read(text) != Dispute {
					t.Errorf("%q, with a slip, was taken as %q", text, Read(text))
				}
				wish, joint := g.say(wishes[r.IntN(len(wishes))][1], r), joints[r.IntN(len(joints))]
				for _, text := range []string{said + joint + wish, wish + joint + said} {
					if Read(text) != Dispute {
						t.Errorf("%q was taken as %q", text, Read(text))
					}
				}
			}
		}
		if asked*6 > n {
			t.Errorf("%s: of %d denials with a slip %d are asked about", file, n, asked)
		}
	}
}

// Who asks whether somebody else took the money by mistake takes nothing back.
func TestTheMistakeOfAnotherIsADenial(t *testing.T) {
	t.Parallel()
	for _, said := range []string{"haven't you debited this by mistake?", "did they charge me by mistake", "the bank took this in error", "PayPay charged me by accident", "you have billed it by mistake, I think", "間違って引き落とされてませんか", "間違って引かれています", "誤って請求されたのでは？"} {
		if got := Read(said); got != Dispute {
			t.Errorf("%q was taken as %q", said, got)
		}
	}
	for _, said := range []string{"I pressed it by mistake", "I reported it by mistake", "my report was made by mistake", "間違って押しました", "間違えて報告しました"} {
		if got := Read(said); got != Undo {
			t.Errorf("%q was taken as %q", said, got)
		}
	}
}
