package wording

import (
	"slices"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// Undone words that the bank reversed the debit or removed the link that an
// alert was about, or that it may have: see watch.Record.MayStand.
func Undone(f AlertFacts) message.Message {
	lang, r := f.lang(), f.Record
	link := r.Kind == watch.LinkRegistered
	m := message.Message{
		Lang: string(lang), Tone: message.Calm, Badge: tNotice.in(lang),
		Alt:   pickSure(link, &tAltUndoneLink, &tAltUndoneDebit).of(r).in(lang),
		Title: pickSure(link, &tUndoneLinkUnknown, &tUndoneDebit).of(r).in(lang),
		Facts: f.facts(),
	}
	if f.ServiceName != "" {
		m.Title = pickSure(link, &tUndoneLink, &tUndoneService).of(r).in(lang, orOther(lang, f.ServiceName, doubtful(r)))
	}
	if !r.UndoneAt.IsZero() {
		m.Facts = append(m.Facts, message.Fact{Label: pickSure(link, &tFactRemoved, &tFactUndone).of(r).in(lang), Value: bankTime(lang, r.UndoneAt, f.now())})
	}
	if !link && !f.Delivery.HideAmount {
		m.Amount = Yen(lang, r.Amount)
	}
	said := pickSure(link, &tUndoneLinkText, &tUndoneDebitText)
	if f.Was != nil && f.Was.OfHistory {
		said = pickSure(link, &tUndonePastLink, &tUndonePast)
	}
	m.Text = []string{said.of(r).in(lang)}
	if r.MayStand() {
		m.Text = append(m.Text, unsureOf(lang, f)...)
	}
	if doubt := f.doubted(); doubt != "" {
		m.Text = append([]string{doubt}, m.Text...)
	}
	f.raised(&m)
	return ranked(lang, m, false)
}

// raised offers the answers to what may be undone and was raised before that: more of
// it than the reader was told of may be taken.
func (f *AlertFacts) raised(m *message.Message) {
	lang, hide := f.lang(), f.Delivery.HideAmount || f.Record.Kind == watch.LinkRegistered
	if f.Was == nil || !f.open() {
		if f.Link != "" {
			m.Buttons = []message.Button{{Label: tDetails.in(lang), Style: message.Link, URL: f.Link}}
		}
		return
	}
	if f.Record.Amount > f.Was.Amount {
		m.Text = append(m.Text, hidden(hide, tAmountChanged, tAmountFromTo, lang, Yen(lang, f.Was.Amount), Yen(lang, f.Record.Amount)))
	}
	if f.AnsweredBefore != nil {
		m.Text = append(m.Text, hidden(hide, tAnswerWasOther, tAnswerWasFor, lang, Yen(lang, f.AnsweredBefore.Amount)))
	}
	m.Buttons, m.Brief = f.buttons(), f.Link != ""
}

// unsure tells whether it is said that something came back of which it is not
// known that it was this debit.
func (f *AlertFacts) unsure() bool {
	r, was := f.Record, f.Was
	if was == nil {
		was = &watch.Shown{}
	}
	return r.MayStand() && (r.Returned > was.Back(r) || was.UndoneAt.IsZero() && !r.UndoneAt.IsZero() || was.Doubted(r))
}

// doubted says that it is not certain any more what came back, or that it has
// become so; nothing if neither is.
func (f *AlertFacts) doubted() string {
	r, link := f.Record, f.Record.Kind == watch.LinkRegistered
	found := f.Was != nil && f.Was.MayBeIt && f.Was.MoreBack(r) && !r.MayStand() && (link || f.Was.MayBack > 0)
	switch {
	case !f.Was.Doubted(r) && !found:
		return ""
	case r.MayStand() && link:
		return tNoMoreSureLink.in(f.lang())
	case r.MayStand():
		return tNoMoreSure.in(f.lang(), undoneBy(f.Was).in(f.lang()))
	case link:
		return tNowSureLink.in(f.lang())
	}
	return tNowSure.in(f.lang(), pick(r.Freed > 0, tFreedDoneBy, tBackDoneBy).in(f.lang()))
}

// certainNoMore says what was told as certain, and is not so any more, of the name of a
// debit, and of what came back before it: next to whatever else has changed.
func (f *AlertFacts) certainNoMore() (out []string) {
	if f.Was.Unnamed(f.Record) || f.Was.NameDoubted(f.Record) {
		out = append(out, tUnnamed.in(f.lang(), f.wasBy()))
	}
	if f.Was.AgainDoubted(f.Record) {
		out = append(out, tAgainDoubt.in(f.lang()))
	}
	return out
}

// wasBy is the service that a debit was told to be of.
func (f *AlertFacts) wasBy() string {
	name := f.ServiceName
	if f.Was != nil && f.Was.Service != f.Record.Service {
		name = f.WasServiceName
	}
	return orElse(name, tTheDebit.in(f.lang()))
}

// unsureAmong says of several that it is not certain what came back, and of which
// that was not known, or is not so any more; nothing if all is certain, as before.
func unsureAmong(parts []AlertFacts) (out []string) {
	may := false
	for i := range parts {
		if doubt := parts[i].doubted(); doubt != "" && !slices.Contains(out, doubt) {
			out = append(out, doubt)
		}
		for _, doubt := range parts[i].certainNoMore() {
			if !slices.Contains(out, doubt) {
				out = append(out, doubt)
			}
		}
		may = may || parts[i].Record.MayStand()
	}
	if may {
		out = append(out, unsureOf(parts[0].lang(), parts...)...)
	}
	return append(out, mayAmong(parts)...)
}

// sure says of what came back, or was removed, what is said if that is certain,
// and what if it is not.
type sure struct{ sure, may text }

func pickSure(first bool, a, b *sure) *sure {
	if first {
		return a
	}
	return b
}

func (s *sure) of(r *watch.Record) text {
	if r.MayStand() {
		return s.may
	}
	return s.sure
}

// unsureOf says why it is not known that what came back was these debits: each
// reason that is true of one of them.
func unsureOf(lang watch.Lang, parts ...AlertFacts) (out []string) {
	of := func(why text, is func(*watch.Record) bool) {
		if slices.ContainsFunc(parts, func(p AlertFacts) bool { return p.Record.MayStand() && is(p.Record) }) {
			out = append(out, why.in(lang))
		}
	}
	of(tMisnamed, func(r *watch.Record) bool { return r.Misnamed })
	of(tEarly, func(r *watch.Record) bool { return r.Early && r.Kind == watch.Debit })
	of(tEarlyLink, func(r *watch.Record) bool { return r.Early && r.Kind == watch.LinkRegistered })
	of(tUnsure, func(r *watch.Record) bool { return r.Unsure && r.Kind == watch.Debit })
	of(tUnsureLink, func(r *watch.Record) bool { return r.Unsure && r.Kind == watch.LinkRegistered })
	return out
}

var (
	tUndoneService = sure{text{ja: "%sの引き落としは取り消されました", en: "The debit by %s was reversed"},
		text{ja: "%sの引き落としは、取り消された可能性があります", en: "The debit by %s may have been reversed"}}
	tUndoneDebit = sure{text{ja: "引き落としは取り消されました", en: "The debit was reversed"},
		text{ja: "引き落としは、取り消された可能性があります", en: "The debit may have been reversed"}}
	tUndoneLink = sure{text{ja: "%sへの口座の登録は解除されました", en: "The charge link with %s was removed"},
		text{ja: "%sへの口座の登録は、解除された可能性があります", en: "The charge link with %s may have been removed"}}
	tUndoneLinkUnknown = sure{text{ja: "決済サービスへの口座の登録は解除されました", en: "The charge link was removed"},
		text{ja: "決済サービスへの口座の登録は、解除された可能性があります", en: "The charge link may have been removed"}}
	tAltUndoneDebit = sure{text{ja: "【お知らせ】引き落としが取り消されました", en: "[Notice] A debit was reversed"},
		text{ja: "【お知らせ】引き落としが取り消された可能性があります", en: "[Notice] A debit may have been reversed"}}
	tAltUndoneLink = sure{text{ja: "【お知らせ】決済サービスへの口座の登録が解除されました", en: "[Notice] A charge link was removed"},
		text{ja: "【お知らせ】決済サービスへの口座の登録が解除された可能性があります", en: "[Notice] A charge link may have been removed"}}
	tFactUndone = sure{text{ja: "取り消し日時", en: "Reversed"},
		text{ja: "取り消しの日時（銀行からの連絡）", en: "Reversal, as the bank told us"}}
	tFactRemoved = sure{text{ja: "解除日時", en: "Removed"},
		text{ja: "解除の日時（銀行からの連絡）", en: "Removal, as the bank told us"}}

	tUndoneDebitText = sure{text{ja: "銀行が、先にお知らせした引き落としを取り消しました。念のため、通帳や入出金明細でご確認ください。", en: "The bank has reversed the debit we told you about. Please check your passbook or statement to be sure."},
		text{ja: "銀行から、引き落としを取り消したとの連絡がありました。", en: "The bank has told us that it reversed a debit."}}
	tUndonePast = sure{text{ja: "銀行が、過去の引き落としを取り消しました。念のため、通帳や入出金明細でご確認ください。", en: "The bank has reversed a debit of the past. Please check your passbook or statement to be sure."},
		text{ja: "銀行から、過去の引き落としを取り消したとの連絡がありました。", en: "The bank has told us that it reversed a debit of the past."}}
	tUndoneLinkText = sure{text{ja: "先にお知らせした登録は解除されました。今後、この登録による引き落としはできません。", en: "The link we told you about was removed. It can no longer be used to draw money."},
		text{ja: "銀行から、決済サービスへの登録が解除されたとの連絡がありました。", en: "The bank has told us of the removal of a charge link."}}
	tUndonePastLink = sure{text{ja: "過去の登録は解除されました。今後、この登録による引き落としはできません。", en: "A link of the past was removed. It can no longer be used to draw money."},
		text{ja: "銀行から、決済サービスへの過去の登録が解除されたとの連絡がありました。", en: "The bank has told us of the removal of a charge link of the past."}}

	tUnsure     = text{ja: "銀行が同じ取引番号をほかの引き落としにも使っているため、別の引き落としについての連絡かもしれません。通帳や入出金明細でご確認ください。", en: "The bank has used the same transaction number for other debits, so this may be about another one. Please check your passbook or statement."}
	tUnsureLink = text{ja: "銀行が同じ番号をほかの登録にも使っているため、解除されたのは別の登録かもしれません。この登録がまだ使えるかは、銀行か決済サービスにご確認ください。", en: "The bank has used the same number for other links, so it may be another one that was removed. Please ask the bank or the payment service whether this one can still be used."}
	tEarly      = text{ja: "銀行が知らせた取り消しの日時が、この引き落としより前のため、別の引き落としについての連絡かもしれません。通帳や入出金明細でご確認ください。", en: "By the bank's time, that was before this debit was taken, so it may be about another one. Please check your passbook or statement."}
	tEarlyLink  = text{ja: "銀行が知らせた解除の日が、この登録より前のため、解除されたのは別の登録かもしれません。この登録がまだ使えるかは、銀行か決済サービスにご確認ください。", en: "By the bank's date, the removal was before this link was registered, so it may be another one that was removed. Please ask the bank or the payment service whether this one can still be used."}
	tMisnamed   = text{ja: "銀行からの連絡では、決済サービスの名前が引き落としのときと異なるため、別の引き落としについての連絡かもしれません。通帳や入出金明細でご確認ください。", en: "The bank named a different payment service this time, so it may be about another debit. Please check your passbook or statement."}

	tNoMoreSure     = text{ja: "先に%sとお知らせしましたが、その後の銀行からの連絡により、確かではないことが分かりました。", en: "We told you that it had %s. From what the bank has told us since, that is not certain."}
	tNoMoreSureLink = text{ja: "先に解除されたとお知らせしましたが、その後の銀行からの連絡により、確かではないことが分かりました。", en: "We told you that it had been removed. From what the bank has told us since, that is not certain."}
	tNowSure        = text{ja: "先にお知らせしたときは確かではありませんでしたが、その後の銀行からの連絡により、この引き落としが%sことが分かりました。", en: "When we told you, it was not certain whether this debit had %s. From what the bank has told us since, it has."}
	tNowSureLink    = text{ja: "先にお知らせしたときは確かではありませんでしたが、その後の銀行からの連絡により、この登録が解除されたことが分かりました。", en: "When we told you, it was not certain whether this link had been removed. From what the bank has told us since, it has."}
)
