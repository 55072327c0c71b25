package catalog

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"kozamori/internal/watch"
)

// begun is whether some letters are less than a word of another business: they
// hold no whole one, also one that lost its last voicing mark to a cut.
func begun(part string) bool {
	part = Fold(part)
	for _, w := range std().tails.words {
		if w.kind != kindBill {
			continue
		}
		whole := norm.NFD.String(Fold(w.text))
		if strings.HasPrefix(part, Fold(w.text)) || norm.NFD.String(part) == strings.TrimRight(whole, "\u3099\u309A") {
			return false
		}
	}
	return true
}

// Less than the whole word of another business may be a shop's name, whatever
// the bank cut: it leaves two readings. Only the brand's own bill is known by
// its beginning, joined to the name.
func TestABillIsKnownByItsWholeWord(t *testing.T) {
	t.Parallel()
	n := 0
	for _, name := range []string{"PAYPAY", "ﾍﾟｲﾍﾟｲ", "ラクテンペイ"} {
		for _, w := range std().words {
			if w.kind != kindBill {
				continue
			}
			letters := []rune(strings.ReplaceAll(w.text, "ー", ""))
			for k := 1; k < len(letters); k++ {
				part := letters[:k]
				if !begun(string(part)) {
					continue
				}
				for _, text := range []string{name + string(part), name + " " + string(part), narrow(name + string(part)), wide("口座振替　" + name + "　" + string(part))} {
					d := Decide(&Evidence{Bank: "0009", Descriptor: text})
					if d.Strength == None {
						t.Errorf("%q, of %s, is silent: %s", text, w.text, decided(&d))
					}
					n++
				}
			}
		}
	}
	if n < 3000 {
		t.Errorf("only %d lines", n)
	}
	for text, service := range map[string]string{
		"PAYPAY ﾋｶ": "paypay", "ﾍﾟｲﾍﾟｲ ﾃﾞﾝ": "paypay", "PAYPAYｷﾞﾝｺ": "paypay", "PAYPAY カー": "paypay", "PAYPAYガスト": "paypay", "ﾍﾟｲﾍﾟｲ ﾎｹﾝｼ": "paypay", "PAYPAY バンクーバー": "paypay", "PAYPAY LIFE STORE": "paypay", "ﾍﾟｲﾍﾟｲ ﾃﾞﾝｷ ｶﾄｳ": "paypay",
		"PAYPAYヤマダデンキ": "paypay", "ﾍﾟｲﾍﾟｲﾅｶﾑﾗﾎｹﾝ": "paypay", "PAYPAYｶ-": "", "ペイペイカー": "", "PAYPAY LIFE": "", "PAYPAY デンキ 11ガツブン": "", "PAYPAY ギンコウ ローン": "", "PAYPAY カード ヤマダ": "", "PAYPAYカードフ": "", "PAYPAYCAR": "", "ペイペイギンコウロ": "paypay", "ペイペイギンコウカブシ": "", "PAYPAY キユウヨウ": "paypay", "PAYPAY CREDITON": "paypay", "ペイペイ　デンリヨクカン": "paypay", "ﾍﾟｲﾍﾟｲ ﾃﾞﾝﾜﾊﾞﾝ": "paypay", "PAYPAYジドウシャローン": "",
	} {
		d := Decide(&Evidence{Descriptor: text})
		if d.Service() != service || service != "" && d.Strength != Two {
			t.Errorf("%q is %s", text, decided(&d))
		}
	}
}

// A trap of which the line holds less than the whole refuses no name.
func TestATrapIsKnownByItsWholeWord(t *testing.T) {
	t.Parallel()
	n := 0
	for _, w := range std().words {
		if w.kind != kindTrap || w.extends == 0 {
			continue
		}
		letters := []rune(strings.ReplaceAll(w.text, "ー", ""))
		for k := 1; k < len(letters); k++ {
			part := string(letters[:k])
			if m := Classify("", part); m.Service == "" || m.Confidence == watch.Undecided || nameOf(m).has(flagWhole) {
				continue // no name that rings whatever stands around it
			}
			for more := k + 1; more < len(letters); more++ {
				text := string(letters[:more])
				if d := Decide(&Evidence{Descriptor: text}); d.Strength == None && !knownBill(text) {
					t.Errorf("%q, of the trap %s, is silent: %s", text, w.text, decided(&d))
				}
				n++
			}
		}
	}
	if n < 10 {
		t.Errorf("only %d lines", n)
	}
}

// nameOf is the name that decided.
func nameOf(m Match) *word {
	for _, w := range std().words {
		if w.kind == kindName && w.service.ID == m.Service && w.text == m.Pattern {
			return w
		}
	}
	return nil
}

// knownBill tells whether a text ends with a whole word of another business.
func knownBill(text string) bool {
	for _, w := range std().tails.words {
		if w.kind == kindBill && strings.HasSuffix(Fold(text), Fold(w.text)) {
			return true
		}
	}
	return false
}

// parted tells whether a word can begin inside a text.
func (s *scan) parted() bool {
	for i := 1; i < len(s.cells); i++ {
		if s.border(i) {
			return true
		}
	}
	return false
}

// What a bank prints in front says what the debit is only if it is a word of its
// own: ガスト is no ガス, and 給料日 no 給料.
func TestAMarkInFrontIsAWordOfItsOwn(t *testing.T) {
	t.Parallel()
	n := 0
	for _, f := range std().words {
		if f.kind != kindCredit && (f.kind != kindFront || f.flags&(flagOther|flagDoubt|flagTransfer|flagRail|flagDebit) == 0) {
			continue
		}
		if s := std().scan("", f.text); s.parted() {
			continue // of コトラ送金 the first part is a word of its own
		}
		more := map[class]string{classKana: "ヌメ", classLatin: "QX", classOther: "鬱屈"}[std().class[f.units[len(f.units)-1]]]
		for _, text := range []string{f.text + more + " PAYPAY", narrow(f.text+more) + "　" + "ﾍﾟｲﾍﾟｲ", wide(f.text + more + "　ＰＡＹＰＡＹ")} {
			for _, bank := range []string{"", "0005", "0009"} {
				d := Decide(&Evidence{Bank: bank, Descriptor: text})
				for _, r := range d.Readings() {
					if d.Strength == None || r.Why.Has(WhyRail|WhyMark) {
						t.Errorf("%q at %q is %s", text, bank, decided(&d))
					}
				}
				n++
			}
		}
	}
	if n < 300 {
		t.Errorf("only %d lines", n)
	}
}

// Behind the whole word of another business, the beginning of a word is a sign of
// the bank's cut only where its lines end: キユウヨウ is no salary.
func TestABillWithTheBeginningOfAWordIsKnownWhereLinesEnd(t *testing.T) {
	t.Parallel()
	beginnings := map[string]bool{}
	for _, w := range std().tails.words {
		for k := range w.text {
			beginnings[w.text[:k]] = true
		}
	}
	whole := func(part string) bool {
		c, ok := std().scan("", part).chain(0, 0)
		return ok && !c.cut
	}
	cut, not := 0, 0
	for _, bill := range std().tails.words {
		if bill.kind != kindBill || std().services["paypay"].bills(bill) {
			continue
		}
		for part := range beginnings {
			if part == "" || whole(part) || whole(bill.text+part) {
				continue
			}
			for _, text := range []string{"PAYPAY" + bill.text + part, "PAYPAY " + bill.text + part} {
				d := Decide(&Evidence{Bank: "0038", Descriptor: text}) // which cuts at 12
				// Behind a gap even a full line is a shop's name as likely as a bill.
				switch full := Cells(text) == 12 && !strings.Contains(text, " "); {
				case !full && d.Strength != Two:
					t.Errorf("%q goes on behind %s, and is %s", text, bill.text, decided(&d))
				case full:
					cut++
				default:
					not++
				}
			}
		}
	}
	if cut < 100 || not < 10_000 {
		t.Errorf("%d lines are as long as the bank's, %d are not", cut, not)
	}
}

// An unknown word next to a name leaves two readings, also where the name ends
// with another business's word: バンドルカード is no card of バンドル.
func TestTheEndOfANameIsNoBillOfAShorterOne(t *testing.T) {
	t.Parallel()
	n := 0
	for _, w := range std().words {
		if w.kind != kindName || w.flags&(flagWhole|flagCommon|flagRail) != 0 {
			continue
		}
		for _, mark := range []string{"", "ｺｳｻﾞﾌﾘｶｴ ", "RTK "} {
			text := mark + w.text + " ヌヌヌ"
			d := Decide(&Evidence{Descriptor: text})
			if d.Strength != Two || d.Service() != w.service.ID {
				t.Errorf("%q: %s", text, decided(&d))
			}
			n++
		}
	}
	if n < 200 {
		t.Errorf("only %d lines", n)
	}
}
