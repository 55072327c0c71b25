package app

import (
	"regexp"
	"testing"
	"time"

	"kozamori/internal/catalog"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

var nested = regexp.MustCompile(`（[^（）]*（|\([^()]*\(`)

// What the catalogue has of a number may have brackets of its own: it never stands in
// brackets then, whoever reads it.
func TestNoNumberIsSaidInBracketsWithinBrackets(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)
	n := 0
	check := func(name string, contacts []catalog.Contact) {
		for _, c := range contacts {
			c.Official = true
			to := wording.Named{Name: name, Contact: toCall([]catalog.Contact{c}, now)}
			for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
				for _, guardian := range []bool{false, true} {
					f := wording.TroubleFacts{Lang: lang, Bank: to, Services: []wording.Named{to}, Guardian: guardian}
					for _, s := range append(wording.Trouble(f).Steps, wording.WhomToCall(f).Steps...) {
						n++
						if nested.MatchString(s.Text) {
							t.Errorf("%s, in %s: %s", name, lang, s.Text)
						}
					}
				}
			}
		}
	}
	for _, s := range catalog.Services() {
		check(s.ID, s.Contacts) // not by its name, which may have brackets
	}
	for _, code := range catalog.BankCodes() {
		if b, ok := catalog.BankByCode(code); ok {
			check(code, b.Contacts)
		}
	}
	if n < 500 {
		t.Errorf("only %d steps", n)
	}
}
