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
	out["together"], out["together-mail"], out["together-hidden"] = Together(night(false), true), Together(night(false), false), Together(night(true), false)
	back := night(false)[1:]
	for i := range back {
		p := &back[i].Parts[0]
		p.Record.UndoneAt, p.Was, p.CanAnswer = jst("2020-09-03 18:00:00"), &watch.Shown{Amount: p.Record.Amount, Service: "docomo"}, false
		back[i].Debits = 0
	}
	out["together-back"] = Together(back, false)
}
