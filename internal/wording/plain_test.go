package wording

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"kozamori/internal/line"
	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// amountOrAccount is what no lock screen shows.
var amountOrAccount = regexp.MustCompile(`\d円|¥\d|\*\*\*\d`)

// A message that LINE refuses to draw goes as text, and says what it would have said:
// what happened, how much and on which account, and where it is answered. What a
// phone shows of its beginning names neither amount nor account.
func TestEachMessageSaysTheSameAsText(t *testing.T) {
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		all := map[string]message.Message{}
		for _, of := range []map[string]message.Message{messages(lang), incidents(lang), chatMessages(lang)} {
			for name, m := range of {
				all[name] = m
			}
		}
		var names []string
		for name := range all {
			names = append(names, name)
		}
		slices.Sort(names)
		var out strings.Builder
		for _, name := range names {
			m := all[name]
			text := line.PlainText(m, LabelsIn(string(lang)))
			out.WriteString("== " + name + "\n" + text + "\n")
			says := append([]string{m.Alt, m.Title, m.Amount}, m.Paragraphs()...)
			for _, f := range m.Facts {
				if !f.More {
					says = append(says, f.Label, f.Value)
				}
			}
			for _, c := range m.Cards {
				says = append(says, c.Title, c.Amount)
				for _, f := range c.Facts {
					says = append(says, f.Value)
				}
			}
			linked := -1
			for _, b := range m.Flat().Buttons {
				if b.URL == "" {
					continue
				}
				says = append(says, b.URL)
				if at := strings.Index(text, b.URL); linked < 0 || at < linked {
					linked = at
				}
			}
			for _, s := range says {
				if !strings.Contains(text, s) {
					t.Errorf("%s in %s does not say %q: %s", name, lang, s, text)
				}
			}
			if linked >= 0 && len(m.Cards) == 0 && amountOrAccount.MatchString(text[:linked]) {
				t.Errorf("%s in %s begins with an amount or an account: %s", name, lang, text)
			}
		}
		golden(t, "as-text", lang, out.String())
	}
}
