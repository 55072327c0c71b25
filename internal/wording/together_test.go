package wording

import (
	"kozamori/internal/message"
	"kozamori/internal/quote"
	"kozamori/internal/watch"
)

// ofNight is what a message says of a night's file about an account and a service.
func ofNight(lang watch.Lang, mask quote.Text, service string, hide bool, yen ...int64) (f IncidentFacts) {
	for _, n := range yen {
		p := alertFacts(lang, debit(), watch.ServiceDebit, func(f *AlertFacts) {
			f.Record.Mask, f.Record.Amount, f.Record.File, f.Record.DateOnly = mask, n, "file_1", true
			f.Record.OccurredAt, f.Delivery.After = jst("2020-09-03 00:00:00"), jst("2020-09-04 07:30:00")
			f.Delivery.HideAmount = hide
			f.ServiceName = service
		})
		f.Parts = append(f.Parts, p)
		f.Debits, f.Yen = f.Debits+1, f.Yen+n
	}
	f.First, f.Last = jst("2020-09-03 00:00:00"), jst("2020-09-03 00:00:00")
	return f
}

// together are messages of nights.
func together(lang watch.Lang, out map[string]message.Message) {
	service, _ := names(lang)
	night := func(hide bool) []IncidentFacts {
		return []IncidentFacts{ofNight(lang, "普通 ***4567", service, hide, 1000, 2000), ofNight(lang, "普通 ***4567", "PayPay", hide, 4000), ofNight(lang, "貯蓄 ***9876", "PayPay", hide, 8000)}
	}
	say := func(all []IncidentFacts, cards bool, past ...SummaryFacts) message.Message {
		return Together(TogetherFacts{Lang: lang, Incidents: all, Past: past, Cards: cards, All: "https://kozamori.example/a/t0ken?all=d1"})
	}
	out["together"], out["together-mail"], out["together-hidden"] = say(night(false), true), say(night(false), false), say(night(true), false)
	_, bank := names(lang)
	past := SummaryFacts{Lang: lang, BankName: bank, Mask: "普通 ***4567", Link: "https://kozamori.example/a/t0ken?past=kt",
		Sum: watch.PastSum{Debits: 3, Yen: 9000, FirstAt: jst("2020-08-20 10:00:00"), LastAt: jst("2020-08-22 10:00:00"), At: jst("2020-09-04 07:30:00")}}
	out["together-past"], out["together-past-mail"], out["together-past-alone"] = say(night(false)[:1], true, past), say(night(false)[:1], false, past), say(nil, true, past)
	many := func(hide bool) (all []IncidentFacts) {
		for i := range 11 {
			f := ofNight(lang, "普通 ***4567", "PayPay", hide, int64(100*(i+1)))
			f.Parts[0].Record.OccurredAt = f.Parts[0].Record.OccurredAt.AddDate(0, 0, -i%5)
			all = append(all, f)
		}
		return all
	}
	out["together-many"], out["together-many-mail"], out["together-many-hidden"] = say(many(false), true, past), say(many(false), false), say(many(true), true)
	back := night(false)[1:]
	for i := range back {
		p := &back[i].Parts[0]
		p.Record.UndoneAt, p.Was, p.CanAnswer = jst("2020-09-03 18:00:00"), &watch.Shown{Amount: p.Record.Amount, Service: "docomo"}, false
		back[i].Debits = 0
	}
	out["together-back"] = say(back, false)
}

// allFacts are those of the page that a message of many incidents leads to.
func allFacts(lang watch.Lang) AllFacts {
	_, bank := names(lang)
	f := AllFacts{Lang: lang, Count: 42, Newer: "?all=d1&page=1", Older: "?all=d1&page=3", Now: jst("2020-09-04 14:10:00")}
	for i, r := range []*watch.Record{debit(), link()} {
		f.Entries = append(f.Entries, ListItem{HistoryEntry: HistoryEntry{Record: r, Parts: []*watch.Record{r}, Service: "PayPay", Link: "/a/t0ken?"}, BankName: bank, HideAmount: i == 1})
	}
	return f
}
