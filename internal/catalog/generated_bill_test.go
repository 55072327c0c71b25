package catalog

import (
	"strings"
	"testing"

	"kozamori/internal/watch"
)

// cutAt is as much of a text as fits into some half-width cells.
func cutAt(s string, cells int) string {
	end := 0
	for i, r := range s {
		if Cells(s[:i]+string(r)) > cells {
			break
		}
		end = i + len(string(r))
	}
	return s[:end]
}

// A bill of the brand, cut at whatever length the bank cuts, is never told as
// the wallet alone, also where the cut leaves exactly the wallet's name.
func TestCutBillsOfABrandAreNotTheWallet(t *testing.T) {
	t.Parallel()
	exact := 0
	for _, s := range std().order {
		if s.brand == nil {
			continue
		}
		for _, w := range std().words {
			if w.service != s || w.kind != kindName || w.flags&(flagWhole|flagRail) != 0 {
				continue
			}
			for _, front := range []string{"口座振替３", "口座振替", "ｺｳｻﾞﾌﾘｶｴ", "ｺｳｻﾞﾌﾘｶｴ ", "自払/", "ジドウフリカエ", "ｸﾚｼﾞﾂﾄ   ", "DF.", "ダイレクトデビツト ", "カ)", "フリカエ　ＤＦ ", "オンラインケツサイ"} {
				for _, bill := range []string{w.text + s.brand.text, narrow(w.text + s.brand.text), wide(w.text + s.brand.text)} {
					for bank, lengths := range map[string][]int{"": std().lengths, "0168": std().lengths, "9900": std().banks["9900"].Cells, "0005": std().banks["0005"].Cells} {
						for _, n := range lengths {
							text := cutAt(front+bill, n)
							if strings.ContainsAny(text, " 　") && len(std().banks[bank].cells()) > 0 {
								continue // what stands behind the space has a field of its own
							}
							m := Classify(bank, text)
							if m.Service != "" && m.Confidence != watch.Undecided && m.Confidence != watch.Cut && Cells(text) == n {
								t.Errorf("%q of bank %q, %d cells of %q, is %+v", text, bank, n, front+bill, m)
							}
							if Cells(text) == n && strings.HasSuffix(text, bill[:len(bill)-len(s.brand.text)]) {
								exact++
							}
						}
					}
				}
			}
		}
	}
	if exact == 0 {
		t.Error("no cut left exactly a name")
	}
}

// cells are the bank's lengths; nil if it, or they, are not known.
func (b *Bank) cells() []int {
	if b == nil {
		return nil
	}
	return b.Cells
}

// A kind of debit that the bank prints in front is silent, or leaves two
// readings, whatever service's name follows; unless the name with the word is
// another entry.
func TestTheKindOfDebitInFrontOfAName(t *testing.T) {
	t.Parallel()
	for _, f := range std().words {
		if f.kind != kindFront || f.flags&(flagOther|flagDoubt) == 0 {
			continue
		}
		for _, w := range std().words {
			if w.kind != kindName || w.flags != 0 && w.flags != flagSeen {
				continue
			}
			for _, text := range []string{f.text + "　" + w.text, narrow(f.text) + " " + narrow(w.text), wide(f.text + "   " + w.text + "（カ")} {
				m := Classify("0168", text)
				switch {
				case m.Confidence == watch.Undecided:
				case f.has(flagOther) && m.Service != "", f.has(flagDoubt) && m.Confidence != watch.Undecided:
					t.Errorf("%q is %+v", text, m)
				}
			}
		}
	}
}

// A name that is read in kana is the same in Latin letters.
func TestRomaji(t *testing.T) {
	t.Parallel()
	for kana, want := range map[string]string{
		"シヨウケン": "SHOUKEN SHOKEN", "ギンコウ": "GINKOU GINKO", "コウザフリカエ": "KOUZAFURIKAE KOZAFURIKAE", "キユウヨ": "KYUUYO KYUYO", "シハライヒシヨ": "SHIHARAIHISHO",
		"デンキ": "DENKI", "光": "", "カ": "", "ペイペイ": "PEIPEI", "ジドウ": "JIDOU JIDO", "ユウチヨ": "YUUCHO YUCHO",
	} {
		if got := strings.Join(romaji(kana), " "); got != want {
			t.Errorf("%s is %q, want %q", kana, got, want)
		}
	}
	for text, want := range map[string]string{
		"DOKOMO KOUZA": "docomo", "DIRECT DEBIT MERUPEI": "merpay", "SHIHARAI HISHO": "shiharaihisho", "PAYPAY KOUZA FURIKAE": "paypay", "YUCHO PAY": "yuchopay",
		"PAYPAY DENKI": "", "PAYPAY SONPO": "", "MERUPEI TEIGAKU": "", "RAKUTEN MOBAIRU": "", "PAYPAY KYUYO": "",
	} {
		if m := Classify("", text); m.Service != want {
			t.Errorf("%q is %+v, want %q", text, m, want)
		}
	}
}

// Of AD払い no d払い is left, and the ideograph of d払い is as long as kana.
func TestShortNamesInWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"d払い渋谷": "docomo", "D払いマート": "docomo", "AD払い": "", "CDバライ": "", "DVD払い": "", "iD払い": "", "アイデイ払い": "", "RTK フリン": "pring", "フリン": "",
		"ｶ)ドコモコウザ": "docomo", "(カ)ドコモ口座": "docomo", "カード　ドコモコウザ": "docomo",
	} {
		if m := Classify("", text); m.Service != want {
			t.Errorf("%q is %+v, want %q", text, m, want)
		}
	}
}
