package catalog

import (
	"bytes"
	"strings"
	"testing"
)

// bankFile is what a bank may say: marks, names of services that are known,
// what is not meant by them, and its length.
const bankFile = "Cells: 14 | 実測\nFront: ZZ即時 | rail 即時口座振替\nBill: ヌネプラン | 当行のローン\n\nOf: paypay\nName: ﾇﾈﾊﾗｲ | seen\nNot: PAYPAYヌネ | 当行の商品\n"

func forBank(t *testing.T, bank, text string) *Edition {
	t.Helper()
	e, err := Current().For(bank, File{"own.rec", []byte(text)})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestABankAddsForItself(t *testing.T) {
	e := forBank(t, "0168", bankFile)
	for _, c := range []struct {
		text, base, own string
	}{
		{"ZZ即時 プリン", "none", "sure | pring: name guessed, real-time rail"},
		{"ヌネハライ", "none", "sure | paypay: name seen at this bank"},
		{"メルペイヌネプラン", "two readings | merpay: name guessed | 別の支払い: unknown word next to the name", "none | 当行のローン: word next to the name"},
		{"PAYPAYヌネ", "two readings | paypay: name seen at other banks | 別の支払い: unknown word next to the name", "none | 当行の商品: word next to the name"},
		{"ペイペイ", "likely | paypay: name seen at other banks", "likely | paypay: name seen at other banks"},
		{"カ）シハライヒシ", "none", "none"},
	} {
		ev := &Evidence{Bank: "0168", Descriptor: c.text}
		base, own := Current().Decide(ev), e.Decide(ev)
		if decided(&base) != c.base && !strings.HasPrefix(decided(&base), c.base+" |") {
			t.Errorf("%s without what the bank adds: %s", c.text, decided(&base))
		}
		if decided(&own) != c.own && !strings.HasPrefix(decided(&own), c.own+" |") {
			t.Errorf("%s with it: %s", c.text, decided(&own))
		}
	}
	if problems := e.Check(); len(problems) > 0 {
		t.Error(problems)
	}
	if e.ID() == Current().ID() || !strings.HasPrefix(e.ID(), Version()+".") {
		t.Errorf("the editions are %s and %s", Current().ID(), e.ID())
	}
}

// Whatever a bank adds, every other bank's decisions stay as they are.
func TestWhatABankAddsChangesNoOtherBank(t *testing.T) {
	before := current.Load()
	t.Cleanup(func() { current.Store(before) })
	texts := lines(t, descriptors)
	texts = append(texts, lines(t, moreLines)...)
	texts = append(texts, lines(t, hardLines)...)
	for _, l := range strings.Split(bankFile, "\n") {
		texts = append(texts, line{text: l})
	}
	decide := func() map[string]string {
		out := map[string]string{}
		for _, bank := range append([]string{"", "0118", "1234"}, BankCodes()...) {
			if bank == "0117" || bank == "0118" {
				continue
			}
			for i, l := range texts {
				if i%7 != len(out)%7 && bank != "0168" && bank != "0005" {
					continue
				}
				d := Decide(&Evidence{Bank: bank, Descriptor: l.text})
				out[bank+l.text] = decided(&d)
			}
		}
		return out
	}
	was := decide()
	// A bank that would silence everything, and take every word for a service.
	ruin := bankFile + "Name: カード | guessed\nNot: ペイペイ | x\n\nCredit: デ | salary x\nFront: ペ | other x\nSame: ペイ カード\n"
	forBank(t, "0117", ruin).Use()
	for k, d := range decide() {
		if d != was[k] {
			t.Fatalf("%q was %s and is %s", k, was[k], d)
		}
	}
	if d := Decide(&Evidence{Bank: "0118", Descriptor: "ヌネハライ"}); d.Service() != "paypay" {
		t.Error("the bank's former code does not find what it adds")
	}
	if m, _ := ByID("paypay"); m == nil || IDOf("0117") == IDOf("0168") {
		t.Error("the editions are not told apart")
	}
	Current().Use()
	if d := Decide(&Evidence{Bank: "0117", Descriptor: "ヌネハライ"}); d.Service() != "" {
		t.Error("an edition for all leaves those of single banks in use")
	}
}

func TestWhatABankMayNotAdd(t *testing.T) {
	for name, c := range map[string]struct{ bank, text string }{
		"a service":                   {"0168", "Service: x\nJa: x\nEn: x\nDebit: charge\n"},
		"a bank":                      {"0168", "Bank: 9998\nJa: x\nEn: x\n"},
		"a group":                     {"0168", "Group: x\nEn: x\nCodes: 0000-9999\n"},
		"a version":                   {"0168", "Version: 2026-12-01\n"},
		"a version in a list":         {"0168", "Bill: ヌネ | x\nVersion: 2026-12-01\n"},
		"a service that is not known": {"0168", "Of: nune\nName: ヌネハライ | guessed\n"},
		"another limit":               {"0168", "Of: paypay\nOnce: 1 | 2026-11 | x\n"},
		"another telephone":           {"0168", "Of: paypay\nPhone: 0120-000-000 | x | 2026-11 | x\n"},
		"for a bank that is none":     {"9999", "Bill: ヌネ | x\n"},
	} {
		if _, err := Current().For(c.bank, File{"own.rec", []byte(c.text)}); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if e := forBank(t, "1234", "Bill: ヌネ | x\n"); e.Bank() != "1234" {
		t.Error("a bank of a group adds nothing")
	}
	if _, err := forBank(t, "0168", bankFile).For("0005", File{"own.rec", []byte("Bill: ヌネ | x\n")}); err == nil {
		t.Error("a bank adds to what another added")
	}
}

func TestTheTextOfAnEditionReadsAsTheEdition(t *testing.T) {
	e, err := Parse("all.rec", BuiltIn().Text())
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse("all.rec", e.Text())
	if err != nil || !bytes.Equal(bytes.TrimSpace(again.Text()), bytes.TrimSpace(e.Text())) {
		t.Errorf("the text changes when it is read again (%v)", err)
	}
	for _, l := range lines(t, descriptors) {
		if x, y := e.Classify(l.bank, l.text), BuiltIn().Classify(l.bank, l.text); x != y {
			t.Errorf("%q is %+v, built in %+v", l.text, x, y)
		}
	}
}
