// Package gallery holds every kind of message that people see on LINE, with names
// as long as they are, and draws them on one page with LINE's measures, as the JSON
// says that LINE gets. It sends nothing, and knows nothing of real people.
package gallery

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"kozamori/internal/message"
	"kozamori/internal/quote"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// Kind is a kind of message.
type Kind struct {
	Name    string // in plain words
	Alert   bool   // it must be seen at once
	Asks    bool   // and be answered
	Message message.Message
}

// ID names it on the page.
func (k Kind) ID(lang watch.Lang) string {
	return strings.NewReplacer(" ", "-", ",", "").Replace(k.Name) + "-" + string(lang)
}

// Kinds lists all of them in a language, the alerts first.
func Kinds(lang watch.Lang) []Kind {
	var out []Kind
	for _, guardian := range []bool{false, true} {
		out = append(out, alerts(lang, guardian)...)
	}
	return append(append(append(out, changes(lang)...), answers(lang)...), chat(lang)...)
}

// Alerts lists those that ask something.
func Alerts(lang watch.Lang) (out []Kind) {
	for _, k := range Kinds(lang) {
		if k.Alert {
			out = append(out, k)
		}
	}
	return out
}

var at = time.Date(2020, 9, 4, 5, 5, 11, 0, time.UTC)

// page is where messages lead.
const page = "https://kozamori.example/a/t0ken"

func names(lang watch.Lang) (service, bank string) {
	if lang == watch.English {
		return "d-barai (Docomo account)", "Aomori Michinoku Bank"
	}
	return "d払い（ドコモ口座）", "青森みちのく銀行"
}

// short is the name of a bank that most buttons have room for.
func short(lang watch.Lang) string {
	if lang == watch.English {
		return "77 Bank"
	}
	return "七十七銀行"
}

// debit is an alert, changed.
func debit(change ...func(*watch.Record)) *watch.Record {
	r := &watch.Record{ID: "0123456789abcdefghjkmnpqrs", Kind: watch.Debit, Service: "docomo", Confidence: watch.Seen, Amount: 100000, Mask: "普通 ***4567", Status: watch.Posted, Complete: true,
		Descriptor: "ﾄﾞｺﾓｺｳｻﾞ", OccurredAt: at, RecordedAt: at, ReceivedAt: at, OnAccount: watch.On(watch.AccountKey{Bank: "0125", Ref: "acc_1"}),
		Notices: []watch.Notice{{Watcher: "w1", Reasons: watch.Because(watch.ServiceDebit | watch.FirstSeen | watch.AfterNewLink | watch.Burst)}}}
	for _, c := range change {
		c(r)
	}
	return r
}

func link(r *watch.Record) {
	r.Kind, r.Amount, r.Status, r.Route = watch.LinkRegistered, 0, "", "web_kouza_furikae"
}

// of is what a message of a record is worded from.
func of(lang watch.Lang, r *watch.Record, change ...func(*wording.AlertFacts)) wording.AlertFacts {
	f := wording.AlertFacts{Record: r, Notice: r.Notices[0], Delivery: watch.Delivery{ID: "d1", Kind: watch.TellAlert, Watcher: "w1", Channel: watch.LINE, Lang: lang},
		Bank:    wording.Contact{Phone: "0120-000-000", Hours: "9:00-17:00", CheckedOn: "2026-11-02"},
		Service: wording.Contact{Phone: "0120-111-111"}, Link: page, CanAnswer: true}
	f.ServiceName, f.BankName = names(lang)
	for _, c := range change {
		c(&f)
	}
	return f
}

// alerts are what asks the owner, or a guardian.
func alerts(lang watch.Lang, guardian bool) []Kind {
	whom := map[bool]string{true: ", to a guardian", false: ""}[guardian]
	facts := func(r *watch.Record, change ...func(*wording.AlertFacts)) wording.AlertFacts {
		f := of(lang, r, change...)
		f.Guardian = guardian
		return f
	}
	var out []Kind
	add := func(name string, m message.Message) {
		out = append(out, Kind{Name: name + whom, Alert: true, Asks: true, Message: m})
	}
	add("a debit", wording.Alert(facts(debit())))
	add("a debit, several accounts are watched", wording.Alert(facts(debit(), func(f *wording.AlertFacts) { f.Delivery.Several = true })))
	add("two readings, several accounts are watched", wording.Alert(facts(debit(func(r *watch.Record) { r.Confidence, r.Other = watch.Undecided, "PayPayカードの請求" }),
		func(f *wording.AlertFacts) { f.Delivery.Several = true })))
	add("a debit, several accounts are watched, of a bank with a short name", wording.Alert(facts(debit(), func(f *wording.AlertFacts) { f.Delivery.Several, f.BankName = true, short(lang) })))
	add("one of a service that is known", wording.Alert(facts(debit(func(r *watch.Record) { r.Notices[0].Reasons = watch.Because(watch.ServiceDebit) }))))
	add("a pending one of a guessed name", wording.Alert(facts(debit(func(r *watch.Record) { r.Status, r.Confidence = watch.Pending, watch.Guessed }))))
	add("two readings", wording.Alert(facts(debit(func(r *watch.Record) { r.Confidence, r.Other = watch.Undecided, "PayPayカードの請求" }))))
	add("one that the bank names otherwise", wording.Alert(facts(debit(func(r *watch.Record) { r.Second = &watch.Second{Service: "paypay", Bank: true} }),
		func(f *wording.AlertFacts) { f.SecondName = "PayPay" })))
	add("a late one", wording.Alert(facts(debit(func(r *watch.Record) { r.ReceivedAt = at.Add(60 * time.Hour) }))))
	add("one of which part came back", wording.Alert(facts(debit(func(r *watch.Record) { r.Returned = 30000 }))))
	add("one of no known service", wording.Alert(facts(debit(func(r *watch.Record) { r.Service, r.Confidence = "", "" }), func(f *wording.AlertFacts) { f.ServiceName = "" })))
	add("a link", wording.Alert(facts(debit(link))))
	add("no amounts", wording.Alert(facts(debit(), func(f *wording.AlertFacts) { f.Delivery.HideAmount = true })))
	add("another amount", wording.Changed(facts(debit(), func(f *wording.AlertFacts) {
		f.Was, f.WasServiceName = &watch.Shown{Amount: 1, Service: "docomo"}, f.ServiceName
	})))
	for _, several := range []struct {
		n    int
		name string
	}{{2, "some debits"}, {4, "several debits"}, {20, "very many debits"}} {
		f := wording.IncidentFacts{Debits: several.n, Yen: int64(several.n) * 100000, First: at, Last: at.Add(75 * time.Second)}
		for i := range several.n {
			f.Parts = append(f.Parts, facts(debit(func(r *watch.Record) { r.ID, r.OccurredAt = r.ID+strconv.Itoa(i), at.Add(time.Duration(i)*time.Second) })))
		}
		add(several.name, wording.Incident(f))
		f.Report = "KZ-7F3K-9Q2M"
		add(several.name+" after a report", wording.Incident(f))
		out[len(out)-1].Asks = false // the report covers them
	}
	asked := wording.IncidentFacts{Debits: 1, Yen: 100000, First: at, Last: at, Parts: []wording.AlertFacts{facts(debit())}}
	add("what a bank asks about a debit", wording.Inquiry(asked, at.Add(30*time.Hour), at.Add(6*time.Hour)))
	asked.Parts = []wording.AlertFacts{facts(debit(link))}
	add("what a bank asks about a link", wording.Inquiry(asked, at.Add(30*time.Hour), at.Add(6*time.Hour)))
	mixed := wording.IncidentFacts{Debits: 2, Yen: 200000, First: at, Last: at.Add(time.Minute), Parts: []wording.AlertFacts{
		facts(debit(link)), facts(debit()), facts(debit(), func(f *wording.AlertFacts) { f.Record.Service, f.ServiceName = "paypay", "PayPay" })}}
	add("a link and debits of several services", wording.Incident(mixed))
	mixed.Parts[2].Record.OccurredAt = at.AddDate(0, 0, 2)
	add("the same on several days", wording.Incident(mixed))
	more := wording.IncidentFacts{Debits: 7, Yen: 700000, First: at, Last: at.Add(time.Hour), Parts: []wording.AlertFacts{facts(debit())}}
	add("it goes on", wording.Incident(more))
	more.GoesOn, more.Parts = true, append(more.Parts, facts(debit()))
	add("it goes on after very many", wording.Incident(more))
	more.Parts[0].Was, more.Parts[0].WasServiceName = &watch.Shown{Amount: 1, Service: "docomo"}, more.Parts[0].ServiceName
	add("another amount and one more", wording.Incident(more))
	one := wording.IncidentFacts{Parts: []wording.AlertFacts{facts(debit())}, Debits: 1, Yen: 100000, First: at, Last: at, Called: watch.CallUnanswered, Asked: at, Sent: at.Add(10 * time.Minute)}
	add("no answer came", wording.Incident(one))
	one.Called, one.Report = watch.CallReported, "KZ-7F3K-9Q2M"
	add("somebody has reported it", wording.Incident(one))
	night := func(r *watch.Record) {
		r.File, r.DateOnly, r.Notices[0].Reasons = "file_1", true, watch.Because(watch.ServiceDebit)
	}
	files := []wording.IncidentFacts{
		{Debits: 1, Yen: 100000, First: at, Last: at, Parts: []wording.AlertFacts{facts(debit(night))}},
		{Debits: 1, Yen: 100000, First: at, Last: at, Parts: []wording.AlertFacts{facts(debit(night), func(f *wording.AlertFacts) { f.Record.Service, f.ServiceName = "paypay", "PayPay" })}}}
	out = append(out, Kind{Name: "a night's files" + whom, Message: wording.Together(wording.TogetherFacts{Lang: lang, Incidents: files, Cards: true})}) // a card each asks
	many := wording.TogetherFacts{Lang: lang, Cards: true, All: files[0].Parts[0].Link}
	for i := range 12 {
		many.Incidents = append(many.Incidents, wording.IncidentFacts{Debits: 1, Yen: 100000, First: at, Last: at, Parts: []wording.AlertFacts{facts(debit(night), func(f *wording.AlertFacts) { f.Record.OccurredAt = at.AddDate(0, 0, -i%4) })}})
	}
	for i := range 12 {
		many.Past = append(many.Past, wording.SummaryFacts{Lang: lang, BankName: "七十七銀行", Mask: quote.Text(fmt.Sprintf("普通 ***%04d", i)), Link: many.All,
			Sum: watch.PastSum{Debits: 3, Yen: 9000, FirstAt: at.AddDate(0, 0, -20), LastAt: at.AddDate(0, 0, -18), At: at}})
	}
	out = append(out, Kind{Name: "files of many accounts, days and the past" + whom, Message: wording.Together(many)})
	return out
}

// changes are what becomes of an alert, and what is only said.
func changes(lang watch.Lang) []Kind {
	_, bank := names(lang)
	was := func(is watch.Shown, change ...func(*wording.AlertFacts)) message.Message {
		return wording.Changed(of(lang, debit(), append(change, func(f *wording.AlertFacts) {
			f.Was, f.WasServiceName = &is, f.ServiceName
		})...))
	}
	gone := func(r *watch.Record) { r.UndoneAt = at.AddDate(0, 0, 1) }
	return []Kind{
		{Name: "a debit was reversed", Message: wording.Undone(of(lang, debit(gone)))},
		{Name: "a link was removed", Message: wording.Undone(of(lang, debit(link, gone)))},
		{Name: "part of it came back", Message: was(watch.Shown{Amount: 100000, Service: "docomo"}, func(f *wording.AlertFacts) { f.Record.Returned = 1000 })},
		{Name: "another service", Message: was(watch.Shown{Amount: 100000, Service: "paypay"}, func(f *wording.AlertFacts) { f.Record.Service = "docomo" })},
		{Name: "taken again", Message: was(watch.Shown{Amount: 100000, Service: "docomo"}, func(f *wording.AlertFacts) { f.Record.Again = 1 })},
		{Name: "perhaps taken again", Message: was(watch.Shown{Amount: 100000, Service: "docomo"}, func(f *wording.AlertFacts) { f.Record.Again, f.Record.MayBeAgain = 1, true })},
		{Name: "what happened before it was watched", Message: wording.Summary(wording.SummaryFacts{Lang: lang, BankName: bank, Mask: "普通 ***4567", Link: page,
			Sum: watch.PastSum{Debits: 14, Yen: 412000, Links: 1, FirstAt: at.AddDate(-1, 0, 0), LastAt: at.AddDate(0, -1, 0), At: at}})},
	}
}

// answers are what follows an answer.
func answers(lang watch.Lang) []Kind {
	r := debit()
	service, bank := names(lang)
	mine := wording.AnswerFacts{Lang: lang, Record: r, Watcher: "w1", ServiceName: service, BankName: bank, Answer: watch.Answer{Value: watch.Mine, Watcher: "w2", At: at}, Link: page,
		Trust: watch.Trust{Service: "docomo", UpTo: 100000, Until: at.AddDate(0, 0, 90)}, TrustDays: 90}
	other := mine
	other.Answer.Value, other.Reference = watch.NotMine, "KZ-7F3K-9Q2M"
	d := wording.DisputeFacts{Lang: lang, Watcher: "w1", ServiceName: service, BankName: bank, UndoUntil: at.Add(10 * time.Minute), Link: page,
		Bank:    wording.Contact{Phone: "0120-000-000"},
		Service: wording.Contact{Phone: "0120-111-111", CheckedOn: "2026-11-02", Claims: []wording.ClaimFact{{Days: 30, AsOf: "2026-11"}, {Days: 90, FromLoss: true, AsOf: "2026-11"}}},
		Dispute: &watch.Dispute{ID: "dsp", Reference: "KZ-7F3K-9Q2M", Record: r.ID, OnAccount: r.OnAccount, Mask: r.Mask, Kind: r.Kind, Service: r.Service, Amount: r.Amount,
			OccurredAt: at, ReceivedAt: at, AnsweredAt: at, Watcher: "w1", Via: watch.ViaLINE, Status: watch.DisputeOpened}}
	several, dSeveral := mine, d
	several.Several, dSeveral.Several = true, true
	out := []Kind{
		{Name: "reported", Message: wording.DisputeOpened(d)},
		{Name: "reported before", Message: wording.DisputeAlready(d)},
		{Name: "is the report to be taken back", Message: wording.ConfirmUndo(d)},
		{Name: "a report taken back", Message: wording.DisputeWithdrawn(d)},
		{Name: "too late to take back", Message: wording.UndoTooLate(d)},
		{Name: "theirs", Message: wording.MineThanks(mine)},
		{Name: "theirs, several accounts are watched", Message: wording.MineThanks(several)},
		{Name: "reported, several accounts are watched", Message: wording.DisputeOpened(dSeveral)},
		{Name: "trusted", Message: wording.Trusted(mine)},
		{Name: "answered before", Message: wording.AlreadyAnswered(mine)},
		{Name: "somebody else answered", Message: wording.AnswerByOther(other)},
		{Name: "somebody else took it back", Message: wording.AnswerTakenBack(other)},
		{Name: "an alert that is not known", Message: wording.Unknown(lang)},
	}
	for _, s := range []watch.DisputeStatus{watch.DisputeReceived, watch.DisputeFrozen, watch.DisputeRefunded, watch.DisputeClosed} {
		is := d
		is.Change = watch.DisputeChange{Seq: 2, Status: s, Text: "全額を普通口座に返金しました。"}
		out = append(out, Kind{Name: "the bank says " + string(s), Message: wording.DisputeStatus(is)})
	}
	again := d
	again.Change = watch.DisputeChange{Seq: 2, Status: watch.DisputeReceived, Reopened: true, Text: "もう一度確認します。"}
	out = append(out, Kind{Name: "the bank says reopened", Message: wording.DisputeStatus(again)})
	d.Service.Claims = []wording.ClaimFact{{Days: 60, FromLoss: true, Until: at.AddDate(0, 0, 60), AsOf: "2026-11"}}
	if m, ok := wording.ClaimReminder(d, d.Service.ClaimBy(at, at)); ok {
		out = append(out, Kind{Name: "a claim must be made soon", Message: m})
	}
	return out
}
