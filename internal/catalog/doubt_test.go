package catalog

import (
	_ "embed"
	"strings"
	"testing"

	"kozamori/internal/watch"
)

// rings lists the names that ring alone.
func rings(d *data) []*word {
	var out []*word
	for _, w := range d.words {
		if w.kind == kindName && w.service.Rings() && w.flags&(flagWhole|flagRail) == 0 {
			out = append(out, w)
		}
	}
	return out
}

// One letter behind a name is the beginning of many words. It is known as a bill
// only if it begins that of the brand's own.
func TestOneLetterBehindANameIsNoKnownBill(t *testing.T) {
	t.Parallel()
	bills, unknown := 0, 0
	for _, w := range rings(std()) {
		if w.service.Until != "" {
			continue
		}
		for _, letter := range "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワAFGQ" {
			for _, between := range []string{"", " "} {
				for _, bank := range []string{"", "0009", "0005"} {
					text := w.text + between + string(letter)
					d := Decide(&Evidence{Bank: bank, Descriptor: text})
					if d.Service() == "" || d.Match.Pattern != w.text || d.Confidence() == watch.Cut {
						continue // another word, such as a trap of its own
					}
					brand := w.service.brand
					own := brand != nil && []rune(brand.text)[0] == letter
					if bill := d.Bill(); bill != "" && !own && w.service.readings[bank] == nil {
						t.Errorf("%s at %q is a %s", text, bank, bill)
					} else if bill != "" {
						bills++
					}
					if d.Strength == Two {
						unknown++
					}
				}
			}
		}
	}
	if bills == 0 || unknown < 1000 {
		t.Errorf("%d bills, %d of two readings", bills, unknown)
	}
	for text, want := range map[string]string{"ペイペイト": "paypay", "ペイペイトー": "paypay", "PAYPAYト": "paypay", "ペイペイ ト": "paypay", "メルペイカ": "merpay", "PAYPAYチヤージト": "paypay", "ペイペイフ": "paypay"} {
		if d := Decide(&Evidence{Bank: "0009", Descriptor: text}); d.Service() != want || d.Strength != Two || d.Bill() != "" {
			t.Errorf("%s is %q, %s, or a %q", text, d.Service(), d.Strength, d.Bill())
		}
	}
}

// What a person transferred themselves may be a charge, or money to the firm.
func TestATransferToAServicesFirmHasTwoReadings(t *testing.T) {
	t.Parallel()
	n := 0
	for _, w := range rings(std()) {
		for _, bank := range append([]string{""}, BankCodes()...) {
			for _, e := range []Evidence{
				{Descriptor: "振込 " + w.text + "（カ"}, {Descriptor: "振込　" + w.text}, {Descriptor: "ﾌﾘｺﾐ " + w.text}, {Descriptor: "TRANSFER " + w.text},
				{Descriptor: "ことら送金　" + w.text}, {Descriptor: "振込", Detail: w.text}, {Descriptor: w.text, Rail: "transfer"}, {Descriptor: w.text, Rail: "振込"},
			} {
				e.Bank = bank
				d := Decide(&e)
				switch {
				case d.Strength > Two:
					t.Errorf("%+v is %s: %v", e, d.Strength, d.Readings())
				case d.Strength == Two && d.Bill() != "" && w.service.readings[bank] == nil:
					t.Errorf("%+v may be the bill %q", e, d.Bill())
				case d.Strength == Two:
					n++
				}
				if e.Detail == "" && e.Rail == "" && w.service.readings[bank] == nil {
					for _, r := range d.Readings() {
						if r.Service == "" && (r.What != otherTransfer || !r.Why.Has(WhyMark)) {
							t.Errorf("%+v may be %q: %v", e, r.What, r.Why)
						}
					}
				}
			}
		}
	}
	if n < 1000 {
		t.Errorf("only %d have two readings", n)
	}
}

// blind are lines that were written without a look at the rules.
//
//go:embed testdata/blind.tsv
var blind string

// open are those of them that are decided otherwise, and why.
var open = map[string]string{
	"ｷﾔﾂｼﾕ(ｶ": "a common word, which needs a link, a rail or the bank's word",
	"デビット１　１２３４５６　ＡＭＡＺＯＮ": "a card's payment at Amazon is one to Amazon",
}

func TestBlindLines(t *testing.T) {
	t.Parallel()
	all := lines(t, blind)
	right, doubtful := 0, 0
	for _, l := range all {
		d := Decide(&Evidence{Bank: l.bank, Descriptor: l.text})
		if l.service == "" && d.Strength == Two {
			doubtful++
		}
		good := d.Service() == l.service || l.service == "" && d.Strength == Two
		if good {
			right++
		}
		if good == (open[l.text] != "") {
			t.Errorf("%s at %s is %q (%s), want %q", l.text, l.bank, d.Service(), d.Strength, l.service)
		}
	}
	t.Logf("%d of %d right, of them %d ordinary ones with two readings", right, len(all), doubtful)
}

// fresh are lines that were written, with what each should come to, before they
// were tried: a service, one with two readings (paypay?), silence, or, of none,
// either of the last two.
//
//go:embed testdata/fresh.tsv
var fresh string

// stillOpen are those of them that are decided otherwise, and why.
var stillOpen = map[string]string{
	"ﾍﾟｲﾍﾟｲﾃﾞﾋﾞｯﾄ":    "デビット is how a service's charge is paid, too",
	"イコカコーポレーション":     "a company mark may be joined to the name that stands alone with it",
	"電話ボックス ペイペイ":     "where another kind of letter begins, a word may end",
	"NHKホール PAYPAY":   "the same",
	"PAYPAY LIFECORP": "a company mark may be joined to a business",
	"PAYPAY カード フウミ":  "the brand's own bill may be followed by a name",
	"AUPAYスマートローン":    "behind an unknown word the end says nothing",
	"PAYPAY ﾘﾎ":       "a cut takes the last voicing mark of a whole word",
	"ﾗｲﾝﾍｲ":           "a name of four letters and more may lose one mark",
	"ヤフー　ペイペイ":        "an unknown word in front, with a gap behind it, may be the bank's",
	"ペイペイデビット":        "デビット is how a service's charge is paid, too",
	"ＰＡ　ＹＰＡＹ":         "gaps say nothing within a name",
	"Ｐ・Ａ・Ｙ・Ｐ・Ａ・Ｙ":     "the same",
	"ペ イ ペ イ":         "the same",
}

func TestFreshLines(t *testing.T) {
	t.Parallel()
	rows, right := strings.Split(strings.Trim(fresh, "\n"), "\n")[1:], 0
	for _, row := range rows {
		p := strings.Split(row, "\t")
		d := Decide(&Evidence{Bank: code(p[2]), Descriptor: p[0]})
		var good bool
		switch service, two := strings.CutSuffix(p[1], "?"); {
		case p[1] == "silent":
			good = d.Strength == None
		case p[1] == "none":
			good = d.Strength <= Two
		case two:
			good = d.Service() == service && d.Strength == Two
		default:
			good = d.Service() == service
		}
		if good {
			right++
		}
		if good == (stillOpen[p[0]] != "") {
			t.Errorf("%s at %q is %s, want %s", p[0], p[2], decided(&d), p[1])
		}
	}
	t.Logf("%d of %d right", right, len(rows))
}
