package wording

import (
	"strings"

	"kozamori/internal/message"
	"kozamori/internal/token"
	"kozamori/internal/watch"
)

var (
	tcPhone = text{ja: "電話番号", en: "phone numbers"}

	tcStopTitle  = text{ja: "お金を止めるには", en: "To stop the money"}
	tcStopText   = text{ja: "口座守が口座や引き落としを直接止めることはできません。止められるのは銀行と決済サービスです。次の順に、すぐ連絡してください。", en: "Kozamori cannot stop your account or a debit itself: your bank and the payment service can. Please contact them now, in this order."}
	tcStopReport = text{ja: "身に覚えのない引き落としは、「%s」を押すか送信して、お知らせに回答すると、銀行に報告できます。", en: "To report a debit that was not you to the bank, press or send \"%s\" and answer its alert."}
	tcStopPause  = text{ja: "お知らせのほうを休むときは「%s」と送ってください。", en: "To pause our alerts instead, send \"%s\"."}

	tcCallTitle   = text{ja: "連絡先", en: "Whom to call"}
	tcCallText    = text{ja: "身に覚えのない引き落としがあるときは、まず銀行に電話してください。", en: "If a debit was not you, call the bank first."}
	tcCallBank    = text{ja: "%s", en: "%s"}
	tcCallNone    = text{ja: "%s：電話番号は、通帳やキャッシュカードの裏にあります。", en: "%s: the number is on your passbook or the back of your card."}
	tcCallApp     = text{ja: "%s：電話番号は、アプリや公式サイトの「お問い合わせ」で確認してください。", en: "%s: find the number under \"contact\" in its app or on its official site."}
	tcCallPolice  = text{ja: "警察の相談専用電話（%s）", en: "The police consultation line (%s)"}
	tcCallConsume = text{ja: "消費者ホットライン（%s）", en: "The consumer hotline (%s)"}

	tcBalance     = text{ja: "残高は、口座守には分かりません", en: "Kozamori does not know your balance"}
	tcBalanceText = text{ja: "口座守が銀行から受け取るのは、引き落としと登録の知らせだけです。残高は、銀行のアプリやATM、通帳でご確認ください。", en: "Your bank tells us only of debits and links. Please see the balance in your bank's app, at an ATM or in your passbook."}

	tcWelcomed     = text{ja: "どういたしまして", en: "You are welcome"}
	tcWelcomedText = text{ja: "これからも口座を見守ります。", en: "We go on watching your account."}

	tcTakeNone     = text{ja: "取り消せる回答はありません", en: "There is no answer to take back"}
	tcTakeNoneText = text{ja: "この%[1]d日間に回答したお知らせは見つかりませんでした。お知らせは「%[2]s」で確認できます。", en: "We found no alert that you answered in the last %[1]d days. Send \"%[2]s\" to see your alerts."}

	tcCodeEmpty   = text{ja: "コードがまだ書かれていません", en: "There is no code yet"}
	tcCodeShort   = text{ja: "コードの文字が%d文字足りません", en: "Characters missing from the code: %d"}
	tcCodeLong    = text{ja: "コードの文字が%d文字多いようです", en: "Characters too many in the code: %d"}
	tcCodeLetter  = text{ja: "コードに使われない文字があります：%s", en: "Codes do not have these characters: %s"}
	tcCodeSlipTxt = text{ja: "コードは%d文字です（ハイフンは数えません）。受け取ったコードを確認して、もう一度送ってください。", en: "The code has %d characters, not counting hyphens. Please check it and send it again."}
	tcCodeNoTries = text{ja: "今回は、間違いの回数に数えていません。", en: "This did not count as a wrong code."}
	tcCodeLooks   = text{ja: "コードには、見間違えやすい文字（%s）は使われません。似た文字でないか、確かめてください。", en: "Codes never have characters that are easily mistaken (%s). Please look for ones that are alike."}
)

// StopMoney answers somebody who wants money to stop: who can do that, and how
// to report.
func StopMoney(f TroubleFacts) message.Message {
	lang := langOf(f.Lang)
	m := Trouble(f)
	m.Alt, m.Title = tcStopTitle.in(lang), tcStopTitle.in(lang)
	m.Text = []string{tcStopText.in(lang), tcStopReport.in(lang, tNotMine.in(lang)), tcStopPause.in(lang, Word(lang, CmdStop))}
	m.Choices = choices(lang, CmdNotMe, CmdPhone, CmdStop)
	if f.None {
		m.Text, m.Choices = []string{tcStopText.in(lang)}, choices(lang, CmdConnect, CmdPhone, CmdGuide)
	}
	return m
}

// WhomToCall lists the numbers of the person's banks, of the services of their
// latest incident, and the national ones. Where none is known it says where one
// stands.
func WhomToCall(f TroubleFacts) message.Message {
	lang := langOf(f.Lang)
	m := chat(lang, tcCallTitle.in(lang), tcCallTitle.in(lang), tcCallText.in(lang))
	f.Bank.Name = orElse(f.Bank.Name, tTheBank.in(lang))
	for _, b := range append([]Named{f.Bank}, f.Banks...) {
		m.Steps = append(m.Steps, callOr(lang, b, tcCallNone))
	}
	for _, s := range f.Services {
		if s.Name != "" {
			m.Steps = append(m.Steps, callOr(lang, s, tcCallApp))
		}
	}
	m.Steps = append(m.Steps, message.Step{Text: tcCallPolice.in(lang, PoliceTel)}, message.Step{Text: tcCallConsume.in(lang, ConsumerTel), Tel: ConsumerTel})
	m.Foot, m.Choices = tNeverPIN.in(lang), choices(lang, CmdNotMe, CmdTrouble, CmdGuide)
	return m
}

// callOr names a number, or says where it stands.
func callOr(lang watch.Lang, n Named, without text) message.Step {
	if n.Contact.Phone == "" {
		return message.Step{Text: without.in(lang, n.Name)}
	}
	return callStep(lang, tcCallBank, n.Name, n.Contact)
}

// NoBalance says that a balance is not known here.
func NoBalance(lang watch.Lang) message.Message {
	lang = langOf(lang)
	m := chat(lang, tcBalance.in(lang), tcBalance.in(lang), tcBalanceText.in(lang))
	m.Choices = choices(lang, CmdRecent, CmdPhone, CmdGuide)
	return m
}

// Welcomed answers thanks.
func Welcomed(lang watch.Lang) message.Message {
	lang = langOf(lang)
	m := chat(lang, tcWelcomed.in(lang), tcWelcomed.in(lang), tcWelcomedText.in(lang))
	m.Choices = choices(lang, CmdList, CmdNotMe, CmdGuide)
	return m
}

// NothingToTakeBack answers somebody who takes back an answer and gave none in
// so many days.
func NothingToTakeBack(lang watch.Lang, days int) message.Message {
	lang = langOf(lang)
	m := chat(lang, tcTakeNone.in(lang), tcTakeNone.in(lang), tcTakeNoneText.in(lang, days, Word(lang, CmdList)))
	m.Choices = choices(lang, CmdList, CmdNotMe, CmdGuide)
	return m
}

// CodeSlipped tells what is wrong with what was meant as a code of so many
// characters and cannot be one: how many are missing (below 0: too many), and
// which characters no code has.
func CodeSlipped(lang watch.Lang, length, missing int, letters string) message.Message {
	lang = langOf(lang)
	title := CodeSlip(lang, missing, letters)
	m := chat(lang, tcAltCode.in(lang), title, tcCodeSlipTxt.in(lang, length))
	if letters != "" {
		m.Text = append(m.Text, tcCodeLooks.in(lang, never()))
	}
	m.Text = append(m.Text, tcCodeNoTries.in(lang))
	m.Choices = choices(lang, CmdConnect, CmdPhone, CmdGuide)
	return m
}

// CodeSlip says in a line what CodeSlipped tells. All missing: there is none.
func CodeSlip(lang watch.Lang, missing int, letters string) string {
	lang = langOf(lang)
	switch {
	case missing == watch.CodeLen && letters == "":
		return tcCodeEmpty.in(lang)
	case missing > 0:
		return tcCodeShort.in(lang, missing)
	case missing < 0:
		return tcCodeLong.in(lang, -missing)
	}
	return tcCodeLetter.in(lang, letters)
}

// never are the characters that no code has.
func never() string {
	var out []string
	for _, c := range strings.Split("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", "") {
		if !strings.Contains(token.Letters, c) {
			out = append(out, c)
		}
	}
	return strings.Join(out, " ")
}
