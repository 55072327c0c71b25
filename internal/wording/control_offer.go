package wording

import (
	"slices"
	"time"

	"kozamori/internal/button"
	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// StopAccount is an account whose bank can be asked to stop something.
type StopAccount struct {
	ChatAccount
	Offers   []watch.ControlKind
	Services []Choice       // payment services that the account knows, the latest first
	Controls []ControlFacts // that there are
	HideYen  bool
	Path     string // of its page; empty in the chat
}

var (
	tOfferTitle  = text{ja: "銀行に停止を頼めます", en: "You can ask the bank to stop it"}
	tOfferText   = text{ja: "ボタンを押すと、%sに停止を頼みます。止まるのは、銀行から「停止しました」と返事が来てからです。急ぐときは、電話してください。", en: "A button asks %s to stop it. It is stopped only once the bank says so. If it is urgent, call."}
	tOfferFamily = text{ja: "停止を頼めるのは、口座の名義人だけです。本人に伝えてください。", en: "Only the owner of the account can ask for it. Please tell them."}
	tOfferPage   = text{ja: "引き落としの上限は、「%s」から開くページで決められます。", en: "A limit can be set on the page that \"%s\" opens."}
	tAskService  = text{ja: "%sを止める", en: "Stop %s"}
	tAskLinks    = text{ja: "新しい登録を止める", en: "Stop new links"}
	tAskDebits   = text{ja: "引き落としをすべて止める", en: "Stop all debits"}

	tSureLinks     = text{ja: "決済サービスへの新しい登録を、すべて止めるよう頼みますか", en: "Ask the bank to stop all new links to payment services?"}
	tSureLinksText = text{ja: "どの決済サービスにも、この口座を新しく登録できなくなります。すでに登録したサービスの引き落としは続きます。", en: "The account can then be linked to no payment service. Debits of services that are linked already go on."}
	tSureDebits    = text{ja: "自動の引き落としを、すべて止めるよう頼みますか", en: "Ask the bank to stop all automatic debits?"}
	tSureDebitsTx  = text{ja: "公共料金、家賃、カードなどの口座振替も止まり、支払いが遅れることがあります。いつまで止めるかを選んでください。", en: "Bills, rent and cards paid by direct debit stop too, and payments may be late. Choose for how long."}
	tSureButton    = text{ja: "停止を頼む", en: "Ask for it"}
	tSureDay       = text{ja: "%s止める", en: "For %s"}

	tCtlWeaker     = text{ja: "いまのほうが、きびしく止めています", en: "What stands stops more than that"}
	tCtlWeakerText = text{ja: "ゆるめるときは、先に今のものを取り下げてください。", en: "To loosen it, take what stands back first."}
	tCtlNoOffer    = text{ja: "銀行は、いまはこの停止を受け付けていません", en: "The bank does not offer this now"}
	tCtlNoOfferTx  = text{ja: "止めたいときは、銀行に電話してください。", en: "To have it stopped, call the bank."}
	tCtlFull       = text{ja: "変更が多すぎるため、ここからは頼めません", en: "It has changed too often to be asked for here"}
)

// StopDay and StopWeek are how long all automatic debits can be stopped from the chat.
const (
	StopDay  = 24 * time.Hour
	StopWeek = 7 * StopDay
)

// maxStops is how many services one account's buttons name.
const maxStops = 3

// StopOffers shows what the banks of a person can be asked to stop, and what they were asked
// already.
func StopOffers(lang watch.Lang, list []StopAccount) message.Message {
	lang = langOf(lang)
	m := chat(lang, tOfferTitle.in(lang), tOfferTitle.in(lang))
	m.Tone, m.Badge = message.Notice, tCheck.in(lang)
	m.Choices = choices(lang, CmdPhone, CmdSettings, CmdNotMe)
	for _, a := range list {
		one := message.Message{Lang: m.Lang, Alt: m.Alt, Tone: m.Tone, Badge: m.Badge, Title: m.Title, Facts: accountFacts(lang, []ChatAccount{a.ChatAccount})}
		for _, c := range a.Controls {
			one.Facts = append(one.Facts, c.fact())
		}
		if a.Guardian {
			one.Text = []string{tOfferFamily.in(lang)}
		} else {
			one.Text = []string{tOfferText.in(lang, orElse(a.BankName, tTheBank.in(lang)))}
			one.Buttons = a.buttons(lang, len(list) > 1)
			if slices.Contains(a.Offers, watch.LimitDebits) {
				one.Text = append(one.Text, tOfferPage.in(lang, Word(lang, CmdSettings)))
			}
		}
		m.Cards = append(m.Cards, one)
	}
	if len(m.Cards) == 1 {
		one := m.Cards[0]
		one.Choices, m = m.Choices, one
	}
	return m
}

// buttons ask for each service that is not stopped, and for what is wider.
func (a *StopAccount) buttons(lang watch.Lang, several bool) (out []message.Button) {
	var says []string
	add := func(label string, p button.Press) {
		p.Verb, p.Watcher = button.Control, a.Watcher
		says = append(says, label)
		out = append(out, message.Button{Label: label, Display: saidOf(lang, label, a.name()), Style: message.Secondary, Postback: p.Data()})
	}
	for _, s := range a.open() {
		add(tAskService.in(lang, s.Name), button.Press{Kind: string(watch.StopService), Service: s.ID})
		if len(out) == maxStops {
			break
		}
	}
	for _, kind := range []watch.ControlKind{watch.StopLinks, watch.StopDebits} {
		if slices.Contains(a.Offers, kind) && !a.stands(kind, "") {
			add(pick(kind == watch.StopLinks, tAskLinks, tAskDebits).in(lang), button.Press{Kind: string(kind)})
		}
	}
	of := accountOn(accountIf(several, a.name()), says...)
	for i := range out {
		out[i].Label = onAccount(lang, out[i].Label, of)
	}
	return out
}

// open are the services that can be asked for.
func (a *StopAccount) open() (out []Choice) {
	if !slices.Contains(a.Offers, watch.StopService) {
		return nil
	}
	for _, s := range a.Services {
		if !a.stands(watch.StopService, s.ID) {
			out = append(out, s)
		}
	}
	return out
}

// stands tells whether it is asked for, or stopped, or not offered on this account.
func (a *StopAccount) stands(kind watch.ControlKind, service string) bool {
	return slices.ContainsFunc(a.Controls, func(c ControlFacts) bool {
		s := c.Is.State
		return c.Is.Kind == kind && c.Is.Service == service && (c.Again || s == watch.ControlRequested || s == watch.ControlApplied || s == watch.ControlNotOffered)
	})
}

// stops are the buttons of a report that have the bank asked to stop its services.
func (f *DisputeFacts) stops() (out []message.Button) {
	for _, s := range f.Stops[:min(len(f.Stops), maxStops)] {
		label := tAskService.in(f.lang(), s.Name)
		out = append(out, message.Button{Label: labelOf(f.lang(), label, accountIf(f.Several, f.account())), Display: saidOf(f.lang(), label, f.account()), Style: message.Danger,
			Postback: button.Press{Verb: button.Control, Record: f.Dispute.Record, Watcher: f.Watcher, Kind: string(watch.StopService), Service: s.ID}.Data()})
	}
	return out
}

// AskStop asks before the bank is asked for what stops more than one service.
func AskStop(lang watch.Lang, a StopAccount, kind watch.ControlKind, several bool, now time.Time) message.Message {
	lang = langOf(lang)
	title, says := tSureLinks, tSureLinksText
	if kind == watch.StopDebits {
		title, says = tSureDebits, tSureDebitsTx
	}
	m := chat(lang, tOfferTitle.in(lang), title.in(lang), says.in(lang), tOfferText.in(lang, orElse(a.BankName, tTheBank.in(lang))))
	m.Tone, m.Badge, m.Facts = message.Notice, tCheck.in(lang), accountFacts(lang, []ChatAccount{a.ChatAccount})
	add := func(label string, until time.Time) {
		m.Buttons = append(m.Buttons, message.Button{Label: labelOf(lang, label, accountIf(several, a.name())), Display: saidOf(lang, label, a.name()), Style: message.Danger,
			Postback: button.Press{Verb: button.Control, Watcher: a.Watcher, Kind: string(kind), Until: until, Asked: now}.Data()})
	}
	if kind == watch.StopDebits {
		add(tSureDay.in(lang, hours(StopDay)), now.Add(StopDay))
		add(tSureDay.in(lang, days(StopWeek)), now.Add(StopWeek))
	} else {
		add(tSureButton.in(lang), time.Time{})
	}
	return m
}

// StopRefusal is why a bank was not asked for something.
type StopRefusal int

// The refusals.
const (
	StopWeaker StopRefusal = iota // what stands stops more
	StopNoOffer
	StopFull
)

// StopRefused says why a bank was not asked, and whom to call.
func StopRefused(lang watch.Lang, why StopRefusal, bank string, contact Contact) message.Message {
	lang = langOf(lang)
	title, says := tCtlNoOffer, tCtlNoOfferTx
	switch why {
	case StopWeaker:
		title, says = tCtlWeaker, tCtlWeakerText
	case StopFull:
		title = tCtlFull
	}
	m := chat(lang, title.in(lang), title.in(lang), says.in(lang))
	if why != StopWeaker {
		say := tStepBankCall
		if contact.Phone == "" {
			say = tStepBankFind
		}
		m.Steps = []message.Step{callStep(lang, say, orElse(bank, tTheBank.in(lang)), contact)}
	}
	m.Choices = choices(lang, CmdPhone, CmdList)
	return m
}

var (
	tCtlStop    = text{ja: "停止", en: "Stop"}
	tIsAsked    = text{ja: "銀行の返事を待っています", en: "Waiting for the bank"}
	tIsLate     = text{ja: "銀行の返事がまだありません", en: "The bank has not answered yet"}
	tIsApplied  = text{ja: "停止中", en: "Stopped"}
	tIsRefused  = text{ja: "銀行が停止できないと回答", en: "The bank cannot stop it"}
	tIsNone     = text{ja: "この口座では受け付けなし", en: "Not offered for the account"}
	tIsBack     = text{ja: "取り下げました（銀行の返事待ち）", en: "Taken back, waiting for the bank"}
	tIsLifted   = text{ja: "解除済み", en: "Lifted"}
	tIsKept     = text{ja: "停止中（銀行が解除できないと回答）", en: "Stopped: the bank cannot lift it"}
	tIsEnded    = text{ja: "期限が来て終了", en: "Over"}
	tIsStanding = text{ja: "%s（前のものは停止中）", en: "%s (what was before is stopped)"}
)

// fact is one line of what it is and how it stands.
func (f *ControlFacts) fact() message.Fact {
	return message.Fact{Label: tCtlStop.in(f.lang()), Value: tcServMine.in(f.lang(), f.what(), f.state())}
}

// state is how it stands in a few words: what is asked for is not said to be stopped.
func (f *ControlFacts) state() string {
	lang := f.lang()
	is, known := map[watch.ControlState]text{watch.ControlRequested: tIsAsked, watch.ControlApplied: tIsApplied, watch.ControlRefused: tIsRefused, watch.ControlNotOffered: tIsNone,
		watch.ControlWithdrawn: tIsBack, watch.ControlLifted: tIsLifted, watch.ControlKept: tIsKept, watch.ControlEnded: tIsEnded, watch.ControlUnanswered: tIsLate}[f.Is.State]
	switch {
	case !known:
		return tIsAsked.in(lang)
	case f.Is.State == watch.ControlApplied && !f.Is.Stands:
		return tIsEnded.in(lang)
	case f.Is.Stands && (f.Is.State == watch.ControlRequested || f.Is.State == watch.ControlRefused || f.Is.State == watch.ControlUnanswered && f.Is.Asked == watch.ControlRequested):
		return tIsStanding.in(lang, is.in(lang))
	}
	return is.in(lang)
}
