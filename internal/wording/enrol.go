package wording

import (
	"time"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// EnrolFacts is what the reader of an address is told that a bank or an owner
// gave. It names no account and no person: the address may be a stranger's.
type EnrolFacts struct {
	Lang     watch.Lang
	BankName string
	Role     watch.Role
	Family   bool // an owner asks, and not the bank
	Expires  time.Time
	Now      time.Time
	Link     string
	Consent  ConsentFacts
	// What became of the last code that was typed.
	Code  string
	Wrong bool
	Left  int    // wrong codes that are still allowed
	Slip  string // why it cannot be the code; then it did not count
}

var (
	tEnrolAlt     = text{ja: "口座のお知らせをメールで受け取るお手続き", en: "Messages about a bank account, by email"}
	tEnrolName    = text{ja: "口座守：お手続き", en: "Kozamori: begin"}
	tEnrolOwner   = text{ja: "口座のお知らせを、このメールアドレスで受け取りますか", en: "Do you want messages about your account at this address?"}
	tEnrolGuard   = text{ja: "ご家族の口座のお知らせを、このメールアドレスで受け取りますか", en: "Do you want messages about a relative's account at this address?"}
	tEnrolByBank  = text{ja: "%sで、このアドレスにお知らせを送る申し込みを受け付けました。口座守は、銀行口座から、PayPayなどの決済サービスによる引き落としがあったときに、お知らせするサービスです。", en: "%s was asked to have messages sent to this address. Kozamori tells people when a payment service such as PayPay takes money from a bank account."}
	tEnrolByOwner = text{ja: "%sに口座のある方が、見守り家族として、このアドレスを登録しました。口座守は、銀行口座から、PayPayなどの決済サービスによる引き落としがあったときに、お知らせするサービスです。", en: "Somebody with an account at %s named this address, for a relative who is to watch with them. Kozamori tells people when a payment service such as PayPay takes money from a bank account."}
	tEnrolPaper   = text{ja: "続けるには、銀行がお渡しした紙の登録コード（英数字%[1]d文字）が必要です。%[2]sまでに、下のページを開いて書き込んでください。", en: "To go on you need the code of %[1]d letters and digits that the bank gave on paper. Open the page below and write it there by %[2]s."}
	tEnrolTold    = text{ja: "続けるには、そのご家族から聞く家族コード（英数字）が必要です。ご本人に電話などで確かめてから、%sまでに、下のページを開いて書き込んでください。お名前は、口座守も知らないため書いていません。", en: "To go on you need the family code, which that person tells you. Ask them yourself, for example by telephone, then open the page below and write it there by %s. We do not know their name, so it is not here."}
	tJoinPaper    = text{ja: "続けるには、銀行がお渡しした紙の登録コード（英数字%[1]d文字）を、%[2]sまでに下に書いてください。", en: "To go on, write below by %[2]s the code of %[1]d letters and digits that the bank gave on paper."}
	tJoinTold     = text{ja: "続けるには、そのご家族から聞く家族コード（英数字）を、%sまでに下に書いてください。先に、ご本人に電話などで確かめてください。お名前は、口座守も知らないため書いていません。", en: "To go on, write below by %s the family code, which that person tells you. First ask them yourself, for example by telephone. We do not know their name, so it is not here."}
	tEnrolOpen    = text{ja: "お手続きのページを開く", en: "Open the page"}
	tEnrolFoot    = text{ja: "心当たりがないときは、何もしないでください。お知らせは始まりません。暗証番号や口座番号をお尋ねすることはありません。", en: "If this means nothing to you, do nothing, and nothing begins. Nobody asks you for a PIN or an account number."}

	tJoinCode     = text{ja: "登録コード", en: "Code"}
	tJoinHint     = text{ja: "紙に書いてある英数字%d文字です。大文字でも小文字でもかまいません。", en: "%d letters and digits, on the paper. Capitals do not matter."}
	tJoinFamily   = text{ja: "家族コード", en: "Family code"}
	tJoinFamHint  = text{ja: "ご家族から聞いた英数字です。", en: "The letters and digits that they told you."}
	tJoinYes      = text{ja: "同意して、お知らせを受け取る", en: "Agree and begin"}
	tJoinNo       = text{ja: "心当たりがない（申し込みを取り消す）", en: "This is not for me: cancel it"}
	tJoinNotMine  = text{ja: "心当たりがないとき", en: "If this means nothing to you"}
	tJoinWrong    = text{ja: "コードが違います。あと%d回まで書き直せます。", en: "That is not the code. You can try %d more times."}
	tJoinSlip     = text{ja: "%[1]s。%[2]s", en: "%[1]s. %[2]s"}
	tJoinNothing  = text{ja: "まだ何も始まっていません。", en: "Nothing has begun yet."}
	tJoinMay      = text{ja: "名義人が緊急のお知らせに答えないときなどに、お知らせします。あなたは「身に覚えがない」と銀行に伝えることができます。お金を動かすことはできません。", en: "We tell you when the owner does not answer an urgent alert, for example. You can tell the bank that it was not them. You cannot move money."}
	tJoinGone     = text{ja: "このお手続きは、もう使えません", en: "This can no longer be used"}
	tJoinGoneBank = text{ja: "期限が過ぎたか、取り消されたか、すでに終わっています。もう一度始めるには、銀行にお申し出ください。", en: "It is too old, was cancelled, or is done already. To begin again, please ask the bank."}
	tJoinGoneMail = text{ja: "すでに始めた方は、「お知らせを始めました」という件名のメールから、設定を開けます。", en: "If you have begun already, open your settings from the email that said so."}
	tJoinFull     = text{ja: "この口座には、これ以上見守る人を増やせません。銀行にお申し出ください。", en: "Nobody else can watch this account. Please ask the bank."}
	tJoinAlone    = text{ja: "口座の名義人が登録していないため、見守り家族になれません。銀行にお申し出ください。", en: "The owner of the account is not connected, so nobody can watch with them. Please ask the bank."}
	tJoinDone     = text{ja: "お知らせを始めました", en: "You are connected"}
	tJoinDoneText = text{ja: "これからは、お知らせがメールで届きます。はじめのメールを、いまお送りしています。", en: "From now on messages come by email. The first is on its way."}
	tJoinNot      = text{ja: "申し込みを取り消しました", en: "It is cancelled"}
	tJoinNotText  = text{ja: "このアドレスに、口座のお知らせが届くことはありません。銀行には、取り消されたことだけが分かります。", en: "No messages about an account come to this address. The bank learns that it was cancelled, and no more."}
)

// Forms of JoinPage.
const (
	DoJoin    = "join"
	DoDecline = "decline"
	FieldCode = "code"
)

func (f *EnrolFacts) title() text { return pick(f.Role == watch.Guardian, tEnrolGuard, tEnrolOwner) }

// who says who asks, and for what, in a mail or on the page that it leads to.
func (f *EnrolFacts) who(page bool) []string {
	lang := langOf(f.Lang)
	until := Time(lang, f.Expires, f.Now)
	bank := orElse(f.BankName, tTheBank.in(lang))
	if f.Family {
		return []string{tEnrolByOwner.in(lang, bank), pick(page, tJoinTold, tEnrolTold).in(lang, until)}
	}
	return []string{tEnrolByBank.in(lang, bank), pick(page, tJoinPaper, tEnrolPaper).in(lang, watch.CodeLen, until)}
}

// EnrolMail asks the reader of an address whether they want to watch.
func EnrolMail(f EnrolFacts) message.Message {
	lang := langOf(f.Lang)
	m := chat(lang, tEnrolAlt.in(lang), f.title().in(lang), f.who(false)...)
	m.Buttons = []message.Button{{Label: tEnrolOpen.in(lang), Style: message.Primary, URL: f.Link}}
	m.Foot, m.Note = tEnrolFoot.in(lang), tMailAsks.in(lang)
	return m
}

// JoinPage asks for the code, says what is agreed to, and lets the reader cancel
// it all.
func JoinPage(f EnrolFacts) message.Page {
	lang := langOf(f.Lang)
	p := plainPage(lang, tEnrolName, f.title(), f.who(true)...)
	code := message.Field{Kind: message.FieldText, Name: FieldCode, Label: tJoinCode.in(lang), Hint: tJoinHint.in(lang, watch.CodeLen), Value: f.Code}
	if f.Family {
		code.Label, code.Hint = tJoinFamily.in(lang), tJoinFamHint.in(lang)
	}
	if f.Wrong {
		code.Error, p.Notice = tJoinWrong.in(lang, f.Left), tJoinNothing.in(lang)
	}
	if f.Slip != "" {
		code.Error, p.Notice = tJoinSlip.in(lang, f.Slip, tcCodeNoTries.in(lang)), tJoinNothing.in(lang)
	}
	consent := message.Part{Message: message.Message{Lang: p.Lang, Title: tConsTitle.in(lang), Text: []string{tConsAbove.in(lang)}, Facts: f.Consent.facts(lang, tConsMail)},
		Forms: []message.Form{{Do: DoJoin, Label: tJoinYes.in(lang), Style: message.Primary, Fields: []message.Field{code}}}}
	if f.Role == watch.Guardian {
		consent.Text = append([]string{tJoinMay.in(lang)}, consent.Text...)
	}
	if u := f.Consent.Policy.URL; u != "" {
		consent.Links = []message.PageLink{{Href: u, Label: tConsPolicy.in(lang), Hint: ""}}
	}
	p.Parts = append(p.Parts, consent, message.Part{Message: message.Message{Lang: p.Lang, Title: tJoinNotMine.in(lang), Foot: tEnrolFoot.in(lang)},
		Forms: []message.Form{{Do: DoDecline, Label: tJoinNo.in(lang), Style: message.Secondary}}})
	return p
}

// JoinGonePage says that an enrolment can be used no more.
func JoinGonePage(lang watch.Lang) message.Page {
	lang = langOf(lang)
	return plainPage(lang, tEnrolName, tJoinGone, tJoinGoneBank.in(lang), tJoinGoneMail.in(lang))
}

// JoinFullPage says that an account has all the watchers that it can have, or, for
// a guardian, no owner.
func JoinFullPage(lang watch.Lang, alone bool) message.Page {
	lang = langOf(lang)
	return plainPage(lang, tEnrolName, tJoinGone, pick(alone, tJoinAlone, tJoinFull).in(lang))
}

// JoinedPage says that somebody watches, and leads to their settings by a link that
// works once.
func JoinedPage(lang watch.Lang, accounts []ChatAccount, settings string) message.Page {
	lang = langOf(lang)
	p := plainPage(lang, tEnrolName, tJoinDone, tJoinDoneText.in(lang))
	p.Parts[0].Facts = accountFacts(lang, accounts)
	if settings != "" {
		p.Parts[0].Links = []message.PageLink{{Href: settings, Label: tDoorButton.in(lang), Hint: tGoSettingsHint.in(lang)}}
	}
	return p
}

// DeclinedPage says that nothing will come.
func DeclinedPage(lang watch.Lang) message.Page {
	lang = langOf(lang)
	return plainPage(lang, tEnrolName, tJoinNot, tJoinNotText.in(lang))
}

var (
	tWelMail      = text{ja: "口座のお知らせを始めました", en: "You are told about your account from now on"}
	tWelGuard     = text{ja: "見守り家族になりました", en: "You are watching over this account"}
	tWelWhen      = text{ja: "次のときに、このアドレスにすぐお知らせします。", en: "We write to this address at once when:"}
	tWelAnswer    = text{ja: "身に覚えのないお知らせが届いたら、メールの中のリンクを開いて「%[1]s」を押してください。%[2]sにすぐ伝わります。", en: "If you do not recognise an alert, open its link and press \"%[1]s\": %[2]s is told at once."}
	tWelSettings  = text{ja: "設定、これまでのお知らせ、見守り家族、見守りをやめる手続きは、下のページからできます。押すたびに、新しいリンクをメールでお送りします。このメールは取っておいてください。", en: "Settings, past alerts, family and leaving are behind the page below: each time you press, a fresh link is emailed to you. Please keep this email."}
	tKeyOpen      = text{ja: "設定を開く", en: "Open settings"}
	tKeyName      = text{ja: "口座守：設定を開く", en: "Kozamori: open settings"}
	tKeyAsk       = text{ja: "設定を開くリンクを、メールでお送りしますか", en: "Shall we email you a link to your settings?"}
	tKeyAskText   = text{ja: "安全のため、設定は、登録のメールアドレスに届く新しいリンクから開きます。リンクは一度だけ、%s使えます。", en: "To be safe, settings open from a fresh link, which is emailed to the address on record. It works once, for %s."}
	tKeySend      = text{ja: "リンクをメールで受け取る", en: "Email me a link"}
	tKeySent      = text{ja: "リンクをお送りしました", en: "The link is on its way"}
	tKeySentText  = text{ja: "メールを開き、%s以内に「設定を開く」を押してください。", en: "Open the email and press \"Open settings\" within %s."}
	tKeyMany      = text{ja: "続けて何度もお送りしています。%sほどたってから、もう一度お試しください。", en: "Several were sent already. Please try again in about %s."}
	tKeyGone      = text{ja: "このリンクは使えません", en: "This link no longer works"}
	tKeyGoneText  = text{ja: "見守りをやめているか、リンクが古すぎます。いちばん新しいお知らせのメールから、開き直してください。", en: "You no longer watch, or it is too old. Please use the newest email."}
	tKeyMail      = text{ja: "設定を開くリンクです", en: "Here is the link to your settings"}
	tKeyMailText  = text{ja: "リンクは一度だけ、%s使えます。ほかの人に転送しないでください。", en: "It works once, for %s. Do not pass it on."}
	tKeyMailNot   = text{ja: "頼んでいないときは、何もしないでください。何も変わりません。", en: "If you did not ask for it, do nothing: nothing has changed."}
	tKeyHint      = text{ja: "自分の引き落としだと答えて知らせを減らす、設定を変える、家族を招くなど", en: "To be told less of a service, change settings, invite somebody"}
	tMailOverText = text{ja: "リンクは一度だけ、短い時間だけ使えます。「お知らせを始めました」のメールか、お知らせのメールのページから、新しいリンクを受け取ってください。", en: "A link works once, for a short time. Get a new one from the email with which you began, or from the page of an alert."}
)

// DoKey is what the form of KeyPage asks for.
const DoKey = "key"

// MailWelcomeFacts is what somebody is told who begins to watch by mail alone.
type MailWelcomeFacts struct {
	Lang     watch.Lang
	Accounts []ChatAccount
	Guardian bool
	Rules    watch.Rules
	Link     string // to where a link to the settings is asked for
	Consent  ConsentFacts
}

// MailWelcome says what will be told, what to do then, what was agreed to, and how
// to change or end it.
func MailWelcome(f MailWelcomeFacts) message.Message {
	lang := langOf(f.Lang)
	m := chat(lang, tJoinDone.in(lang), pick(f.Guardian, tWelGuard, tWelMail).in(lang))
	m.Facts = append(accountFacts(lang, f.Accounts), f.Consent.facts(lang, tConsMail)...)
	bank := tTheBank.in(lang)
	for _, a := range f.Accounts {
		bank = orElse(a.BankName, bank)
	}
	if f.Guardian {
		m.Text = []string{tJoinMay.in(lang)}
	} else {
		m.Text = append(append([]string{tWelWhen.in(lang)}, told(lang, &f.Rules)...), tWelAnswer.in(lang, tNotMine.in(lang), bank))
	}
	m.Text = append(m.Text, tWelSettings.in(lang))
	m.Buttons = []message.Button{{Label: tKeyOpen.in(lang), Style: message.Primary, URL: f.Link}}
	if u := f.Consent.Policy.URL; u != "" {
		m.Buttons = append(m.Buttons, message.Button{Label: tConsPolicy.in(lang), Style: message.Link, URL: u})
	}
	m.Foot = tNeverPIN.in(lang)
	return m
}

// KeyPage asks whether to mail a link to the settings.
func KeyPage(lang watch.Lang) message.Page {
	lang = langOf(lang)
	p := plainPage(lang, tKeyName, tKeyAsk, tKeyAskText.in(lang, minutes(watch.KeyFor)))
	p.Parts[0].Forms = []message.Form{{Do: DoKey, Label: tKeySend.in(lang), Style: message.Primary}}
	return p
}

// KeySentPage says that the link is on its way, or that too many were sent.
func KeySentPage(lang watch.Lang, many bool) message.Page {
	lang = langOf(lang)
	if many {
		p := KeyPage(lang)
		p.Notice = tKeyMany.in(lang, hours(watch.KeysWithin))
		return p
	}
	return plainPage(lang, tKeyName, tKeySent, tKeySentText.in(lang, minutes(watch.KeyFor)))
}

// KeyGonePage says that the way to the settings leads nowhere.
func KeyGonePage(lang watch.Lang) message.Page {
	lang = langOf(lang)
	return plainPage(lang, tKeyName, tKeyGone, tKeyGoneText.in(lang))
}

// KeyMail carries a link to the settings.
func KeyMail(lang watch.Lang, link string) message.Message {
	lang = langOf(lang)
	m := chat(lang, tKeyMail.in(lang), tKeyMail.in(lang), tKeyMailText.in(lang, minutes(watch.KeyFor)))
	m.Buttons = []message.Button{{Label: tKeyOpen.in(lang), Style: message.Primary, URL: link}}
	m.Foot = tKeyMailNot.in(lang)
	return m
}

// WithKey is a message to somebody who has no chat, with the way to their settings
// in the place of words to send.
func WithKey(m message.Message, link string) message.Message {
	m.Choices = nil
	m.Buttons = append(m.Buttons[:len(m.Buttons):len(m.Buttons)], message.Button{Label: tKeyOpen.in(langOf(watch.Lang(m.Lang))), Style: message.Secondary, URL: link})
	return m
}

// WithWayIn ends the page of an alert, opened from a mail, with the way to the
// settings of somebody who has no chat.
func WithWayIn(p message.Page, link string) message.Page {
	lang := langOf(watch.Lang(p.Lang))
	p.Parts = append(p.Parts, message.Part{Message: message.Message{Lang: p.Lang, Title: tHomeMore.in(lang)},
		Links: []message.PageLink{{Href: link, Label: tKeyOpen.in(lang), Hint: tKeyHint.in(lang)}}})
	return p
}
