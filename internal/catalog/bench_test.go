package catalog

import (
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cloudflare/ahocorasick"
	"golang.org/x/text/unicode/norm"
)

// benchLines is what banks of ordinary habits print: a few payment services,
// their namesakes, and the rest.
var benchLines = []string{
	"ﾄﾞｺﾓｺｳｻﾞ", "RKデイ―バライ", "ＲＴＫ　ペイペイ", "ﾗｲﾝﾍﾟｲ(ｶ", "PAYPAYｶｰﾄﾞ", "NTTﾄﾞｺﾓ", "ｺｳｻﾞﾌﾘｶｴ SMBC(ﾁﾝﾘﾖｳﾄｳ",
	"口座振替３　ミツイスミトモカ－ド", "自払 アメックス", "ATM ｼﾕﾂｷﾝ", "ﾄｳｷﾖｳﾃﾞﾝﾘﾖｸ", "ﾊﾟｰｸ24(ｶ)ﾀｲﾑｽﾞﾍﾟｲ", "ｺｳｻﾞﾌﾘｶｴ RL)ﾕ)ﾋﾛｺｰﾎﾟﾚｰｼﾖ", "利息", "水道料", "PE シヤカイホケンリヨウトウ*",
}

// rivalWords are the names and traps that the rivals look for: the same as
// the catalogue's, without its rules about what may stand around them.
func rivalWords() (traps, names []string) {
	for _, w := range std().words {
		switch w.kind {
		case kindName:
			names = append(names, rivalFold(w.text))
		case kindTrap:
			traps = append(traps, rivalFold(w.text))
		}
	}
	return traps, names
}

// rivalFold is the plain way: separate voicing marks, NFKC, capitals, large
// kana, no dashes and spaces.
func rivalFold(s string) string {
	return rivalDrop.Replace(strings.ToUpper(norm.NFKC.String(rivalMarks.Replace(s))))
}

var (
	rivalMarks = strings.NewReplacer("\u309B", "\u3099", "\u309C", "\u309A")
	rivalDrop  = strings.NewReplacer("ー", "", "-", "", "−", "", "―", "", "‐", "", "–", "", "—", "", " ", "", "*", "", "/", "", "・", "", "(", "", ")", "", ".", "",
		"ァ", "ア", "ィ", "イ", "ゥ", "ウ", "ェ", "エ", "ォ", "オ", "ッ", "ツ", "ャ", "ヤ", "ュ", "ユ", "ョ", "ヨ")
)

// BenchmarkLine classifies one descriptor, over the benchLines in turn: as if
// each came for the first time, and as banks print them, again and again.
func BenchmarkLine(b *testing.B) {
	traps, names := rivalWords()
	quoted := func(words []string) string {
		ws := slices.Clone(words)
		for i := range ws {
			ws[i] = regexp.QuoteMeta(ws[i])
		}
		return strings.Join(ws, "|")
	}
	trapRe, nameRe := regexp.MustCompile(quoted(traps)), regexp.MustCompile(quoted(names))
	trapAC, nameAC := ahocorasick.NewStringMatcher(traps), ahocorasick.NewStringMatcher(names)
	contains := func(words []string, s string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s, w) })
	}
	found := 0
	for _, c := range []struct {
		name string
		do   func(string) bool
	}{
		{"Catalog/first", func(s string) bool { var m Match; std().read("0168", s, asked{}, &m); return m.Service != "" }},
		{"Catalog/again", func(s string) bool { return Classify("0168", s).Service != "" }},
		{"NFKC+substrings", func(s string) bool { f := rivalFold(s); return !contains(traps, f) && contains(names, f) }},
		{"NFKC+regexp", func(s string) bool { f := rivalFold(s); return !trapRe.MatchString(f) && nameRe.MatchString(f) }},
		{"NFKC+AhoCorasick", func(s string) bool { f := []byte(rivalFold(s)); return !trapAC.Contains(f) && nameAC.Contains(f) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			i := 0
			defer cpuTime(b)()
			for b.Loop() {
				if c.do(benchLines[i%len(benchLines)]) {
					found++
				}
				i++
			}
		})
	}
}

// cpuTime reports the processor's time too, which others on the machine
// disturb less than the clock's.
func cpuTime(b *testing.B) func() {
	used := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	start := used()
	return func() { b.ReportMetric(float64((used()-start).Nanoseconds())/float64(b.N), "cpu-ns/op") }
}

// BenchmarkLoad is paid at each cold start.
func BenchmarkLoad(b *testing.B) {
	defer cpuTime(b)()
	for b.Loop() {
		if _, err := read(source{servicesRec, banksRec, wordsRec}); err != nil {
			b.Fatal(err)
		}
	}
}

func TestClassifyAllocatesNothing(t *testing.T) {
	for _, l := range benchLines {
		if n := testing.AllocsPerRun(10, func() { Classify("0168", l) }); n != 0 {
			t.Errorf("%q: %v allocations", l, n)
		}
		if n := testing.AllocsPerRun(10, func() { Decide(&Evidence{Bank: "0168", Descriptor: l, Amount: 1000}) }); n != 0 {
			t.Errorf("%q: %v allocations with evidence", l, n)
		}
	}
}
