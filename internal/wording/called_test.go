package wording

import (
	"slices"
	"strings"
	"testing"
	"time"

	"kozamori/internal/watch"
)

// Who is called for a report reads only what is reported as that: neither the title nor
// the sums count what the reporter recognised, which is marked where it is listed.
func TestACallCountsWhatIsReported(t *testing.T) {
	t.Parallel()
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		for hide, amount := range map[bool]string{true: "", false: Yen(lang, 5000)} {
			f := calledFor(lang, hide, 1000, 2000, 4000)
			f.Except = []string{f.Parts[1].Record.ID}
			f.Debits, f.Yen, f.OfReport = 2, 5000, true
			m := Incident(f)
			golden(t, "incident-alarmed-some"+map[bool]string{true: "-hidden"}[hide], lang, show(m))
			if m.Amount != amount || m.Title != f.reported().title() || m.Title == f.title() {
				t.Errorf("%s: %q of %q is said to be reported", lang, m.Amount, m.Title)
			}
			marked := 0
			for _, fact := range m.Facts {
				if strings.Contains(fact.Value, strings.TrimPrefix(tPartMine.in(lang, ""), "%s")) {
					marked++
				}
			}
			said := slices.ContainsFunc(m.Text, func(s string) bool { return slices.Contains(f.called(), s) })
			if marked != 1 || !said {
				t.Errorf("%s: of one that was recognised %d are marked, and that it is left out is said: %v", lang, marked, said)
			}
		}
		f := calledFor(lang, false, 1000, 2000)
		f.Except = []string{f.Parts[0].Record.ID}
		if m, one := Incident(f), calledFor(lang, false, 2000); m.Title != Incident(one).Title || m.Amount != Yen(lang, 2000) {
			t.Errorf("%s: one that is reported is said to be %q of %q", lang, m.Amount, m.Title)
		}
	}
}

// calledFor is what a guardian is called for: debits of which a report was made.
func calledFor(lang watch.Lang, hide bool, yen ...int64) IncidentFacts {
	f := IncidentFacts{Called: watch.CallReported, Report: "KZ-7F3K-9Q2M", Debits: 1}
	for i, n := range yen {
		a := alertFacts(lang, debit(), watch.ServiceDebit)
		a.Record.ID, a.Lead, a.Guardian, a.Delivery.HideAmount = string(rune('a'+i)), "a", true, hide
		a.Record.Amount, a.Record.Balance = n, nil
		a.Record.OccurredAt = a.Record.OccurredAt.Add(time.Duration(i) * time.Minute)
		f.Parts = append(f.Parts, a)
	}
	return f
}
