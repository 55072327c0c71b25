package web_test

import (
	"regexp"
	"slices"
	"testing"

	"kozamori/internal/wording"
)

var unfolded = regexp.MustCompile(`<details open>\n<summary><h3>([^<]*)</h3>`)

// open lists the groups of a page that are not folded away.
func (p page) open() (out []string) {
	for _, m := range unfolded.FindAllStringSubmatch(p.body, -1) {
		out = append(out, m[1])
	}
	return out
}

func TestWhatWasTypedStaysAndIsNotFoldedAway(t *testing.T) {
	for name, c := range map[string]struct {
		do   string
		set  []string
		open []string
	}{
		"nothing was changed":                    {wording.DoCheck, nil, nil},
		"rules are tried with an address typed":  {wording.DoCheck, []string{"any_debit", "7000", "email", "new@example.jp"}, []string{"そのほかの引き落とし", "メールでのお知らせ"}},
		"an address is wrong, the rules are not": {wording.DoSave, []string{"keywords", "ガクヒ", "email", "nobody@"}, []string{"そのほかの引き落とし", "メールでのお知らせ"}},
		"a field of a folded group is wrong":     {wording.DoSave, []string{"quiet_from", "22:00"}, []string{"お知らせを控える時間"}},
		"a language is tried":                    {wording.DoCheck, []string{"lang", "en"}, []string{"言語"}},
		"mails are to end":                       {wording.DoCheck, []string{"mailoff", "on"}, []string{"メールでのお知らせ"}},
		"everything is saved":                    {wording.DoSave, []string{"any_debit", "7000", "email", "new@example.jp"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			b, p := w.settings()
			got := b.send(p, c.do, c.set...)
			if open := got.open(); !slices.Equal(open, c.open) {
				t.Errorf("open are %q, want %q", open, c.open)
			}
			if c.open == nil {
				return
			}
			for i := 0; i+1 < len(c.set); i += 2 {
				if kept := got.form(t).Get(c.set[i]); kept != c.set[i+1] {
					t.Errorf("%s holds %q, typed was %q", c.set[i], kept, c.set[i+1])
				}
			}
		})
	}
}
