package wording

import (
	"slices"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// What is said of a debit that may be the one that came back, or was released, or of a link
// that may be the one that was removed, where the bank's word is taken for another's of its
// id: see watch.Record.MayAlso. Be it money that came back or an authorisation that was
// released: of neither is it known.
var (
	tTitleMayBack = text{ja: "%sによる引き落としは、取り消された可能性があります", en: "The debit by %s may have been reversed"}
	tTitleMaySome = text{ja: "%sによる引き落としの一部が、取り消された可能性があります", en: "Part of the debit by %s may have been reversed"}
	tAltMaySome   = text{ja: "【お知らせ】引き落としの一部が取り消された可能性があります", en: "[Notice] Part of a debit may have been reversed"}
	tMayBackOf    = text{ja: "%[1]sのうち%[2]sが取り消された可能性があります。", en: "%[2]s of %[1]s may have been reversed."}
	tMayBackAll   = text{ja: "この引き落としは、取り消された可能性があります。", en: "This debit may have been reversed."}
	tMayGone      = text{ja: "この登録は、解除された可能性があります。", en: "This link may have been removed."}
	tMayBackMore  = text{ja: "さらに%sが取り消された可能性があります。", en: "Another %s may have been reversed."}
	tMayBackSome  = text{ja: "一部が取り消された可能性があります。", en: "Part of it may have been reversed."}
	tMayBackMoreN = text{ja: "さらに一部が取り消された可能性があります。", en: "More of it may have been reversed."}
	tWhichBack    = text{ja: "銀行が同じ取引番号を複数の引き落としに使っているため、取り消されたのがこの引き落としか、別の引き落としかは、まだ分かりません。分かり次第お知らせします。通帳や入出金明細でもご確認ください。", en: "The bank has used the same transaction number for several debits, so it is not known yet whether it was this one or another that was reversed. We will tell you when it is. Please check your passbook or statement too."}
	tWhichRemoved = text{ja: "銀行が同じ番号を複数の登録に使っているため、解除されたのがこの登録か、別の登録かは、まだ分かりません。分かり次第お知らせします。この登録がまだ使えるかは、銀行か決済サービスにもご確認ください。", en: "The bank has used the same number for several links, so it is not known yet whether it was this one or another that was removed. We will tell you when it is. Please also ask the bank or the payment service whether this one can still be used."}

	tTitleNotBack   = text{ja: "%sによる引き落としは、取り消されていません", en: "The debit by %s has not been reversed"}
	tTitleNotMore   = text{ja: "%sによる引き落としで、ほかに取り消された分はありません", en: "No more of the debit by %s has been reversed"}
	tNotBack        = text{ja: "先に、取り消された可能性があるとお知らせしました。その後の銀行からの連絡により、この引き落としではなかったことが分かりました。", en: "We told you that it may have been reversed. From what the bank has told us since, it was not this debit."}
	tNotBackPosted  = text{ja: "先に、取り消された可能性があるとお知らせしましたが、その後に確定しました。", en: "We told you that it may have been reversed. It has been posted since."}
	tNotRemoved     = text{ja: "その後の銀行からの連絡により、解除されたのはこの登録ではなかったことが分かりました。", en: "From what the bank has told us since, it was not this link that was removed."}
	tPartMayBack    = text{ja: "%s（取り消された可能性があります）", en: "%s (may have been reversed)"}
	tPartMayBackOf  = text{ja: "%[1]s（うち%[2]sが取り消された可能性があります）", en: "%[1]s (of which %[2]s may have been reversed)"}
	tPartMayBackNow = text{ja: "%[1]s（さらに%[2]sが取り消された可能性があります）", en: "%[1]s (another %[2]s may have been reversed)"}
	tPartMayBackN   = text{ja: "%s（一部が取り消された可能性があります）", en: "%s (part of it may have been reversed)"}
	tPartMayGone    = text{ja: "%s（解除された可能性があります）", en: "%s (may have been removed)"}
	tPartNotBack    = text{ja: "%s（取り消されていません）", en: "%s (has not been reversed)"}
	tPartNotGone    = text{ja: "%s（解除されていません）", en: "%s (has not been removed)"}
	tHistMayBack    = text{ja: "（うち%sは取り消された可能性があります）", en: " (%s may have been reversed)"}
	tHistMayBackN   = text{ja: "（取り消された可能性があります）", en: " (may have been reversed)"}
	tHistMayGone    = text{ja: "（解除された可能性があります）", en: " (may have been removed)"}
	tSheetMayBack   = text{ja: "うち取り消された可能性のある金額（別の引き落としの可能性があります）", en: "Of it perhaps reversed (it may be of another debit)"}
)

// mayAll tells whether all that is left of a debit may have come back.
func mayAll(r *watch.Record) bool { return r.Returned == 0 && r.MayBack >= r.Amount }

// mayBack says that it may be this one that came back, or was removed, and why that is not
// known; nothing if it may not be.
// What is titled so is not said again.
func (f *AlertFacts) mayBack(titled bool) []string {
	switch {
	case !f.Record.MayAlso():
		return nil
	case titled:
		return []string{f.which()}
	}
	return []string{f.mayBackOf(), f.which()}
}

// mayBackOf says how much of a debit that is.
func (f *AlertFacts) mayBackOf() string {
	lang, r, hide := f.lang(), f.Record, f.Delivery.HideAmount
	switch {
	case r.Kind == watch.LinkRegistered:
		return tMayGone.in(lang)
	case mayAll(r):
		return tMayBackAll.in(lang)
	case r.Returned > 0:
		return hidden(hide, tMayBackMoreN, tMayBackMore, lang, Yen(lang, r.MayBack))
	}
	return hidden(hide, tMayBackSome, tMayBackOf, lang, Yen(lang, r.Amount), Yen(lang, r.MayBack))
}

// which says why it is not known.
func (f *AlertFacts) which() string {
	return pick(f.Record.Kind == watch.LinkRegistered, tWhichRemoved, tWhichBack).in(f.lang())
}

// nameMayBack gives a message that says only that its title.
func (f *AlertFacts) nameMayBack(m *message.Message, service string) {
	lang, r := f.lang(), f.Record
	m.Tone = message.Calm
	switch {
	case r.Kind == watch.LinkRegistered:
		m.Alt, m.Title = tAltUndoneLink.may.in(lang), tUndoneLink.may.in(lang, service)
	case mayAll(r):
		m.Alt, m.Title = tAltUndoneDebit.may.in(lang), tTitleMayBack.in(lang, service)
	default:
		m.Alt, m.Title = tAltMaySome.in(lang), tTitleMaySome.in(lang, service)
	}
}

// nameNotIt gives a message that says only that it was not this one its title.
func (f *AlertFacts) nameNotIt(m *message.Message, service string) {
	lang, r := f.lang(), f.Record
	m.Alt = tAltStands.in(lang)
	switch {
	case r.Kind == watch.LinkRegistered:
		m.Title = tTitleLinkStands.in(lang, service)
	case r.Returned > 0:
		m.Title = tTitleNotMore.in(lang, service)
	default:
		m.Title = tTitleNotBack.in(lang, service)
	}
}

// notIt says that it was not this one; nothing if that was not asked.
func (f *AlertFacts) notIt() string {
	if !f.Was.NotIt(f.Record) {
		return ""
	}
	switch r := f.Record; {
	case r.Kind == watch.LinkRegistered:
		return tNotRemoved.in(f.lang())
	case f.Was.Status == watch.Pending && r.Status == watch.Posted:
		return tNotBackPosted.in(f.lang())
	}
	return tNotBack.in(f.lang())
}

// mayLine adds to a line of a list what may have come back of it besides, or that it was
// not this one.
func (f *AlertFacts) mayLine(say string) string {
	lang, r, hide := f.lang(), f.Record, f.Delivery.HideAmount
	link := r.Kind == watch.LinkRegistered
	switch {
	case f.Was.NotIt(r) && r.Returned == 0:
		return pick(link, tPartNotGone, tPartNotBack).in(lang, say)
	case !r.MayAlso() || f.Was.Stands(r):
		return say
	case link:
		return tPartMayGone.in(lang, say)
	case mayAll(r):
		return tPartMayBack.in(lang, say)
	case hide:
		return tPartMayBackN.in(lang, say)
	case r.Returned > 0:
		return tPartMayBackNow.in(lang, say, Yen(lang, r.MayBack))
	}
	return tPartMayBackOf.in(lang, say, Yen(lang, r.MayBack))
}

// mayAmong says once of several that it may be one of those that came back, or that it was
// not. What the reader knows of that already is no news.
func mayAmong(parts []AlertFacts) (out []string) {
	add := func(say string) {
		if !slices.Contains(out, say) {
			out = append(out, say)
		}
	}
	unsure := func(kind watch.Kind) bool { // it is said of that for which it is taken
		return slices.ContainsFunc(parts, func(p AlertFacts) bool { return p.Record.Kind == kind && p.Record.Unsure && p.Record.MayStand() })
	}
	for i := range parts {
		p := &parts[i]
		if say := p.notIt(); say != "" {
			add(say)
		}
		if r := p.Record; r.MayAlso() && !p.Was.Stands(r) && !unsure(r.Kind) {
			add(p.which())
		}
	}
	return out
}

// mayOf says of a list's line what may have come back of the debits that are not told as
// returned: of several of one id it is the most of one, for it came back once.
func mayOf(lang watch.Lang, parts []*watch.Record, hide bool) string {
	most, gone := int64(0), false
	for _, p := range parts {
		switch {
		case p.MayStand():
			return "" // that is said of the one for which it is taken
		case p.MayAlso() && p.Kind == watch.Debit:
			most = max(most, p.MayBack)
		case p.MayAlso():
			gone = true
		}
	}
	switch {
	case most > 0:
		return hidden(hide, tHistMayBackN, tHistMayBack, lang, Yen(lang, most))
	case gone && len(parts) == 1:
		return tHistMayGone.in(lang)
	}
	return ""
}
