package phrase

import (
	"slices"
	"strings"
	"testing"
)

// Every rule means something known, by words, and each list that is named is
// there: a slip in rules.txt would silence a rule.
func TestRulesAreComplete(t *testing.T) {
	t.Parallel()
	meanings := []Meaning{Unsure, Dispute, Mine, Undo, Stop, Help, Phone, Balance, Settings, Pause, Leave, Family, History, Connect, Guide, Thanks}
	ready()
	list, rulesText := rules, unpack(rulesPacked)
	if len(list) < 100 {
		t.Errorf("%d rules", len(list))
	}
	for i, r := range list {
		if !slices.Contains(meanings, r.meaning) {
			t.Errorf("rule %d means %q", i, r.meaning)
		}
		if len(r.all)+len(r.patterns) == 0 || slices.ContainsFunc(r.all, func(g []word) bool { return len(g) == 0 }) {
			t.Errorf("rule %d (%s) has a group without words", i, r.meaning)
		}
		for _, w := range slices.Concat(append(r.all, r.not)...) {
			if w.text == "" && len(w.after) == 0 || strings.ContainsAny(w.text, "$()>") {
				t.Errorf("rule %d (%s) has the word %q", i, r.meaning, w.text)
			}
		}
	}
	for line := range strings.SplitSeq(rulesText, "\n") {
		if strings.HasPrefix(line, "#") || strings.HasPrefix(strings.TrimSpace(line), "? ") {
			continue
		}
		for part := range strings.FieldsFuncSeq(line, func(r rune) bool { return strings.ContainsRune("|>() ", r) }) {
			if strings.HasPrefix(part, "$") && !strings.Contains(rulesText, "\n"+part+" = ") {
				t.Errorf("%s is no list", part)
			}
		}
	}
}

func TestAnExpressionStandsForItsProducts(t *testing.T) {
	t.Parallel()
	lists := map[string][]string{"none": {"ない", "なし"}}
	for expr, want := range map[string]string{
		"a|b":               "a b",
		"(x|y)>(|は)>$none":  "xない xなし xはない xはなし yない yなし yはない yはなし",
		"z|(a|b>(c|d))>e|f": "z ae bce bde f",
		"$none":             "ない なし",
	} {
		if got := strings.Join(expand(expr, lists), " "); got != want {
			t.Errorf("%s is %q, want %q", expr, got, want)
		}
	}
}
