package catalog

import (
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// benchLines is what banks of ordinary habits print: a few payment services,
// their namesakes, and the rest.
var benchLines = []string{
	"ﾄﾞｺﾓｺｳｻﾞ", "RKデイ―バライ", "ＲＴＫ　ペイペイ", "ﾗｲﾝﾍﾟｲ(ｶ", "PAYPAYｶｰﾄﾞ", "NTTﾄﾞｺﾓ", "ｺｳｻﾞﾌﾘｶｴ SMBC(ﾁﾝﾘﾖｳﾄｳ",
	"口座振替３　ミツイスミトモカ－ド", "自払 アメックス", "ATM ｼﾕﾂｷﾝ", "ﾄｳｷﾖｳﾃﾞﾝﾘﾖｸ", "ﾊﾟｰｸ24(ｶ)ﾀｲﾑｽﾞﾍﾟｲ", "ｺｳｻﾞﾌﾘｶｴ RL)ﾕ)ﾋﾛｺｰﾎﾟﾚｰｼﾖ", "利息", "水道料", "PE シヤカイホケンリヨウトウ*",
}

// sets are lines of several kinds: what the catalogue was built with, what it is
// measured by, ordinary lines, lines of services that were hard to tell.
func sets(tb testing.TB) []set {
	column := func(file string, n int) (out []string) {
		b, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		for l := range strings.Lines(string(b)) {
			if p := strings.Split(strings.TrimSpace(l), "\t"); len(p) > n && p[0] != "descriptor" {
				out = append(out, p[n])
			}
		}
		return out
	}
	return []set{
		{"banks", benchLines},
		{"own", column("testdata/descriptors.tsv", 0)},
		{"ordinary", column("trial/ordinary.tsv", 2)},
		{"hard", column("testdata/lines2.tsv", 0)},
	}
}

type set struct {
	name  string
	lines []string
}

// BenchmarkLine classifies one descriptor, over each set in turn: by its text
// alone, and with evidence.
func BenchmarkLine(b *testing.B) {
	i, found := 0, 0
	cases := []rival{
		{"Catalog", func(s string) bool { return Classify("0168", s).Service != "" }},
		{"CatalogWithEvidence", func(s string) bool {
			d := Decide(&Evidence{Bank: "0168", Descriptor: s, Amount: 1000})
			return d.Strength > None
		}},
	}
	cases = append(cases, rivals()...)
	for _, set := range sets(b) {
		for _, c := range cases {
			b.Run(set.name+"/"+c.name, func(b *testing.B) {
				b.ReportAllocs()
				defer cpuTime(b)()
				for b.Loop() {
					if c.is(set.lines[i%len(set.lines)]) {
						found++
					}
					i++
				}
			})
		}
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
	for _, set := range sets(t) {
		for _, l := range set.lines[:min(len(set.lines), 400)] {
			if n := testing.AllocsPerRun(10, func() { Classify("0168", l) }); n != 0 {
				t.Errorf("%q: %v allocations", l, n)
			}
			if n := testing.AllocsPerRun(10, func() { Decide(&Evidence{Bank: "0168", Descriptor: l, Amount: 1000}) }); n != 0 {
				t.Errorf("%q: %v allocations with evidence", l, n)
			}
		}
	}
}
