package catalog

import (
	"slices"
	"strings"
	"testing"
)

// fronts are what may stand before a name or a trap at a bank: its own marks,
// and the ones that all banks share.
func fronts(b *Bank) []string {
	out := []string{"", "口座振替　", "ｺｳｻﾞﾌﾘｶｴ", "自払　", "フリカエ　", "RTK ", "ＲＫ", "JD/", "DF.", "SMBC(", "AP(", "PE ", "口座振替３　ＲＳ　", "ｶ)"}
	for _, p := range b.Prints {
		out = append(out, p, p+"　")
	}
	return out
}

// backs are what may stand behind a name without changing it.
var backs = []string{"", "（カ", "(ｶ", "ｶ)", " ｶ)", "（ト", "(364)", "　２６０７", "*", "  ", "株式会社", "（株）", "チャージ", "ﾊﾞﾗｲ"}

func TestNamesInTheSpellingsOfAllBanks(t *testing.T) {
	var y tally
	for _, w := range std.words {
		if w.kind != kindName {
			continue
		}
		for n, s := range spellings(w.text) {
			for c, code := range std.codes {
				fs := fronts(std.banks[code])
				for k, f := range fs {
					// Every spelling meets every front, every back and every bank; not all three at once.
					b := backs[(n+c+k)%len(backs)]
					if w.whole { // and no word but the charge's
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
	var y tally
	try := func(text string) {
		for n, s := range spellings(text) {
			for c, code := range std.codes {
				fs := fronts(std.banks[code])
				y.add(t, line{fs[(n+c)%len(fs)] + s, "", code})
				y.add(t, line{fs[(n+c+1)%len(fs)] + s + backs[(n+c)%len(backs)], "", code})
			}
		}
	}
	for _, w := range std.words {
		switch w.kind {
		case kindTrap:
			try(w.text)
		case kindName:
			for _, x := range std.words {
				if x.kind == kindBill && !slices.ContainsFunc(std.words, func(o *word) bool {
					return o.kind == kindName && string(o.units) == string(w.units)+string(x.units)
				}) {
					y.add(t, line{w.text + x.text, "", ""})
					y.add(t, line{"口座振替　" + narrow(w.text+x.text), "", "0005"})
					y.add(t, line{wide(w.text) + "　" + wide(x.text) + "リヨウ", "", ""})
				}
			}
		case kindCredit:
			for _, o := range std.words {
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

// Longer words that merely hold a name stay silent.
func TestNamesInsideLongerWords(t *testing.T) {
	var y tally
	for _, w := range std.words {
		if w.kind != kindName {
			continue
		}
		first, last := std.class[w.units[0]], std.class[w.units[len(w.units)-1]]
		switch first {
		case classKana:
			y.add(t, line{"ムネ" + w.text, "", ""})
			y.add(t, line{"ﾑﾈ" + narrow(w.text) + "(ｶ", "", ""})
		case classLatin:
			y.add(t, line{"XQ" + w.text, "", ""})
		}
		if slices.ContainsFunc(std.words, func(o *word) bool {
			return o.kind == kindName && o != w && strings.HasPrefix(string(w.units), string(o.units)) && std.class[w.units[len(o.units)]] != std.class[o.units[len(o.units)-1]]
		}) {
			continue // PAYB with an unknown word behind it is told
		}
		switch last {
		case classKana, classMark:
			y.add(t, line{w.text + "ヌネ", "", ""})
			y.add(t, line{"口座振替　" + narrow(w.text) + "ﾇﾈ", "", "0005"})
		case classLatin:
			y.add(t, line{w.text + "XQ", "", ""})
		}
	}
	t.Log("\n" + y.String())
}

// A name that was cut off is told where the bank cuts, if enough is left and
// nothing else fits; never as another service.
func TestCutNames(t *testing.T) {
	pad := []string{"", "カ）", "ＤＦ ", "RTK ", "RKS(", "SMBC(", "MHF)DF ", "SMBC(DF.RS"}
	told := map[string]bool{}
	for _, w := range std.words {
		if w.kind != kindName || w.whole {
			continue
		}
		for k := minCut; k < len(w.units); k++ {
			var b strings.Builder
			for _, u := range w.units[:k] {
				b.WriteRune(std.runes[u])
			}
			left := narrow(b.String())
			for _, code := range []string{"0005", "9900", "0038"} {
				for _, p := range pad {
					text := p + left
					full := std.fields(text, std.banks[code].Cells)
					got := Classify(code, text)
					switch {
					case got.Service != "" && got.Service != w.service.ID:
						t.Errorf("%q of %q at %s is %+v", text, w.text, code, got)
					case got.Confidence == "cut" && !full && letters(w.units) != letters(w.units[:k]):
						t.Errorf("%q of %q is told at %s, which does not cut there: %+v", text, w.text, code, got)
					case got.Confidence == "cut" && letters(w.units[:k]) < minCut:
						t.Errorf("%q of %q is told from too little: %+v", text, w.text, got)
					case got.Confidence == "cut":
						told[w.text] = true
					}
				}
			}
		}
	}
	for _, name := range []string{"ドコモコウザ", "ビリングシステム", "バンドルカード", "モバイルスイカ", "トヨタウオレツト", "スマートバンク"} {
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
		"フリカエ　ＰＡＹＰＡ":   {}, // PayPay or PayPal
		"ラクテン":         {},
		"PAYPAYｶ":      {Service: "paypay", Confidence: "undecided", Pattern: "PAYPAY", Trap: "カード"},
		"ﾍﾟｲﾍﾟｲｶ":      {Service: "paypay", Confidence: "undecided", Pattern: "ペイペイ", Trap: "カード"},
		"PAYPAY(ｶ":     {Service: "paypay", Confidence: "seen", Pattern: "PAYPAY"},
		"PAYPAYｶ)":     {Service: "paypay", Confidence: "seen", Pattern: "PAYPAY"},
		"PAYPAYｶ-":     {Trap: "カード"},
		"PAYPAYｶ-ﾄ":    {Trap: "カード"},
		"ﾍﾟｲﾍﾟｲｷﾞﾝ":    {Trap: "ギンコウ"},
		"口座振替　ＰＡＹＰＡＹシ": {Service: "paypay", Confidence: "undecided", Pattern: "PAYPAY", Trap: "シヨウケン"},
		"ペイペイフリ":       {Trap: "ペイペイフリマ"},
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
		if m := Classify("0005", s); m.Service != "" {
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
