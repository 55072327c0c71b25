package wording

import (
	"strings"
	"testing"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// mayBacks are the messages of what may be the debit that came back, or was released, or the
// link that was removed, though the bank's word is taken for another's of its id: that it
// may be this one, and what is known later.
func mayBacks(lang watch.Lang, changed func(watch.Shown, func(*AlertFacts)) message.Message, as func(int64) watch.Shown, out map[string]message.Message) {
	may := func(yen int64) func(*AlertFacts) {
		return func(f *AlertFacts) { f.Record.MayBeIt, f.Record.MayBack = true, yen }
	}
	was := as(100000)
	was.MayBeIt, was.MayBack = true, 1000
	out["may-back-some"] = changed(as(100000), may(1000))
	out["may-back-all"] = changed(as(100000), may(100000))
	out["may-back-hidden"] = changed(as(100000), func(f *AlertFacts) { may(1000)(f); f.Delivery.HideAmount = true })
	out["may-back-raised"] = changed(as(60000), may(100000))
	more := as(100000)
	more.Returned = 500
	out["may-back-more"] = changed(more, func(f *AlertFacts) { may(1000)(f); f.Record.Returned = 500 })
	out["may-back-not-it"] = changed(was, func(*AlertFacts) {})
	pending := was
	pending.Status = watch.Pending
	out["may-back-posted"] = changed(pending, func(f *AlertFacts) { f.Record.Status = watch.Posted })
	noMore := was
	noMore.Returned = 500
	out["may-back-no-more"] = changed(noMore, func(f *AlertFacts) { f.Record.Returned = 500 })
	out["may-back-is-it"] = changed(was, func(f *AlertFacts) { f.Record.Returned = 1000 })
	out["may-back-is-it-freed"] = changed(pending, func(f *AlertFacts) { f.Record.Status, f.Record.Returned, f.Record.Freed = watch.Pending, 1000, 1000 })
	out["may-back-new"] = Alert(alertFacts(lang, debit(), watch.ServiceDebit, may(1000)))

	shown := link().Shows("w1")
	shown.MayBeIt = true
	told := func(was *watch.Shown, change func(*watch.Record)) message.Message {
		r := link()
		change(r)
		return Incident(IncidentFacts{Parts: []AlertFacts{alertFacts(lang, r, watch.NewLink, func(f *AlertFacts) { f.Was = was })}})
	}
	out["may-back-link"] = told(link().Shows("w1"), func(r *watch.Record) { r.MayBeIt = true })
	out["may-back-link-not-it"] = told(shown, func(*watch.Record) {})
	out["may-back-link-is-it"] = told(shown, func(r *watch.Record) { r.UndoneAt = r.OccurredAt.AddDate(0, 0, 1) })

	a, b := debit(), debit()
	b.ID, b.OccurredAt, b.Returned, b.Unsure, b.Amount = "b", b.OccurredAt.AddDate(0, 0, 1), 1000, true, 30000
	first, second := a.Shows("w1"), b.Shows("w1")
	a.MayBeIt, a.MayBack, second.Returned, second.Unsure = true, 1000, 0, false
	part := func(r *watch.Record, was *watch.Shown) AlertFacts {
		return alertFacts(lang, r, watch.ServiceDebit, func(f *AlertFacts) { f.Was = was })
	}
	out["may-back-either"] = Incident(IncidentFacts{Parts: []AlertFacts{part(a, first), part(b, second)}})
	maySaid := a.Shows("w1")
	a, b = a.Clone(), b.Clone()
	a.MayBeIt, a.MayBack, b.Unsure = false, 0, false
	second.Returned, second.Unsure = 1000, true
	out["may-back-not-either"] = Incident(IncidentFacts{Parts: []AlertFacts{part(a, maySaid), part(b, second)}})
}

// A list, a file and a sheet say of what may be the returned debit how much may have come
// back, and of two that came back once that only once.
func TestListsSayWhatMayHaveComeBack(t *testing.T) {
	a, b := debit(), debit()
	a.Amount, a.MayBeIt, a.MayBack = 100000, true, 1000
	b.ID, b.Amount, b.Returned, b.Unsure, b.OccurredAt = "b", 30000, 1000, true, b.OccurredAt.AddDate(0, 0, 1)
	other := a.Clone()
	other.ID = "c"
	l := link()
	l.MayBeIt = true
	lead := a.Clone()
	lead.Join(b.Clone())
	twice := a.Clone()
	twice.Join(other)
	for name, c := range map[string]struct {
		r            *watch.Record
		parts        []*watch.Record
		want, hidden string
	}{
		"alone":                     {a, nil, "d払いの引き落とし 100,000円（うち1,000円は取り消された可能性があります）", "d払いの引き落とし（取り消された可能性があります）"},
		"with that it is taken for": {lead, []*watch.Record{a, b}, "d払いの引き落とし 2件 130,000円（うち1,000円は戻った可能性があります）", "d払いの引き落とし 2件（一部は戻った可能性があります）"},
		"two of which it may be":    {twice, []*watch.Record{a, other}, "d払いの引き落とし 2件 200,000円（うち1,000円は取り消された可能性があります）", "d払いの引き落とし 2件（取り消された可能性があります）"},
		"a link":                    {l, nil, "d払いへの口座の登録（解除された可能性があります）", "d払いへの口座の登録（解除された可能性があります）"},
	} {
		e := HistoryEntry{Record: c.r, Parts: c.parts, Service: "d払い"}
		if got := e.label(watch.Japanese, false); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if got := e.label(watch.Japanese, true); got != c.hidden {
			t.Errorf("%s, amounts hidden: %q, want %q", name, got, c.hidden)
		}
	}
	if got := CSVBack(watch.Japanese, a); got != "0（ほかに1000円の可能性があります）" {
		t.Errorf("the file says %q", got)
	}
	f := PageFacts{Record: a, Watcher: watch.Watcher{Lang: watch.Japanese}, BankName: "A", Dispute: &watch.Dispute{}}
	said := ""
	f.sheetFacts(a, func(_ *[]message.Fact, label text, value string) { said += label.ja + value + "\n" })
	if want := tSheetMayBack.ja + "1,000円\n"; !strings.Contains(said, want) {
		t.Errorf("the sheet says\n%s", said)
	}
}
