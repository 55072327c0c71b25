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
	tOtherNamesake = text{ja: "同じ名前の別の支払い", en: "something else of that name"}
)

// otherBill says what else a debit may be.
func otherBill(lang watch.Lang, ja string) string {
	if lang != watch.English {
		return ja
	}
	for _, o := range [...]text{tOtherCard, tOtherDeferred, tOtherRepaid, tOtherLoan, tOtherInsured, tOtherBill, tOtherCharges, tOtherFee} {
		if strings.HasSuffix(ja, o.ja) {
			return o.in(lang)
		}
	}
	return tOtherNamesake.in(lang)
}
