package wording

import (
	"time"

	"kozamori/internal/message"
)

var (
	tInqAlt    = text{ja: "【確認】銀行から、口座の動きについての確認です", en: "[Please check] Your bank asks about a bank account"}
	tInqAsks   = text{ja: "%[1]sからの確認です。これは、あなたですか？%[2]sまでにお答えください。", en: "%[1]s asks: was this you? Please answer by %[2]s."}
	tInqTheirs = text{ja: "%[1]sからの確認です。これは、ご本人ですか？%[2]sまでにお答えください。", en: "%[1]s asks: was it the owner? Please answer by %[2]s."}
	tInqMore   = text{ja: "どちらの回答も、銀行へ伝えます。回答がないときは、銀行からお電話することがあります。", en: "We tell the bank whichever you answer. The bank may call you if you do not."}
)

// Inquiry words what a bank asks about an incident until a time: what happened, as an alert
// words it, the question, and the same two buttons.
func Inquiry(f IncidentFacts, by, now time.Time) message.Message {
	m := Incident(f)
	first := &f.Parts[0]
	lang := first.lang()
	m.Text = append([]string{pick(first.Guardian, tInqTheirs, tInqAsks).in(lang, orElse(first.BankName, tTheBank.in(lang)), Time(lang, by, now))}, m.Text...)
	m.More, m.Foot = append([]string{tInqMore.in(lang)}, m.More...), tNeverPIN.in(lang)
	m.Alt = tInqAlt.in(lang)
	return ranked(lang, m, m.Tone == message.Critical)
}
