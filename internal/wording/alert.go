package wording

import (
	"slices"
	"strings"
	"time"

	"kozamori/internal/message"
	"kozamori/internal/quote"
	"kozamori/internal/watch"
)

// Contact is how people reach a bank or a service, as the catalogue or the
// bank states it. Empty if it is not known: no number is ever made up here.
type Contact struct {
	Phone     string // digits and hyphens
	For       string // whom it is for and when it is answered, as the catalogue has it, in Japanese
	Hours     string // in the reader's language, "平日 9:00〜17:00"
	CheckedOn string // the day somebody looked the number up, "2026-11-02"
	Source    string // where, for the operator; not shown
	// Claims are within how long a loss can be claimed from them; nil if that is
	// not known.
	Claims []ClaimFact
}

// AlertFacts is what an alert is worded from. Everything in it must come from
// what is stored: LINE drops the second copy of a message only if both have
// the same bytes, so an attempt an hour later must not read differently.
type AlertFacts struct {
	Record   *watch.Record
	Lead     string         // the record that stands for the incident; empty if it is Record
	Notice   watch.Notice   // the watcher's reasons
	Delivery watch.Delivery // language, channel, watcher, HideAmount
	Guardian bool           // the watcher is not the owner of the account

	// Was is what the watcher was told before, and AnsweredBefore what an
	// answer was given for that no longer covers the debit; for Changed.
	Was, AnsweredBefore *watch.Shown
	WasServiceName      string

	// Among tells that the record is one of several of its incident, so that what is
	// answered is not of it alone.
	Among bool

	ServiceName string // in the reader's language; empty if no payment service is known
	SecondName  string // the same, of Record.Second
	BankName    string // the same
	Bank        Contact
	Service     Contact

	// Now only decides whether a year is written. The zero value takes the
	// moment of recording, which is what a repeatable message needs.
	Now       time.Time
	Link      string // page of the alert; empty leaves the button out
	CanAnswer bool   // whether the two answers are offered
	OnPage    bool   // the channel takes no answers: the page does
	Page      bool   // this is the page of the alert, and no message
	Mark      string // of an incident in pieces, all of which are shown: what they say
	Follows   bool   // a link of which they know as urgent, and asks for no more: see follow
	Silenced  bool   // their trust had kept it from the reader
	Related   bool   // it is new after a report about another account
	Called    bool   // no rule of the reader's matched: the reasons are those of the others
}

func (f *AlertFacts) lang() watch.Lang { return langOf(f.Delivery.Lang) }

func (f *AlertFacts) now() time.Time {
	if f.Now.IsZero() {
		return f.Record.RecordedAt
	}
	return f.Now
}

// told is when its reader is told of it; zero if that is not known.
func (f *AlertFacts) told() time.Time {
	if d := &f.Delivery; !d.After.IsZero() {
		return d.After
	}
	return f.Delivery.CreatedAt
}

// langOf is the language that we have: anything but English is Japanese.
func langOf(l watch.Lang) watch.Lang {
	if l == watch.English {
		return watch.English
	}
	return watch.Japanese
}

var (
	tInfo = text{ja: "ご案内", en: "Information"} // what the chat and the pages say themselves

	tAltUrgentDebit = text{ja: "【緊急】口座からの引き落としを確認してください", en: "[Urgent] Please check a debit from a bank account"}
	tAltUrgentLink  = text{ja: "【緊急】決済サービスへの口座の登録を確認してください", en: "[Urgent] Please check a new charge link on a bank account"}
	tAltDebit       = text{ja: "【お知らせ】口座から引き落としがありました", en: "[Notice] There was a debit from a bank account"}
	tAltLink        = text{ja: "【お知らせ】決済サービスに口座が登録されました", en: "[Notice] A charge link was registered on a bank account"}

	tYourAccount    = text{ja: "あなたの口座", en: "your account"}
	tWatchedAccount = text{ja: "ご家族の口座", en: "your family's account"}

	tTitleService   = text{ja: "%[2]sから、%[1]sの引き落としがありました", en: "%[1]s took money from %[2]s"}
	tTitleUndecided = text{ja: "%[2]sから、%[1]sかほかの支払いの引き落としがありました", en: "%[1]s or something else took money from %[2]s"}
	tTitleEither    = text{ja: "%[2]sから引き落としがありました（%[1]sの引き落としか、%[3]s）", en: "There was a debit from %[2]s (by %[1]s, or %[3]s)"}
	tTitleDebit     = text{ja: "%sから引き落としがありました", en: "There was a debit from %s"}
	tTitleLink      = text{ja: "%[1]sに、%[2]sが登録されました", en: "A new charge link with %[1]s was registered on %[2]s"}
	// Of links from before somebody watched.
	tTitleLinked        = text{ja: "%[1]sに、%[2]sが登録されています", en: "There is a charge link with %[1]s on %[2]s"}
	tTitleLinkedUnknown = text{ja: "決済サービスに、%sが登録されています", en: "There is a charge link on %s"}

	tTitleLinkUnknown = text{ja: "決済サービスに、%sが登録されました", en: "A new charge link was registered on %s"}

	tFactService   = text{ja: "決済サービス", en: "Payment service"}
	tFactEither    = text{ja: "%sの引き落としか、%s", en: "%s, or %s"}
	tFactMaybeCard = text{ja: "%s（ほかの支払いの可能性もあります）", en: "%s (it may be something else)"}
	tFactAccount   = text{ja: "口座", en: "Account"}
	tFactTime      = text{ja: "日時", en: "Time"}
	tFactBalance   = text{ja: "引き落とし後の残高", en: "Balance after the debit"}
	tFactRoute     = text{ja: "登録方法", en: "Registered through"}
	tRouteWeb      = text{ja: "Web口座振替受付", en: "online direct-debit registration"}

	tLinkMeans     = text{ja: "登録されると、そのサービスから口座のお金を引き出せるようになります。", en: "Once linked, the service can draw money from the account."}
	tPending       = text{ja: "この引き落としはまだ確定していません。金額が変わったり、取り消されたりすることがあります。", en: "This debit is still pending. Its amount may change, or it may be cancelled."}
	tAlreadyUndone = sure{text{ja: "この引き落としは、銀行がすでに取り消しました。", en: "The bank has already reversed this debit."},
		text{ja: "この引き落としは、すでに取り消された可能性があります。", en: "This debit may already have been reversed."}}
	tAlreadyGone = sure{text{ja: "この登録は、すでに解除されています。", en: "This link has already been removed."},
		text{ja: "この登録は、すでに解除された可能性があります。", en: "This link may already have been removed."}}
	tUncertain    = text{ja: "サービス名は、通帳の表示から判断しました。", en: "We took the name of the service from what the passbook shows."}
	tDisagree     = text{ja: "銀行からの連絡では「%[1]s」、通帳の表示では「%[2]s」の引き落としです。", en: "The bank reports this as %[1]s; the passbook says %[2]s."}
	tDisagreeLink = text{ja: "銀行からの連絡では「%[1]s」、通帳の表示では「%[2]s」への登録です。", en: "The bank reports this as a link with %[1]s; the text on the passbook says %[2]s."}
	tDisagreeSome = text{ja: "このうち、銀行からの連絡と通帳の表示とで、決済サービスの名前が異なるものがあります。", en: "Of some of these the bank and the passbook name different payment services."}
	tOtherPayment = text{ja: "ほかの支払い", en: "another payment"}
	tUndecided    = text{ja: "通帳の表示だけでは、どちらの引き落としか判断できません。", en: "What the passbook shows does not tell which of the two it was."}

	tIfNotYou       = text{ja: "身に覚えがないときは、すぐに%sへ連絡してください。", en: "If this was not you, contact %s at once."}
	tIfNotThem      = text{ja: "ご本人に心当たりがないときは、すぐに%sへ連絡してもらってください。", en: "If it was not them, have them contact %s at once."}
	tIfNotService   = text{ja: "%sにも、身に覚えがないと伝えてください。", en: "Tell %s too that it was not you."}
	tIfNotServThem  = text{ja: "%sにも、身に覚えがないと伝えてもらってください。", en: "Have them tell %s too that it was not them."}
	tForWhomAlone   = text{ja: "窓口：%s", en: "Line: %s"} // what has brackets, or sentences, of its own
	tForWhom        = text{ja: "（%s）", en: " (%s)"}
	tNumberIsOn     = text{ja: "電話番号は、通帳やキャッシュカードの裏にあります。", en: "The number is on your passbook or the back of your bank card."}
	tHours          = text{ja: "（受付：%s）", en: " (open %s)"}
	tChecked        = text{ja: "（%sに確認）", en: " (number checked in %s)"}
	tTheBank        = text{ja: "銀行", en: "your bank"}
	tTheService     = text{ja: "決済サービス", en: "the payment service"}
	tNeverPIN       = text{ja: "銀行や警察、口座守が、暗証番号やパスワードをお尋ねすることは決してありません。", en: "No bank, no police and nobody from Kozamori will ever ask for your PIN. Anyone who asks is a fraudster."}
	tNotMine        = text{ja: "身に覚えがない", en: "That was not me"}
	tMine           = text{ja: "心当たりがある", en: "That was me"}
	tNotTheirs      = text{ja: "本人は身に覚えがない", en: "It was not them"}
	tTheirs         = text{ja: "本人の利用です", en: "It was them"}
	tSaidOf         = text{ja: "%[1]s（%[2]s）", en: "%[1]s (%[2]s)"}
	tDetails        = text{ja: "くわしく見る", en: "See details"}
	tDetailsOrReply = text{ja: "内容を見て回答する", en: "See details and answer"}
)

// Alert words an alert: what happened, why the watcher is told, and the
// answers. It is critical if the watcher's reasons are, and the bank has not
// undone it already.
func Alert(f AlertFacts) message.Message {
	lang, r := f.lang(), f.Record
	link := r.Kind == watch.LinkRegistered
	undone := !r.UndoneAt.IsZero()
	m := message.Message{Lang: string(lang), Tone: message.Notice, Title: f.title(), Facts: f.facts(), Why: f.why()}
	critical := f.critical() && !r.Gone()
	m.Alt = pick(link, tAltLink, tAltDebit).in(lang)
	if critical {
		m.Alt = pick(link, tAltUrgentLink, tAltUrgentDebit).in(lang)
	}
	if !link && !f.Delivery.HideAmount {
		m.Amount = Yen(lang, r.Amount)
	}
	if r.Returned > 0 {
		m.Text = append(m.Text, hidden(f.Delivery.HideAmount, orFreed(r, &tReturnedSome, &tFreedSome), orFreed(r, &tReturnedOf, &tFreedOf), lang, Yen(lang, r.Amount), Yen(lang, r.Returned)))
	}
	if undone {
		m.Text = append(m.Text, pickSure(link, &tAlreadyGone, &tAlreadyUndone).of(r).in(lang))
	}
	if r.MayStand() {
		m.Text = append(m.Text, unsureOf(lang, f)...)
	}
	m.Text = append(m.Text, f.mayBack(false)...)
	m.Text = append(m.Text, silenced([]AlertFacts{f})...)
	if r.AfterReturn {
		m.Text = append(m.Text, tAfterReturn.in(lang))
	}
	if old := late(lang, r, f.told()); old != "" {
		m.Text = append(m.Text, old)
	}
	switch {
	case undone:
	case link:
		m.More = append(m.More, tLinkMeans.in(lang))
	case r.Status == watch.Pending:
		m.More = append(m.More, tPending.in(lang))
	}
	switch {
	case r.Second != nil:
		m.Text = append(m.Text, f.disagreement())
	case r.Confidence == watch.Guessed, r.Confidence == watch.Cut:
		m.More = append(m.More, tUncertain.in(lang))
	case r.Confidence == watch.Undecided:
		m.More = append(m.More, tUndecided.in(lang))
	}
	if !r.Gone() {
		m.Steps = f.steps(critical)
	}
	f.CanAnswer = f.CanAnswer && !r.Gone()
	m.Buttons, m.Brief = f.buttons(), f.Link != ""
	return ranked(lang, m, critical)
}

// disagreement says what the bank calls the debit, and what the descriptor does.
func (f *AlertFacts) disagreement() string {
	lang := f.lang()
	bank, descriptor := orElse(f.ServiceName, tTheDebit.in(lang)), orElse(f.SecondName, tOtherPayment.in(lang))
	if f.Record.Second.Bank {
		bank, descriptor = descriptor, bank
	}
	return pick(f.Record.Kind == watch.LinkRegistered, tDisagreeLink, tDisagree).in(lang, bank, descriptor)
}

// disagreements says it of several that are told of; nothing if none of them is new
// or of another service than before.
func disagreements(parts []AlertFacts) (out []string) {
	for i := range parts {
		p := &parts[i]
		if p.Record.Second == nil || !p.Record.UndoneAt.IsZero() || p.Was != nil && p.Was.Second != nil && p.Was.Service == p.Record.Service {
			continue
		}
		if say := p.disagreement(); !slices.Contains(out, say) {
			out = append(out, say)
		}
	}
	if len(out) > 0 && len(parts) > 1 {
		out = append([]string{tDisagreeSome.in(parts[0].lang())}, out...)
	}
	return out
}

func pick(first bool, a, b text) text {
	if first {
		return a
	}
	return b
}

func (f *AlertFacts) title() string {
	lang := f.lang()
	account := pick(f.Guardian, tWatchedAccount, tYourAccount).in(lang)
	switch {
	case f.Record.Kind == watch.LinkRegistered && f.Record.Past && f.ServiceName == "":
		return tTitleLinkedUnknown.in(lang, account)
	case f.Record.Kind == watch.LinkRegistered && f.Record.Past:
		return tTitleLinked.in(lang, f.ServiceName, account)
	case f.Record.Kind == watch.LinkRegistered && f.ServiceName == "":
		return tTitleLinkUnknown.in(lang, account)
	case f.Record.Kind == watch.LinkRegistered:
		return tTitleLink.in(lang, f.ServiceName, account)
	case f.ServiceName == "":
		return tTitleDebit.in(lang, account)
	case f.Record.Confidence == watch.Undecided && f.Record.Other != "":
		return tTitleEither.in(lang, f.ServiceName, account, otherBill(lang, f.Record.Other))
	case f.Record.Confidence == watch.Undecided:
		return tTitleUndecided.in(lang, f.ServiceName, account)
	}
	return tTitleService.in(lang, f.ServiceName, account)
}

func (f *AlertFacts) facts() []message.Fact {
	lang, r := f.lang(), f.Record
	var out []message.Fact
	if f.ServiceName != "" {
		name := f.ServiceName
		switch {
		case r.Confidence == watch.Undecided && r.Other != "":
			name = tFactEither.in(lang, name, otherBill(lang, r.Other))
		case r.Confidence == watch.Undecided:
			name = tFactMaybeCard.in(lang, name)
		}
		out = append(out, message.Fact{Label: tFactService.in(lang), Value: name, More: true})
	}
	if account := f.account(); account != "" {
		out = append(out, message.Fact{Label: tFactAccount.in(lang), Value: account})
	}
	out = append(out, message.Fact{Label: tFactTime.in(lang), Value: When(lang, r, f.now())})
	if said := quoted(lang, r.Descriptor, f.Page); said != "" {
		out = append(out, message.Fact{Label: tFactDesc.in(lang), Value: said, More: true})
	}
	if said := quoted(lang, quote.Text(r.Word()), f.Page); said != "" {
		out = append(out, message.Fact{Label: tFactWord.in(lang), Value: said, More: true})
	}
	if r.Kind == watch.LinkRegistered && r.Route == "web_kouza_furikae" {
		out = append(out, message.Fact{Label: tFactRoute.in(lang), Value: tRouteWeb.in(lang), More: true})
	}
	if r.Balance != nil && *r.Balance < 0 && !f.Delivery.HideAmount {
		out = append(out, message.Fact{Label: tFactBalance.in(lang), Value: Yen(lang, *r.Balance), More: true})
	}
	return out
}

func (f *AlertFacts) account() string { return Account(f.BankName, f.Record.Mask) }

// steps are who to call. Without a number the bank is still named when it is
// urgent: the number is on the passbook.
func (f *AlertFacts) steps(critical bool) []message.Step {
	lang := f.lang()
	var out []message.Step
	if critical || f.Bank.Phone != "" {
		step := callStep(lang, pick(f.Guardian, tIfNotThem, tIfNotYou), orElse(f.BankName, tTheBank.in(lang)), f.Bank)
		if f.Bank.Phone == "" {
			step.Text = tSetSavedToo.in(lang, step.Text, tNumberIsOn.in(lang))
		}
		out = append(out, step)
	}
	if critical && f.Service.Phone != "" {
		out = append(out, callStep(lang, pick(f.Guardian, tIfNotServThem, tIfNotService), orElse(f.ServiceName, tTheService.in(lang)), f.Service))
	}
	return out
}

// callStep asks to contact somebody, with the number and when it is answered.
func callStep(lang watch.Lang, say text, who string, c Contact) message.Step {
	s := message.Step{Text: say.in(lang, who), Tel: c.Phone}
	if c.Phone == "" {
		return s
	}
	if c.For != "" && lang != watch.English {
		s.Text += pick(strings.ContainsAny(c.For, "（。"), tForWhomAlone, tForWhom).in(lang, c.For)
	}
	if c.Hours != "" {
		s.Text += tHours.in(lang, c.Hours)
	}
	if c.CheckedOn != "" {
		s.Text += tChecked.in(lang, month(lang, c.CheckedOn))
	}
	return s
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
