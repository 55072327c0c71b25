package wording

import (
	"strings"

	"kozamori/internal/watch"
)

// Labels are the few words with which a channel or a page surrounds a message.
type Labels struct {
	Brand    string // 口座守
	Why      string // heading of Message.Why
	Steps    string // heading of Message.Steps
	Call     string // before a phone number
	MailNote string // why this mail came
	StopMail string // label of the link that ends the mails
}

var (
	tBrand    = text{ja: "口座守", en: "Kozamori"}
	tWhyTitle = text{ja: "お知らせした理由", en: "Why you are told"}
	tStepsNow = text{ja: "いま、していただきたいこと", en: "What to do now"}
	tCall     = text{ja: "電話", en: "Phone"}
	tMailNote = text{ja: "このメールは、口座の見守りを登録された方にお送りしています。", en: "You get this mail because you watch over a bank account with Kozamori."}
	tStopMail = text{ja: "メールでのお知らせを止める", en: "Stop these mails"}
)

// LabelsIn gives the labels in a message's language.
func LabelsIn(lang string) Labels {
	l := langOf(watch.Lang(lang))
	return Labels{Brand: tBrand.in(l), Why: tWhyTitle.in(l), Steps: tStepsNow.in(l), Call: tCall.in(l),
		MailNote: tMailNote.in(l), StopMail: tStopMail.in(l)}
}

// TelURI is the link that dials a number of a Step. The # of #9110 would
// begin a fragment, so it is escaped (RFC 3966).
func TelURI(tel string) string {
	return "tel:" + strings.ReplaceAll(tel, "#", "%23")
}
