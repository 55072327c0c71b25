package catalog

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kozamori/internal/watch"
)

// A line that ends inside a name is told as that name, also if another business
// has a word that begins with the whole of it (Amazon Web Services): that word is
// meant only if the name itself is there.
func TestALineThatEndsInsideANameThatOthersLengthen(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Match{
		"ｺｳｻﾞﾌﾘｶｴ AMAZO":     {Service: "amazon", Confidence: watch.Cut},
		"ｺｳｻﾞﾌﾘｶｴ MERPA":     {Service: "merpay", Confidence: watch.Cut},
		"ｺｳｻﾞﾌﾘｶｴ AMAZONJAP": {Trap: "AMAZON.CO.JP"},
		"ｺｳｻﾞﾌﾘｶｴ AMAZ":      {}, // too little is left
	} {
		got := Classify("", text)
		if got.Service != want.Service || got.Confidence != want.Confidence || (got.Trap == "") != (want.Trap == "") {
			t.Errorf("%s is %+v, want %+v", text, got, want)
		}
	}
}

// Less than the whole word of another business silences nothing: of a line that
// ends inside it and inside a name, either may have been cut.
func TestALineCutInsideANameAndATrapHasTwoReadings(t *testing.T) {
	t.Parallel()
	n := 0
	for _, trap := range std().words {
		for _, name := range std().words {
			if trap.kind != kindTrap || name.kind != kindName || name.flags&(flagWhole|flagRail|flagCommon) != 0 {
				continue
			}
			for have := minCut; have < min(len(name.units), len(trap.units)); have++ {
				text := []rune(trap.text)
				if len(name.units)-have > fewMissing || !slices.Equal(name.units[:have], trap.units[:have]) || len(text) != len(trap.units) {
					continue
				}
				line := string(text[:have])
				if f := std().decide(line, trap); f.name == nil {
					continue // nothing that was cut is told, as of so few letters
				}
				if d := std().decideOn(&Evidence{Descriptor: line}); d.Strength == None {
					t.Errorf("%q may be %s or %s, and comes to %v", line, name.text, trap.text, d.Readings())
				}
				n++
			}
		}
	}
	if n == 0 {
		t.Error("no line ends inside a name and a trap")
	}
}

// What was cut where the names of two services go apart is one of them: both are
// told, the likelier first. Where nothing was cut it is another word.
func TestALineCutInsideNamesOfTwoServicesHasBothReadings(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 2, 0, 0, 0, 0, watch.JST)
	link := func(service string) []Linked { return []Linked{{Service: service, At: at.AddDate(-1, 0, 0)}} }
	for name, c := range map[string]struct {
		e    Evidence
		want string
	}{
		"cut at the bank's length":            {Evidence{Bank: "0005", Descriptor: "MHF)DF PAYPA"}, "two readings [paypay: name cut off by the bank paypal: name cut off by the bank]"},
		"no longer line at this bank":         {Evidence{Bank: "0005", Descriptor: "DF PAYPA"}, "none []"},
		"a bank of unknown length":            {Evidence{Descriptor: "フリカエ　ＰＡＹＰＡ"}, "two readings [paypay: name cut off by the bank paypal: name cut off by the bank]"},
		"two letters fewer":                   {Evidence{Descriptor: "フリカエ　ＰＡＹＰ"}, "none []"},
		"a link with the one":                 {Evidence{Descriptor: "PAYPA", Links: link("paypay"), At: at}, "two readings [paypay: name cut off by the bank, linked with the account paypal: name cut off by the bank]"},
		"a link with the other":               {Evidence{Descriptor: "PAYPA", Links: link("paypal"), At: at}, "two readings [paypal: name cut off by the bank, linked with the account paypay: name cut off by the bank]"},
		"the bank names the one":              {Evidence{Descriptor: "PAYPA", Service: "paypay"}, "sure [paypay: name cut off by the bank, named by the bank]"},
		"the bank names the other":            {Evidence{Descriptor: "PAYPA", Service: "paypal"}, "sure [paypal: name cut off by the bank, named by the bank]"},
		"the bank names a third":              {Evidence{Descriptor: "PAYPA", Service: "merpay"}, "two readings [merpay: named by the bank paypay: name in the text]"},
		"the person said that it was not me":  {Evidence{Descriptor: "PAYPA", Answers: []Answered{{Service: "paypay"}}}, "two readings [paypay: name cut off by the bank, such a debit was answered \"not mine\" paypal: name cut off by the bank]"},
		"the bank names what is not a wallet": {Evidence{Descriptor: "PAYPA", Service: "payeasy"}, "two readings [paypay: name cut off by the bank ペイジー: named by the bank]"},
	} {
		d := Decide(&c.e)
		if got := fmt.Sprint(d.Strength, " ", d.Readings()); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		if d.Bill() != "" && name != "the bank names what is not a wallet" {
			t.Errorf("%s: it may be the bill %s", name, d.Bill())
		}
	}
}

// Of three services two are not told as if there were no third.
func TestALineCutInsideNamesOfThreeServicesMayBeAny(t *testing.T) {
	t.Parallel()
	e, err := With(File{"more.rec", []byte("Service: paypat\nJa: ペイパット\nEn: Paypat\nDebit: charge\nSource: x\nName: PAYPAT | guessed\n")})
	if err != nil {
		t.Fatal(err)
	}
	d := e.Decide(&Evidence{Descriptor: "PAYPA"})
	if got := fmt.Sprint(d.Strength, " ", d.Readings()); got != "two readings [paypat: name cut off by the bank 別の支払い: name cut off by the bank]" || d.Bill() != "" || d.Gap() != NoGap {
		t.Errorf("%s, bill %q, gap %v", got, d.Bill(), d.Gap())
	}
}

// Of a text that no bank prints, only so much is read; what it ends with is then
// not where it ends.
func TestOnlyTheBeginningOfALongTextIsRead(t *testing.T) {
	t.Parallel()
	for _, gap := range []string{" ", "\u200b", "　"} {
		for _, c := range []struct {
			bytes int
			want  string
		}{{maxBytes - 12, "paypay"}, {maxBytes, ""}, {1 << 16, ""}, {1<<16 + maxBytes, ""}} {
			if m := Classify("", strings.Repeat(gap, c.bytes/len(gap))+"PAYPAY"); m.Service != c.want {
				t.Errorf("behind %d bytes of %q: %+v", c.bytes, gap, m)
			}
		}
	}
}

// Behind a gap, the start of another business's word may be a shop's name.
func TestTheStartOfAWordBehindAGapIsUnknown(t *testing.T) {
	t.Parallel()
	for line, trap := range map[string]string{"メルペイ ケイ": unknownTail.text, "メルペイ ケ": unknownTail.text, "メルペイケ": unknownTail.text, "メルペイケイ": "ケイタイ"} {
		if m := Classify("", line); m.Service != "merpay" || m.Trap != trap {
			t.Errorf("%q: %+v, want the trap %q", line, m, trap)
		}
	}
}
