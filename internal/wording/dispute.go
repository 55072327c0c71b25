package wording

import (
	"slices"
	"time"

	"kozamori/internal/button"
	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// DisputeFacts is what is said about a dispute. Like AlertFacts it holds only
// what is stored, so that the same delivery always reads the same.
type DisputeFacts struct {
	Lang        watch.Lang
	Dispute     *watch.Dispute
	Watcher     string // id of the watcher who reads this
	Guardian    bool   // the watcher is not the owner of the account
	ServiceName string // in the reader's language; empty if unknown
	BankName    string // the same
	Bank        Contact
	Service     Contact
	// ServiceOf names the other services of a report; nil if there are none.
	ServiceOf  func(id string) (string, Contact)
	HideAmount bool
	Family     []watch.Watcher // who watch the account, as its owners know them; nil for others
	Several    bool            // the reader watches other accounts, too
	Unasked    bool            // no message with buttons was sent to the reader: the page asks them
	// Recognised is what was called the person's own while the rest was reported,
	// which can still be added; nil if nothing was.
	Recognised *watch.Total
	Record     string // the incident that Recognised is of
	// Silenced is what a trust of the reader had kept from them, which can be
	// reported as well, and SilencedIn its incident; nil if nothing was.
	Silenced   *watch.Total
	SilencedIn string
	Since      Since // for DisputeOpened: what it took in that was not shown
	SaidMine   bool  // for DisputeAlready: its reader has said that it was theirs
	// At is when it is told, for the days that are left to claim the loss; zero is when
	// it was answered.
	At time.Time
	// UndoUntil is the end of the time in which the answer can be taken back;
	// zero leaves the button out.
	UndoUntil time.Time
	// Stops are the services whose debits the bank can be asked to stop, with one press.
	Stops  []Choice
	Change watch.DisputeChange // for DisputeStatus: the bank's change to tell
	Link   string              // page of the alert; empty leaves the button out
}

func (f *DisputeFacts) lang() watch.Lang { return langOf(f.Lang) }

func (f *DisputeFacts) bank() string { return orElse(f.BankName, tTheBank.in(f.lang())) }

// PoliceTel and ConsumerTel are the national numbers that are the same for
// everybody: the police consultation line and the consumer hotline (National
// Police Agency, Consumer Affairs Agency).
const (
	PoliceTel   = "#9110"
	ConsumerTel = "188"
)

var (
	tAltDispute        = text{ja: "「身に覚えがない」を受け付けました", en: "We have your report"}
	tAltWithdrawn      = text{ja: "「身に覚えがない」を取り消しました", en: "The report was withdrawn"}
	tAltStatus         = text{ja: "【お知らせ】銀行から対応の連絡がありました", en: "[Notice] News from the bank about your report"}
	tDisputeOpened     = text{ja: "お申し出を受け付けました。受付番号：", en: "We have your report. This is its number"}
	tDisputeOpenedText = text{ja: "%sにすぐ伝えます。被害が広がらないよう、続けて次の順にお願いします。", en: "We are telling %s now. To prevent further loss, please also do the following, in this order."}
	tDisputeAlready    = text{ja: "このお申し出は、すでに受け付けています。受付番号：", en: "We already have this report. This is its number"}
	tDisputeAlreadyTxt = text{ja: "もう一度押しても、受付はひとつのままです。", en: "Answering again changes nothing: there is one report."}
	tAltKept           = text{ja: "お申し出はそのままです", en: "Your report still stands"}
	tKept              = text{ja: "お申し出は、そのままです。受付番号：", en: "Your report still stands. This is its number"}
	tKeptText          = text{ja: "心当たりがあるときは、「取り消す」を押してください。押すまで、お申し出はそのままです。", en: "If it is recognised after all, press \"Undo\". Until then the report stands."}
	tKeptBank          = text{ja: "心当たりがあるときは、銀行に受付番号を伝えてください。", en: "If it is recognised after all, call the bank and give your report number."}
	tWithdrawn         = text{ja: "「身に覚えがない」を取り消しました", en: "The report was withdrawn"}
	tWithdrawnText     = text{ja: "取り消したことを%[1]sに伝えます。やはり身に覚えがないときは、元のお知らせからもう一度回答できます。", en: "We are telling %[1]s that you took it back. If it is not recognised after all, answer the alert again."}
	tWithdrawnOpen     = text{ja: "取り消したことを%[1]sに伝えます。やはり身に覚えがないときは、「%[2]s」を開いて、もう一度回答できます。", en: "We are telling %[1]s that you took it back. If it is not recognised after all, open \"%[2]s\" and answer again."}
	tUndoTooLate       = text{ja: "取り消せる時間を過ぎました", en: "It is too late to take it back here"}
	tUndoTooLateText   = text{ja: "時間が過ぎたため、ここでは取り消せません。取り消したいときは、銀行に受付番号を伝えてください。", en: "It can no longer be taken back here. Please call the bank and give your report number."}

	tFactReference = text{ja: "受付番号", en: "Report number"}
	tFactAmount    = text{ja: "金額", en: "Amount"}
	tFactAnswered  = text{ja: "回答日時", en: "Answered"}
	tFactStatus    = text{ja: "対応状況", en: "Status"}

	tStepBank         = text{ja: "%sに電話し、引き落としの停止を申し出てください。受付番号を伝えると早く進みます。", en: "Call %s and ask them to stop further debits. Give them your report number."}
	tStepBankCall     = text{ja: "%sに電話し、引き落としの停止を申し出てください。", en: "Call %s and ask them to stop further debits."}
	tStepBankFind     = text{ja: "%sに連絡し、引き落としの停止を申し出てください。電話番号は、通帳やキャッシュカードの裏にあります。", en: "Contact %s and ask them to stop further debits. The number is on your passbook or bank card."}
	tStepBankThem     = text{ja: "ご本人から%sに電話し、引き落としの停止を申し出るよう伝えてください。受付番号を伝えると早く進みます。", en: "Have them call %s and ask to stop further debits. Their report number helps."}
	tStepBankCallThem = text{ja: "ご本人から%sに電話し、引き落としの停止を申し出るよう伝えてください。", en: "Have them call %s and ask to stop further debits."}
	tStepBankFindThem = text{ja: "ご本人から%sに連絡し、引き落としの停止を申し出るよう伝えてください。電話番号は、ご本人の通帳やキャッシュカードの裏にあります。", en: "Have them contact %s and ask to stop further debits. The number is on their passbook or bank card."}
	tStepServiceThem  = text{ja: "%sにも、ご本人から、身に覚えがないと伝えてもらってください。", en: "Have them tell %s too that it is not recognised."}
	tStepPINThem      = text{ja: "念のため、ご本人に、キャッシュカードの暗証番号を変更してもらってください。", en: "To be safe, have them change the PIN of their bank card."}
	tStepAskBank      = text{ja: "%sに、受付番号を伝えて相談してください。", en: "Contact %s and give your report number."}
	tStepService      = text{ja: "%sに、身に覚えがないと伝えてください。", en: "Tell %s too that it is not recognised."}
	tStepPolice       = text{ja: "警察には、相談専用電話（#9110）で相談できます。被害届は、最寄りの警察署で出せます。危険を感じるときは110番へ。", en: "The police advise you on #9110. To report the crime itself, go to the nearest police station. In an emergency call 110."}
	tStepConsumer     = text{ja: "困ったときは、消費者ホットライン（188）でも相談できます。", en: "The consumer hotline (188) can advise you too."}
	tStepPIN          = text{ja: "念のため、キャッシュカードの暗証番号を変更してください。", en: "To be safe, change the PIN of the bank card."}
	tUndoButton       = text{ja: "取り消す（%sまで）", en: "Undo until %s"}
	tUndoDisplay      = text{ja: "「身に覚えがない」を取り消す", en: "Take my report back"}

	tStatusOpened    = text{ja: "銀行へ連絡中", en: "Being passed to the bank"}
	tStatusPassed    = text{ja: "銀行へ連絡済み", en: "The bank has been told"}
	tStatusWithdrawn = text{ja: "取り消し済み", en: "Withdrawn"}
	tStatusReceived  = text{ja: "銀行が確認中", en: "The bank is looking into it"}
	tStatusFrozen    = text{ja: "引き落としを停止", en: "Further debits stopped"}
	tStatusRefunded  = text{ja: "返金済み", en: "Refunded"}
	tStatusClosed    = text{ja: "対応終了", en: "Closed"}

	tSaidReceived = text{ja: "%sがご連絡を確認しました", en: "%s has received your report"}
	tSaidFrozen   = text{ja: "%sが引き落としを止めました", en: "%s has stopped further debits"}
	tSaidRefunded = text{ja: "%sが返金しました", en: "%s has refunded you"}
	tSaidReopened = text{ja: "%sがご連絡への対応を再開しました", en: "%s has reopened your report"}
	tSaidClosed   = text{ja: "%sでの対応が完了しました", en: "%s has closed your report"}
	tSaidOther    = text{ja: "%sから対応の連絡がありました", en: "There is news from %s about your report"}
)

// DisputeOpened confirms "that was not me": the reference number, what to do
// now, and the way back.
func DisputeOpened(f DisputeFacts) message.Message {
	m := f.message(tAltDispute, tDisputeOpened)
	m.Text = slices.Concat(f.since(), f.offerSilenced(), []string{tDisputeOpenedText.in(f.lang(), f.bank())}, f.claimsSaid())
	m.Steps, m.Buttons, m.Foot = f.steps(), f.buttons(), tNeverPIN.in(f.lang())
	return m
}

// since says what the report took in that was not shown.
func (f *DisputeFacts) since() []string {
	f.Since.Undo = !f.UndoUntil.IsZero() && f.Link != ""
	out := f.Since.said(f.lang(), f.HideAmount)
	if say := f.Since.mended(f.lang(), false); say != "" {
		out = append(out, say)
	}
	return out
}

// DisputeAlready answers somebody who says "that was not me" again, or that it was
// them while their report stands.
func DisputeAlready(f DisputeFacts) message.Message {
	m := f.message(tAltDispute, tDisputeAlready)
	m.Text = []string{tDisputeAlreadyTxt.in(f.lang())}
	if f.SaidMine {
		m = f.message(tAltKept, tKept)
		m.Text = []string{pick(f.UndoUntil.IsZero(), tKeptBank, tKeptText).in(f.lang())}
	}
	if f.Recognised != nil {
		c := covers{lang: f.lang(), total: *f.Recognised, hide: f.HideAmount}
		label := f.addRecognised().Label
		m.Text = []string{tRecognised.in(f.lang(), c.said(), label)}
		if t := f.Recognised; t.Debits+t.Undone+t.Links > 1 && f.Link != "" {
			m.Text = append(m.Text, tAddAll.in(f.lang(), label, tDetails.in(f.lang())))
		}
		if f.Dispute.Status == watch.DisputeClosed {
			m.Text = append(m.Text, tAddFollows.in(f.lang(), f.Dispute.Reference))
		}
	}
	m.Text = slices.Concat(m.Text, f.offerSilenced(), f.claimsSaid())
	m.Facts = append(m.Facts, message.Fact{Label: tFactStatus.in(f.lang()), Value: statusName(f.lang(), f.Dispute)})
	m.Steps, m.Buttons, m.Foot = f.steps(), f.buttons(), tNeverPIN.in(f.lang())
	return m
}

// DisputeWithdrawn confirms that the answer was taken back.
func DisputeWithdrawn(f DisputeFacts) message.Message {
	m := f.message(tAltWithdrawn, tWithdrawn)
	m.Amount = ""
	m.Facts = append([]message.Fact{{Label: tFactReference.in(f.lang()), Value: f.Dispute.Reference}}, m.Facts...)
	m.Text = []string{pick(f.Unasked && f.Link != "", tWithdrawnOpen, tWithdrawnText).in(f.lang(), f.bank(), tDetails.in(f.lang()))}
	f.UndoUntil = time.Time{}
	m.Buttons = f.buttons()
	return m
}

var (
	tAltUndoAsk    = text{ja: "「身に覚えがない」を取り消しますか", en: "Take the report back?"}
	tUndoAskTitle  = text{ja: "次の申し出を取り消しますか", en: "Take this report back?"}
	tUndoAskText   = text{ja: "取り消すと、%sと、この口座を見守っている全員に知らせます。だれかに言われて取り消そうとしているときは、取り消さずに銀行へ電話してください。", en: "We will tell %s and everybody who watches this account. If somebody is telling you to take it back, do not: call the bank instead."}
	tUndoAskBy     = text{ja: "申し出た人", en: "Reported by"}
	tUndoAskButton = text{ja: "この申し出を取り消す", en: "Take this report back"}
	tByYou         = text{ja: "あなた", en: "You"}
	tByOwner       = text{ja: "口座の名義人", en: "The account's owner"}
	tByFamily      = text{ja: "見守り家族", en: "A family member"}
)

// ConfirmUndo asks before a report is taken back that others know of: which
// one, whose, and when it was made.
func ConfirmUndo(f DisputeFacts) message.Message {
	lang, d := f.lang(), f.Dispute
	m := f.message(tAltUndoAsk, tUndoAskTitle)
	m.Facts = append([]message.Fact{{Label: tUndoAskBy.in(lang), Value: f.reporter()}}, m.Facts...)
	m.Text = []string{tUndoAskText.in(lang, f.bank())}
	m.Steps = []message.Step{callStep(lang, tStepAskBank, f.bank(), f.Bank)}
	m.Buttons = []message.Button{{Label: labelOf(lang, tUndoAskButton.in(lang), accountIf(f.Several, f.account())), Display: saidOf(lang, tUndoDisplay.in(lang), f.account()), Style: message.Secondary,
		Postback: button.Press{Verb: button.Undo, Record: d.Record, Watcher: f.Watcher, Asked: d.GrownAt(), Mark: d.Mark()}.Data()}}
	if f.Link != "" {
		m.Buttons = append(m.Buttons, message.Button{Label: tDetails.in(lang), Style: message.Link, URL: f.Link})
	}
	return m
}

func (f *DisputeFacts) reporter() string {
	switch {
	case f.Dispute.Watcher == f.Watcher:
		return tByYou.in(f.lang())
	case f.Dispute.AnsweredBy == watch.Guardian:
		if by := GuardianOf(f.lang(), f.Family, f.Dispute.Watcher); by.Name != "" {
			return by.Name
		}
		return tByFamily.in(f.lang())
	}
	return tByOwner.in(f.lang())
}

// UndoTooLate refuses to take the answer back after its time.
func UndoTooLate(f DisputeFacts) message.Message {
	m := f.message(tUndoTooLate, tUndoTooLate)
	m.Text = []string{tUndoTooLateText.in(f.lang())}
	f.UndoUntil = time.Time{}
	m.Steps = []message.Step{callStep(f.lang(), tStepAskBank, f.bank(), f.Bank)}
	m.Buttons = f.buttons()
	return m
}

// DisputeStatus tells the person what the bank did about their dispute
// (f.Change), with the bank's own words unless they may see no amounts.
func DisputeStatus(f DisputeFacts) message.Message {
	say, _ := saidByBank(f.Change)
	m := f.message(tAltStatus, say, f.bank())
	m.Tone, m.Badge = message.Notice, tNotice.in(f.lang())
	m.Amount = ""
	m.Facts = append([]message.Fact{{Label: tFactReference.in(f.lang()), Value: f.Dispute.Reference}}, m.Facts...)
	m.Text = bankNote(f.lang(), f.bank(), bankText(f.lang(), f.Change), f.HideAmount, false)
	f.UndoUntil = time.Time{}
	m.Buttons, m.Foot = f.buttons(), tNeverPIN.in(f.lang())
	return m
}

var (
	tRecognised    = text{ja: "「心当たりあり」とされた分（%[1]s）は、お申し出に含まれていません。これにも身に覚えがないときは「%[2]s」を押してください。", en: "What was called your own (%[1]s) is not part of the report. If that was not you either, press \"%[2]s\"."}
	tAddRecognised = text{ja: "残りも身に覚えがない", en: "The rest was not me"}
	tAddAll        = text{ja: "「%[1]s」を押すと、そのすべてを伝えます。一部だけを選ぶときは「%[2]s」を開いてください。", en: "\"%[1]s\" reports all of it. To choose some, open \"%[2]s\"."}
	tAddFollows    = text{ja: "お申し出（%s）は終了しています。新しい受付番号で、銀行へ伝えます。", en: "The report (%s) is closed. We tell the bank of this under a new number."}
	tFollows       = text{ja: "先のお申し出", en: "Follows report"}
	tAddDisplay    = text{ja: "「心当たりあり」とした分も身に覚えがない", en: "What I had recognised was not me either"}
)

// saidByBank is a change of the bank's as news. False if it is not one of them.
func saidByBank(c watch.DisputeChange) (text, bool) {
	switch c.Status {
	case watch.DisputeReceived:
		if c.Reopened {
			return tSaidReopened, true
		}
		return tSaidReceived, true
	case watch.DisputeFrozen:
		return tSaidFrozen, true
	case watch.DisputeRefunded:
		return tSaidRefunded, true
	case watch.DisputeClosed:
		return tSaidClosed, true
	}
	return tSaidOther, false
}

// statusName is how a dispute stands in a few words: what is on its way to the bank is
// not said to have reached it.
func statusName(lang watch.Lang, d *watch.Dispute) string {
	if d.Status == watch.DisputeOpened && !d.ToldOf("").IsZero() {
		return tStatusPassed.in(lang)
	}
	names := map[watch.DisputeStatus]text{
		watch.DisputeOpened: tStatusOpened, watch.DisputeWithdrawn: tStatusWithdrawn,
		watch.DisputeReceived: tStatusReceived, watch.DisputeFrozen: tStatusFrozen,
		watch.DisputeRefunded: tStatusRefunded, watch.DisputeClosed: tStatusClosed,
	}
	return names[d.Status].in(lang)
}

// message is what all of them share: the reference large, and what it is about.
func (f *DisputeFacts) message(alt, title text, args ...any) message.Message {
	lang, d := f.lang(), f.Dispute
	m := message.Message{Lang: string(lang), Alt: alt.in(lang), Tone: message.Calm, Badge: tInfo.in(lang),
		Title: title.in(lang, args...), Amount: d.Reference}
	c := covers{lang: lang, total: d.TotalAt(f.Change.Seq), services: f.services(), account: f.account(), hide: f.HideAmount, now: d.ReceivedAt}
	m.Facts = c.facts()
	if !d.AnsweredAt.IsZero() {
		m.Facts = append(m.Facts, message.Fact{Label: tFactAnswered.in(lang), Value: Time(lang, d.AnsweredAt, d.ReceivedAt)})
	}
	return m
}

// services are those of all that is reported.
func (f *DisputeFacts) services() []Named {
	return servicesOf(f.Dispute.TotalAt(f.Change.Seq), Named{f.ServiceName, f.Service}, f.ServiceOf)
}

func (f *DisputeFacts) account() string { return Account(f.BankName, f.Dispute.Mask) }

// steps are what a victim does, in the order that helps: bank, service,
// police, consumer line.
func (f *DisputeFacts) steps() []message.Step {
	return toDo{f.Lang, true, f.Guardian, Named{f.BankName, f.Bank}, f.services()}.steps()
}

// toDo is what somebody does whose money was taken, or who watches for them: the bank's
// and the services' names and contacts may be empty. Reported tells that there is a
// number of a report to give, and theirs that the account is another's.
type toDo struct {
	lang             watch.Lang
	reported, theirs bool
	bank             Named
	services         []Named
}

// steps are in the order that helps: bank, services, police, consumer line, PIN. The
// bank comes first also where its number is not known.
func (t toDo) steps() []message.Step {
	lang := langOf(t.lang)
	own := func(owns, theirs text) text { return pick(t.theirs, theirs, owns) }
	say := pick(t.reported, own(tStepBank, tStepBankThem), own(tStepBankCall, tStepBankCallThem))
	if t.bank.Contact.Phone == "" {
		say = own(tStepBankFind, tStepBankFindThem)
	}
	out := []message.Step{callStep(lang, say, orElse(t.bank.Name, tTheBank.in(lang)), t.bank.Contact)}
	for _, s := range t.services {
		if s.Name != "" {
			out = append(out, callStep(lang, own(tStepService, tStepServiceThem), s.Name, s.Contact))
		}
	}
	return append(out,
		message.Step{Text: tStepPolice.in(lang)}, // #9110 is said: mobile phones do not dial it from a link
		message.Step{Text: tStepConsumer.in(lang), Tel: ConsumerTel},
		message.Step{Text: own(tStepPIN, tStepPINThem).in(lang)})
}

func (f *DisputeFacts) addRecognised() message.Button {
	lang := f.lang()
	return message.Button{Label: labelOf(lang, tAddRecognised.in(lang), accountIf(f.Several, f.account())), Display: saidOf(lang, tAddDisplay.in(lang), f.account()), Style: message.Danger,
		Postback: button.Press{Verb: button.NotMine, Record: f.Record, Watcher: f.Watcher, Asked: f.Dispute.AnsweredAt}.Data()}
}

func (f *DisputeFacts) buttons() []message.Button {
	lang := f.lang()
	var out []message.Button
	if f.Recognised != nil {
		out = append(out, f.addRecognised())
	}
	out = append(append(out, f.addSilenced()...), f.stops()...)
	if !f.UndoUntil.IsZero() {
		until := f.UndoUntil.In(watch.JST).Format("15:04")
		out = append(out, message.Button{Label: labelOf(lang, tUndoButton.in(lang, until), accountIf(f.Several, f.account())), Display: saidOf(lang, tUndoDisplay.in(lang), f.account()), Style: message.Secondary,
			Postback: answering(button.Undo, f.Dispute.Record, f.Watcher)})
	}
	if f.Link != "" {
		out = append(out, message.Button{Label: tDetails.in(lang), Style: message.Link, URL: f.Link})
	}
	return out
}
