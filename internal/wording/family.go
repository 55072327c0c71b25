package wording

import (
	"slices"
	"time"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// FamilyFacts is what the page about guardians is made from.
type FamilyFacts struct {
	View     AccountView
	Home     string
	Watchers []watch.Watcher
	Invite   *InviteFacts // an invitation that was made just now
	Name     string       // as typed
	Hide     bool         // as ticked
	Email    string       // as typed
	BadName  bool
	BadEmail bool
	Mails    bool       // mails go out at all
	News     FamilyNews // what was done just now, or why it was not
	Open     []OpenInvite
	Now      time.Time
}

// InviteFacts is an invitation to pass on.
type InviteFacts struct {
	Code, URL, QR string // QR is an SVG of ours
	Share         string // address that sends URL to somebody of the person's choice
	Expires       time.Time
	HideAmount    bool
	Mailed        bool // a mail is on its way, and the code is to be told apart from it
}

// What the forms of the family page ask for.
const (
	DoInvite  = "invite"
	DoDismiss = "dismiss"
	DoHide    = "hide"
	DoShow    = "show"

	DoWithdraw = "withdraw"
)

var (
	tFamName       = text{ja: "口座守：見守り家族", en: "Kozamori: family"}
	tFamTitle      = text{ja: "見守り家族", en: "Family"}
	tFamDoor       = text{ja: "家族を招待する・変更する", en: "Invite somebody, or change it"}
	tFamText       = text{ja: "招待した家族は、緊急のお知らせにあなたが%s答えないとき、また、だれかが「身に覚えがない」と回答したときに、知らせを受け取ります。「身に覚えがない」と銀行に伝えることもできます。お金を動かすことはできません。", en: "A family member you invite is told when you do not answer an urgent alert for %s, and when somebody answers that it was not you. They can tell the bank that it was not you. They cannot move money."}
	tFamTextNever  = text{ja: "招待した家族は、だれかが「身に覚えがない」と回答したときに、知らせを受け取ります。「身に覚えがない」と銀行に伝えることもできます。お金を動かすことはできません。", en: "A family member you invite is told when somebody answers that it was not you. They can tell the bank that it was not you. They cannot move money."}
	tFamYou        = text{ja: "あなたは、この口座を見守り家族として見守っています。「見守りをやめる」から、いつでもやめられます。", en: "You watch this account as a family member. You can end it at any time under \"Stop watching\"."}
	tFamNobody     = text{ja: "いま、見守り家族はいません。", en: "Nobody watches with you at present."}
	tFamMember     = text{ja: "見守り家族", en: "Family member"}
	tFamOwner      = text{ja: "口座の名義人", en: "Owner of the account"}
	tFamMe         = text{ja: "%s（あなた）", en: "%s (you)"}
	tFamSince      = text{ja: "見守りを始めた日", en: "Watching since"}
	tFamSees       = text{ja: "見える内容", en: "Sees"}
	tFamAll        = text{ja: "お知らせと、つながっているサービス（金額も見えます）", en: "alerts and connected services, amounts too"}
	tFamHidden     = text{ja: "お知らせと、つながっているサービス（金額は見えません）", en: "alerts and connected services, without amounts"}
	tFamDoHide     = text{ja: "この人に金額を見せない", en: "Show them no amounts"}
	tFamDoShow     = text{ja: "この人に金額を見せる", en: "Show them amounts"}
	tFamDismiss    = text{ja: "この人の見守りを終える", en: "End this person's watching"}
	tFamInvite     = text{ja: "家族を招待する", en: "Invite somebody"}
	tFamInviteHint = text{ja: "QRコード、LINE、またはメールで招待します。", en: "By a QR code, on LINE, or by email"}
	tFamBack       = text{ja: "見守り家族の一覧へ", en: "Back to the family"}
	tFamCallHim    = text{ja: "呼び名（例：長女）", en: "What you call them (for example: daughter)"}
	tFamCallHint   = text{ja: "口座の名義人だけに見えます。%d文字まで。", en: "Only owners of the account see it. At most %d characters."}
	tFamHide       = text{ja: "金額を見せない", en: "Do not show amounts"}
	tFamMake       = text{ja: "招待をつくる", en: "Make an invitation"}
	tFamMade       = text{ja: "招待をつくりました", en: "The invitation is ready"}
	tFamMadeText   = text{ja: "ご家族のスマートフォンでQRコードを読み取ってもらうか、LINEで送ってください。1人だけが、%sまで使えます。ほかの人には見せないでください。送る相手を間違えたときは、見守り家族の一覧から取り消せます。", en: "Have them scan the code with their phone, or send it on LINE. It works for one person, until %s. Show it to nobody else. If you send it to the wrong person, take it back on the family page."}
	tFamCode       = text{ja: "家族コード", en: "Family code"}
	tFamSend       = text{ja: "LINEでご家族に送る", en: "Send it on LINE"}
	tFamSendHint   = text{ja: "送る相手を選ぶ画面が開きます。", en: "You choose whom to send it to."}
	tFamSendText   = text{ja: "わたしの口座から身に覚えのない引き落としがあったとき、一緒に気づいてもらえるよう、「口座守」での見守りをお願いします。あとで電話でも話します。よければ、次のリンクをLINEで開き、表示された文字を送信してください。お金や暗証番号は要りません。%s", en: "Please watch over my account with me, so that somebody notices if money is taken that I know nothing of. I will call you about it too. Open this link in LINE and send the text that appears. It asks for no money and no PIN. %s"}
	tFamEmail      = text{ja: "LINEを使わない方のメールアドレス（なくてもよい）", en: "Their email address, if they do not use LINE"}
	tFamEmailHint  = text{ja: "書くと、その方に手続きのメールを送ります。LINEで招くときは、空けておいてください。", en: "If you give one, we send them an email. To invite on LINE, leave it empty."}
	tFamMailed     = text{ja: "ご家族にメールをお送りしています。次の家族コードを、電話などでご本人に伝えてください。メールとコードの両方がそろった方だけが、%sまで登録できます。ほかの人には見せないでください。アドレスを間違えたときは、見守り家族の一覧から取り消せます。", en: "An email is on its way to them. Tell them this family code yourself, for example by telephone: only who has both the email and the code can join, until %s. Show it to nobody else. If the address was wrong, take it back on the family page."}
	tFaultEmail    = text{ja: "メールアドレスを確かめてください。", en: "Please check the email address."}
	tFamQR         = text{ja: "招待のQRコード", en: "QR code of the invitation"}
	tFaultName     = text{ja: "%d文字までで、リンク・@・電話番号のないお名前にしてください。", en: "At most %d characters, without a link, an @ or a phone number, please."}
)

// InviteText is what an owner sends to the person they invite.
func InviteText(lang watch.Lang, link string) string { return tFamSendText.in(langOf(lang), link) }

// FamilyDoorPage is what a link to the family shows before it is used: who watches,
// which is read, and the way in, behind which it is changed.
func FamilyDoorPage(f FamilyFacts) message.Page {
	lang := langOf(f.View.Lang)
	p := FamilyPage(f)
	p.Parts = slices.Clone(p.Parts[:len(p.Parts)-1]) // but the way home
	for i := range p.Parts {
		p.Parts[i].Links, p.Parts[i].Forms = nil, nil
	}
	p.Parts[0].Text = append(slices.Clone(p.Parts[0].Text), tDoorText.in(lang, minutes(watch.VisitFor)))
	p.Parts[0].Forms = []message.Form{{Do: DoEnter, Label: pick(f.View.Watcher.Role == watch.Owner, tFamDoor, tDoorButton).in(lang), Style: message.Primary}}
	return p
}

// FamilyPage shows who watches an account, lets its owner dismiss guardians
// and choose whether they see amounts, and leads to where they invite one.
func FamilyPage(f FamilyFacts) message.Page {
	lang := langOf(f.View.Lang)
	p := plainPage(lang, tFamName, tFamTitle, f.View.unanswered(tFamText, tFamTextNever))
	p.Parts[0].Facts = []message.Fact{{Label: tFactAccount.in(lang), Value: f.View.Title()}}
	owner := f.View.Watcher.Role == watch.Owner
	if !owner {
		p.Parts[0].Text = []string{tFamYou.in(lang)}
	}
	p.Notice = f.News.in(lang)
	guardians := 0
	for _, w := range f.Watchers {
		m := message.Message{Lang: p.Lang, Title: tFamOwner.in(lang)}
		me := w.ID == f.View.Watcher.ID
		if w.Role == watch.Guardian {
			guardians++
			m.Title = tFamMember.in(lang)
			m.Facts = append(m.Facts, message.Fact{Label: tFamSees.in(lang), Value: pick(w.HideAmount, tFamHidden, tFamAll).in(lang)})
			if owner {
				m.Title = GuardianOf(lang, f.Watchers, w.ID).Name
			}
		}
		if me {
			m.Title = tFamMe.in(lang, m.Title)
		}
		m.Facts = append(m.Facts, message.Fact{Label: tFamSince.in(lang), Value: Date(lang, w.Since)})
		part := message.Part{Message: m}
		if owner && w.Role == watch.Guardian {
			who := message.Field{Kind: message.FieldHidden, Name: "watcher", Value: w.ID}
			sight := message.Form{Do: DoHide, Label: tFamDoHide.in(lang), Style: message.Secondary, Fields: []message.Field{who}}
			if w.HideAmount {
				sight.Do, sight.Label = DoShow, tFamDoShow.in(lang)
			}
			part.Forms = []message.Form{sight, {Do: DoDismiss, Label: tFamDismiss.in(lang), Style: message.Secondary, Fields: []message.Field{who}}}
		}
		p.Parts = append(p.Parts, part)
	}
	if owner {
		if guardians == 0 {
			p.Parts[0].Text = append(p.Parts[0].Text, tFamNobody.in(lang))
		}
		for _, i := range f.Open {
			p.Parts = append(p.Parts, i.part(lang, f.Now))
		}
		p.Parts[0].Links = []message.PageLink{{Href: f.View.Path + InvitePath, Label: tFamInvite.in(lang), Hint: tFamInviteHint.in(lang)}}
	}
	p.Parts = append(p.Parts, backTo(lang, f.Home))
	return p
}

// InvitePath is where the invitation's page is, below the account's path. It
// is a page of its own, so that ending somebody's watching, on the page of the
// family, loses nothing that was typed.
const InvitePath = "/family/invite"

// InvitePage asks what an owner calls the guardian they invite, and what
// the guardian may see, and gives the invitation.
func InvitePage(f FamilyFacts) message.Page {
	lang := langOf(f.View.Lang)
	p := plainPage(lang, tFamName, tFamInvite, f.View.unanswered(tFamText, tFamTextNever))
	p.Parts[0].Facts = []message.Fact{{Label: tFactAccount.in(lang), Value: f.View.Title()}}
	p.Notice = f.News.in(lang)
	if i := f.Invite; i != nil {
		p = plainPage(lang, tFamName, tFamMade, pick(i.Mailed, tFamMailed, tFamMadeText).in(lang, Time(lang, i.Expires, f.Now)))
		part := &p.Parts[0]
		part.Facts = []message.Fact{{Label: tFamCode.in(lang), Value: i.Code}, {Label: tFactAccount.in(lang), Value: f.View.Title()}, {Label: tFamSees.in(lang), Value: pick(i.HideAmount, tFamHidden, tFamAll).in(lang)}}
		part.QR, part.QRName = i.QR, tFamQR.in(lang)
		if i.URL != "" {
			part.Links = []message.PageLink{{Href: i.Share, Label: tFamSend.in(lang), Hint: tFamSendHint.in(lang)}}
		}
	} else {
		name := message.Field{Kind: message.FieldText, Name: "name", Label: tFamCallHim.in(lang), Hint: tFamCallHint.in(lang, watch.MaxName), Value: f.Name}
		if f.BadName {
			name.Error = tFaultName.in(lang, watch.MaxName)
		}
		fields := []message.Field{name, {Kind: message.FieldCheck, Name: "hide", Label: tFamHide.in(lang), Checked: f.Hide}}
		if f.Mails {
			mail := message.Field{Kind: message.FieldEmail, Name: FieldNameEmail, Label: tFamEmail.in(lang), Hint: tFamEmailHint.in(lang), Value: f.Email}
			if f.BadEmail {
				mail.Error = tFaultEmail.in(lang)
			}
			fields = append(fields, mail)
		}
		p.Parts[0].Forms = []message.Form{{Do: DoInvite, Label: tFamMake.in(lang), Style: message.Primary, Fields: fields}}
	}
	back := backTo(lang, f.Home)
	back.Links = append([]message.PageLink{{Href: f.View.Path + "/family", Label: tFamBack.in(lang), Hint: ""}}, back.Links...)
	p.Parts = append(p.Parts, back)
	return p
}

// LeaveFacts is what the page of leaving is made from.
type LeaveFacts struct {
	View     AccountView
	Home     string
	Shared   bool // another owner watches it too: nothing can be erased
	Guards   int  // guardians who leave with the only owner
	KeepDays int  // how long a dispute is kept as evidence
	// RecordDays is how long records are kept unless erased.
	RecordDays int
	CopyDays   int  // how long what was erased lives on in copies against failures
	Unsure     bool // erasing was asked for without the box that says so
}

// What the forms of the leave page ask for.
const (
	DoLeave = "leave"
	DoErase = "erase"
)

var (
	tLeaveName     = text{ja: "口座守：見守りをやめる", en: "Kozamori: leave"}
	tLeaveTitle    = text{ja: "この口座の見守りをやめる", en: "Stop watching this account"}
	tLeaveText     = text{ja: "すぐにお知らせが止まります。これまでのお知らせの記録は、%sで消えます。もう一度始めるには、銀行での手続きが必要です。", en: "Alerts stop at once. Records of past alerts are deleted after %s. To start again you need a new code from your bank."}
	tLeaveAsGuard  = text{ja: "すぐにお知らせが止まります。やめたことは、口座の名義人に伝えます。もう一度始めるには、名義人からの新しい招待が必要です。", en: "Alerts stop at once, and the owner is told. To start again you need another invitation by them."}
	tLeaveGuard    = text{ja: "見守り家族（%d人）の見守りも終わり、そのことを伝えます。", en: "Family members who will also stop watching, and will be told: %d."}
	tLeaveButton2  = text{ja: "見守りをやめる", en: "Stop watching"}
	tEraseTitle    = text{ja: "記録も消す", en: "Have the records erased too"}
	tEraseText     = text{ja: "見守りは、すぐに終わります。この口座の設定とお知らせの記録は、%[1]d日後にすべて消します。それまでは、LINEのトークかメールに届く「%[2]s」を押すと元に戻せます。", en: "Watching stops at once, and the settings and records of this account are all erased after %[1]d days. Until then \"%[2]s\", in the message that we send you on LINE or by email, sets it all back."}
	tEraseKept     = text{ja: "「身に覚えがない」と銀行に伝えた記録と、見守り方の変更の記録だけは、証拠として%s残ります。そこに、あなたのLINEやメールアドレスは含まれません。", en: "Only what was reported to the bank, and who changed how the account is watched, is kept, as evidence, for %s, without your LINE account or email address."}
	tEraseCopies   = text{ja: "故障に備えた控え（バックアップや、処理できなかった通信）からは、%d日以内に消えます。", en: "From copies kept in case of failures (backups, and messages that could not be handled) they are deleted within %d days."}
	tEraseButton   = text{ja: "見守りをやめて、記録も消す", en: "Stop watching and erase"}
	tEraseSure     = text{ja: "%d日たつと元に戻せないことを確かめました", en: "I know that it cannot be undone after %d days"}
	tEraseTick     = text{ja: "消すときは、ここにチェックを入れてください。", en: "To erase, tick this box."}
	tEraseUnsure   = text{ja: "まだ何も消していません。", en: "Nothing has been erased yet."}
	tSpanDays      = text{ja: "%d日間", en: "%d days"}
	tSpanMonths    = text{ja: "約%dか月", en: "about %d months"}
	tSpanYears     = text{ja: "%d年間", en: "%d years"}
	tEraseShared   = text{ja: "この口座には、ほかの名義人も登録しています。記録を消したいときは、銀行にご相談ください。", en: "Another owner watches this account too. To have its records erased, please ask the bank."}
	tLeaveDone     = text{ja: "見守りをやめました", en: "You no longer watch the account"}
	tLeaveDoneText = text{ja: "%sのお知らせは、もう届きません。", en: "You will hear no more about %s."}
	tEraseDone     = text{ja: "見守りをやめました。記録もあとで消します", en: "You have left, and your records will be erased"}
)

// span says how long a number of days is, as people count so many.
func span(lang watch.Lang, days int) string {
	const year, months = 365, 12
	switch {
	case days%year == 0 && days > year:
		return tSpanYears.in(lang, days/year)
	case days > year/months*3:
		return tSpanMonths.in(lang, (days*months+year/2)/year)
	}
	return tSpanDays.in(lang, days)
}

// whatStays says what an erasure leaves, and for how long.
func whatStays(lang watch.Lang, keepDays, copyDays int) []string {
	return []string{tEraseKept.in(lang, span(lang, keepDays)), tEraseCopies.in(lang, copyDays)}
}

// ownerStays tells whether an owner can take the leaving back.
func (f *LeaveFacts) ownerStays() bool { return f.Shared || f.View.Watcher.Role == watch.Guardian }

// LeavePage says what leaving and erasing mean, and offers both.
func LeavePage(f LeaveFacts) message.Page {
	lang := langOf(f.View.Lang)
	p := plainPage(lang, tLeaveName, tLeaveTitle, tLeaveText.in(lang, span(lang, f.RecordDays)))
	p.Parts[0].Facts = []message.Fact{{Label: tFactAccount.in(lang), Value: f.View.Title()}}
	if f.View.Watcher.Role == watch.Guardian {
		p.Parts[0].Text = []string{tLeaveAsGuard.in(lang)}
	} else {
		p.Parts[0].Text = append(p.Parts[0].Text, tEraseKept.in(lang, span(lang, f.KeepDays)))
	}
	if f.Guards > 0 && !f.Shared {
		p.Parts[0].Text = append(p.Parts[0].Text, tLeaveGuard.in(lang, f.Guards))
	}
	if f.ownerStays() {
		p.Parts[0].Text = append(p.Parts[0].Text, leftBack(lang))
	}
	p.Parts[0].Text = append(p.Parts[0].Text, tcLeaveBank.in(lang))
	p.Parts[0].Forms = []message.Form{{Do: DoLeave, Label: tLeaveButton2.in(lang), Style: message.Danger}}
	if f.View.Watcher.Role == watch.Owner {
		erase := message.Part{Message: message.Message{Lang: p.Lang, Title: tEraseTitle.in(lang), Text: append([]string{tEraseText.in(lang, watch.RestoreDays, tLessNotMe.in(lang))}, whatStays(lang, f.KeepDays, f.CopyDays)...)},
			Forms: []message.Form{{Do: DoErase, Label: tEraseButton.in(lang), Style: message.Danger, Fields: []message.Field{{Kind: message.FieldCheck, Name: "sure", Label: tEraseSure.in(lang, watch.RestoreDays)}}}}}
		if f.Unsure {
			p.Notice = tEraseUnsure.in(lang)
			erase.Forms[0].Fields[0].Error = tEraseTick.in(lang)
		}
		if f.Shared {
			erase.Text, erase.Forms = []string{tEraseShared.in(lang)}, nil
		}
		p.Parts = append(p.Parts, erase)
	}
	p.Parts = append(p.Parts, backTo(lang, f.Home))
	return p
}

// LeftAccountPage confirms in words that an account is watched no more.
func LeftAccountPage(f LeaveFacts, erased bool) message.Page {
	lang := langOf(f.View.Lang)
	p := plainPage(lang, tLeaveName, pick(erased, tEraseDone, tLeaveDone), tLeaveDoneText.in(lang, f.View.Title()))
	switch {
	case erased:
		p.Parts[0].Text = append(p.Parts[0].Text, eraseOn(lang, f.View.Now))
		p.Parts[0].Text = append(p.Parts[0].Text, whatStays(lang, f.KeepDays, f.CopyDays)...)
		p.Parts[0].Text = append(p.Parts[0].Text, tcLeftSeek.in(lang, watch.RestoreDays, tLessNotMe.in(lang)))
	case f.View.Watcher.Role == watch.Owner:
		p.Parts[0].Text = append(p.Parts[0].Text, tcLeftKept.in(lang, span(lang, f.RecordDays), span(lang, f.KeepDays)))
		if !f.ownerStays() {
			p.Parts[0].Text = append(p.Parts[0].Text, tcLeftSelf.in(lang, span(lang, watch.RestoreDays)))
		}
		p.Parts[0].Text = append(p.Parts[0].Text, tcLeftSeek.in(lang, watch.RestoreDays, tLessNotMe.in(lang)))
	}
	if !erased && f.ownerStays() {
		p.Parts[0].Text = append(p.Parts[0].Text, leftBack(lang))
	}
	p.Parts = append(p.Parts, backTo(lang, f.Home))
	return p
}

// HelpPage says what to do now, for each bank of the person, the one of the
// latest alert first.
func HelpPage(f TroubleFacts, home string) message.Page {
	m := Trouble(f)
	lang := langOf(f.Lang)
	m.Buttons, m.Text = nil, []string{tcTroublePage.in(lang, tNotMine.in(lang))}
	return message.Page{Lang: string(lang), Name: tHelpName.in(lang), Parts: []message.Part{{Message: m}, backTo(lang, home)}}
}

var tHelpName = text{ja: "口座守：困ったとき", en: "Kozamori: I need help"}
