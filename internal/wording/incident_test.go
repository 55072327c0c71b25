package wording

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// incidents are the messages about several alerts of one story.
func incidents(lang watch.Lang) map[string]message.Message {
	part := func(seconds int, yen int64, change ...func(*AlertFacts)) AlertFacts {
		f := alertFacts(lang, debit(), watch.ServiceDebit, change...)
		f.Record.ID, f.Lead = fmt.Sprint("r", seconds), "r0"
		f.Record.OccurredAt, f.Record.Balance = f.Record.OccurredAt.Add(time.Duration(seconds)*time.Second), nil
		if f.Record.Kind == watch.Debit {
			f.Record.Amount = yen
		}
		return f
	}
	first := func(f *AlertFacts) { f.Notice.Reasons = watch.Because(watch.ServiceDebit | watch.FirstSeen) }
	burst := func(f *AlertFacts) { f.Notice.Reasons = watch.Because(watch.ServiceDebit | watch.Burst) }
	undone := func(f *AlertFacts) { f.Record.UndoneAt = f.Record.OccurredAt.Add(time.Hour) }
	raised := func(f *AlertFacts) { f.Was = &watch.Shown{Amount: 1, Service: "docomo"} }
	newLink := func(f *AlertFacts) {
		f.Record, f.Notice.Reasons = link(), watch.Because(watch.NewLink)
		f.Record.Service = "docomo"
	}
	kyash := func(f *AlertFacts) { f.ServiceName = "Kyash" }
	of := func(debits int, yen int64, span time.Duration, parts ...AlertFacts) IncidentFacts {
		at := debit().OccurredAt
		return IncidentFacts{Parts: parts, Debits: debits, Yen: yen, First: at, Last: at.Add(span), Earlier: debits > len(parts)}
	}
	four := of(4, 300000, 75*time.Second, part(0, 100000, first), part(30, 90000), part(50, 90000, burst), part(75, 20000, burst))
	hidden := of(4, 300000, 75*time.Second, part(0, 100000), part(75, 20000))
	for i := range hidden.Parts {
		hidden.Parts[i].Delivery.HideAmount, hidden.Parts[i].Guardian = true, true
	}
	reported := of(5, 390000, 3*time.Hour, part(3*60*60, 90000, func(f *AlertFacts) { f.Notice.Reasons = watch.Because(watch.AfterDispute) }))
	reported.Report = "KZ-7F3K-9Q2M"
	both := of(5, 350000, 3*time.Hour, part(0, 0, newLink), part(3*60*60, 50000))
	both.Report = "KZ-7F3K-9Q2M"
	all := reported
	all.Debits, all.Yen, all.Last, all.OfReport = 9, 435000, all.First.Add(32*time.Hour+40*time.Minute), true
	called, alarmed := of(1, 100000, 0, part(0, 100000, first)), of(1, 100000, 0, part(0, 100000, first))
	called.Called, alarmed.Called, alarmed.Report, alarmed.Covered = watch.CallUnanswered, watch.CallReported, "KZ-7F3K-9Q2M", true
	for _, f := range []*IncidentFacts{&called, &alarmed} {
		f.Parts[0].Guardian = true
	}
	many := of(20, 20000, time.Second)
	for i := range 20 {
		many.Parts = append(many.Parts, part(i/19, 1000))
	}
	elsewhere := func(is func(*AlertFacts)) IncidentFacts {
		f := of(1, 9600, 0, part(0, 9600, is))
		f.Related = "KZ-7F3K-9Q2M"
		return f
	}
	out := map[string]message.Message{}
	for name, f := range map[string]IncidentFacts{
		"related":      elsewhere(func(f *AlertFacts) { f.Related, f.Notice.Reasons = true, watch.Because(watch.AfterDispute) }),
		"related-kept": elsewhere(func(f *AlertFacts) { f.Related, f.Silenced = true, true }),
		"related-more": elsewhere(func(*AlertFacts) {}),
		"four":         four,
		"hidden":       hidden,
		"twenty":       many,
		"goes-on":      of(6, 330000, 40*time.Minute, part(40*60, 30000, burst)),
		"more":         of(6, 360000, 40*time.Minute, part(39*60, 30000), part(40*60, 30000)),
		"link":         of(1, 50000, 0, part(0, 0, newLink), part(60, 50000, func(f *AlertFacts) { f.Notice.Reasons = watch.Because(watch.AfterNewLink) })),
		"mixed":        of(3, 33000, 3*time.Hour, part(0, 100000, raised), part(60, 20000, undone), part(3*60*60, 3000, kyash)),
		"undone":       of(2, 0, time.Minute, part(0, 100000, undone, raised), part(60, 20000, undone, raised)),
		"after":        reported,
		"link-too":     both,
		"called":       called,
		"alarmed":      alarmed,
		"all-of-it":    all,
		"undo-asks":    {},
	} {
		if name == "undo-asks" {
			out["incident-"+name] = ConfirmUndo(disputeFacts(lang))
			continue
		}
		out["incident-"+name] = Incident(f)
	}
	return out
}

func TestIncidentsReadAsInTheGoldenFiles(t *testing.T) {
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		for name, m := range incidents(lang) {
			golden(t, name, lang, show(m))
			// What must always hold of them.
			if strings.ContainsAny(m.Alt, "¥円") || strings.Contains(m.Alt, "4567") {
				t.Errorf("%s in %s: the lock screen shows %q", name, lang, m.Alt)
			}
			if len(m.Facts) > maxLines+3 {
				t.Errorf("%s in %s has %d lines", name, lang, len(m.Facts))
			}
			if name == "incident-hidden" && strings.ContainsAny(show(m), "¥円") {
				t.Errorf("%s in %s shows an amount: %s", name, lang, show(m))
			}
			answers := 0
			for _, b := range m.Buttons {
				if strings.Contains(b.Postback, "a=notmine") || strings.Contains(b.Postback, "a=mine") {
					answers++
					if !strings.Contains(b.Postback, "r=r0") {
						t.Errorf("%s in %s: a button answers %q, not the incident", name, lang, b.Postback)
					}
				}
			}
			asks := name != "incident-after" && name != "incident-all-of-it" && name != "incident-link-too" && name != "incident-alarmed" && name != "incident-undone" && name != "incident-undo-asks"
			if asks != (answers == 2) {
				t.Errorf("%s in %s has %d answers", name, lang, answers)
			}
		}
	}
}
