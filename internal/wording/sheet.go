package wording

import (
	"slices"
	"time"

	"kozamori/internal/message"
	"kozamori/internal/quote"
	"kozamori/internal/watch"
)

// SheetMark asks for the claim sheet, in the address of an alert's page.
const SheetMark = "sheet"

var (
	tSheetLink   = text{ja: "届け出の控えを開く", en: "Open the claim sheet"}
	tSheetHint   = text{ja: "銀行・サービス・警察に見せるための控えです。印刷できます。", en: "For the bank, the service and the police. It can be printed."}
	tSheetName   = text{ja: "口座守：届け出の控え", en: "Kozamori: claim sheet"}
	tSheetTitle  = text{ja: "身に覚えのない引き落としの届け出（控え）", en: "Report of a debit that was not mine (copy)"}
	tSheetText   = text{ja: "%s現在の記録です。時刻は日本時間です。", en: "As on record at %s. Times are those of Japan."}
	tSheetNth    = text{ja: "対象%d", en: "Item %d"}
	tSheetWhat   = text{ja: "内容", en: "What"}
	tSheetWhen   = text{ja: "発生日時", en: "Happened"}
	tSheetCame   = text{ja: "銀行から口座守に届いた日時", en: "Reached Kozamori"}
	tSheetByFile = text{ja: "明細から記録に加わった日時", en: "Put on record from a statement"}
	tSheetTook   = text{ja: "LINEかメールが受け付けた日時", en: "Accepted by LINE or email"}
	tSheetTxn    = text{ja: "銀行の取引番号", en: "Transaction id of the bank"}
	tSheetTotal  = text{ja: "合計", en: "Total"}
	tSheetWhom   = text{ja: "お知らせした相手", en: "Alerts sent to"}
	tSheetUndone = sure{text{ja: "銀行が取り消した日時", en: "Reversed by the bank"},
		text{ja: "銀行が取り消しを知らせた日時（別の引き落としの可能性があります）", en: "Reversal that the bank told us of (it may be of another debit)"}}
	tSheetPart = sure{text{ja: "うち銀行が戻した金額", en: "Of it the bank returned"},
		text{ja: "うち戻った可能性のある金額（別の引き落としの可能性があります）", en: "Of it perhaps returned (it may be of another debit)"}}
	tSheetFreed = sure{text{ja: "うち確定前に取り消された金額", en: "Of it cancelled before it was final"},
		text{ja: "うち確定前に取り消された可能性のある金額（別の引き落としの可能性があります）", en: "Of it perhaps cancelled before it was final (it may be of another debit)"}}
	tSheetBy     = text{ja: "申し出た人", en: "Reported by"}
	tSheetBank   = text{ja: "銀行に伝えた日時", en: "Bank told"}
	tSheetNotYet = text{ja: "まだ伝わっていません", en: "not yet"}
	tSheetClaim  = text{ja: "届け出の期限と連絡先", en: "Terms, and whom to contact"}
	tSheetFill   = text{ja: "記入欄", en: "To fill in"}
	tBlankName   = text{ja: "氏名", en: "Name"}
	tBlankTel    = text{ja: "電話番号", en: "Telephone"}
	tBlankBank   = text{ja: "銀行の担当者・連絡した日時", en: "At the bank: spoken to, when"}
	tBlankOther  = text{ja: "サービスの担当者・連絡した日時", en: "At the service: spoken to, when"}
	tBlankPolice = text{ja: "警察署・担当者・受理番号", en: "Police: station, officer, number"}
	tSheetBack   = text{ja: "お知らせの画面へ", en: "Back to the alert"}
	tSheetDay    = text{ja: "2006年1月2日", en: "2 January 2006"} // a time layout
)

// ClaimSheet holds the facts of a report for the bank, the service and the
// police, on a page that prints. Without a report there is none. back is the
// address of the alert's page.
func ClaimSheet(f PageFacts, back string) (message.Page, bool) {
	if !f.disputed() {
		return message.Page{}, false
	}
	lang, d := f.lang(), f.Dispute
	p := plainPage(lang, tSheetName, tSheetTitle, tSheetText.in(lang, f.exact(f.Now)))
	top := &p.Parts[0]
	add := func(to *[]message.Fact, label text, value string) {
		if value != "" {
			*to = append(*to, message.Fact{Label: label.in(lang), Value: value})
		}
	}
	report := DisputeFacts{Lang: lang, Dispute: d, BankName: f.BankName} // for no reader alone
	add(&top.Facts, tFactReference, d.Reference)
	top.Facts = append(top.Facts, caseFacts(lang, f.Cases, f.Record, d)...)
	add(&top.Facts, tFactAccount, report.account())
	if total := d.TotalAt(0); !f.Watcher.HideAmount && total.Debits > 1 {
		add(&top.Facts, tSheetTotal, Yen(lang, total.Yen))
	}
	add(&top.Facts, tSheetWhom, f.told())
	add(&top.Facts, tFactAnswered, f.exact(d.AnsweredAt))
	add(&top.Facts, tSheetBy, report.reporter())
	add(&top.Facts, tSheetBank, orElse(f.exact(d.ToldOf("")), tSheetNotYet.in(lang)))
	n := 0
	for _, r := range f.Record.Parts() {
		if a := f.Record.Answer; a != nil && slices.Contains(a.Except, r.ID) {
			continue // it was recognised
		}
		n++
		p.Parts = append(p.Parts, message.Part{Message: message.Message{Lang: p.Lang, Title: tSheetNth.in(lang, n), Facts: f.sheetFacts(r, add)}})
	}
	claim := message.Message{Lang: p.Lang, Title: tSheetClaim.in(lang), Text: f.claims(true),
		Steps: f.steps()}
	fill := message.Message{Lang: p.Lang, Title: tSheetFill.in(lang)}
	for _, t := range []text{tBlankName, tBlankTel, tBlankBank, tBlankOther, tBlankPolice} {
		fill.Facts = append(fill.Facts, message.Fact{Label: t.in(lang), Blank: true})
	}
	p.Parts = append(p.Parts, message.Part{Message: claim}, message.Part{Message: fill, Links: []message.PageLink{{Href: back, Label: tSheetBack.in(lang), Hint: ""}}})
	return p, true
}

// told is the reader, by what they are and the channels that took what they were told:
// the times of the sheet are theirs.
func (f *PageFacts) told() string {
	lang := f.lang()
	var over []string
	for i := range f.Record.Deliveries {
		d := &f.Record.Deliveries[i]
		if d.Watcher != f.Watcher.ID || d.AcceptedAt.IsZero() || !d.Kind.OfIncident() {
			continue
		}
		if name := f.channel(d.Channel); name != "" && !slices.Contains(over, name) {
			over = append(over, name)
		}
	}
	who := pick(f.guardian(), tByFamily, tByOwner).in(lang)
	if len(over) == 0 {
		return who
	}
	return tByFamilyOf.in(lang, who, listed(lang, over))
}

// sheetFacts are those of one debit or link of the report.
func (f *PageFacts) sheetFacts(r *watch.Record, add func(*[]message.Fact, text, string)) []message.Fact {
	lang := f.lang()
	var out []message.Fact
	name := f.ServiceName
	if f.ServiceOf != nil && r.Service != "" {
		name, _ = f.ServiceOf(r.Service)
	}
	add(&out, tSheetWhat, what(lang, r, name))
	if r.Kind == watch.Debit && !f.Watcher.HideAmount {
		add(&out, tFactAmount, Yen(lang, r.Amount))
		if r.Returned > 0 && r.UndoneAt.IsZero() {
			add(&out, orFreed(r, &tSheetPart, &tSheetFreed), Yen(lang, r.Returned))
		}
		if r.MayAlso() {
			add(&out, tSheetMayBack, Yen(lang, r.MayBack))
		}
	}
	when := f.exact(r.OccurredAt)
	if r.DateOnly {
		when = Date(lang, r.OccurredAt)
	}
	add(&out, tSheetWhen, when)
	add(&out, tFactDesc, r.Descriptor.Quoted(lang == watch.English))
	add(&out, tFactWord, quote.Text(r.Word()).Quoted(lang == watch.English))
	if !r.Seeded() { // else the id is ours
		add(&out, tSheetTxn, quote.Text(f.Dispute.NameOf(r)).Line())
	}
	add(&out, pick(r.OfStatement(), tSheetByFile, tSheetCame), f.exact(r.ReceivedAt))
	add(&out, tSheetTook, f.exact(f.Record.ToldOf(r.ID, f.Watcher.ID)))
	add(&out, tSheetBank, orElse(f.exact(f.Dispute.ToldOf(r.ID)), tSheetNotYet.in(lang)))
	add(&out, tSheetUndone.of(r), f.exact(r.UndoneAt))
	return out
}

// exact is a time to the second; empty if it is not known.
func (f *PageFacts) exact(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(watch.JST)
	return t.Format(tSheetDay.in(f.lang())) + t.Format(" 15:04:05")
}
