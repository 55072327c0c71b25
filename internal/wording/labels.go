package wording

import (
	"kozamori/internal/message"
	"kozamori/internal/watch"
)

var (
	tBrand    = text{ja: "口座守", en: "Kozamori"}
	tWhyTitle = text{ja: "お知らせした理由", en: "Why you are told"}
	tStepsNow = text{ja: "いま、していただきたいこと", en: "What to do now"}
	tCall     = text{ja: "電話", en: "Phone"}
	tMailNote = text{ja: "このメールは、口座の見守りを登録された方にお送りしています。", en: "You get this email because you watch over a bank account with Kozamori."}
	tMailAsks = text{ja: "このメールは、アドレスの持ち主に確かめるために、一度だけお送りしています。", en: "This email is sent once, to ask the owner of the address."}
	tStopMail = text{ja: "メールでのお知らせを止める", en: "Stop these emails"}
)

// LabelsIn gives the labels in a message's language.
func LabelsIn(lang string) message.Labels {
	l := langOf(watch.Lang(lang))
	return message.Labels{Brand: tBrand.in(l), Why: tWhyTitle.in(l), Steps: tStepsNow.in(l), Call: tCall.in(l),
		MailNote: tMailNote.in(l), StopMail: tStopMail.in(l)}
}
