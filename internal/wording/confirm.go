package wording

import "kozamori/internal/watch"

var (
	tMailTitle   = text{ja: "メールでのお知らせ", en: "Messages by mail"}
	tMailNone    = text{ja: "LINEが届かないときや、緊急のお知らせにしばらく回答がないときに、メールでもお知らせできます。", en: "We can also write a mail when LINE does not reach you, or when an urgent alert goes unanswered for a while."}
	tMailHas     = text{ja: "いまの届け先：%s", en: "Mails go to %s"}
	tMailBounced = text{ja: "このアドレスには届いていません。別のアドレスを登録してください。", en: "Mails to this address do not arrive. Please give another one."}
	tMailField   = text{ja: "メールアドレス", en: "Mail address"}
	tMailHint    = text{ja: "確認のメールを送ります。メールの中のボタンを押すと、使い始めます。", en: "We send a mail to confirm it. It is used once you press the button in it."}
	tMailButton  = text{ja: "確認のメールを送る", en: "Send the mail"}
	tMailOff     = text{ja: "メールでのお知らせをやめる", en: "Stop mails"}
	tMailSent    = text{ja: "確認のメールを送りました。1時間以内に、メールの中のボタンを押してください。", en: "The mail is on its way. Press the button in it within an hour."}
	tMailGone    = text{ja: "メールでのお知らせをやめました。", en: "Mails have ended."}
	tMailMany    = text{ja: "確認のメールを何度も送っています。2時間ほどたってから、もう一度お試しください。", en: "Several mails were sent already. Please try again in about two hours."}
	tMailFail    = text{ja: "いまメールを送れませんでした。少したってから、もう一度お試しください。", en: "The mail could not be sent now. Please try again a little later."}
)

func (f *SettingsFacts) channels() Part {
	lang := langOf(f.View.Lang)
	p := Part{Message: Message{Lang: string(lang), Title: tMailTitle.in(lang), Text: []string{tMailNone.in(lang)}}}
	address := ""
	for _, c := range f.View.Watcher.Channels {
		if c.Kind == watch.Email {
			address = c.Address
			if !c.UnreachableSince.IsZero() {
				f.MailOff = true
			}
		}
	}
	if address != "" {
		p.Text = []string{tMailHas.in(lang, address)}
		if f.MailOff {
			p.Text = append(p.Text, tMailBounced.in(lang))
		}
	}
	p.Forms = append(p.Forms, Form{Do: DoMail, Label: tMailButton.in(lang), Style: Secondary, Fields: []Field{f.mailField()}})
	if address != "" {
		p.Forms = append(p.Forms, Form{Do: DoMailOff, Label: tMailOff.in(lang), Style: Secondary})
	}
	return p
}

func (f *SettingsFacts) mailField() Field {
	lang := langOf(f.View.Lang)
	return Field{Kind: FieldEmail, Name: FieldNameEmail, Label: tMailField.in(lang), Hint: tMailHint.in(lang),
		Value: f.Values.Get(FieldNameEmail), Error: faultText(lang, f.Faults[FieldNameEmail])}
}

var (
	tConfirmAlt    = text{ja: "メールアドレスの確認をお願いします", en: "Please confirm your mail address"}
	tConfirmTitle  = text{ja: "このアドレスで、口座守のお知らせを受け取りますか", en: "Do you want Kozamori's messages at this address?"}
	tConfirmText   = text{ja: "下のボタンから開いたページで「このアドレスで受け取る」を押すと、お知らせを始めます。1時間以内にお願いします。", en: "Open the page below and press \"Use this address\" within an hour."}
	tConfirmFoot   = text{ja: "心当たりがないときは、何もしないでください。お知らせをお送りすることはありません。", en: "If you did not ask for this, do nothing: no messages will come to this address."}
	tConfirmOpen   = text{ja: "確認のページを開く", en: "Open the page"}
	tConfirmName   = text{ja: "口座守：メールアドレスの確認", en: "Kozamori: confirm your mail address"}
	tConfirmButton = text{ja: "このアドレスで受け取る", en: "Use this address"}
	tConfirmed     = text{ja: "このアドレスにお知らせします", en: "Messages will come to this address"}
	tConfirmedText = text{ja: "このページは閉じてかまいません。やめるときは、お知らせのメールの下にあるリンクか、LINEの「設定」からできます。", en: "You may close this page. To stop, use the link below each mail, or \"settings\" in LINE."}
	tConfirmGone   = text{ja: "このリンクは使えません", en: "This link no longer works"}
	tConfirmAgain  = text{ja: "期限が切れたか、すでに使われています。LINEの「設定」から、もう一度アドレスを登録してください。", en: "It is over or was used. Give the address again under \"settings\" in LINE."}
)

// DoConfirm is what the form of ConfirmPage asks for.
const DoConfirm = "confirm"

// ConfirmMail asks whether an address that somebody typed is theirs. It names
// no account: the address may be a stranger's.
func ConfirmMail(lang watch.Lang, link string) Message {
	lang = langOf(lang)
	return Message{Lang: string(lang), Alt: tConfirmAlt.in(lang), Tone: Calm, Badge: tInfo.in(lang), Title: tConfirmTitle.in(lang),
		Text: []string{tConfirmText.in(lang)}, Buttons: []Button{{Label: tConfirmOpen.in(lang), Style: Primary, URL: link}}, Foot: tConfirmFoot.in(lang)}
}

// ConfirmPage asks for the press that makes an address a channel.
func ConfirmPage(lang watch.Lang) Page {
	lang = langOf(lang)
	p := plainPage(lang, tConfirmName, tConfirmTitle)
	p.Parts[0].Forms = []Form{{Do: DoConfirm, Label: tConfirmButton.in(lang), Style: Primary}}
	p.Parts[0].Foot = tConfirmFoot.in(lang)
	return p
}

// ConfirmedPage says that the address is used from now on.
func ConfirmedPage(lang watch.Lang) Page {
	lang = langOf(lang)
	return plainPage(lang, tConfirmName, tConfirmed, tConfirmedText.in(lang))
}

// ConfirmGonePage says that a confirmation's link does nothing.
func ConfirmGonePage(lang watch.Lang) Page {
	lang = langOf(lang)
	return plainPage(lang, tConfirmName, tConfirmGone, tConfirmAgain.in(lang))
}
