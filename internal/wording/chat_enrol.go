package wording

import (
	"time"

	"kozamori/internal/message"
	"kozamori/internal/quote"
	"kozamori/internal/watch"
)

// ChatAccount is an account as the chat speaks of it.
type ChatAccount struct {
	BankName string // in the reader's language
	Mask     quote.Text
	Watcher  string // id of the watcher who reads this
	Since    time.Time
	Guardian bool // the reader watches it for somebody else
	// Guardians tells that others watch only because this person does.
	Guardians bool
	Erasable  bool // the reader is its only owner, who may have it erased
	// Step is the step by which the reader leaves, if they can take it back.
	Step string
}

func (a ChatAccount) name() string { return Account(a.BankName, a.Mask) }

func accountFacts(lang watch.Lang, accounts []ChatAccount) []message.Fact {
	var out []message.Fact
	for _, a := range accounts {
		if n := a.name(); n != "" {
			out = append(out, message.Fact{Label: tFactAccount.in(lang), Value: n})
		}
	}
	return out
}

var (
	tcWelcome      = text{ja: "友だち追加、ありがとうございます", en: "Thank you for adding Kozamori"}
	tcWelcomeText  = text{ja: "口座守は、銀行口座から決済サービスによる引き落としがあったとき、すぐにお知らせします。身に覚えがなければ、ボタンひとつで銀行に伝わります。", en: "Kozamori tells you at once when a payment service takes money from your bank account. If it was not you, one button tells the bank."}
	tcWelcomeHow   = text{ja: "始めるには、口座のある銀行で登録コード（英数字%[1]d文字）を受け取り、このトークに送ってください。コードは%[2]s間だけ使えます。", en: "To begin, get a code of %[1]d letters and digits from your bank and send it here. It works for %[2]s."}
	tcConnectTitle = text{ja: "口座のつなぎ方", en: "How to connect an account"}
	tcBack         = text{ja: "おかえりなさい。見守りを再開します", en: "Welcome back. We are watching again"}
	tcBackText     = text{ja: "お休みのあいだのお知らせは、「%s」で確認できます。", en: "Send \"%s\" to see the alerts of the time you were away."}

	tcConnected   = text{ja: "口座の見守りを始めました", en: "We are watching your account"}
	tcConnAlready = text{ja: "この口座は、すでに見守っています", en: "We are watching this account already"}
	tcConnWhen    = text{ja: "次のときに、すぐこのLINEでお知らせします。", en: "We tell you here at once when:"}
	tcWhenLink    = text{ja: "・決済サービスに、チャージ用として口座が登録されたとき", en: "- a new charge link (a payment service that may draw money) is registered"}
	tcWhenService = text{ja: "・PayPayなどの決済サービスによる引き落としがあったとき（%s以上）", en: "- a payment service such as PayPay takes money (%s or more)"}
	tcWhenAny     = text{ja: "・%s以上の引き落としがあったとき", en: "- any debit is %s or more"}
	tcWhenPattern = text{ja: "・短い時間に引き落としが続くなど、注意が必要なとき", en: "- something looks wrong, such as several debits in a short time"}
	tcConnAnswer  = text{ja: "身に覚えのないお知らせが届いたら、「%[1]s」を押してください。%[2]sにすぐ伝わります。", en: "If you do not recognise an alert, press \"%[1]s\": %[2]s is told at once."}
	tcConnMail    = text{ja: "LINEで届かないときは、銀行に届け出のメールアドレスにお知らせします。", en: "If LINE does not reach you, we write to the email address that your bank has."}
	tcConnStop    = text{ja: "しばらく休むときは「%[1]s」、やめるときは「%[2]s」と送ってください。いつでもやめられます。", en: "Send \"%[1]s\" to pause, or \"%[2]s\" to end it. You can leave at any time."}

	tcCodeWrong   = text{ja: "この登録コードは使えません", en: "This code does not work"}
	tcCodeWrongTx = text{ja: "文字に間違いがないか、もう一度お確かめください。すでに使われたコードは使えません。", en: "Please check each letter. A code that was used before does not work again."}
	tcCodeTries   = text{ja: "続けて間違えると、しばらくお使いいただけなくなります。分からないときは、銀行で新しいコードを受け取ってください。", en: "After several wrong codes you have to wait. If unsure, get a new code from your bank."}
	tcCodeOver    = text{ja: "この登録コードは、時間が過ぎて使えなくなりました", en: "This code is too old"}
	tcCodeOverTx  = text{ja: "お手数ですが、銀行で新しいコードを受け取り、%s以内に送ってください。", en: "Please get a new code from your bank and send it within %s."}
	tcLocked      = text{ja: "しばらく、登録コードをお使いいただけません", en: "Please wait before you send another code"}
	tcLockedTx    = text{ja: "間違いが続いたため、安全のために止めています。%sを過ぎてから、もう一度お送りください。", en: "There were too many wrong codes, so we have stopped to be safe. Please try again after %s."}
	tcFull        = text{ja: "この口座には、これ以上見守る人を増やせません", en: "Nobody else can watch this account"}
	tcFullTx      = text{ja: "すでに%d人が見守っています。どなたかが見守りをやめてから、もう一度お試しください。", en: "It has %d watchers already. Please try again after one of them has left."}
	tcAltCode     = text{ja: "登録コードについて", en: "About your code"}
)

// Welcome greets somebody who added the LINE account: how to connect, or, for
// somebody who comes back, what is watched.
func Welcome(lang watch.Lang, accounts []ChatAccount, c ConsentFacts) message.Message {
	lang = langOf(lang)
	if len(accounts) > 0 {
		m := chat(lang, tcBack.in(lang), tcBack.in(lang), tcBackText.in(lang, Word(lang, CmdList)))
		m.Facts, m.Choices = accountFacts(lang, accounts), choices(lang, CmdList, CmdTrouble, CmdGuide)
		return m
	}
	m := chat(lang, tcWelcome.in(lang), tcWelcome.in(lang), tcWelcomeText.in(lang), tcWelcomeHow.in(lang, watch.CodeLen, minutes(watch.CodeFor)))
	c.onLINE(lang, &m, tConsSend.in(lang))
	_, language := other(lang)
	m.Foot, m.Choices = tNeverPIN.in(lang), choices(lang, CmdConnect, CmdTrouble, CmdGuide, language)
	return m
}

// HowToConnect says how to connect an account, or one more: by a code, or at
// the banks that offer it.
func HowToConnect(lang watch.Lang, accounts []ChatAccount, links []BankLink, c ConsentFacts) message.Message {
	lang = langOf(lang)
	m := chat(lang, tcConnectTitle.in(lang), tcConnectTitle.in(lang), tcWelcomeHow.in(lang, watch.CodeLen, minutes(watch.CodeFor)))
	m.Facts, m.Foot = accountFacts(lang, accounts), tNeverPIN.in(lang)
	addLinks(&m, lang, links)
	c.onLINE(lang, &m, tConsSend.in(lang))
	return m
}

// ConnectedFacts is what is said to somebody whose account is connected.
type ConnectedFacts struct {
	Lang     watch.Lang
	Accounts []ChatAccount // of one bank
	Rules    watch.Rules
	Mail     bool // a mail address is a further channel
	Already  bool // they were connected before
	Consent  ConsentFacts
}

// Connected says what will be reported, what to do then, how to stop, and what is
// agreed to by going on: who sends a code may have seen no other message of ours.
func Connected(f ConnectedFacts) message.Message {
	lang := langOf(f.Lang)
	title := pick(f.Already, tcConnAlready, tcConnected).in(lang)
	m := chat(lang, title, title, tcConnWhen.in(lang))
	bank := tTheBank.in(lang)
	for _, a := range f.Accounts {
		bank = orElse(a.BankName, bank)
	}
	m.Facts = accountFacts(lang, f.Accounts)
	say := func(when bool, t text, args ...any) {
		if when {
			m.Text = append(m.Text, t.in(lang, args...))
		}
	}
	m.Text = append(m.Text, told(lang, &f.Rules)...)
	say(true, tcConnAnswer, tNotMine.in(lang), bank)
	say(f.Mail, tcConnMail)
	say(true, tcConnStop, Word(lang, CmdStop), Word(lang, CmdLeave))
	if !f.Already {
		f.Consent.onLINE(lang, &m, tConsGoOn.in(lang, Word(lang, CmdLeave)))
	}
	m.Foot, m.Choices = tNeverPIN.in(lang), choices(lang, CmdList, CmdTrouble, CmdGuide)
	return m
}

// CodeWrong answers a code that binds nothing.
func CodeWrong(lang watch.Lang) message.Message {
	lang = langOf(lang)
	return chat(lang, tcAltCode.in(lang), tcCodeWrong.in(lang), tcCodeWrongTx.in(lang), tcCodeTries.in(lang))
}

// CodeExpired answers a code whose time is over.
func CodeExpired(lang watch.Lang) message.Message {
	lang = langOf(lang)
	return chat(lang, tcAltCode.in(lang), tcCodeOver.in(lang), tcCodeOverTx.in(lang, minutes(watch.CodeFor)))
}

// CodeLocked asks somebody with too many wrong codes to wait.
func CodeLocked(lang watch.Lang, until, now time.Time) message.Message {
	lang = langOf(lang)
	// Times are written to the minute: the next one is safe to say.
	return chat(lang, tcAltCode.in(lang), tcLocked.in(lang), tcLockedTx.in(lang, Time(lang, until.Add(time.Minute-1), now)))
}

// CodeFull says that an account has all the watchers it can have.
func CodeFull(lang watch.Lang) message.Message {
	lang = langOf(lang)
	return chat(lang, tcAltCode.in(lang), tcFull.in(lang), tcFullTx.in(lang, watch.MaxWatchers))
}
