package wording

import (
	"slices"
	"sort"
	"strconv"
	"time"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// HistoryFacts is what the page of past alerts is made from.
type HistoryFacts struct {
	View    AccountView
	Home    string
	Month   time.Time // in it, JST
	Entries []HistoryEntry
	Totals  []ServiceTotal // of the month; nil if it has too many alerts to sum up
	Earlier string         // address of the month before; empty if nothing is kept of it
	Later   string         // the same
	CSV     string         // address of the file
	Newer   string         // address of the page before in the month; empty if there is none
	Older   string         // of the next one; the same
	Now     time.Time
}

// ServiceTotal is what a service took in a month, of what is listed.
type ServiceTotal struct {
	Name   string
	Debits int
	// Doubtful is how many of them may be something else.
	Doubtful int
	Yen      int64 // less what was reversed for certain
	Unsure   bool  // some of it may have been reversed
}

// HistoryEntry is one incident: an alert, or several that are one story.
type HistoryEntry struct {
	Record  *watch.Record   // with which it began
	Parts   []*watch.Record // those that are listed, the newest first; nil for Record alone
	Dispute *watch.Dispute  // nil if there is none
	Service string          // of the newest part
	Link    string          // to its page
	Groups  []watch.Group   // of its pieces, by how they stand; nil for Record alone
	Paused  bool            // the reader was told nothing of it, since they had paused what they are told
	Related string          // the number of the report about another account to which it belongs
}

// undone tells whether the bank says of all of it that it is undone.
func (e *HistoryEntry) undone() bool {
	for _, g := range e.Groups {
		if !allUndone(g.Record) {
			return false
		}
	}
	return allUndone(e.Record)
}

// allUndone tells whether the bank says of each part that it is undone, be it certain
// or not.
func allUndone(r *watch.Record) bool {
	return !slices.ContainsFunc(r.Parts(), func(p *watch.Record) bool { return p.UndoneAt.IsZero() })
}

var (
	tHistSome   = text{ja: "%[2]d件：%[1]s", en: "%[2]d: %[1]s"}
	tHistPaused = text{ja: "お休み中だったため、お知らせしていません", en: "You were not told: your alerts were paused"}
)

// state says how it stands, and of which story it is.
func (e *HistoryEntry) state(lang watch.Lang) string {
	if e.Related != "" {
		return tRelatedIs.in(lang, e.stands(lang), e.Related)
	}
	return e.stands(lang)
}

// stands says how it stands; of each group, if those differ.
func (e *HistoryEntry) stands(lang watch.Lang) string {
	if e.Paused && e.Record.Answer == nil {
		if allUndone(e.Record) {
			return tHistGoneToo.in(lang, tHistPaused.in(lang), goneOf(e.Record).in(lang))
		}
		return tHistPaused.in(lang)
	}
	if len(e.Groups) < 2 {
		return state(lang, e.Record, e.Dispute)
	}
	var out []string
	for _, g := range e.Groups {
		n := 0
		for _, p := range e.Parts {
			if _, in := g.Record.Part(p.ID); in && (!p.Gone() || g.Record.Over()) {
				n++
			}
		}
		if n > 0 {
			out = append(out, tHistSome.in(lang, state(lang, g.Record, g.Dispute), n))
		}
	}
	return listed(lang, out)
}

// newest is what the entry is called by.
func (e *HistoryEntry) newest() *watch.Record {
	if len(e.Parts) > 0 {
		return e.Parts[0]
	}
	return e.Record
}

var (
	tHistName       = text{ja: "口座守：これまでのお知らせ", en: "Kozamori: past alerts"}
	tHistTitle      = text{ja: "%sのお知らせ", en: "Alerts in %s"}
	tHistMonth      = text{ja: "2006年1月", en: "January 2006"} // a time layout
	tHistNone       = text{ja: "この月のお知らせはありません。", en: "There were no alerts in this month."}
	tHistElse       = text{ja: "ほかの月・記録の保存", en: "Other months, and a file"}
	tHistCSV        = text{ja: "すべての記録をファイルに保存する（CSV）", en: "Save the whole record as a file (CSV)"}
	tHistCSVHint    = text{ja: "銀行や警察に見せるときに使えます。表計算ソフトで開けます。", en: "To show to the bank or the police. Spreadsheets open it."}
	tHistOlder      = text{ja: "この月の続き", en: "More of this month"}
	tHistNewer      = text{ja: "この月の新しいお知らせへ", en: "Newer ones of this month"}
	tHistLink       = text{ja: "%sへの口座の登録", en: "Charge link with %s"}
	tHistDebit      = text{ja: "%sの引き落とし", en: "Debit by %s"}
	tHistTimes      = text{ja: "%d件", en: "(%d)"}
	tHistBoth       = text{ja: "%sへの口座の登録と引き落とし", en: "Charge link with %[1]s, and debits by it"}
	tHistLinkMixed  = text{ja: "%sなどへの口座の登録", en: "Charge links with %s and others"}
	tHistDebitMixed = text{ja: "%sなどの引き落とし", en: "Debits by %s and others"}
	tHistBothMixed  = text{ja: "%sなどへの口座の登録と引き落とし", en: "%[1]s and others (charge links and debits)"}
	tHistOpen       = text{ja: "まだ回答がありません", en: "Not answered yet"}
	tHistTakenBack  = text{ja: "まだ回答がありません。お申し出（%s）は取り消されました", en: "Not answered yet. The report (%s) was taken back"}
	tHistUndone     = sure{text{ja: "銀行が取り消しました", en: "Reversed by the bank"}, text{ja: "取り消された可能性があります", en: "May have been reversed"}}
	tHistRemoved    = sure{tServRemoved, text{ja: "解除された可能性があります", en: "may have been removed"}}
	tHistDispute    = text{ja: "%[1]s（受付番号：%[2]s）", en: "%[1]s (report %[2]s)"}
	tHistGoneToo    = text{ja: "%[1]s。%[2]s", en: "%[1]s. %[2]s"}
)

// severalServices tells whether not all of these are of the same service.
func severalServices(parts []*watch.Record) bool {
	return slices.ContainsFunc(parts, func(p *watch.Record) bool { return p.Service != parts[0].Service })
}

// what names a record: its service, and whether it is a link.
func what(lang watch.Lang, r *watch.Record, service string) string {
	service = orElse(service, tTheService.in(lang))
	switch {
	case r.Kind == watch.LinkRegistered:
		return tHistLink.in(lang, service)
	case r.Service == "":
		return tWhatIfDebit.in(lang)
	case r.Answer != nil && r.Answer.Other && r.Other != "":
		return otherBill(lang, r.Other)
	}
	return tHistDebit.in(lang, orOther(lang, service, doubtful(r)))
}

var (
	tHistPast   = text{ja: "過去の記録", en: "From the past"}
	tHistPastIs = text{ja: "%s（過去の記録）", en: "%s (from the past)"}
)

// state says how an alert stands, in a few words, and of what it is not new: what
// came of the answer, and that nothing of it was taken after all.
func state(lang watch.Lang, r *watch.Record, d *watch.Dispute) string {
	gone := goneOf(r)
	over := allUndone(r)
	answer, open := "", tHistOpen.in(lang)
	if d != nil && d.Withdrawn() {
		open = tHistTakenBack.in(lang, d.Reference)
	}
	switch {
	case d.Stands(r):
		answer = tHistDispute.in(lang, statusName(lang, d), d.Reference)
	case r.Answer != nil && r.Answer.Value == watch.Mine && r.Answered():
		answer = ofPast(lang, r, tMine)
	}
	switch {
	case answer != "" && over:
		return tHistGoneToo.in(lang, answer, gone.in(lang))
	case answer != "":
		return answer
	case over && (r.Over() || r.Past):
		return ofPast(lang, r, gone)
	case over:
		return tHistGoneToo.in(lang, open, gone.in(lang))
	case r.Past:
		return tHistPast.in(lang)
	}
	return open
}

// goneOf says that all of an incident was reversed or removed, or may have been.
func goneOf(r *watch.Record) text {
	s := pickSure(r.Kind == watch.LinkRegistered && len(r.Members) == 0, &tHistRemoved, &tHistUndone)
	for _, p := range r.Parts() {
		if p.MayStand() {
			return s.of(p)
		}
	}
	return s.sure
}

// undone says that a debit was reversed, or a link removed, or may have been.
func undone(lang watch.Lang, r *watch.Record) string {
	return ofPast(lang, r, pickSure(r.Kind == watch.LinkRegistered, &tHistRemoved, &tHistUndone).of(r))
}

func ofPast(lang watch.Lang, r *watch.Record, stands text) string {
	if r.Past {
		return tHistPastIs.in(lang, stands.in(lang))
	}
	return stands.in(lang)
}

var (
	tBarsTitle = text{ja: "サービスごとの合計", en: "Total by service"}
	tBarsMay   = text{ja: "別の引き落としの取り消しかもしれないものは、合計に含めています。", en: "It includes what may have been reversed, which is not certain."}
	tBarsNote  = text{ja: "この月の一覧にある引き落としの合計です。銀行が取り消した分は含みません。", en: "Of the debits listed for this month, less what the bank reversed."}
	tBarsCount = text{ja: "%d件", en: "debits: %d"}
	tBarsDoubt = text{ja: "%[1]s。うち%[2]d件は、別の支払いかもしれません", en: "%[1]s; may be another payment: %[2]d"}
	tBarsYen   = text{ja: "%[1]s（%[2]s）", en: "%[1]s (%[2]s)"}
)

// picture compares the services of the month, the largest first: by what they
// took, or, for a reader who may see no amounts, by how often.
func (f *HistoryFacts) picture() message.Picture {
	lang, hide := langOf(f.View.Lang), f.View.Watcher.HideAmount
	size := func(t ServiceTotal) int64 {
		if hide {
			return int64(t.Debits)
		}
		return t.Yen
	}
	totals := slices.Clone(f.Totals)
	sort.SliceStable(totals, func(i, j int) bool { return size(totals[i]) > size(totals[j]) }) // one sort for all: a generic one is 4 KB more in each program
	out := message.Picture{Title: tBarsTitle.in(lang), Note: tBarsNote.in(lang)}
	if slices.ContainsFunc(totals, func(t ServiceTotal) bool { return t.Unsure }) {
		out.Note = tSetSavedToo.in(lang, out.Note, tBarsMay.in(lang))
	}
	for _, t := range totals {
		value := tBarsCount.in(lang, t.Debits)
		if !hide {
			value = tBarsYen.in(lang, Yen(lang, t.Yen), value)
		}
		if t.Doubtful > 0 && t.Doubtful < t.Debits {
			value = tBarsDoubt.in(lang, value, t.Doubtful)
		}
		label := orOther(lang, orElse(t.Name, tServUnknown.in(lang)), t.Debits > 0 && t.Doubtful == t.Debits)
		out.Bars = append(out.Bars, message.Bar{Label: label, Value: value, Share: float64(size(t)) / float64(max(1, size(totals[0])))})
	}
	return out
}

// month names one so many months from that of the page.
func (f *HistoryFacts) month(off int) string {
	return f.Month.In(watch.JST).AddDate(0, off, 0).Format(tHistMonth.in(langOf(f.View.Lang)))
}

// HistoryPage lists the alerts of a month.
func HistoryPage(f HistoryFacts) message.Page {
	lang := langOf(f.View.Lang)
	p := plainPage(lang, tHistName, tHistTitle)
	p.Parts[0].Title = tHistTitle.in(lang, f.Month.In(watch.JST).Format(tHistMonth.in(lang)))
	p.Parts[0].Facts = []message.Fact{{Label: tFactAccount.in(lang), Value: f.View.Title()}}
	if len(f.Entries) == 0 {
		p.Parts[0].Text = []string{tHistNone.in(lang)}
	}
	p.Parts[0].Picture = f.picture()
	for _, e := range f.Entries {
		p.Parts[0].Links = append(p.Parts[0].Links, message.PageLink{Href: e.Link, Label: e.label(lang, f.View.Watcher.HideAmount),
			Hint: When(lang, e.newest(), f.Now) + " " + e.state(lang)})
	}
	more := message.Part{Message: message.Message{Lang: p.Lang, Title: tHistElse.in(lang)}}
	for _, l := range []message.PageLink{{Href: f.Older, Label: tHistOlder.in(lang), Hint: ""}, {Href: f.Newer, Label: tHistNewer.in(lang), Hint: ""}, {Href: f.Earlier, Label: f.month(-1), Hint: ""}, {Href: f.Later, Label: f.month(1), Hint: ""},
		{Href: f.CSV, Label: tHistCSV.in(lang), Hint: tHistCSVHint.in(lang)}, {Href: f.Home, Label: tGoHome.in(lang), Hint: ""}} {
		if l.Href != "" {
			more.Links = append(more.Links, l)
		}
	}
	p.Parts = append(p.Parts, more)
	return p
}

var (
	tCSVBank     = text{ja: "銀行", en: "bank"}
	tCSVAccount  = text{ja: "口座", en: "account"}
	tCSVTime     = text{ja: "発生日時", en: "occurred"}
	tCSVCut      = text{ja: "これより前のお知らせは、数が多いため、ここには入っていません。", en: "Older alerts are left out: there are too many."}
	tCSVWhat     = text{ja: "内容", en: "what"}
	tCSVService  = text{ja: "決済サービス", en: "service"}
	tCSVDesc     = text{ja: "通帳の表示", en: "on the passbook"}
	tCSVAmount   = text{ja: "金額（円）", en: "amount (yen)"}
	tCSVBack     = text{ja: "うち戻った、または確定前に取り消された金額（円）", en: "of it came back, or was released before it was final (yen)"}
	tCSVMayBe    = text{ja: "%s（別の引き落としの可能性があります）", en: "%s (it may be of another debit)"}
	tCSVMayBack  = text{ja: "%[1]s（ほかに%[2]d円の可能性があります）", en: "%[1]s (perhaps another ¥%[2]d)"}
	tCSVTxn      = text{ja: "銀行の取引番号", en: "transaction id of the bank"}
	tCSVReceived = text{ja: "銀行から届いた日時", en: "received from the bank"}
	tCSVAlerted  = text{ja: "お知らせした日時", en: "alerted"}
	tCSVAccepted = text{ja: "LINEかメールが受け付けた日時", en: "accepted by LINE or email"}
	tCSVState    = text{ja: "状態", en: "state"}
	tCSVAnswered = text{ja: "回答日時", en: "answered"}
	tCSVRef      = text{ja: "受付番号", en: "report number"}
	tCSVTold     = text{ja: "銀行に伝えた日時", en: "bank told"}
)

// CSVHead is the first line of the file of past alerts.
func CSVHead(lang watch.Lang) []string {
	lang = langOf(lang)
	var out []string
	for _, t := range []text{tCSVBank, tCSVAccount, tCSVTime, tCSVWhat, tCSVService, tCSVDesc, tCSVAmount, tCSVBack, tCSVTxn, tCSVReceived, tCSVAlerted, tCSVAccepted, tCSVState, tCSVAnswered, tCSVRef, tCSVTold, tFactCase, tRelatedFact} {
		out = append(out, t.in(lang))
	}
	return out
}

// CSVCut ends a file that could not hold everything.
func CSVCut(lang watch.Lang) string { return tCSVCut.in(langOf(lang)) }

// CSVBack is how much of a debit came back, in yen, or may have.
func CSVBack(lang watch.Lang, part *watch.Record) string {
	yen := strconv.FormatInt(part.Amount-part.Kept(), 10)
	switch {
	case part.MayStand():
		return tCSVMayBe.in(langOf(lang), yen)
	case part.MayAlso() && part.Kind == watch.Debit:
		return tCSVMayBack.in(langOf(lang), yen, part.MayBack)
	}
	return yen
}

// CSVWords are what a line of the file says in words: what a part of an
// incident was and how it stands.
func CSVWords(lang watch.Lang, e HistoryEntry, part *watch.Record) (whatItWas, stands string) {
	lang = langOf(lang)
	whatItWas = what(lang, part, e.Service)
	switch a := e.Record.Answer; {
	case a != nil && a.Value == watch.NotMine && slices.Contains(a.Except, part.ID):
		return whatItWas, tMine.in(lang)
	case a == nil && !part.UndoneAt.IsZero():
		return whatItWas, undone(lang, part)
	case a == nil && e.Paused:
		return whatItWas, tHistPaused.in(lang)
	}
	return whatItWas, state(lang, e.Record, e.Dispute)
}
