package wording

import (
	"time"

	"kozamori/internal/button"
	"kozamori/internal/message"
	"kozamori/internal/quote"
	"kozamori/internal/watch"
)

// ControlFacts is what is said of something that a bank was asked to stop, at one of its
// changes. It never says that something is stopped before the bank has said so.
type ControlFacts struct {
	Lang     watch.Lang
	Account  ChatAccount // whose bank it is; Guardian tells that the reader watches for somebody else
	Bank     Contact
	Service  string // of StopService, in the reader's language; empty if it is not known
	Is       watch.ControlStep
	At       time.Time // when the change was made
	By       string    // who made it, for those who did not; empty for none
	Since    time.Time // from when on it is stopped, of a page
	HideYen  bool
	Again    bool   // the reader may ask for it once more
	Step     string // of the trail, with which they do
	Link     string // of the page on which they do
	ByMail   bool   // it goes out as a mail, which has links alone
	Standing bool   // it stands already: nothing was changed
	Now      time.Time
}

var (
	tStopService = text{ja: "%sの引き落とし", en: "Debits by %s"}
	tStopUnknown = text{ja: "このサービスの引き落とし", en: "Debits by this service"}
	tStopLinks   = text{ja: "決済サービスへの新しい登録", en: "New links to payment services"}
	tStopDebits  = text{ja: "自動の引き落としすべて（口座振替を含む）", en: "All automatic debits, bills included"}
	tStopAbove   = text{ja: "決済サービスの引き落としのうち、上限を超えるもの", en: "Debits by payment services above a limit"}

	tCtlWhat   = text{ja: "止めたいもの", en: "To be stopped"}
	tCtlUntil  = text{ja: "期限", en: "Until"}
	tCtlCharge = text{ja: "引き落としごとの上限", en: "Most per debit"}
	tCtlMonth  = text{ja: "月ごとの上限", en: "Most per month"}
	tCtlHidden = text{ja: "金額は表示していません", en: "Amounts are not shown"}
	tCtlState  = text{ja: "状況", en: "Status"}
	tCtlSince  = text{ja: "停止した日時", en: "Stopped since"}
	tCtlNumber = text{ja: "手続きの番号", en: "Request number"}
	tCtlBy     = text{ja: "頼んだ人", en: "Asked by"}

	tCtlAltAsked  = text{ja: "銀行に停止を頼みました", en: "The bank was asked to stop something"}
	tCtlAltAnswer = text{ja: "【お知らせ】停止について、銀行から返事がありました", en: "[Notice] The bank answered about a stop"}
	tCtlAltBack   = text{ja: "【お知らせ】銀行への停止の依頼が取り下げられました", en: "[Notice] A stop was taken back"}
	tCtlAltOver   = text{ja: "【お知らせ】停止が終わりました", en: "[Notice] A stop is over"}
	tCtlAltLate   = text{ja: "【お知らせ】停止について、銀行の返事がまだありません", en: "[Notice] The bank has not answered about a stop"}

	tCtlAsked      = text{ja: "%sに停止を頼みました。まだ止まっていません", en: "%s was asked to stop this. It is not stopped yet"}
	tCtlAskedStand = text{ja: "%sにはすでに停止を頼んでいます。まだ止まっていません", en: "%s has been asked to stop this already. It is not stopped yet"}
	tCtlAskedMore  = text{ja: "%sに停止を頼み、返事を待っています", en: "%s was asked for this, and has not answered yet"}
	tCtlAskedText  = text{ja: "銀行から返事が来たら、すぐにお知らせします。%s以内に返事がないときも、お知らせします。", en: "We tell you as soon as the bank answers, and also if it does not within %s."}
	tCtlApplied    = text{ja: "%sが停止しました", en: "%s has stopped this"}
	tCtlIsApplied  = text{ja: "%sがすでに停止しています", en: "%s has stopped this already"}
	tCtlRefused    = text{ja: "%sから、停止できないという返事がありました", en: "%s says that it cannot stop this"}
	tCtlNotOffered = text{ja: "%sは、この口座ではこの停止を受け付けていません", en: "%s does not offer this for the account"}
	tCtlNotStopped = text{ja: "止まっていません。止めたいときは、銀行に電話してください。", en: "It is not stopped. To have it stopped, call the bank."}
	tCtlStill      = text{ja: "前に止めたものは、そのまま止まっています。", en: "What was stopped before is stopped still."}
	tCtlBack       = text{ja: "停止をやめるよう、%sに頼みました", en: "%s was asked to stop this no longer"}
	tCtlBackText   = text{ja: "銀行が解除するまでは、止まったままのことがあります。だれかに言われて取り下げたときは、もう一度停止を頼み、銀行に電話してください。", en: "It may stay stopped until the bank lifts it. If somebody told you to do this, ask for the stop again and call the bank."}
	tCtlLifted     = text{ja: "%sが停止を解除しました。もう止まっていません", en: "%s has lifted it. It is no longer stopped"}
	tCtlKept       = text{ja: "%sから、停止を解除できないという返事がありました", en: "%s says that it cannot lift the stop"}
	tCtlKeptText   = text{ja: "解除したいときは、銀行に電話してください。", en: "To have it lifted, call the bank."}
	tCtlEnded      = text{ja: "停止の期限になりました。もう止まっていません", en: "The time of the stop is over. It is no longer stopped"}
	tCtlLate       = text{ja: "停止について、%sからまだ返事がありません", en: "%s has not answered about the stop yet"}
	tCtlLateText   = text{ja: "止まったかどうかは分かりません。止まっていないものとして、銀行に電話してください。", en: "We do not know whether it is stopped. Take it as not stopped, and call the bank."}
	tCtlLateMore   = text{ja: "今回頼んだことが受け付けられたかどうかは分かりません。急ぐときは、銀行に電話してください。", en: "We do not know whether the bank has taken what was asked now. If it is urgent, call the bank."}
	tCtlLateBack   = text{ja: "解除されたかどうかは分かりません。急ぐときは、銀行に電話してください。", en: "We do not know whether it has been lifted. If it is urgent, call the bank."}
	tCtlCall       = text{ja: "%sに電話し、手続きの番号を伝えてください。", en: "Call %s and give the request number."}
	tCtlCallFind   = text{ja: "%sに連絡し、手続きの番号を伝えてください。電話番号は、通帳やキャッシュカードの裏にあります。", en: "Contact %s and give the request number. The phone number is on your passbook or bank card."}
	tCtlAgain      = text{ja: "もう一度停止を頼む", en: "Ask for the stop again"}
	tCtlAgainFor   = text{ja: "%d日のあいだ、「%s」を押すだけで頼めます。", en: "For %d days one press of \"%s\" does that."}
)

func (f *ControlFacts) lang() watch.Lang { return langOf(f.Lang) }
func (f *ControlFacts) bank() string     { return orElse(f.Account.BankName, tTheBank.in(f.lang())) }

// what names it in a few words.
func (f *ControlFacts) what() string {
	lang := f.lang()
	switch f.Is.Kind {
	case watch.StopService:
		if f.Service == "" {
			return tStopUnknown.in(lang)
		}
		return tStopService.in(lang, f.Service)
	case watch.StopLinks:
		return tStopLinks.in(lang)
	case watch.StopDebits:
		return tStopDebits.in(lang)
	}
	return tStopAbove.in(lang)
}

func (f *ControlFacts) facts() []message.Fact {
	lang := f.lang()
	out := []message.Fact{{Label: tCtlWhat.in(lang), Value: f.what()}}
	if u := f.Is.Terms.Until; !u.IsZero() {
		out = append(out, message.Fact{Label: tCtlUntil.in(lang), Value: Time(lang, u, f.Now)})
	}
	for _, l := range []struct {
		label text
		yen   int64
	}{{tCtlCharge, f.Is.Terms.PerCharge}, {tCtlMonth, f.Is.Terms.PerMonth}} {
		if l.yen > 0 {
			value := Yen(lang, l.yen)
			if f.HideYen {
				value = tCtlHidden.in(lang)
			}
			out = append(out, message.Fact{Label: l.label.in(lang), Value: value})
		}
	}
	out = append(out, accountFacts(lang, []ChatAccount{f.Account})...)
	out = append(out, message.Fact{Label: tStepWhen.in(lang), Value: Time(lang, f.At, f.Now)})
	if f.By != "" {
		out = append(out, message.Fact{Label: tCtlBy.in(lang), Value: f.By})
	}
	return append(out, message.Fact{Label: tCtlNumber.in(lang), Value: f.Is.Reference})
}

// Control tells of a change of something that a bank was asked to stop, or how it stands.
func Control(f ControlFacts) message.Message {
	lang := f.lang()
	m := chat(lang, tCtlAltAnswer.in(lang), tCtlRefused.in(lang, f.bank()))
	m.Tone, m.Badge, m.Facts = message.Notice, tNotice.in(lang), f.facts()
	words := bankNote(lang, f.bank(), f.Is.Text, f.HideYen, false)
	calls := true
	title := func(say text) { m.Title = say.in(lang, f.bank()) }
	add := func(say text, args ...any) { m.Text = append(m.Text, say.in(lang, args...)) }
	switch f.Is.State {
	case watch.ControlRequested:
		m.Alt, calls = tCtlAltAsked.in(lang), false
		switch {
		case f.Is.Stands:
			title(tCtlAskedMore)
		case f.Standing:
			title(tCtlAskedStand)
		default:
			title(tCtlAsked)
		}
		add(tCtlAskedText, minutes(watch.ControlAnswerFor))
		m.Tone, m.Badge = message.Calm, tInfo.in(lang)
	case watch.ControlApplied:
		calls = false
		title(pick(f.Standing, tCtlIsApplied, tCtlApplied))
		m.Text = words
	case watch.ControlRefused:
		m.Text = words
		add(pick(f.Is.Stands, tCtlStill, tCtlNotStopped))
	case watch.ControlNotOffered:
		title(tCtlNotOffered)
		m.Text = words
		add(tCtlNotStopped)
	case watch.ControlWithdrawn:
		m.Alt, calls = tCtlAltBack.in(lang), false
		title(tCtlBack)
		add(tCtlBackText)
	case watch.ControlLifted:
		m.Alt, calls = tCtlAltOver.in(lang), false
		title(tCtlLifted)
		m.Text = words
	case watch.ControlKept:
		title(tCtlKept)
		m.Text = words
		add(tCtlKeptText)
	case watch.ControlEnded:
		m.Alt, m.Title, calls = tCtlAltOver.in(lang), tCtlEnded.in(lang), false
	case watch.ControlUnanswered:
		m.Alt = tCtlAltLate.in(lang)
		title(tCtlLate)
		add(pick(f.Is.Asked == watch.ControlWithdrawn, tCtlLateBack, pick(f.Is.Stands, tCtlLateMore, tCtlLateText)))
	}
	if f.Is.State != watch.ControlRefused && f.Is.State != watch.ControlApplied && f.Is.Stands && f.Is.Asked == watch.ControlRequested {
		add(tCtlStill)
	}
	if calls {
		m.Steps = []message.Step{callStep(lang, pick(f.Bank.Phone == "", tCtlCallFind, tCtlCall), f.bank(), f.Bank)}
	}
	return f.again(m)
}

// again adds the way back.
func (f *ControlFacts) again(m message.Message) message.Message {
	lang := f.lang()
	lowers := f.Is.State == watch.ControlWithdrawn || f.Is.State == watch.ControlLifted
	if !f.Again || !lowers {
		return m
	}
	label := tCtlAgain.in(lang)
	m.Text = append(m.Text, tCtlAgainFor.in(lang, watch.RestoreDays, label))
	if f.Step != "" && !f.ByMail {
		m.Buttons = append(m.Buttons, message.Button{Label: label, Display: saidOf(lang, label, f.Account.name()), Style: message.Danger,
			Postback: button.Press{Verb: button.Restore, Step: f.Step, Watcher: f.Account.Watcher}.Data()})
	}
	if f.Link != "" && f.ByMail {
		m.Buttons = append(m.Buttons, message.Button{Label: label, Style: message.Danger, URL: f.Link})
	}
	return m
}

// ControlAgainPage asks whether to ask for a stop once more that was taken back.
func ControlAgainPage(f ControlFacts, may bool) message.Page {
	lang := f.lang()
	m := Control(f)
	m.Buttons, m.Tone, m.Badge = nil, "", ""
	p := plainPage(lang, tCtlPage, tCtlRefused)
	p.Parts[0].Message = m
	if may {
		p.Parts[0].Forms = []message.Form{{Do: DoRestore, Label: tCtlAgain.in(lang), Style: message.Danger,
			Fields: []message.Field{{Kind: message.FieldHidden, Name: StepField, Value: f.Step}}}}
	}
	return p
}

var tCtlPage = text{ja: "口座守：銀行に止めてもらう", en: "Kozamori: have the bank stop it"}

// bankSaid are the bank's words as a page shows them.
func (f *ControlFacts) bankSaid(said quote.Text) []string {
	return bankNote(f.lang(), f.bank(), said, f.HideYen, true)
}
