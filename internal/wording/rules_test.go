package wording

import (
	"slices"
	"strings"
	"testing"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// fieldless are the rules that the settings page does not show.
var fieldless = []string{"under_attack", "after_dispute"} // a report makes safer, whatever is set

func TestEachRuleHasItsWordsInBothLanguagesAndAField(t *testing.T) {
	for _, row := range watch.Table() {
		if n := len(slices.DeleteFunc(slices.Clone(aboutRules), func(w ruleWords) bool { return w.rule != row.Name })); n != 1 {
			t.Errorf("%s has words %d times", row.Name, n)
		}
		said := map[string]bool{}
		for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
			if row.Says != "" {
				f := alertFacts(lang, debit(), row.Reason)
				why := f.why()
				if len(why) != 1 || why[0] == "" || strings.Contains(why[0], "%!") || said[why[0]] {
					t.Errorf("%s: why in %s: %q", row.Name, lang, why)
					continue
				}
				said[why[0]] = true
			}
			if row.Unsure != 0 {
				f := alertFacts(lang, debit(), row.Unsure)
				if why := f.why(); len(why) != 1 || why[0] == "" || strings.Contains(why[0], "%!") || said[why[0]] {
					t.Errorf("%s: why in %s while it is not sure: %q", row.Name, lang, why)
				}
			}
			if row.Own != 0 {
				f := alertFacts(lang, debit(), row.Own)
				if why := f.why(); len(why) != 1 || strings.Contains(why[0], "%!") || said[why[0]] || !strings.Contains(why[0], "72") {
					t.Errorf("%s: why in %s after a link of the owner's own: %q", row.Name, lang, why)
				}
			}
			if row.Lately != 0 {
				f := alertFacts(lang, debit(), row.Unsure|row.Lately)
				if why := f.why(); len(why) != 1 || strings.Contains(why[0], "%!") || said[why[0]] || !strings.Contains(why[0], "30") {
					t.Errorf("%s: why in %s after a while: %q", row.Name, lang, why)
				}
			}
			field, _ := RuleField(row.Name)
			if field == "" != slices.Contains(fieldless, row.Name) {
				t.Errorf("%s has the field %q", row.Name, field)
			}
			if field == "" {
				continue
			}
			s := settingsFacts(lang, watch.Owner)
			at := slices.IndexFunc(s.fields(nil), func(x message.Field) bool {
				return x.Name == field || strings.HasPrefix(x.Name, field+".") || x.Name == field+FieldEndTo
			})
			if at < 0 {
				t.Errorf("%s has no field on the settings page", row.Name)
				continue
			}
			if label := s.fields(nil)[at].Label; label == "" || strings.Contains(label, "%!") || said[label] {
				t.Errorf("%s: label in %s: %q", row.Name, lang, label)
			} else {
				said[label] = true
			}
			if !slices.Contains(strings.Fields(s.shows().Value), row.Name) {
				t.Errorf("the page does not say that it shows %s", row.Name)
			}
		}
	}
	for _, w := range aboutRules {
		if watch.RuleNamed(w.rule).Name == "" {
			t.Errorf("there are words of %q, which is no rule", w.rule)
		}
	}
}

func TestAReasonOfANewerProgramIsNotPassedOverInSilence(t *testing.T) {
	f := alertFacts(watch.Japanese, debit(), 0)
	f.Notice.Reasons.Unknown = "storm"
	if got := f.why(); !slices.Equal(got, []string{"お知らせする設定にあてはまりました。"}) {
		t.Errorf("why: %q", got)
	}
	f.Notice.Reasons.Reason = watch.ServiceDebit
	if got := f.why(); !slices.Equal(got, []string{"決済サービスの引き落としをお知らせする設定です。"}) {
		t.Errorf("why: %q", got)
	}
}
