package catalog

import (
	"os"
	"strings"
	"testing"
)

// A text that names no one is made of words for ways of paying, numbers and
// dates. Where a business is named, known or not, it is another matter.
func TestWhatNamesNoOne(t *testing.T) {
	for _, text := range []string{
		"", "口座振替", "ｺｳｻﾞﾌﾘｶｴ", "コウサ゛フリカエ", "振替", "引落", "ﾋｷｵﾄｼ", "ﾃﾞﾋﾞｯﾄ", "デビット１　８２４７５５", "DIRECT DEBIT", "口座振替１０",
		"自払", "自動引落", "即時口座振替", "RTK", "RK 12345", "ﾈｯﾄｹｯｻｲ", "ｽﾏﾎｹｯｻｲ", "口座振替　ｺﾞﾘﾖｳﾀﾞｲｷﾝ", "DF.", "SMBC(", "口座振替 カ)",
		"A1B2", "12AB", "AB12", "1A", "A1", "A12", "A1 2", "1A 2", "1AB 2", "12AB 3", "ｺｳｻﾞﾌﾘｶｴ A123", "ｺｳｻﾞﾌﾘｶｴ 26ﾈﾝ10ｶﾞﾂﾌﾞﾝ", "ｺｳｻﾞﾌﾘｶｴ 26ﾈﾝ10ｶﾞﾂ", "口座振替　2026年11月分",
	} {
		if !Nameless("", text, "") {
			t.Errorf("%q names someone", text)
		}
	}
	for _, text := range []string{
		"ﾃﾞﾝｷ", "ﾃﾞﾝｷﾀﾞｲ", "ｶﾞｽ", "NHK", "口座振替　ヤチン", "ｺｳｻﾞﾌﾘｶｴ ﾄｳｷﾖｳﾃﾞﾝﾘﾖｸ", "カード", "ATM", "現金", "手数料", "税", "ﾌﾘｺﾐ", "振込　ヤマダ", "ｷﾕｳﾖ",
		"ﾊﾟｰｸ24", "自払/ﾊﾟｰｸ24", "セブン", "ヤフージヤパン", "PAYPAY", "PAYPAYｶｰﾄﾞ", "ﾄﾞｺﾓｹｲﾀｲ", "デビット ﾛｰｿﾝ", "RK ﾔﾏﾀﾞ", "JR", "鈴木",
		"A", "12ABC", "ABC12", "A 1", "AB 1", "1 A", "A1 B", "1ABC2", "26ネンABC", strings.Repeat("口座振替　", 20),
	} {
		if Nameless("", text, "") {
			t.Errorf("%q names no one", text)
		}
	}
	if !Nameless("0005", "口座振替３", "ｺﾞﾘﾖｳﾌﾞﾝ") || Nameless("0005", "口座振替３", "ﾀﾞｲﾄｳﾃﾞﾝｷ") {
		t.Error("what stands next to the descriptor counts, too")
	}
	if n := testing.AllocsPerRun(100, func() { Nameless("0005", "口座振替３　ｺﾞﾘﾖｳﾌﾞﾝ", "") }); n > 0 {
		t.Errorf("%g allocations", n)
	}
}

// Each payment service's names are names, and few of the ordinary lines that
// banks print name no one: a debit under such a text leaves a trace.
func TestFewLinesNameNoOne(t *testing.T) {
	t.Parallel()
	for _, w := range std().lines.words {
		if w.kind == kindName && Nameless("", w.text, "") {
			t.Errorf("%s, a name of %s, names no one", w.text, w.service.ID)
		}
	}
	text, err := os.ReadFile("trial/ordinary.tsv")
	if err != nil {
		t.Fatal(err)
	}
	lines, nameless := 0, 0
	for l := range strings.Lines(string(text)) {
		if f := strings.Split(strings.TrimSpace(l), "\t"); len(f) == 3 {
			if lines++; Nameless(f[0], f[2], "") {
				nameless++
			}
		}
	}
	if lines < 1000 || nameless*50 > lines {
		t.Errorf("%d of %d ordinary lines name no one, at most two in a hundred", nameless, lines)
	}
}
