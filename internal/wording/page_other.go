package wording

import (
	"slices"

	"kozamori/internal/message"
	"kozamori/internal/quote"
	"kozamori/internal/watch"
)

var (
	tGone          = text{ja: "このリンクの期限が切れました", en: "This link has expired"}
	tGoneText      = text{ja: "ここからは回答できません。", en: "It can no longer be answered here."}
	tGoneButtons   = text{ja: "%sのお知らせにあるボタンからは、今も回答できます。", en: "The buttons of the alert in %s still work."}
	tReopen        = text{ja: "お知らせのリンクから、開き直してください", en: "Please open the link in the alert again"}
	tReopenText    = text{ja: "安全のため、この画面は開いてから%sで使えなくなります。回答したことはなくなりません。", en: "To keep it safe, this page closes %s after it was opened. Nothing you answered is lost."}
	tReopenCookie  = text{ja: "何度開いてもこの画面になるときは、ブラウザの設定でCookie（クッキー）を許可してください。", en: "If you always end up here, allow cookies in your browser's settings."}
	tHurry         = text{ja: "お急ぎのときは、通帳やキャッシュカードにある銀行の電話番号へ連絡してください。", en: "If it is urgent, call the bank: the number is on your passbook or bank card."}
	tNotTaken      = text{ja: "この操作は受け付けられませんでした", en: "That could not be done"}
	tNotTakenText  = text{ja: "何も変わっていません。お知らせのリンクから、もう一度開いてください。", en: "Nothing has changed. Please open the link in the alert again."}
	tBroken        = text{ja: "ただいま、うまく動いていません", en: "Something is not working right now"}
	tBrokenText    = text{ja: "少し待ってから、もう一度お試しください。", en: "Please wait a moment and try again."}
	tBrokenAnswer  = text{ja: "いまの操作が届いたか、確かめられませんでした。もう一度押しても、受付が二重になることはありません。", en: "We cannot tell whether that arrived. Press the button again: it is never counted twice."}
	tStopAsk       = text{ja: "%sでのお知らせを止めますか", en: "Stop the alerts by %s?"}
	tStopAskText   = text{ja: "この口座について、%sではお知らせしないようにします。", en: "We will tell you nothing more about this account by %s."}
	tStopButton    = text{ja: "%sを止める", en: "Stop alerts by %s"}
	tStopped       = text{ja: "%sでのお知らせを止めました", en: "Alerts by %s have stopped"}
	tStoppedText   = text{ja: "この口座について、%[1]sではもうお知らせしません。届け先の記録は、元に戻せるように長くて%[2]d日間残し、そのあと消します。", en: "We tell you nothing more about this account by %[1]s. The address is kept for at most %[2]d days, so that it can be set back, and then deleted."}
	tStopOther     = text{ja: "%sでのお知らせは、これまでどおり届きます。", en: "You will still be told by %s."}
	tStopNothing   = text{ja: "ほかに届け先がありません。止めると、この口座のお知らせは一切届かなくなります。", en: "There is no other way to reach you. You will not be told anything about this account any more."}
	tStopNoneLeft  = text{ja: "ほかに届け先がないため、この口座のお知らせは届きません。", en: "There is no other way to reach you, so you will not be told anything about this account."}
	tStopOneClick  = text{ja: "%sでのお知らせを止めました。", en: "Alerts by %s have stopped."}
	tPageNameOther = text{ja: "口座守", en: "Kozamori"}
)

// simple is a page of one part.
func simple(m message.Message) message.Page {
	lang := langOf(watch.Lang(m.Lang))
	m.Tone, m.Badge = message.Calm, tInfo.in(lang)
	return message.Page{Lang: string(lang), Name: tPageNameOther.in(lang), Parts: []message.Part{{Message: m}}}
}

func say(lang watch.Lang, title text, paragraphs ...text) message.Page {
	lang = langOf(lang)
	m := message.Message{Lang: string(lang), Title: title.in(lang)}
	for _, t := range paragraphs {
		m.Text = append(m.Text, t.in(lang))
	}
	return simple(m)
}

// UnknownPage answers a visitor who opens what is not there or not theirs.
func UnknownPage(lang watch.Lang) message.Page { return simple(Unknown(lang)) }

// ReopenPage asks somebody who has been here before to come through the link.
func ReopenPage(lang watch.Lang) message.Page {
	lang = langOf(lang)
	p := say(lang, tReopen, tReopenCookie, tHurry)
	text := &p.Parts[0].Message.Text
	*text = slices.Insert(*text, 0, tReopenText.in(lang, hours(watch.PageFor)))
	return p
}

// NotTakenPage answers a request that no form of ours makes.
func NotTakenPage(lang watch.Lang) message.Page { return say(lang, tNotTaken, tNotTakenText, tHurry) }

// BrokenPage is said when something is wrong on our side. Acted says that the
// person asked for a change and we do not know what became of it.
func BrokenPage(lang watch.Lang, acted bool) message.Page {
	return say(lang, tBroken, pick(acted, tBrokenAnswer, tBrokenText), tHurry)
}

// ExpiredPage is behind a link whose time is over: nothing of the alert, but
// what to do. Reference is of the dispute about it, if there is one; inPlace
// is the channel whose buttons the reader has too, as they call it; empty if
// there is none.
func ExpiredPage(lang watch.Lang, bankName string, bank Contact, reference, inPlace string) message.Page {
	lang = langOf(lang)
	m := message.Message{Lang: string(lang), Title: tGone.in(lang), Text: []string{tGoneText.in(lang)},
		Steps: toDo{lang: lang, reported: reference != "", bank: Named{bankName, bank}}.steps(), Foot: tNeverPIN.in(lang)}
	if inPlace != "" {
		m.Text = append(m.Text, tGoneButtons.in(lang, inPlace))
	}
	if reference != "" {
		m.Facts = []message.Fact{{Label: tFactReference.in(lang), Value: reference}}
	} else {
		m.Steps[0] = callStep(lang, tIfNotYou, orElse(bankName, tTheBank.in(lang)), bank)
	}
	return simple(m)
}

// StopFacts is what the page is made from that ends what a channel brings.
type StopFacts struct {
	Lang     watch.Lang
	BankName string
	Mask     quote.Text
	Channel  string // as the reader calls it
	Stopped  bool   // it brings the reader nothing any more
	Other    string // the channel over which the reader is told all the same, as they call it; empty if there is none
}

// StopPage asks whether to end what a channel brings about an account, or says that
// it has ended.
func StopPage(f StopFacts) message.Page {
	lang := langOf(f.Lang)
	m := message.Message{Lang: string(lang), Title: tStopAsk.in(lang, f.Channel), Text: []string{tStopAskText.in(lang, f.Channel)}}
	rest := tStopNothing
	if f.Stopped {
		m.Title, m.Text, rest = tStopped.in(lang, f.Channel), []string{tStoppedText.in(lang, f.Channel, watch.RestoreDays)}, tStopNoneLeft
	}
	if f.Other != "" {
		m.Text = append(m.Text, tStopOther.in(lang, f.Other))
	} else {
		m.Text = append(m.Text, rest.in(lang))
	}
	if account := Account(f.BankName, f.Mask); account != "" {
		m.Facts = []message.Fact{{Label: tFactAccount.in(lang), Value: account}}
	}
	p := simple(m)
	if !f.Stopped {
		p.Parts[0].Forms = []message.Form{{Do: DoStop, Label: tStopButton.in(lang, f.Channel), Style: message.Danger}}
	}
	return p
}

// StoppedLine answers a program that ended what a channel brings by itself.
func StoppedLine(lang watch.Lang, channel string) string {
	return tStopOneClick.in(langOf(lang), channel)
}
