package wording

import (
	"strings"

	"kozamori/internal/watch"
)

// What a debit may be instead, by how the catalogue's Japanese words for it
// end; the last is of all that they do not say.
var (
	tOtherCard     = text{ja: "カードの請求", en: "a card bill"}
	tOtherDeferred = text{ja: "払いの請求", en: "a deferred payment"}
	tOtherRepaid   = text{ja: "の返済", en: "a loan payment"}
	tOtherLoan     = text{ja: "ローン", en: "a loan payment"}
	tOtherInsured  = text{ja: "保険", en: "insurance"}
	tOtherBill     = text{ja: "の請求", en: "a bill"}
	tOtherCharges  = text{ja: "料金", en: "a bill"}
	tOtherFee      = text{ja: "手数料", en: "a fee"}
	tOtherBank     = text{ja: "銀行への支払い", en: "a payment to a bank"}
	tOtherFirm     = text{ja: "会社への支払い", en: "a payment to another company"}
	tOtherTax      = text{ja: "税金の支払い", en: "a tax payment"}
	tOtherGoods    = text{ja: "商品の代金", en: "a purchase"}
	tOtherPlace    = text{ja: "での支払い", en: "a payment in a shop"}
	tOtherMutual   = text{ja: "共済", en: "insurance"}
	tOtherInvested = text{ja: "投資", en: "an investment"}
	tOtherFund     = text{ja: "投資信託", en: "an investment"}
	tOtherSaved    = text{ja: "積立", en: "savings"}
	tOtherAsked    = text{ja: "請求", en: "a bill"}
	tOtherUsed     = text{ja: "利用料", en: "a fee"}
	tOtherShopFee  = text{ja: "店の手数料や入金", en: "a shop's fees"}
	tOtherTakings  = text{ja: "店の売り上げ", en: "a shop's takings"}
	tOtherAdverts  = text{ja: "広告料", en: "advertising"}
	tOtherWages    = text{ja: "給与", en: "wages"}
	tOtherPaid     = text{ja: "支払い", en: "another payment"}
	tOtherNamesake = text{ja: "同じ名前の別の支払い", en: "something else of that name"}
)

var (
	tItWas       = text{ja: "%sでした", en: "It was %s"}
	tThanksOther = text{ja: "ありがとうございます。%sとして記録しました", en: "Thank you. We have noted that it was %s"}
)

// itWas is the answer that a debit was what else it may be; empty if that is not
// known.
func itWas(lang watch.Lang, r *watch.Record) string {
	if !r.Either() {
		return ""
	}
	return tItWas.in(lang, otherBill(lang, r.Other))
}

// thanks is said to "mine": to whom it was, or of what it was.
func thanks(lang watch.Lang, guardian bool, r *watch.Record) string {
	if r.Answer != nil && r.Answer.Other && r.Other != "" {
		return tThanksOther.in(lang, otherBill(lang, r.Other))
	}
	return pick(guardian, tThanksTheirs, tThanks).in(lang)
}

var tOrOther = text{ja: "%sかほかの支払い", en: "%s or something else"}

// doubtful tells that a debit may be a service's or something else.
func doubtful(r *watch.Record) bool {
	return r.Kind == watch.Debit && r.Confidence == watch.Undecided
}

// orOther names a service where one of its debits may be something else.
func orOther(lang watch.Lang, name string, some bool) string {
	if !some || name == "" {
		return name
	}
	return tOrOther.in(lang, name)
}

// otherBill says what else a debit may be.
func otherBill(lang watch.Lang, ja string) string {
	if lang != watch.English {
		return ja
	}
	for _, o := range [...]text{tOtherCard, tOtherDeferred, tOtherRepaid, tOtherLoan, tOtherInsured, tOtherBill, tOtherCharges, tOtherFee,
		tOtherBank, tOtherFirm, tOtherTax, tOtherGoods, tOtherPlace, tOtherMutual, tOtherInvested, tOtherFund, tOtherSaved,
		tOtherAsked, tOtherUsed, tOtherShopFee, tOtherTakings, tOtherAdverts, tOtherWages, tOtherPaid} {
		if strings.HasSuffix(ja, o.ja) {
			return o.in(lang)
		}
	}
	return tOtherNamesake.in(lang)
}
