package catalog

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var placeInFile = regexp.MustCompile(`(\w+\.rec):\d+`)

// Explain says of a line what was seen, and where: each kind of step once.
func TestExplainSaysWhatWasSeenAndWhere(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		bank, line string
		want       []string // the stretch of the line, and what is said of it
	}{
		{"0125", "ドコモコウザ", []string{"ドコモコウザ: the name ドコモコウザ of docomo (services.rec)"}},
		{"0168", "RKデイ―バライ", []string{"RK: a mark in front of a name", "デイ―バライ: the name デイーバライ of docomo (services.rec)"}},
		{"", "ﾋﾞﾘﾝｸﾞｼｽﾃ", []string{"ﾋﾞﾘﾝｸﾞｼｽﾃ: the line ends inside the name ビリングシステム of payb (services.rec)"}},
		{"", "PAYPA", []string{"PAYPA: undecided: the name PAYPAY of paypay (services.rec), or PAYPAL of paypal (services.rec)"}},
		{"0009", "＆ビリングシ", []string{"ビリングシ: ビリングシステム of payb (services.rec) is not complete, and the bank cuts descriptors elsewhere"}},
		{"", "77ギンコウ", []string{"ギンコウ: ギンコウペイ of ginkopay (services.rec) would need 5 letters to be told from its start"}},
		{"0009", "AMAZONW", []string{"AMAZON: AMAZON of amazon (services.rec) counts only when it stands alone", "AMAZONW: the line ends inside the trap AMAZONWEB, AWSの利用料 (services.rec)"}},
		{"0009", "ビユ-カ-ド", []string{"ビユ-カ-ド: the trap ビユーカード, カードの請求 (words.rec)"}},
		{"0138", "ｷﾕｳﾘﾖｳ", []string{"ｷﾕｳﾘﾖｳ: money came in: キユウリヨウ, 給与 (words.rec)"}},
		{"0038", "給与＊ニツケン", []string{"給与: money came in: 給与 (words.rec)"}},
		{"9900", "自払 PAYPAYカード", []string{"自払: a mark in front of a name", "PAYPAYカード: the name PAYPAY of paypay (services.rec), refused for what follows: カード, カードの請求 (words.rec)"}},
		{"", "ﾌﾟﾘﾝ", []string{"ﾌﾟﾘﾝ: undecided: the name プリン of pring (services.rec), or another of that name"}},
		{"0009", "PAYPAYｸﾞﾙﾒ", []string{"PAYPAY: undecided: the name PAYPAY of paypay (services.rec), or unknown word behind the name"}},
		{"", "ヌネペイペイ", []string{"ペイペイ: undecided: the name ペイペイ of paypay (services.rec) joined to an unknown word before it"}},
		{"", "AUペイント", []string{"AUペイ: AUペイ of aupay (services.rec) is only the start of a longer word"}},
		{"", "ﾄﾞｺﾓ ｺｳｻﾞﾌﾘｶｴ", []string{"ﾄﾞｺﾓ ｺｳｻ: ドコモコウザ of docomo (services.rec) ends inside the mark コウザフリカエ", "ﾄﾞｺﾓ: ドコモ of docomo (services.rec) counts only behind the mark of a real-time rail", "ｺｳｻﾞﾌﾘｶｴ: a mark in front of a name"}},
		{"", "振込＊ト", []string{"振込: a mark in front of a name", "ト: the start of names of several services"}},
		{"", "ﾇﾈﾇﾈ", nil},
	} {
		e := Explain(c.bank, c.line, false)
		var got []string
		for _, s := range e.Steps {
			got = append(got, c.line[s.Start:s.End]+": "+placeInFile.ReplaceAllString(s.What, "$1"))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q of bank %q:\n got %q\nwant %q", c.line, c.bank, got, c.want)
		}
		if e.Match != Classify(c.bank, c.line) {
			t.Errorf("%q is explained as %+v and is %+v", c.line, e.Match, Classify(c.bank, c.line))
		}
		if got, want := Explain(c.bank, c.line, true).Match, Decide(&Evidence{Bank: c.bank, Descriptor: c.line}).Match; got != want {
			t.Errorf("%q as a debit is explained as %+v and is %+v", c.line, got, want)
		}
	}
}

// The letters of a line are all of it, in order, each with what it was folded
// to.
func TestTheLettersOfALine(t *testing.T) {
	t.Parallel()
	var got []string
	const line = "ﾍﾟいばｰ(q１　\xff龘金か\u3099\u200b"
	end := 0
	for _, l := range Explain("", line, false).Letters {
		if l.At != end || line[l.At:l.At+len(l.Text)] != l.Text {
			t.Errorf("%q is said to be at %d, behind %d", l.Text, l.At, end)
		}
		end = l.At + len(l.Text)
		got = append(got, fmt.Sprintf("%q %s", l.Text, l.Unit))
	}
	want := []string{`"ﾍ" ヘ`, `"ﾟ" ` + string(semivoiced), `"い" イ`, `"ば" ハ` + string(voiced), `"ｰ" dash`, `"(" bracket`, `"q" Q`, `"１" 1`, `"\u3000" space`, `"\xff" nothing`,
		`"龘" another letter`, `"金" 金`, `"か" カ`, `"゙" ` + string(voiced), `"\u200b" nothing`}
	if !slices.Equal(got, want) || end != len(line) {
		t.Errorf("the letters are\n%q, want\n%q", got, want)
	}
	if n := len(Explain("", strings.Repeat("x", 5000), false).Letters); n != maxBytes {
		t.Errorf("of 5,000 letters %d are explained, want %d", n, maxBytes)
	}
}

// A line takes as many half-width cells as it has half-width letters and marks;
// an ideograph takes two.
func TestHowManyCellsALineTakes(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]int{"": 0, "ﾍﾟｲ": 3, "ペイ": 3, "ﾍﾟｲﾍﾟｲ": 6, "PAYPAYｶ-": 8, "口座振替": 8, "金 ": 3, "か\u3099": 2, "\u200b": 0, "\xff": 0, "(ｶ": 2} {
		if got := Cells(line); got != want {
			t.Errorf("%q takes %d cells, want %d", line, got, want)
		}
	}
}

// A name that is cut off is told only where the bank cuts its lines.
func TestANameIsCutOnlyWhereTheBankCuts(t *testing.T) {
	t.Parallel()
	d, err := with(kemu+"Name: ケムハライセイサン | guessed\n", "Bank: 9998\nJa: x\nEn: x\nCells: 14 20 | y\n\nGroup: x\nEn: x\nCodes: 9595-9595\nCells: 12 | y")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		bank, line string
		want       string
	}{
		{"9998", "ﾌﾘｶｴ    ｹﾑﾊﾗｲｾ", "kemu"}, // 14 cells
		{"9998", "ﾌﾘｶｴ     ｹﾑﾊﾗｲｾ", ""},
		{"9998", "\xffﾌﾘｶｴ \xff  \xff ｹﾑ\xffﾊﾗｲｾ", "kemu"}, // a broken byte takes none
		{"9998", "ﾌﾘｶｴ   ｹﾑﾊﾗｲｾ", ""},
		{"9998", "ﾌﾘｶｴﾌﾘｶｴ ﾌﾘｶｴ    ｹﾑﾊﾗｲｾ", "kemu"}, // 14 from the space on
		{"9998", "ﾌﾘｶｴﾌﾘｶｴﾌﾘｶｴ    ｹﾑﾊﾗｲｾ", ""},
		{"9998", "ﾌﾘｶｴ    ｹﾑﾊﾗｲｾ  ", "kemu"}, // what fills a line up counts for nothing
		{"9998", "ｹﾑﾊﾗｲｾ", ""},
		{"9595", "ﾌﾘｶｴ  ｹﾑﾊﾗｲｾ", "kemu"}, // 12, as the banks of its group cut
		{"9595", "ﾌﾘｶｴ   ｹﾑﾊﾗｲｾ", ""},
		{"", "ｹﾑﾊﾗｲｾ", ""},      // three letters are missing
		{"", "ｹﾑﾊﾗｲｾｲ", "kemu"}, // two, and how the bank cuts is not known
		{"9998", "ｹﾑﾊﾗｲｾｲ", ""}, // two, and it is known
		{"9998", "ｹﾑﾊﾗｲｾｲｻﾝ", "kemu"},
	} {
		if got := d.classify(c.bank, c.line); got.Service != c.want || c.want != "" && (got.Confidence == "cut") != !strings.HasSuffix(c.line, "ﾝ") {
			t.Errorf("%q of bank %q (%d cells) is %+v, want %q", c.line, c.bank, Cells(c.line), got, c.want)
		}
	}
}

// Kana are told in Latin letters as Hepburn writes them, with long vowels in
// full and short.
func TestKanaInLatinLetters(t *testing.T) {
	t.Parallel()
	for kana, want := range map[string][]string{
		"メルペイ": {"MERUPEI"}, "シヨウケン": {"SHOUKEN", "SHOKEN"}, "キヤツシユ": {"KYATSUSHU"}, "ジヤパン": {"JAPAN"}, "チヤージ": nil, "デイ": nil, "ビジネス": {"BIJINESU"},
		"イヤホン": {"IYAHON"}, "オオタニ": {"OOTANI", "OTANI"}, "PAY": nil, "プリン": {"PURIN"}, "プリ": nil, "ユウビン": {"YUUBIN", "YUBIN"},
	} {
		if got := romaji(kana); !slices.Equal(got, want) {
			t.Errorf("%s is %q, want %q", kana, got, want)
		}
	}
}
