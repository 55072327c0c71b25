package wording

import (
	"strings"
	"testing"

	"kozamori/internal/watch"
)

// When more than one thing has changed at once, each is named: in a message of its own
// and, but for what is said below it, in the line of a list.
func TestEachThingThatChangedAtOnceIsNamed(t *testing.T) {
	t.Parallel()
	kinds := map[string]struct {
		was, is func(*watch.Shown, *watch.Record)
		says    [2]string // Japanese, English
		line    [2]string // empty if it is not said there
	}{
		"more was taken": {nil, func(_ *watch.Shown, r *watch.Record) { r.Amount = 7000 },
			[2]string{"金額が5,000円から7,000円に変わりました", "The amount changed from ¥5,000 to ¥7,000"}, [2]string{"5,000円から変わりました", "was ¥5,000"}},
		"some came back": {nil, func(_ *watch.Shown, r *watch.Record) { r.Returned = 900 },
			[2]string{"のうち900円が戻りました", "¥900 of"}, [2]string{"うち900円が戻りました", "of which ¥900 came back"}},
		"it is not certain that it was reversed before": {func(s *watch.Shown, _ *watch.Record) { s.Again = 1 }, func(_ *watch.Shown, r *watch.Record) { r.Again, r.MayBeAgain = 1, true },
			[2]string{"先に、いったん取り消された引き落としとお知らせしましたが", "We told you that this debit had been reversed before"}, [2]string{}},
		"its name is not certain": {nil, func(_ *watch.Shown, r *watch.Record) { r.Inherits, r.Confidence, r.Other = true, watch.Undecided, "" },
			[2]string{"先にd払い（ドコモ口座）の引き落としとお知らせしましたが", "We told you that the debit is by d Barai (docomo Koza)"}, [2]string{}},
	}
	for a, first := range kinds {
		for b, second := range kinds {
			for i, lang := range []watch.Lang{watch.Japanese, watch.English} {
				r := debit()
				r.Amount = 5000
				was := &watch.Shown{Amount: 5000, Service: r.Service, Confidence: watch.Seen, OccurredAt: r.OccurredAt}
				for _, k := range []func(*watch.Shown, *watch.Record){first.was, first.is, second.was, second.is} {
					if k != nil {
						k(was, r)
					}
				}
				f := alertFacts(lang, r, watch.ServiceDebit, func(f *AlertFacts) { f.Was = was })
				m := Changed(f)
				said, line := strings.Join(m.Text, " "), f.line(false)
				among := strings.Join(unsureAmong([]AlertFacts{f, f}), " ")
				for name, k := range map[string]*struct{ says, line [2]string }{a: {first.says, first.line}, b: {second.says, second.line}} {
					if !strings.Contains(said, k.says[i]) {
						t.Errorf("%s and %s: %s is not said: %s", a, b, name, said)
					}
					switch {
					case k.line[i] != "" && !strings.Contains(line, k.line[i]):
						t.Errorf("%s and %s: the line does not say %s: %s", a, b, name, line)
					case k.line[i] == "" && strings.Count(among, k.says[i]) != 1:
						t.Errorf("%s and %s: of several it does not say once %s: %s", a, b, name, among)
					}
				}
				if m.Title == "" {
					t.Errorf("%s and %s: %+v", a, b, m)
				}
			}
		}
	}
}
