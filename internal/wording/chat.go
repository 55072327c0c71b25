package wording

import (
	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// Command is something that a person can ask for in the chat.
type Command string

// The commands. Each has a word that people can send.
const (
	CmdList     Command = "list"     // 一覧
	CmdTrouble  Command = "trouble"  // 困ったとき
	CmdStop     Command = "stop"     // お知らせを休む: alerts, never money
	CmdResume   Command = "resume"   // 再開
	CmdLeave    Command = "leave"    // 見守りをやめる
	CmdConnect  Command = "connect"  // 口座をつなぐ
	CmdGuide    Command = "guide"    // 使い方
	CmdSettings Command = "settings" // 設定
	CmdFamily   Command = "family"   // 家族
	CmdServices Command = "services" // サービス
	CmdRecent   Command = "recent"   // 最近のお知らせ
	CmdJapanese Command = "japanese" // 日本語
	CmdEnglish  Command = "english"  // English
	CmdNotMe    Command = "not-me"   // 身に覚えがない
	CmdPhone    Command = "phone"    // 電話番号
)

var (
	tcTrouble = text{ja: "困ったとき", en: "help"}
	tcStop    = text{ja: "お知らせを休む", en: "pause alerts"}
	tcResume  = text{ja: "再開", en: "resume"}
	tcConnect = text{ja: "口座をつなぐ", en: "connect"}
	tcGuide   = text{ja: "使い方", en: "guide"}

	tcDoesList    = text{ja: "未回答や最近のお知らせを見る", en: "see and answer your alerts"}
	tcDoesTrouble = text{ja: "どこに連絡すればよいかを見る", en: "see whom to call when something is wrong"}
	tcDoesStop    = text{ja: "期間を決めて、お知らせを止める", en: "pause alerts for a while"}
	tcDoesResume  = text{ja: "休んでいるお知らせを再開する", en: "end a pause"}
	tcDoesLeave   = text{ja: "口座のお知らせを受け取るのを終える", en: "stop watching an account"}
	tcDoesConnect = text{ja: "口座のつなぎ方を見る", en: "see how to connect an account"}
)

// Word is what a person sends to ask for a command.
func Word(lang watch.Lang, c Command) string {
	switch c {
	case CmdJapanese:
		return tcLanguage.in(watch.Japanese)
	case CmdEnglish:
		return tcLanguage.in(watch.English)
	}
	words := map[Command]text{
		CmdList: tSayList, CmdTrouble: tcTrouble, CmdStop: tcStop, CmdResume: tcResume, CmdLeave: tSayLeave, CmdConnect: tcConnect,
		CmdGuide: tcGuide, CmdSettings: tSaySettings, CmdFamily: tSayFamily, CmdServices: tSayServices, CmdRecent: tcRecent,
		CmdNotMe: tNotMine, CmdPhone: tcPhone,
	}
	return words[c].in(langOf(lang))
}

// offered are the commands that the chat proposes, by what they do.
var offered = []struct {
	command Command
	does    text
}{
	{CmdList, tcDoesList}, {CmdTrouble, tcDoesTrouble}, {CmdStop, tcDoesStop}, {CmdResume, tcDoesResume},
	{CmdLeave, tcDoesLeave}, {CmdConnect, tcDoesConnect}, {CmdServices, tcDoesService}, {CmdSettings, tcDoesSetting}, {CmdFamily, tcDoesFamily},
}

// choices are quick replies that send a command.
func choices(lang watch.Lang, commands ...Command) []message.Button {
	var out []message.Button
	for _, c := range commands {
		out = append(out, message.Button{Label: Word(lang, c), Style: message.Secondary, Say: Word(lang, c)})
	}
	return out
}

func guideFacts(lang watch.Lang) []message.Fact {
	var out []message.Fact
	for _, o := range offered {
		out = append(out, message.Fact{Label: Word(lang, o.command), Value: o.does.in(lang)})
	}
	to, command := other(lang)
	return append(out, message.Fact{Label: Word(lang, command), Value: tcSwitch.in(to)})
}

// chat is a calm message of the chat.
func chat(lang watch.Lang, alt, title string, paragraphs ...string) message.Message {
	return message.Message{Lang: string(lang), Alt: alt, Tone: message.Calm, Badge: tInfo.in(lang), Title: title, Text: paragraphs}
}

var (
	tcGuideTitle   = text{ja: "このトークでできること", en: "What you can do here"}
	tcGuideRanks   = text{ja: "お知らせには、段階があります。「%[1]s」は、すぐに見て回答してください。「%[2]s」は、心当たりがあるか見てください。「%[3]s」は、記録のためのもので、回答は要りません。", en: "Alerts have ranks. \"%[1]s\": look and answer at once. \"%[2]s\": please see whether you recognise it. \"%[3]s\": for the record, nothing to do."}
	tcGuideText    = text{ja: "次のことばを送るか、下のボタンを押してください。", en: "Send one of these words, or press a button below."}
	tcNotUnder     = text{ja: "申し訳ありません。読み取れませんでした。", en: "Sorry, we could not make that out."}
	tcNotYet       = text{ja: "「%s」は、まだこのトークではお使いいただけません", en: "\"%s\" does not work here yet"}
	tcNotYetAlt    = text{ja: "まだお使いいただけません", en: "This does not work yet"}
	tcNotYetText   = text{ja: "準備が整うまで、次のことばをお使いください。", en: "Until it is ready, you can use these words."}
	tcUseless      = text{ja: "このボタンは、もう使えません", en: "This button no longer works"}
	tcUselessText  = text{ja: "すでに終わった手続きか、古いお知らせのボタンです。お知らせは「%s」で確認できます。", en: "What it was for is over, or the message is old. Send \"%s\" to see your alerts."}
	tcOwnerOnly    = text{ja: "この操作は、口座のご本人だけができます", en: "Only the owner of the account can do this"}
	tcOwnerOnlyTxt = text{ja: "ご本人に、お知らせのボタンを押すよう伝えてください。", en: "Please ask them to press the button in their own alert."}
	tcNone         = text{ja: "つながっている口座がありません", en: "No account is connected"}
	tcNoneText     = text{ja: "始めるには、口座のある銀行で登録コードを受け取り、このトークに送ってください。", en: "To begin, get a code from your bank and send it here."}
)

// Guide says what the chat can do.
func Guide(lang watch.Lang) message.Message {
	lang = langOf(lang)
	m := chat(lang, tcGuideTitle.in(lang), tcGuideTitle.in(lang), tcGuideText.in(lang), tcGuideRanks.in(lang, tUrgent.in(lang), tCheck.in(lang), tNotice.in(lang)))
	_, language := other(lang)
	m.Facts, m.Choices = guideFacts(lang), choices(lang, CmdList, CmdTrouble, CmdStop, CmdFamily, CmdConnect, language) // leaving is named above, and in no prime place
	return m
}

// NotUnderstood answers what the chat cannot make sense of: with what the chat can
// do, and never with silence.
func NotUnderstood(lang watch.Lang) message.Message {
	m := Guide(lang)
	m.Alt, m.Title = tcNotUnder.in(langOf(lang)), tcNotUnder.in(langOf(lang))
	m.Choices = choices(lang, CmdNotMe, CmdPhone, CmdGuide, CmdList)
	return m
}

// NotYet says plainly that a command is known and does nothing yet.
func NotYet(lang watch.Lang, c Command) message.Message {
	lang = langOf(lang)
	m := Guide(lang)
	m.Alt, m.Title, m.Text = tcNotYetAlt.in(lang), tcNotYet.in(lang, Word(lang, c)), []string{tcNotYetText.in(lang)}
	return m
}

// Useless answers a button whose time is over.
func Useless(lang watch.Lang) message.Message {
	lang = langOf(lang)
	m := chat(lang, tcUseless.in(lang), tcUseless.in(lang), tcUselessText.in(lang, Word(lang, CmdList)))
	m.Choices = choices(lang, CmdList, CmdTrouble)
	return m
}

// OwnerOnly refuses a guardian what only the owner may do.
func OwnerOnly(lang watch.Lang) message.Message {
	lang = langOf(lang)
	return chat(lang, tcOwnerOnly.in(lang), tcOwnerOnly.in(lang), tcOwnerOnlyTxt.in(lang))
}

// NotConnected answers somebody who watches no account.
func NotConnected(lang watch.Lang) message.Message {
	lang = langOf(lang)
	m := chat(lang, tcNone.in(lang), tcNone.in(lang), tcNoneText.in(lang))
	m.Choices = choices(lang, CmdConnect, CmdTrouble)
	return m
}

// Named is somebody to call, by name.
type Named struct {
	Name    string
	Contact Contact
}

// TroubleFacts is what to do now is worded from.
type TroubleFacts struct {
	Lang watch.Lang
	// Bank and Services come first; Banks are further banks of the person.
	// Names may be empty, and numbers only ever come from a source.
	Bank            Named
	Services, Banks []Named
	None            bool // the reader watches no account
	Guardian        bool // the reader watches only for others
}

var (
	tcTroubleTitle = text{ja: "身に覚えのないことがあったら", en: "If something was not you"}
	tcTroubleText  = text{ja: "「%s」を押すか送信すると、まだ回答していないお知らせを表示します。そこで回答すると、銀行にすぐ伝わります。あわせて、次のことを順にお願いします。", en: "Press or send \"%s\" to see what you have not answered yet, and answer it there: the bank is told at once. Please also do the following, in this order."}
	tcTroubleNone  = text{ja: "口座がつながっていないため、口座守から銀行へは伝えられません。次のことを順にお願いします。", en: "No account is connected, so we cannot tell a bank for you. Please do the following, in this order."}
	tcTroublePage  = text{ja: "身に覚えのないお知らせを開いて「%s」と回答すると、銀行にすぐ伝わります。あわせて、次のことを順にお願いします。", en: "Open the alert and answer \"%s\" there: the bank is told at once. Please also do the following, in this order."}
)

// Trouble says what to do now, in the order that helps.
func Trouble(f TroubleFacts) message.Message {
	lang := langOf(f.Lang)
	m := chat(lang, tcTroubleTitle.in(lang), tcTroubleTitle.in(lang), tcTroubleText.in(lang, tNotMine.in(lang)))
	m.Steps = toDo{lang, false, f.Guardian, f.Bank, f.Services}.steps()
	for _, b := range f.Banks {
		if b.Contact.Phone != "" {
			m.Facts = append(m.Facts, message.Fact{Label: b.Name, Value: b.Contact.Phone})
		}
	}
	m.Foot, m.Choices = tNeverPIN.in(lang), choices(lang, CmdNotMe, CmdPhone, CmdList, CmdGuide)
	if f.None {
		m.Text, m.Choices = []string{tcTroubleNone.in(lang)}, choices(lang, CmdConnect, CmdPhone, CmdGuide)
	}
	return m
}
