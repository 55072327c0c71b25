package wording

import (
	"slices"
	"strings"
	"testing"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// A bank reads in the trail who left. Each surface that asks a person whether to
// leave says so, and so does each that says what is agreed to.
func TestLeavingAndConsentSayWhatTheBankSees(t *testing.T) {
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		said := 0
		want := func(name, t9n string, m message.Message) {
			all := strings.Join(m.Text, "\n")
			for _, f := range m.Facts {
				all += "\n" + f.Label + f.Value
			}
			said++
			if !strings.Contains(all, t9n) {
				t.Errorf("%s in %s does not say what the bank sees:\n%s", name, lang, all)
			}
		}
		for name, m := range chatMessages(lang) {
			switch {
			case m.Title == tcAskLeave.in(lang), m.Title == tcAskWhich.in(lang), m.Title == tcAskErase.in(lang):
				want(name, tcLeaveBank.in(lang), m)
			case slices.ContainsFunc(m.Text, func(s string) bool { return strings.Contains(s, tConsForIs.in(lang)) }):
				want(name, tConsBankIs.in(lang), m)
			}
		}
		for name, p := range roomPages(lang) {
			if p.Parts[0].Title == tLeaveTitle.in(lang) {
				want(name, tcLeaveBank.in(lang), p.Parts[0].Message)
			}
		}
		if said < 10 {
			t.Errorf("only %d surfaces in %s", said, lang)
		}
	}
}
