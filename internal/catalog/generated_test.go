package catalog

import (
	"slices"
	"strings"
	"testing"

	"kozamori/internal/watch"
)

// fronts are what may stand before a name or a trap at a bank: its own marks,
// and the ones that all banks share.
func fronts(b *Bank) []string {
	out := []string{"", "口座振替　", "ｺｳｻﾞﾌﾘｶｴ", "自払　", "フリカエ　", "RTK ", "ＲＫ", "JD/", "DF.", "SMBC(", "AP(", "PE ", "口座振替３　ＲＳ　", "ｶ)"}
	for _, p := range b.Prints {
		p := p.Mark
		if s := std().scan("", p); s.run() == (found{}) && s.other == 0 {
			out = append(out, p, p+"　")
		}
	}
	return out
}

// printers are the banks that print or cut in a way of their own, and some of
// the others.
func printers() []string {
	var out []string
	for i, code := range std().codes {
		if b := std().banks[code]; len(b.Prints)+len(b.Cells) > 0 || i%12 == 0 {
			out = append(out, code)
		}
	}
	return out
}

// backs are what may stand behind a name without changing it.
var backs = []string{"", "（カ", "(ｶ", "ｶ)", " ｶ)", "（ト", "(364)", "　２６０７", "*", "  ", "株式会社", "（株）", "チャージ", "ﾊﾞﾗｲ"}

func TestNamesInTheSpellingsOfAllBanks(t *testing.T) {
	t.Parallel()
	var y tally
	for _, w := range std().words {
		if w.kind != kindName {
			continue
		}
		for n, s := range spellings(w.text) {
			for c, code := range printers() {
				fs := fronts(std().banks[code])
				if w.has(flagRail) {
					fs = []string{"RTK ", "ＲＫ", "口座振替３　ＲＳ　"}
				}
				for k, f := range fs {
					if w.service.readings[code] != nil && std().scan(code, f).debits() {
						continue // the bank's bill of that name
					}
					// Every spelling meets every front, every back and every bank; not all three at once.
					b := backs[(n+c+k)%len(backs)]
					if w.flags&(flagWhole|flagRail) != 0 { // and no word but the charge's
						b = backs[(n+c+k)%(len(backs)-1)]
					}
					y.add(t, line{f + s + b, w.service.ID, code})
				}
			}
		}
		if t.Failed() {
			break
		}
	}
	t.Log("\n" + y.String())
}

func TestTrapsInTheSpellingsOfAllBanks(t *testing.T) {
	t.Parallel()
	var y tally
	try := func(text string) {
		for n, s := range spellings(text) {
			for c, code := range printers() {
				fs := fronts(std().banks[code])
				y.add(t, line{fs[(n+c)%len(fs)] + s, "", code})
				y.add(t, line{fs[(n+c+1)%len(fs)] + s + backs[(n+c)%len(backs)], "", code})
			}
		}
	}
	for _, w := range std().words {
		switch w.kind {
		case kindTrap:
			try(w.text)
		case kindName:
			for _, x := range std().words {
				if x.kind == kindBill && !w.has(flagRail) && !slices.ContainsFunc(std().lines.words, func(o *word) bool {
					return o.kind == kindName && slices.Equal(o.units, slices.Concat(w.units, x.units))
				}) {
					y.add(t, line{w.text + x.text, "", ""})
					y.add(t, line{"口座振替　" + narrow(w.text+x.text), "", "0005"})
					y.add(t, line{wide(w.text) + "　" + wide(x.text) + "リヨウ", "", ""})
				}
			}
		case kindCredit:
			for _, o := range std().words {
				if o.kind == kindName {
					y.add(t, line{w.text + "　" + o.text, "", ""})
				}
			}
		}
		if t.Failed() {
			break
		}
	}
	t.Log("\n" + y.String())
}

// debits tells whether a text holds the mark of an ordinary direct debit, and
// of no real-time rail.
func (s *scan) debits() bool {
	s.run()
	return s.marks&flagRail == 0
}

// Longer words that merely hold a name are never told as sure: an unknown word
// that is joined to a name leaves two readings, or silence.
func TestNamesInsideLongerWords(t *testing.T) {
	t.Parallel()
	try := func(bank, text string) {
		t.Helper()
		if m := Classify(bank, text); m.Service != "" && m.Confidence != watch.Undecided {
			t.Errorf("%q is %+v", text, m)
		}
	}
	for _, w := range std().words {
		if w.kind != kindName {
			continue
		}
		switch first := std().class[w.units[0]]; first {
		case classKana:
			try("", "ムネ"+w.text)
			try("", "ﾑﾈ"+narrow(w.text)+"(ｶ")
		case classLatin:
			try("", "XQ"+w.text)
		}
		try("", w.text+"ヌネ")
		try("0005", "口座振替　"+narrow(w.text)+"ﾇﾈ")
		try("", w.text+"XQ")
		try("", "RTK "+w.text+"鵺")
		// No word begins with ン, so that the name is not one either.
		shorter := slices.ContainsFunc(std().lines.words, func(o *word) bool {
			return o.kind == kindName && !o.has(flagWhole) && len(o.units) < len(w.units) && w.begins(o)
		})
		if last := std().class[w.units[len(w.units)-1]]; last == classKana && !shorter {
			if m := Classify("", w.text+"ント"); m.Service != "" {
				t.Errorf("%q is %+v", w.text+"ント", m)
			}
		}
	}
}

// An unknown word behind a name is told as that, joined to it or not, and in
// kana as in Latin letters.
func TestUnknownWordsAroundANameLeaveTwoReadings(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"PAYPAYグルメ", "ペイペイグルメ", "ﾍﾟｲﾍﾟｲｸﾞﾙﾒ", "PAYPAY グルメ", "PAYPAYGOURMET", "ペイペイ饅頭", "PAYPAY カード風味饅頭", "PAYPAYカード風味",
		"ペイペイ　デンキドオリ", "PAYPAY ヒカリガオカ", "PAYPAY 返金窓口 0120", "PAYPAY 返金", "ペイペイヘンキンマドグチ", "ヌネヌネペイペイ", "ZQXPAYPAY",
	} {
		m := Classify("", text)
		if m.Service != "paypay" || m.Confidence != watch.Undecided {
			t.Errorf("%q is %+v", text, m)
		}
	}
}

// Banks and machines lose voicing marks: one in a name of four letters or
// more, any in one of six or more and behind a real-time rail.
func TestLostVoicingMarks(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"ヘイペイ": "paypay", "ペイヘイ": "paypay", "ヘイヘイ": "", "RTK ヘイヘイ": "paypay", "ﾄｺﾓｺｳｻﾞ": "docomo", "トコモコウサ": "docomo", "デイハライ": "docomo",
		"エテイ": "", "RTK エテイ": "rakutenedy", "ペイペイカート゛": "", "ペイペイガード": "paypay", "ベイペイ": "", "ペイベイ": "", "メルヘイ": "merpay", "ラインヘイ": "linepay",
	} {
		if m := Classify("", text); m.Service != want || want != "" && m.Confidence == watch.Seen {
			t.Errorf("%q is %+v, want %q", text, m, want)
		}
	}
}

// A name that was cut off is told where the bank cuts, if enough is left; as
// another service only next to its own.
func TestCutNames(t *testing.T) {
	t.Parallel()
	pad := []string{"", "カ）", "ＤＦ ", "RTK ", "RKS(", "SMBC(", "MHF)DF ", "SMBC(DF.RS"}
	told := map[string]bool{}
	for _, w := range std().words {
		if w.kind != kindName || w.flags != 0 {
			continue
		}
		for k := minCut; k < len(w.units); k++ {
			left := narrow(string([]rune(strings.ReplaceAll(w.text, "ー", ""))[:k]))
			for _, code := range []string{"0005", "9900", "0038"} {
				for _, p := range pad {
					text := p + left
					full := std().fields(text, std().banks[code].Cells)
					got := Classify(code, text)
					switch {
					case got.Service != "" && got.Service != w.service.ID && (got.Confidence != watch.Undecided || got.Trap != w.text):
						t.Errorf("%q of %q at %s is %+v", text, w.text, code, got)
					case got.Confidence == "cut" && !full:
						t.Errorf("%q of %q is told at %s, which does not cut there: %+v", text, w.text, code, got)
					case got.Confidence == "cut" && k < minCut:
						t.Errorf("%q of %q is told from too little: %+v", text, w.text, got)
					case got.Confidence == "cut":
						told[w.text] = true
					}
				}
			}
		}
	}
	for _, name := range []string{"ビリングシステム", "バンドルカード", "モバイルスイカ", "トヨタウオレツト", "スマートバンク"} {
		if !told[name] {
			t.Errorf("no cut of %s is told at any length", name)
		}
	}
	for text, want := range map[string]Match{
		"ラクテンキヤツシ":     {Service: "rakutenpay", Confidence: "cut", Pattern: "ラクテンキヤツシユ"},
		"ﾋﾞﾘﾝｸﾞｼｽﾃ":    {Service: "payb", Confidence: "cut", Pattern: "ビリングシステム"},
		"ﾄﾞｺﾓｺｳｻ":      {Service: "docomo", Confidence: "cut", Pattern: "ドコモコウザ"},
		"ﾄﾞｺﾓｺ":        {},
		"ﾄﾞｺﾓ":         {},
		"フリカエ　ＰＡＹＰＡ":   {Service: "paypay", Confidence: "undecided", Pattern: "PAYPAY", Trap: "PAYPAL"},
		"ラクテン":         {},
		"PAYPAYｶ":      {Service: "paypay", Confidence: "undecided", Pattern: "PAYPAY", Trap: "カード"},
		"ﾍﾟｲﾍﾟｲｶ":      {Service: "paypay", Confidence: "undecided", Pattern: "ペイペイ", Trap: "カード"},
		"PAYPAY(ｶ":     {Service: "paypay", Confidence: "elsewhere", Pattern: "PAYPAY"},
		"PAYPAYｶ)":     {Service: "paypay", Confidence: "elsewhere", Pattern: "PAYPAY"},
		"PAYPAYｶ-":     {Trap: "カード"},
		"PAYPAYｶ-ﾄ":    {Trap: "カード"},
		"ﾍﾟｲﾍﾟｲｷﾞﾝ":    {Service: "paypay", Confidence: "undecided", Pattern: "ペイペイ", Trap: "ギンコウ"},
		"口座振替　ＰＡＹＰＡＹシ": {Service: "paypay", Confidence: "undecided", Pattern: "PAYPAY", Trap: "unknown word behind the name"},
		"ペイペイフリ":       {Service: "paypay", Confidence: "undecided", Pattern: "ペイペイ", Trap: "ペイペイフリマ"},
	} {
		got := Classify("", text)
		got.Start, got.End = 0, 0
		if got != want {
			t.Errorf("%q is %+v, want %+v", text, got, want)
		}
	}
}

func TestNoiseIsBounded(t *testing.T) {
	for name, s := range map[string]string{
		"broken bytes":         strings.Repeat("\xff\xe3\x83", 4000),
		"zeroes":               strings.Repeat("\x00", 10000),
		"the start of a name":  strings.Repeat("ドコモ", 4000),
		"names without an end": strings.Repeat("ペイペイペイ", 4000) + "ン",
		"marks":                strings.Repeat("ﾞ", 10000),
		"one long word":        strings.Repeat("\uFDFA", 4000),
		"digits":               strings.Repeat("9", 10000),
		"many short fields":    strings.Repeat("a ", 1500) + "ﾋﾞﾘﾝｸﾞ",
	} {
		if m := Classify("0005", s); m.Service != "" && m.Confidence != watch.Undecided {
			t.Errorf("%s: %+v", name, m)
		}
		if n := testing.AllocsPerRun(3, func() { Classify("0005", s) }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
	if m := Classify("", "ペイペイ "+strings.Repeat("ｱ", 10000)); m.Service != "paypay" {
		t.Errorf("a name before noise: %+v", m)
	}
}
