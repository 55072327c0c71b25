package wording

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kozamori/internal/watch"
)

// A list never says that one service did what several did.
func TestAListNamesNoServiceForWhatOthersTook(t *testing.T) {
	t.Parallel()
	part := func(kind watch.Kind, service string) *watch.Record {
		r := debit()
		r.ID, r.Kind, r.Service, r.Complete = service+string(kind), kind, service, true
		r.Notices = []watch.Notice{{Watcher: "w1", Reasons: watch.Because(watch.ServiceDebit)}}
		return r
	}
	docomo, kyash, paypay := part(watch.Debit, "docomo"), part(watch.LinkRegistered, "kyash"), part(watch.Debit, "paypay")
	again := part(watch.Debit, "docomo")
	again.ID = "again"
	for name, c := range map[string]struct {
		parts  []*watch.Record // the newest first
		others bool
	}{
		"a link after the debits of another": {[]*watch.Record{kyash, docomo}, true},
		"debits of two":                      {[]*watch.Record{paypay, docomo}, true},
		"links of two":                       {[]*watch.Record{kyash, part(watch.LinkRegistered, "docomo")}, true},
		"a link and its debit":               {[]*watch.Record{docomo, part(watch.LinkRegistered, "docomo")}, false},
		"debits of one":                      {[]*watch.Record{again, docomo}, false},
	} {
		for lang, others := range map[watch.Lang]string{watch.Japanese: "など", watch.English: "and others"} {
			e := HistoryEntry{Record: c.parts[len(c.parts)-1], Parts: c.parts, Service: "X"}
			if got := e.label(lang, false); strings.Contains(got, others) != c.others {
				t.Errorf("%s: the list says %q", name, got)
			}
		}
	}
	for others, of := range map[bool]*watch.Record{true: paypay, false: again} {
		lead := part(watch.Debit, "docomo")
		lead.ID = "lead"
		lead.Join(of)
		it := OpenItem{Lead: lead, Watcher: "w1", ServiceName: "d払い"}
		if m := it.card(watch.Japanese, false, lead.OccurredAt); strings.Contains(m.Title, "など") != others {
			t.Errorf("with others %v: what waits is called %q", others, m.Title)
		}
	}
}

// What the chat has no room to list before it is reported has its number and sum.
func TestWhatIsReportedUnlistedIsSummedUp(t *testing.T) {
	t.Parallel()
	for lang, want := range map[watch.Lang]string{watch.Japanese: "11件・合計11,000円、口座の登録1件", watch.English: "11 debits, ¥11,000 in all, charge links: 1"} {
		for _, hide := range []bool{false, true} {
			var f IncidentFacts
			for i := range maxAsked + 11 {
				r := debit()
				r.ID, r.Amount, r.OccurredAt = fmt.Sprint(i), 1000, r.OccurredAt.Add(time.Duration(i)*time.Second)
				if i == maxAsked+10 {
					r.Kind, r.Amount = watch.LinkRegistered, 0
				}
				f.Parts = append(f.Parts, AlertFacts{Record: r, Delivery: watch.Delivery{Lang: lang, HideAmount: hide}, ServiceName: "d払い"})
			}
			said := ""
			for _, fact := range AskIncident(f).Facts {
				if fact.Label == tPartMore.in(lang) {
					said = fact.Value
				}
			}
			if !hide && said != want || hide && (!strings.Contains(said, "11") || strings.Contains(said, "1,000")) {
				t.Errorf("hidden %v: what is not listed reads %q", hide, said)
			}
		}
	}
}

// Who says that it was them while their report stands is not thanked for a report.
func TestMineOnOnesOwnReportSaysHowItIsTakenBack(t *testing.T) {
	t.Parallel()
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		f := disputeFacts(lang)
		f.SaidMine = true
		m := DisputeAlready(f)
		if !strings.Contains(m.Text[0], pick(lang == watch.English, text{ja: "Undo"}, text{ja: "取り消す"}).ja) || m.Alt == tAltDispute.in(lang) || len(m.Buttons) == 0 {
			t.Errorf("it says %q, %q", m.Alt, m.Text)
		}
		f.UndoUntil = time.Time{}
		if m = DisputeAlready(f); m.Text[0] != tKeptBank.in(lang) {
			t.Errorf("once it is too late it says %q", m.Text)
		}
	}
}
