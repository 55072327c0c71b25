package wording

import (
	"kozamori/internal/quote"
	"kozamori/internal/watch"
)

// ReadyText is what a bank can say of a report without writing it: people read it in
// their language, as the bank's words.
type ReadyText struct {
	ID     string
	Status watch.DisputeStatus // with which it is said
	Ja, En string
}

// readyTexts are all of them, by status. What an id says does not change in its
// meaning; one that is not wanted any more stays, for what was said with it.
var readyTexts = []struct {
	id     string
	status watch.DisputeStatus
	words  text
}{
	{"looking_into_it", watch.DisputeReceived, text{ja: "内容を確認しています。結果が分かり次第、ご連絡します。", en: "We are looking into it, and will tell you as soon as we know."}},
	{"we_call_you", watch.DisputeReceived, text{ja: "担当者から、お届けの電話番号にお電話します。", en: "We will call you at the telephone number that you have registered with us."}},
	{"service_stopped", watch.DisputeFrozen, text{ja: "この決済サービスによる引き落としを止めました。ほかの引き落としは、これまでどおりです。", en: "We have stopped debits by this payment service. Other debits go on as before."}},
	{"account_stopped", watch.DisputeFrozen, text{ja: "お口座からの引き落としを、すべて止めました。公共料金などのお支払い方法を、ご確認ください。", en: "We have stopped all debits from your account. Please check how your bills are paid meanwhile."}},
	{"refunded_in_full", watch.DisputeRefunded, text{ja: "お申し出の全額を、引き落とされたお口座に返金しました。", en: "We have returned all that you reported to the account that it was taken from."}},
	{"refunded_in_part", watch.DisputeRefunded, text{ja: "お申し出の一部を、引き落とされたお口座に返金しました。", en: "We have returned a part of what you reported to the account that it was taken from."}},
	{"your_own_contract", watch.DisputeClosed, text{ja: "調べた結果、お客さまのご契約による引き落としでした。ご不明な点は、お電話でお尋ねください。", en: "We found that the debit follows from a contract of yours. Please call us if anything is unclear."}},
	{"settled", watch.DisputeClosed, text{ja: "お申し出への対応を終えました。", en: "We have dealt with your report."}},
}

// ReadyTexts lists them, by status.
func ReadyTexts() []ReadyText {
	out := make([]ReadyText, len(readyTexts))
	for i, r := range readyTexts {
		out[i] = ReadyText{r.id, r.status, r.words.ja, r.words.en}
	}
	return out
}

// bankText is what the bank said with a change, to a reader: a ready text in the
// reader's language. An id that only a newer version knows has its Japanese text.
func bankText(lang watch.Lang, c watch.DisputeChange) quote.Text {
	for _, r := range readyTexts {
		if r.id == c.Ready && lang == watch.English {
			return quote.Text(r.words.en)
		}
	}
	return c.Text
}
