package wording

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// A message asks, by its buttons in the chat and by the name of its link in a
// mail, if and only if there is something to answer: something that stands, and is
// new or worse than what its reader knew, and that no report covers.
func TestAMessageAsksOnlyWhenThereIsSomethingToAnswer(t *testing.T) {
	undone := func(r *watch.Record) *watch.Record {
		r.UndoneAt = r.OccurredAt.Add(time.Hour)
		return r
	}
	returned := debit()
	returned.Returned = 5
	parts := map[string]struct {
		record *watch.Record
		was    *watch.Shown
		open   bool
	}{
		"a debit":                {debit(), nil, true},
		"a link":                 {link(), nil, true},
		"a debit that is undone": {undone(debit()), nil, false},
		"a link that is removed": {undone(link()), nil, false},
		"what is undone now":     {undone(debit()), debit().Shows(""), false},
		"what is raised":         {debit(), &watch.Shown{Amount: 1, Service: debit().Service}, true},
		"what stands after all":  {debit(), undone(debit()).Shows(""), true},
		"some came back":         {returned, debit().Shows(""), false},
		"another service":        {debit(), &watch.Shown{Amount: debit().Amount, Service: "kyash"}, true},
	}
	stands := map[string]struct {
		set     func(f *IncidentFacts)
		settled bool
	}{
		"nothing is answered":                {func(*IncidentFacts) {}, false},
		"it was answered before":             {func(f *IncidentFacts) { f.Parts[0].AnsweredBefore = &watch.Shown{Amount: 1} }, false},
		"it came after a report":             {func(f *IncidentFacts) { f.Report = "KZ-7F3K-9Q2M" }, true},
		"a report covers it":                 {func(f *IncidentFacts) { f.Report, f.Covered = "KZ-7F3K-9Q2M", true }, true},
		"its reader is called for a report":  {func(f *IncidentFacts) { f.Report, f.Covered, f.Called = "KZ-7F3K-9Q2M", true, watch.CallReported }, true},
		"a report covers some of it":         {func(f *IncidentFacts) { f.Report, f.Called = "KZ-7F3K-9Q2M", watch.CallReported }, false},
		"nobody has answered":                {func(f *IncidentFacts) { f.Called, f.Asked = watch.CallUnanswered, debit().OccurredAt }, false},
		"they have not over another channel": {func(f *IncidentFacts) { f.Called, f.Asked = watch.CallAgain, debit().OccurredAt }, false},
	}
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		for one, p := range parts {
			for two, q := range parts {
				for how, s := range stands {
					for _, mail := range []bool{false, true} {
						for _, guardian := range []bool{false, true} {
							of := func(r *watch.Record, was *watch.Shown) AlertFacts {
								return alertFacts(lang, r, watch.ServiceDebit, func(f *AlertFacts) { f.Was, f.OnPage, f.Guardian = was, mail, guardian })
							}
							f := IncidentFacts{Parts: []AlertFacts{of(p.record, p.was)}, Debits: 2}
							open := p.open
							if one != two { // else it is alone
								f.Parts, open = append(f.Parts, of(q.record, q.was)), open || q.open
							}
							s.set(&f)
							m := Incident(f)
							asks := open && !s.settled
							if chat := answersOf(m); asks != (chat == 2) || !asks && chat != 0 {
								t.Errorf("%s and %s, %s, in %s: %d answers", one, two, how, lang, chat)
							}
							says := linkOf(m)
							if want := pick(asks && mail, tDetailsOrReply, tDetails).in(lang); says != want {
								t.Errorf("%s and %s, %s, by mail %v, in %s: the link says %q, want %q", one, two, how, mail, lang, says, want)
							}
							if told := fmt.Sprint(m.Text); s.settled && open && (!strings.Contains(told, "KZ-7F3K-9Q2M") || strings.Contains(told, "お答えください") || strings.Contains(told, "Please say whether")) && how != "it was answered before" {
								t.Errorf("%s and %s, %s, in %s: %s", one, two, how, lang, told)
							}
						}
					}
				}
			}
		}
	}
}

func answersOf(m message.Message) (n int) {
	for _, b := range m.Buttons {
		if strings.Contains(b.Postback, "a=notmine") || strings.Contains(b.Postback, "a=mine") {
			n++
		}
	}
	return n
}

func linkOf(m message.Message) string {
	for _, b := range m.Buttons {
		if b.URL != "" {
			return b.Label
		}
	}
	return ""
}
