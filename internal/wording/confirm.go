package wording

import (
	"kozamori/internal/message"
	"kozamori/internal/watch"
)

var (
	tMailTitle   = text{ja: "メールでのお知らせ", en: "Messages by email"}
	tMailNone    = text{ja: "LINEが届かないときや、緊急のお知らせに%s回答がないときに、メールでもお知らせできます。", en: "We can also send an email when LINE does not reach you, or when an urgent alert goes unanswered for %s."}
	tMailNever   = text{ja: "LINEが届かないときに、メールでもお知らせできます。", en: "We can also send an email when LINE does not reach you."}
	tMailOnly    = text{ja: "お知らせは、このアドレスだけに届きます。やめるときは「見守りをやめる」から、アドレスを変えるときは新しいアドレスを書いてください。", en: "Messages come to this address alone. To stop, leave; to change it, write a new one."}
	tMailLost    = text{ja: "お知らせの届け先がありません。メールアドレスを登録してください。", en: "Nothing reaches you: please give an email address."}
	tMailCopies  = text{ja: "%[2]sまでは、前のアドレス（%[1]s）にも届きます。", en: "Until %[2]s the address before, %[1]s, gets them too."}
	tMailHas     = text{ja: "いまの届け先：%s", en: "Emails go to %s"}
	tMailBounced = text{ja: "このアドレスには届いていません。別のアドレスを登録してください。", en: "Emails to this address do not arrive. Please give another one."}
	tMailField   = text{ja: "メールアドレス", en: "Email address"}
	tMailHint    = text{ja: "保存すると、このアドレスに確認のメールを送ります。メールの中のボタンを押すと、使い始めます。", en: "When you save, we send an email to this address. It is used once you press the button in it."}
	tMailOther   = text{ja: "別のメールアドレス", en: "Another email address"}
	tMailOff     = text{ja: "メールでのお知らせをやめる", en: "Stop emails"}
	tMailSent    = text{ja: "確認のメールを送りました。%s以内に、メールの中のボタンを押してください。", en: "The email is on its way. Press the button in it within %s."}
	tMailGone    = text{ja: "メールでのお知らせをやめました。", en: "Emails have ended."}
	tMailSwap    = text{ja: "いままでのアドレスへのメールは、もう届きません。新しいアドレスには、確認が済んでから届きます。", en: "Emails to the old address have ended. They come to the new one once it is confirmed."}
	tMailNoMore  = text{ja: "メールでのお知らせをやめました。いまは、どのアドレスにも届きません。", en: "Emails have ended: none come to any address at present."}
	tMailBoth    = text{ja: "%[1]s%[2]s", en: "%[1]s %[2]s"}
	tMailMany    = text{ja: "確認のメールを何度も送っています。%sほどたってから、もう一度お試しください。", en: "Several emails were sent already. Please try again in about %s."}
	tMailFail    = text{ja: "いまメールを送れませんでした。少したってから、もう一度お試しください。", en: "The email could not be sent now. Please try again a little later."}
)

// Mailed is what became of an address in the form of the settings page.
type Mailed int

// What became of it.
const (
	MailUntouched Mailed = iota
	MailSent             // a confirmation mail is on its way
	MailGone             // mails have ended
	MailMany             // too many confirmation mails
	MailFail             // the mail could not be sent
)

// mailed says what became of the address; empty if nothing did.
func (f *SettingsFacts) mailed() string {
	lang := langOf(f.View.Lang)
	say, ok := map[Mailed]string{MailSent: tMailSent.in(lang, hours(watch.MailFor)), MailGone: tMailGone.in(lang),
		MailMany: tMailMany.in(lang, hours(watch.MailsWithin)), MailFail: tMailFail.in(lang)}[f.Mail]
	if !ok {
		return ""
	}
	if f.Ended && f.Mail != MailGone {
		return tMailBoth.in(lang, pick(f.Mail == MailSent, tMailSwap, tMailNoMore).in(lang), say)
	}
	return say
}

// mailGroup is where mails go. It stands in the one form of the page, so that
// nothing else that was changed is lost by it.
func (f *SettingsFacts) mailGroup() message.Group {
	lang := langOf(f.View.Lang)
	v := f.Values.Get(FieldNameEmail)
	g := message.Group{Title: tMailTitle.in(lang), Says: tSetNowNone.in(lang), Text: []string{f.View.half().unanswered(tMailNone, tMailNever)},
		Fields: []message.Field{{Kind: message.FieldEmail, Name: FieldNameEmail, Label: tMailField.in(lang), Hint: tMailHint.in(lang), Value: v}}}
	if c, ok := f.View.Watcher.Mail(); ok {
		off := message.Field{Kind: message.FieldCheck, Name: FieldNameMailOff, Label: tMailOff.in(lang), Checked: f.Values.Get(FieldNameMailOff) != ""}
		g.Says, g.Text = tSetNowIs.in(lang, c.Address), []string{tMailHas.in(lang, c.Address)}
		g.Text = append(g.Text, f.copies()...)
		g.Fields[0].Label = tMailOther.in(lang)
		g.Fields, g.Open = append(g.Fields, off), off.Checked
		if watch.ByMail(f.View.Watcher.LineUser) { // there is no other way to tell them
			g.Fields, g.Text, g.Open = g.Fields[:1], append(g.Text, tMailOnly.in(lang)), false
		}
		if !c.UnreachableSince.IsZero() {
			g.Text, g.Open = append(g.Text, tMailBounced.in(lang)), true
		}
	}
	if _, has := f.View.Watcher.Mail(); !has && watch.ByMail(f.View.Watcher.LineUser) {
		g.Text, g.Open = []string{tMailLost.in(lang)}, true
	}
	g.Open = g.Open || v != ""
	return g
}

// copies say where mails go as well, for a while.
func (f *SettingsFacts) copies() (out []string) {
	now := f.View.Now
	for _, o := range f.View.Watcher.MailCopied(now) {
		out = append(out, tMailCopies.in(langOf(f.View.Lang), o.Address, Time(f.View.Lang, o.At.Add(watch.CopyFor), now)))
	}
	return out
}

var (
	tConfirmAlt    = text{ja: "メールアドレスの確認をお願いします", en: "Please confirm your email address"}
	tConfirmTitle  = text{ja: "このアドレスで、口座守のお知らせを受け取りますか", en: "Do you want Kozamori's messages at this address?"}
	tConfirmText   = text{ja: "下のボタンから開いたページで「このアドレスで受け取る」を押すと、お知らせを始めます。%s以内にお願いします。", en: "Open the page below and press \"Use this address\" within %s."}
	tConfirmFoot   = text{ja: "心当たりがないときは、何もしないでください。お知らせをお送りすることはありません。", en: "If you did not ask for this, do nothing: no messages will come to this address."}
	tConfirmOpen   = text{ja: "確認のページを開く", en: "Open the page"}
	tConfirmName   = text{ja: "口座守：メールアドレスの確認", en: "Kozamori: confirm your email address"}
	tConfirmButton = text{ja: "このアドレスで受け取る", en: "Use this address"}
	tConfirmed     = text{ja: "このアドレスにお知らせします", en: "Messages will come to this address"}
	tConfirmedText = text{ja: "このページは閉じてかまいません。やめるときは、お知らせのメールの下にあるリンクか、設定のページからできます。", en: "You may close this page. To stop, use the link below each email, or your settings."}
	tConfirmGone   = text{ja: "このリンクは使えません", en: "This link no longer works"}
	tConfirmAgain  = text{ja: "期限が切れたか、すでに使われています。設定のページから、もう一度アドレスを登録してください。", en: "It is over or was used. Give the address again in your settings."}
)

// DoConfirm is what the form of ConfirmPage asks for.
const DoConfirm = "confirm"

// ConfirmMail asks whether an address that somebody typed is theirs. It names
// no account: the address may be a stranger's.
func ConfirmMail(lang watch.Lang, link string) message.Message {
	lang = langOf(lang)
	return message.Message{Lang: string(lang), Alt: tConfirmAlt.in(lang), Tone: message.Calm, Badge: tInfo.in(lang), Title: tConfirmTitle.in(lang),
		Text: []string{tConfirmText.in(lang, hours(watch.MailFor))}, Buttons: []message.Button{{Label: tConfirmOpen.in(lang), Style: message.Primary, URL: link}}, Foot: tConfirmFoot.in(lang), Note: tMailAsks.in(lang)}
}

// ConfirmPage asks for the press that makes an address a channel.
func ConfirmPage(lang watch.Lang) message.Page {
	lang = langOf(lang)
	p := plainPage(lang, tConfirmName, tConfirmTitle)
	p.Parts[0].Forms = []message.Form{{Do: DoConfirm, Label: tConfirmButton.in(lang), Style: message.Primary}}
	p.Parts[0].Foot = tConfirmFoot.in(lang)
	return p
}

// ConfirmedPage says that the address is used from now on.
func ConfirmedPage(lang watch.Lang) message.Page {
	lang = langOf(lang)
	return plainPage(lang, tConfirmName, tConfirmed, tConfirmedText.in(lang))
}

// ConfirmGonePage says that a confirmation's link does nothing.
func ConfirmGonePage(lang watch.Lang) message.Page {
	lang = langOf(lang)
	return plainPage(lang, tConfirmName, tConfirmGone, tConfirmAgain.in(lang))
}
