package wording

import (
	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// summarised are the summaries of what an earlier one told of.
func summarised(lang watch.Lang, bank string, out map[string]message.Message) {
	sum := watch.PastSum{Debits: 2, Yen: 53000, Links: 1, FirstAt: jst("2020-08-01 10:00:00"), LastAt: jst("2020-08-20 10:00:00"), At: jst("2020-09-04 14:10:00")}
	two := SummaryFacts{Lang: lang, BankName: bank, Mask: "普通 ***4567", Link: "https://kozamori.example/a/t0ken", Sum: sum}
	changed := watch.PastSum{Changed: 1, More: 500, FirstAt: sum.FirstAt, LastAt: sum.FirstAt, At: sum.At}
	two.Also = []SummaryFacts{{BankName: bank, Mask: "普通 ***8901", Link: "https://kozamori.example/a/t1ken", Sum: changed}, {BankName: bank, Mask: "貯蓄 ***22", Link: "https://kozamori.example/a/t2ken", Sum: sum, HideAmount: true}}
	out["summary-accounts"] = Summary(two)
	for name, s := range map[string]watch.PastSum{"": {Changed: 2, More: 87000}, "-and-new": {Debits: 1, Yen: 500, Changed: 1, More: 87000}, "-no-more": {Changed: 1}, "-hidden": {Changed: 2, More: 87000}} {
		s.FirstAt, s.LastAt, s.At = jst("2020-08-01 10:00:00"), jst("2020-08-20 10:00:00"), jst("2020-09-04 14:10:00")
		out["summary-changed"+name] = Summary(SummaryFacts{Lang: lang, BankName: bank, Mask: "普通 ***4567", Link: "https://kozamori.example/a/t0ken", Sum: s, HideAmount: name == "-hidden"})
	}
}

// pastFacts are those of the page that a summary leads to.
func pastFacts(lang watch.Lang, hide bool) PastFacts {
	_, bank := names(lang)
	f := PastFacts{Lang: lang, HideAmount: hide, BankName: bank, Mask: "普通 ***4567", Count: 42, Newer: "?past=kt&page=1", Older: "?page=3&past=kt", Now: jst("2020-09-04 14:10:00")}
	for _, r := range []*watch.Record{debit(), link()} {
		r.Past, r.Notices = true, nil
		f.Entries = append(f.Entries, HistoryEntry{Record: r, Parts: []*watch.Record{r}, Service: "PayPay", Link: "/a/t0ken?"})
	}
	return f
}
