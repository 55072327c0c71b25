package wording

import (
	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// BankLink is the page of a bank where its customers connect accounts.
type BankLink struct{ BankName, URL string }

// maxButtons is how many buttons of a list fit into one message.
const maxButtons = 10

var (
	tcLinkHere    = text{ja: "%sのページでつなぐ", en: "Connect at %s"}
	tcLinkHow     = text{ja: "銀行のページにログインして、つなぐこともできます。ボタンは%s以内に押してください。", en: "You can also log in at your bank and connect there. Press the button within %s."}
	tcLinkEnd     = text{ja: "つないだあとも、「%s」と送れば、いつでもやめられます。", en: "You can leave at any time by sending \"%s\"."}
	tcLinkFailed  = text{ja: "口座をつなげませんでした", en: "No account was connected"}
	tcLinkFailedT = text{ja: "時間が過ぎたか、別のLINEの方が開いたため、何も登録していません。もう一度、「%s」からお試しください。", en: "It took too long, or somebody else's LINE opened the link, so nothing was connected. Send \"%s\" to try again."}
	tcLinkAgain   = text{ja: "もう一度つなぐ", en: "Try again"}

	tcSettingsOpen = text{ja: "設定のページを開く", en: "Open your settings"}
	tcSettingsText = text{ja: "お知らせする金額や時間帯、メールアドレスなどを変えられます。", en: "You can change what you are told, when, and by which email address."}
	tcSettingsOnce = text{ja: "このボタンは%s以内に、1回だけ使えます。ほかの方には送らないでください。", en: "The button works once, within %s. Please do not pass it on."}
)

// LinkFailed says that linking at the bank connected nothing.
func LinkFailed(lang watch.Lang) message.Message {
	lang = langOf(lang)
	m := chat(lang, tcLinkFailed.in(lang), tcLinkFailed.in(lang), tcLinkFailedT.in(lang, Word(lang, CmdConnect)))
	m.Buttons = []message.Button{{Label: tcLinkAgain.in(lang), Style: message.Primary, Say: Word(lang, CmdConnect)}}
	return m
}

// addLinks offers to connect at the banks' own pages.
func addLinks(m *message.Message, lang watch.Lang, links []BankLink) {
	if len(links) == 0 {
		return
	}
	m.Text = append(m.Text, tcLinkHow.in(lang, minutes(watch.LinkFor)), tcLinkEnd.in(lang, Word(lang, CmdLeave)))
	for _, l := range links[:min(len(links), maxButtons)] {
		m.Buttons = append(m.Buttons, message.Button{Label: tcLinkHere.in(lang, l.BankName), Style: message.Primary, URL: l.URL})
	}
}

// OpenSettings gives the link to a person's settings, which opens once.
func OpenSettings(lang watch.Lang, link string) message.Message {
	lang = langOf(lang)
	m := chat(lang, tcSettingsOpen.in(lang), tcSettingsOpen.in(lang), tcSettingsText.in(lang), tcSettingsOnce.in(lang, minutes(watch.DoorFor)))
	m.Buttons = []message.Button{{Label: tcSettingsOpen.in(lang), Style: message.Primary, URL: link}}
	return m
}
