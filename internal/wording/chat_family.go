package wording

import (
	"time"

	"kozamori/internal/button"
	"kozamori/internal/message"
	"kozamori/internal/quote"
	"kozamori/internal/watch"
)

// InvitationFacts is what somebody reads who was invited to watch over an
// account.
type InvitationFacts struct {
	Lang       watch.Lang
	Account    ChatAccount
	HideAmount bool
	Expires    time.Time
	Now        time.Time
	Code       string
	Consent    ConsentFacts
}

var (
	tcInvited     = text{ja: "見守り家族になりますか", en: "Will you watch over this account?"}
	tcInvitedAlt  = text{ja: "見守り家族への招待", en: "An invitation to watch over an account"}
	tcInvitedWho  = text{ja: "口座の名義人が、あなたを見守り家族に招いています。名義人のお名前は口座守も知らないため、書いていません。どなたからの招待か、ご本人に電話などで確かめてから押してください。", en: "The owner of the account invites you to watch it with them. We do not know their name, so it is not here: ask them yourself, for example by telephone, before you press."}
	tcInvitedWhen = text{ja: "口座の名義人が緊急のお知らせに答えないとき、あなたにもこのLINEでお知らせします。", en: "When its owner does not answer an urgent alert, we tell you here too."}
	tcInvitedMay  = text{ja: "あなたは「身に覚えがない」と銀行に伝えることができます。お金を動かすことはできません。あなたの回答は、名義人にも伝わります。", en: "You can tell the bank that it was not them. You cannot move money. The owner hears of your answers."}
	tcInvitedEnd  = text{ja: "心当たりがない招待は、押さずにそのままにしてください。引き受けたあとも、「%s」と送れば、いつでもやめられます。", en: "If you do not know who sent this, do nothing. You can leave at any time by sending \"%s\"."}
	tcJoin        = text{ja: "見守り家族になる", en: "Yes, I will watch"}
	tcJoined      = text{ja: "見守り家族になりました", en: "You are watching over this account"}
	tcJoinedAgain = text{ja: "すでに見守り家族です", en: "You are watching over it already"}
	tcInviteWrong = text{ja: "この招待は使えません", en: "This invitation does not work"}
	tcInviteWrTx  = text{ja: "文字が違うか、すでに使われたか、取り消されています。", en: "It was mistyped, used or taken back."}
	tcInviteNew   = text{ja: "ご家族に、新しい招待をつくってもらってください。", en: "Please ask for a new one."}
	tcInviteOver  = text{ja: "この招待は、期限が過ぎています", en: "This invitation is too old"}
	tcInviteOwn   = text{ja: "ご自身の口座です", en: "This is your own account"}
	tcInviteOwnTx = text{ja: "この招待は、見守ってほしいご家族に送ってください。", en: "Please send the invitation to the person who is to watch with you."}
	tcFamilyOpen  = text{ja: "見守り家族のページを開く", en: "Open the family page"}
	tcFamilyText  = text{ja: "離れて暮らすご家族などに、この口座を一緒に見守ってもらえます。招くことも、やめてもらうこともできます。", en: "Somebody you trust can watch this account with you. You can invite them, and end it again."}
)

// AskJoin offers to become a guardian, and says who will see what.
func AskJoin(f InvitationFacts) message.Message {
	lang := langOf(f.Lang)
	m := chat(lang, tcInvitedAlt.in(lang), tcInvited.in(lang), tcInvitedWho.in(lang), tcInvitedWhen.in(lang), tcInvitedMay.in(lang), tcInvitedEnd.in(lang, Word(lang, CmdLeave)))
	m.Facts = append(accountFacts(lang, []ChatAccount{f.Account}),
		message.Fact{Label: tFamSees.in(lang), Value: pick(f.HideAmount, tFamHidden, tFamAll).in(lang)},
		message.Fact{Label: tFamOpenUntil.in(lang), Value: Time(lang, f.Expires, f.Now)})
	m.Buttons = []message.Button{{Label: tcJoin.in(lang), Display: tcJoin.in(lang), Style: message.Primary, Postback: button.Press{Verb: button.Join, Code: f.Code}.Data()}}
	f.Consent.onLINE(lang, &m, tConsPress.in(lang))
	return m
}

// Joined greets a new guardian.
func Joined(lang watch.Lang, a ChatAccount, hideAmount, already bool) message.Message {
	lang = langOf(lang)
	title := pick(already, tcJoinedAgain, tcJoined).in(lang)
	m := chat(lang, title, title, tcInvitedWhen.in(lang), tcInvitedMay.in(lang), tcConnStop.in(lang, Word(lang, CmdStop), Word(lang, CmdLeave)))
	m.Facts = append(accountFacts(lang, []ChatAccount{a}), message.Fact{Label: tFamSees.in(lang), Value: pick(hideAmount, tFamHidden, tFamAll).in(lang)})
	m.Foot, m.Choices = tNeverPIN.in(lang), choices(lang, CmdList, CmdTrouble, CmdGuide)
	return m
}

// InviteWrong answers an invitation that binds nothing.
func InviteWrong(lang watch.Lang) message.Message {
	lang = langOf(lang)
	return chat(lang, tcInvitedAlt.in(lang), tcInviteWrong.in(lang), tcInviteWrTx.in(lang), tcInviteNew.in(lang))
}

// InviteExpired answers an invitation whose time is over.
func InviteExpired(lang watch.Lang) message.Message {
	lang = langOf(lang)
	return chat(lang, tcInvitedAlt.in(lang), tcInviteOver.in(lang), tcInviteNew.in(lang))
}

// InviteOwn answers an owner who opened an invitation to their own account.
func InviteOwn(lang watch.Lang) message.Message {
	lang = langOf(lang)
	return chat(lang, tcInvitedAlt.in(lang), tcInviteOwn.in(lang), tcInviteOwnTx.in(lang))
}

// ToFamily marks a link to the settings that leads on to the page of the family.
const ToFamily = "?to=family"

// OpenFamily gives the link to the pages where guardians are invited.
func OpenFamily(lang watch.Lang, link string) message.Message {
	lang = langOf(lang)
	m := chat(lang, tcFamilyOpen.in(lang), tcFamilyOpen.in(lang), tcFamilyText.in(lang), tcSettingsOnce.in(lang, minutes(watch.DoorFor)))
	m.Buttons = []message.Button{{Label: tcFamilyOpen.in(lang), Style: message.Primary, URL: link + ToFamily}}
	return m
}

var (
	tcDoesService = text{ja: "つながっている決済サービスを見る", en: "see which payment services are linked"}
	tcDoesSetting = text{ja: "お知らせの条件を変える", en: "change what you are told"}
	tcDoesFamily  = text{ja: "家族と一緒に見守る", en: "watch together with your family"}
)

// GuardianFacts is what an owner is told of a guardian who came or went.
type GuardianFacts struct {
	Lang       watch.Lang
	Account    ChatAccount
	Name       quote.Text // what the owner calls them; may be empty
	HideAmount bool
	Mail       bool // the reader has no chat
	Erases     bool // the records go too, in a few days
	Returns    bool // how the reader comes back is said below
}

var (
	tcGuardJoined = text{ja: "見守り家族が加わりました", en: "A family member has joined"}
	tcGuardText   = text{ja: "%[1]sが、あなたの口座を一緒に見守ります。心当たりがないときは「%[2]s」と送り、見守りを終えてください。", en: "%[1]s now watches over your account. If you do not recognise this, send \"%[2]s\" and end it."}
	tcGuardTextM  = text{ja: "%[1]sが、あなたの口座を一緒に見守ります。心当たりがないときは、設定を開き、「見守り家族」で見守りを終えてください。", en: "%[1]s now watches over your account. If you do not recognise this, open your settings and end it under \"Family\"."}
	tcGuardLeftM  = text{ja: "%[1]sには、もうお知らせしません。ほかの方を招くときは、設定の「見守り家族」から招いてください。", en: "%[1]s is told nothing any more. To invite somebody else, open your settings, under \"Family\"."}
	tcGuardWho    = text{ja: "招待した方", en: "The person you invited"}
	tcGuardLeft   = text{ja: "見守り家族が見守りをやめました", en: "A family member has left"}
	tcGuardLeftTx = text{ja: "%[1]sには、もうお知らせしません。ほかの方を招くときは「%[2]s」と送ってください。", en: "%[1]s is told nothing any more. To invite somebody else, send \"%[2]s\"."}
)

// GuardianJoined tells an owner who sees what from now on.
func GuardianJoined(f GuardianFacts) message.Message { return f.message(tcGuardJoined, tcGuardText) }

// GuardianLeft tells an owner that a guardian has gone.
func GuardianLeft(f GuardianFacts) message.Message {
	m := f.message(tcGuardLeft, tcGuardLeftTx)
	m.Facts = accountFacts(langOf(f.Lang), []ChatAccount{f.Account}) // they see nothing any more
	return m
}

func (f *GuardianFacts) message(title, say text) message.Message {
	lang := langOf(f.Lang)
	args := []any{orElse(label(f.Name), tcGuardWho.in(lang)), Word(lang, CmdFamily)}
	if f.Mail {
		say, args = pick(title == tcGuardLeft, tcGuardLeftM, tcGuardTextM), args[:1]
	}
	m := chat(lang, title.in(lang), title.in(lang), say.in(lang, args...))
	m.Facts = append(accountFacts(lang, []ChatAccount{f.Account}), message.Fact{Label: tFamSees.in(lang), Value: pick(f.HideAmount, tFamHidden, tFamAll).in(lang)})
	m.Choices = choices(lang, CmdFamily, CmdList)
	return m
}
