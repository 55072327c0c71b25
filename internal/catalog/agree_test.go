package catalog

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	_ "kozamori/internal/testkit/roomy"
	"kozamori/internal/watch"
)

var (
	agreeCount = flag.Int("agree", 15_000, "how many random lines the fast path and the reference are compared on")
	agreeSeed  = flag.Uint64("agree-seed", 4, "which random lines")
)

// disagreement says how the fast path and the reference differ on a line;
// empty if they do not. Which of several traps that a cut fits is named is no
// difference.
func disagreement(ref *reference, bank, line string) string {
	got := ref.d.classify(bank, line)
	want := ref.classify(bank, line)
	service, pattern := "", ""
	if want.name != nil {
		service, pattern = want.name.service.ID, want.name.of.text
	}
	if got.Service != service || got.Confidence != want.confidence || (got.Trap == "") != (want.trap == nil) ||
		got.Pattern != pattern && got.Confidence != watch.Cut {
		return fmt.Sprintf("%q of bank %q: %+v, the reference says %q by %q, %s, trap %v", line, bank, got, service, pattern, want.confidence, want.trap != nil)
	}
	if got.Service != "" && (got.Start >= got.End || got.End > len(line) || !utf8.ValidString(line[got.Start:got.End]) && utf8.ValidString(line)) {
		return fmt.Sprintf("%q: the span is %d to %d", line, got.Start, got.End)
	}
	return ""
}

// randomLine makes lines that are hard: words of the catalogue, whole and cut,
// spelled in all ways, joined with and without gaps, and noise of all kinds.
func randomLine(rng *rand.Rand, d *data) string {
	var b strings.Builder
	for range 1 + rng.IntN(5) {
		switch rng.IntN(12) {
		case 0:
			b.WriteRune(rune(rng.IntN(0x3100)))
		case 1:
			b.WriteRune(0x3000 + rune(rng.IntN(0x200)))
		case 2:
			b.WriteRune(0xFF00 + rune(rng.IntN(0xF0)))
		case 3:
			b.WriteRune(rune(rng.IntN(utf8.MaxRune + 1)))
		case 4:
			b.WriteByte(byte(rng.IntN(256)))
		case 5, 6:
			b.WriteString(gaps[rng.IntN(len(gaps))])
		default:
			w := []rune(spell(d.words[rng.IntN(len(d.words))].text, rng))
			if rng.IntN(4) == 0 {
				w = w[:rng.IntN(len(w)+1)]
			}
			if rng.IntN(12) == 0 && len(w) > 0 {
				w[rng.IntN(len(w))] = rune(0x30A1 + rng.IntN(0x55))
			}
			b.WriteString(string(w))
		}
	}
	s := b.String()
	if rng.IntN(8) == 0 && len(s) > 0 {
		s = s[:rng.IntN(len(s))]
	}
	return s
}

var gaps = []string{" ", "　", "(", ")", "（", "）", "/", "・", "･", "*", "＊", ".", "-", "ー", "－", "゛", "ﾞ", "ﾟ", "\u3099", "カ", "ｶ)", "(カ", "（ト", "3", "１２", "ロ"}

func TestTheFastPathAgreesWithTheReference(t *testing.T) {
	t.Parallel()
	ref := newReference(std())
	rng := rand.New(rand.NewPCG(*agreeSeed, 20201003))
	banks := append([]string{"", "9999"}, std().codes...)
	wrong, named := 0, 0
	for range *agreeCount {
		line := randomLine(rng, std())
		bank := banks[rng.IntN(len(banks))]
		if s := disagreement(ref, bank, line); s != "" {
			t.Error(s)
			if wrong++; wrong > 20 {
				t.FailNow()
			}
		}
		if std().classify(bank, line).Service != "" {
			named++
		}
	}
	t.Logf("%d lines compared, a service in %d of them", *agreeCount, named)
}

func FuzzClassify(f *testing.F) {
	ref := newReference(std())
	for _, s := range []string{"RKデイ―バライ", "ト゛コモコウサ゛", "PAYPAYｶ-", "口座振替３　ＰＡＹＰＡ", "(カ)ﾌﾟﾘﾝ 364", "\xef\xbe"} {
		f.Add("0005", s)
	}
	f.Fuzz(func(t *testing.T, bank, line string) {
		if len(line) > 300 { // the reference is too slow for much noise
			line = line[:300]
		}
		if s := disagreement(ref, bank, line); s != "" {
			t.Error(s)
		}
	})
}
