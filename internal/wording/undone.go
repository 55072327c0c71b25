package wording

import (
	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// Undone words that the bank reversed the debit or removed the link that an
// alert was about.
func Undone(f AlertFacts) message.Message {
	lang, r := f.lang(), f.Record
	link := r.Kind == watch.LinkRegistered
	m := message.Message{
		Lang: string(lang), Tone: message.Calm, Badge: tNotice.in(lang),
		Alt:   pick(link, tAltUndoneLink, tAltUndoneDebit).in(lang),
		Title: pick(link, tUndoneLinkUnknown, tUndoneDebit).in(lang),
		Facts: f.facts(),
	}
	if f.ServiceName != "" {
		m.Title = pick(link, tUndoneLink, tUndoneService).in(lang, orOther(lang, f.ServiceName, doubtful(r)))
	}
	if !r.UndoneAt.IsZero() {
		m.Facts = append(m.Facts, message.Fact{Label: pick(link, tFactRemoved, tFactUndone).in(lang), Value: bankTime(lang, r.UndoneAt, f.now())})
	}
	if !link && !f.Delivery.HideAmount {
		m.Amount = Yen(lang, r.Amount)
	}
	m.Text = []string{pick(link, tUndoneLinkText, tUndoneDebitText).in(lang)}
	past := f.Was != nil && f.Was.OfHistory
	if past {
		m.Text = []string{pick(link, tUndonePastLink, tUndonePast).in(lang)}
	}
	if f.unsure() {
		m.Text = []string{pick(past, tUnsurePast, tUnsureUndone).in(lang), unsureOf(lang, f)}
	}
	if f.Link != "" {
		m.Buttons = []message.Button{{Label: tDetails.in(lang), Style: message.Link, URL: f.Link}}
	}
	return m
}

// unsure tells whether it is said that something came back of which it is not
// known that it was this debit.
func (f *AlertFacts) unsure() bool {
	r, was := f.Record, f.Was
	if was == nil {
		was = &watch.Shown{}
	}
	return (r.Unsure || r.Misnamed) && (r.Returned > was.Returned || was.UndoneAt.IsZero() && !r.UndoneAt.IsZero())
}

// unsureOf says why it is not known that what came back was these debits.
func unsureOf(lang watch.Lang, parts ...AlertFacts) string {
	for _, p := range parts {
		if p.unsure() && p.Record.Misnamed {
			return tMisnamed.in(lang)
		}
	}
	return tUnsure.in(lang)
}

var (
	tUndoneService     = text{ja: "%sの引き落としは取り消されました", en: "The debit by %s was reversed"}
	tUndoneDebit       = text{ja: "引き落としは取り消されました", en: "The debit was reversed"}
	tUndoneLink        = text{ja: "%sへの口座の登録は解除されました", en: "The charge link with %s was removed"}
	tUndoneLinkUnknown = text{ja: "決済サービスへの口座の登録は解除されました", en: "The charge link was removed"}
	tUndoneDebitText   = text{ja: "銀行が、先にお知らせした引き落としを取り消しました。念のため、通帳や入出金明細でご確認ください。", en: "The bank has reversed the debit we told you about. Please check your passbook or statement to be sure."}
	tUnsure            = text{ja: "銀行が同じ取引番号をほかの引き落としにも使っているため、戻ったのは別の引き落としかもしれません。通帳や入出金明細でご確認ください。", en: "The bank has used the same transaction number for other debits, so it may be another one that came back. Please check your passbook or statement."}
	tMisnamed          = text{ja: "銀行からの連絡では、決済サービスの名前が引き落としのときと異なるため、戻ったのは別の引き落としかもしれません。通帳や入出金明細でご確認ください。", en: "The bank named a different payment service for what came back, so it may have been another debit. Please check your passbook or statement."}
	tUnsureUndone      = text{ja: "銀行から、引き落としを取り消したとの連絡がありました。", en: "The bank has told us that it reversed a debit."}
	tUnsurePast        = text{ja: "銀行から、過去の引き落としを取り消したとの連絡がありました。", en: "The bank has told us that it reversed a debit of the past."}
	tUndonePast        = text{ja: "銀行が、過去の引き落としを取り消しました。念のため、通帳や入出金明細でご確認ください。", en: "The bank has reversed a debit of the past. Please check your passbook or statement to be sure."}
	tUndonePastLink    = text{ja: "過去の登録は解除されました。今後、この登録による引き落としはできません。", en: "A link of the past was removed. It can no longer be used to draw money."}
	tUndoneLinkText    = text{ja: "先にお知らせした登録は解除されました。今後、この登録による引き落としはできません。", en: "The link we told you about was removed. It can no longer be used to draw money."}
)
