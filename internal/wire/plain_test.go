package wire_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func TestNamesThatSendersChooseAreRepeatedOnlyIfTheyArePlain(t *testing.T) {
	for name, want := range map[string]string{
		"colour": "colour", "Colour_2": "Colour_2", "": "?", "a b": "?", "a-b": "?", "a\\nb": "?", "<b>": "?", "色": "?", "a\\u0000": "?", "a=1": "?",
		"azAZ09_": "azAZ09_", "a`": "?", "a{": "?", "a@": "?", "a[": "?", "a/": "?", "a:": "?", "a~": "?", strings.Repeat("x", 32): strings.Repeat("x", 32),
		strings.Repeat("x", 33): strings.Repeat("x", 32), strings.Repeat("x", 31) + "色": "?",
	} {
		b := read(t, []byte(strings.Replace(debit("a"), `"id"`, `"`+name+`":1,"id"`, 1)))
		if got := b.Events[0].Ignored; len(got) != 1 || got[0] != want {
			t.Errorf("%q is repeated as %q", name, got)
		}
		b = read(t, []byte(strings.Replace(debit("a"), `"id"`, `"`+name+`":1,"`+name+`":1,"id"`, 1)))
		if p := b.Events[0].Problems; len(p) != 1 || p[0].Field != want {
			t.Errorf("twice, %q is refused as %+v", name, p)
		}
	}
	if got := read(t, []byte(strings.Replace(debit("a"), `"id"`, `"a b":1,"colour":1,"a-b":1,"colour_2":1,"色":1,"id"`, 1))).Events[0].Ignored; fmt.Sprint(got) != "[? colour colour_2]" {
		t.Errorf("names that cannot be told apart are repeated as %q", got)
	}
	var many strings.Builder
	for i := range 90 {
		fmt.Fprintf(&many, `"x%d":1,`, i)
	}
	if got := read(t, []byte(strings.Replace(debit("a"), `"id"`, many.String()+`"id"`, 1))).Events[0].Ignored; len(got) != 20 {
		t.Errorf("%d names are repeated", len(got))
	}
}

func TestProblemsRepeatNothingThatABankSent(t *testing.T) {
	secret := "ﾋﾐﾂ"
	body := batch(strings.ReplaceAll(debit("a"), "ﾄﾞｺﾓｺｳｻﾞ", secret+`\ud842`), `{"`+secret+`":"`+secret, `{"id":"`+secret+`","type":"`+secret+`","currency":"`+secret+`","status":"`+secret+`","amount":"`+secret+`"}`)
	for _, e := range read(t, body).Events {
		for _, p := range e.Problems {
			if strings.Contains(p.Error(), secret) {
				t.Errorf("%v", p)
			}
		}
		if bytes.Contains([]byte(strings.Join(e.Ignored, "")), []byte(secret)) {
			t.Errorf("ignored %q", e.Ignored)
		}
	}
}

// A column that is filled up with spaces names the same service, and one of
// spaces alone names none, like one that is empty.
func TestASpaceAroundTheNameOfAServiceIsNoPartOfIt(t *testing.T) {
	for written, want := range map[string]string{
		"paypay": "paypay", "paypay  ": "paypay", " paypay": "paypay", "\u3000paypay\u00a0": "paypay", "\ufeffpaypay": "paypay",
		"": "", "   ": "", "\u3000": "", "pay pay": "pay pay", "PayPay ": "PayPay",
	} {
		b := read(t, []byte(strings.Replace(debit("a"), `"id"`, `"service":"`+written+`","id"`, 1)))
		if e := b.Events[0]; len(e.Problems) > 0 || e.Event.Service != want {
			t.Errorf("%q is taken for %q (%v)", written, e.Event.Service, e.Problems)
		}
	}
}
