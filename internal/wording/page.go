package wording

import (
	"time"

	"kozamori/internal/watch"
)

// Page is what one of our pages says, from the top down.
type Page struct {
	Lang string // "ja" or "en"
	Name string // of the window; no amount, no account
	// Notice says on top that what was asked for just now was not done; empty
	// if nothing was.
	Notice string
	Parts  []Part
}

// Part is a part of a page: a message, what can be done about it, and what
// happened when.
type Part struct {
	Message
	QR      string // an SVG of ours; empty if there is none
	QRName  string // what it is, for whoever cannot see it
	Links   []PageLink
	Forms   []Form
	History []Moment
}

// PageLink leads to another page of ours.
type PageLink struct{ Href, Label, Hint string }

// Form is a button that asks us to do something.
type Form struct {
	Do    string // what is asked for: notmine, mine, undo, trust, stop
	Label string
	Style Style
	Note  string // said before the button; may be empty
	// Fields and then Groups stand before the button, More are further
	// buttons of the form.
	Fields []Field
	Groups []Group
	More   []Form // only Do, Label and Style count
}

// Group is fields that are folded away under a heading until it is tapped.
type Group struct {
	Title  string
	Says   string // what is set now, in a few words, for whoever leaves it folded
	Open   bool
	Text   []string
	Fields []Field
}

// FieldKind says how a field is filled in.
type FieldKind string

// The kinds of fields.
const (
	FieldText   FieldKind = "text"
	FieldNumber FieldKind = "number" // typed with the keys for digits, in yen
	FieldEmail  FieldKind = "email"
	FieldTime   FieldKind = "time"
	FieldLines  FieldKind = "lines"
	FieldCheck  FieldKind = "check"
	FieldSelect FieldKind = "select"
	FieldHidden FieldKind = "hidden"
)

// Field is one thing to fill in.
type Field struct {
	Kind    FieldKind
	Name    string
	Label   string
	Hint    string
	Value   string
	Unit    string // behind a number
	Checked bool
	Options []Option
	Error   string // what is wrong with the value, beside it
}

// Option is one choice of a FieldSelect.
type Option struct{ Value, Label string }

// What a Form asks for.
const (
	DoNotMine = "notmine"
	DoMine    = "mine"
	DoUndo    = "undo"
	DoTrust   = "trust"
	DoStop    = "stop"
)

// Moment is a line of an alert's history.
type Moment struct {
	At   time.Time
	When string // in words
	Say  string
}

// PageFacts is what the page of an alert is made from.
type PageFacts struct {
	Record      *watch.Record
	Dispute     *watch.Dispute // nil if nobody ever said "not mine"
	Watcher     watch.Watcher  // who reads
	ServiceName string         // in the reader's language; empty if no payment service is known
	BankName    string         // likewise
	Bank        Contact
	Service     Contact
	UndoUntil   time.Time   // end of the time in which the reader can take "not mine" back; zero if they cannot
	Offer       watch.Trust // what trusting would add; the zero value offers nothing
	TrustDays   int         // how long it would hold
	Now         time.Time
}

func (f *PageFacts) lang() watch.Lang { return langOf(f.Watcher.Lang) }
func (f *PageFacts) guardian() bool   { return f.Watcher.Role == watch.Guardian }
func (f *PageFacts) bank() string     { return orElse(f.BankName, tTheBank.in(f.lang())) }

// trusted is a standing trust under which a debit like this one stays silent.
func (f *PageFacts) trusted() (watch.Trust, bool) {
	for _, t := range f.Watcher.Rules.Trusts {
		if t.Service != "" && t.Service == f.Record.Service && t.UpTo >= f.Record.Amount && f.Now.Before(t.Until) {
			return t, true
		}
	}
	return watch.Trust{}, false
}

var (
	tPageName       = text{ja: "口座守：お知らせ", en: "Kozamori: bank account alert"}
	tAskDebit       = text{ja: "この引き落としに心当たりはありますか", en: "Was this debit yours?"}
	tAskLink        = text{ja: "この連携の登録に心当たりはありますか", en: "Did you register this link?"}
	tAskThem        = text{ja: "ご本人に心当たりがあるか、確かめてください", en: "Please ask them whether they recognise it"}
	tAskText        = text{ja: "「%[1]s」を押すと、すぐに%[2]sへ伝え、受付番号をお出しします。まちがえて押しても、10分以内なら取り消せます。", en: "If you press \"%[1]s\", we tell %[2]s at once and give you a report number. Pressed by mistake, it can be taken back for 10 minutes."}
	tAgain          = text{ja: "やはり身に覚えがないときは、もう一度「%s」を押してください。", en: "If it was not you after all, press \"%s\" again."}
	tIfWrongPage    = text{ja: "違っていたときは、「%s」を押してください。", en: "If that is wrong, press \"%s\"."}
	tTellingBank    = text{ja: "%sに伝えているところです。", en: "We are telling %s now."}
	tToldBank       = text{ja: "%[1]sに伝えました（%[2]s）。", en: "We have told %[1]s (%[2]s)."}
	tBankNotTold    = text{ja: "%sにはまだ伝わっていません。お手数ですが、電話で受付番号を伝えてください。", en: "We could not reach %s. Please call them and give your report number."}
	tDoNow          = text{ja: "被害を広げないために、次のことを順にお願いします。", en: "To prevent further loss, please do the following, in this order."}
	tUndoNote       = text{ja: "まちがえて押したときは、取り消せます。", en: "If you pressed it by mistake, you can take it back."}
	tUndoOther      = text{ja: "あなたに心当たりがあるときは、取り消せます。", en: "If you recognise it, you can take it back."}
	tOwnerNotMine   = text{ja: "口座の名義人が「身に覚えがない」と回答しました", en: "The account's owner answered: it was not me"}
	tYouNotMine     = text{ja: "あなたが「身に覚えがない」と回答しました", en: "You answered: it was not me"}
	tSomebodyMine   = text{ja: "口座の名義人か見守り家族が「本人のものです」と回答しました", en: "The account's owner or a family member answered: it was them"}
	tYouNotTheirs   = text{ja: "あなたが「本人に覚えがない」と回答しました", en: "You answered: it was not them"}
	tYouMine        = text{ja: "あなたが「自分です」と回答しました", en: "You answered: it was me"}
	tYouTheirs      = text{ja: "あなたが「本人のものです」と回答しました", en: "You answered: it was them"}
	tPageNotAllowed = text{ja: "この操作は、口座の名義人か、回答した方だけができます。", en: "Only the account's owner, or whoever gave the answer, can do that."}
	tPageNoTrust    = text{ja: "いまは、このサービスを「知らせない」ように設定できません。", en: "This service cannot be trusted at the moment."}
	tAbout          = text{ja: "このお知らせについて", en: "About this alert"}
	tPageHappened   = text{ja: "お知らせの内容", en: "The alert"}
)

// Refusal is why what was asked for on an alert's page was not done.
type Refusal int

// The refusals.
const (
	NoRefusal      Refusal = iota
	RefusedLate            // the time to take "not mine" back is over
	RefusedAllowed         // not this watcher's to do
	RefusedTrust           // nothing to trust
)

// AlertPage is the page of an alert: what stands, what can be done, what
// happened. Before there is an answer, what happened comes first.
func AlertPage(f PageFacts, refused Refusal) Page {
	lang := f.lang()
	p := Page{Lang: string(lang), Name: tPageName.in(lang)}
	switch refused {
	case RefusedLate:
		p.Notice = tUndoTooLateText.in(lang)
	case RefusedAllowed:
		p.Notice = tPageNotAllowed.in(lang)
	case RefusedTrust:
		p.Notice = tPageNoTrust.in(lang)
	}
	alert, history := Part{Message: f.alert()}, Part{Message: Message{Lang: p.Lang, Title: tHistory.in(lang)}, History: f.history()}
	switch {
	case f.disputed():
		p.Parts = []Part{f.open(), alert, history}
	case f.Record.Answer != nil:
		p.Parts = []Part{f.mine(), alert, history}
	case f.Dispute != nil:
		p.Parts = []Part{f.withdrawn(), alert, history}
	default:
		// The buttons come before what can be read later.
		about := Part{Message: Message{Lang: p.Lang, Title: tAbout.in(lang), Why: alert.Why, Steps: alert.Steps, Foot: alert.Foot}}
		alert.Why, alert.Steps, alert.Foot = nil, nil, ""
		p.Parts = []Part{alert, f.ask(), about, history}
		if len(about.Why)+len(about.Steps) == 0 {
			p.Parts = []Part{alert, f.ask(), history}
		}
	}
	if p.Parts[0].Message.Badge == "" {
		p.Parts[0].Badge, p.Parts[0].Tone = tInfo.in(lang), Calm
	}
	return p
}

func (f *PageFacts) disputed() bool {
	return f.Dispute != nil && f.Record.Answer != nil && f.Record.Answer.Value == watch.NotMine
}

// alert is what happened. Once it is answered it no longer shouts, and what
// to do is said by the answer.
func (f *PageFacts) alert() Message {
	r := *f.Record
	r.Deliveries = nil // the page tells at once what the bank has undone
	a := AlertFacts{Record: &r, Guardian: f.guardian(), ServiceName: f.ServiceName, BankName: f.BankName, Bank: f.Bank, Service: f.Service,
		Delivery: watch.Delivery{Watcher: f.Watcher.ID, Lang: f.Watcher.Lang, HideAmount: f.Watcher.HideAmount}, Now: f.Now}
	if n, ok := r.Notice(f.Watcher.ID); ok {
		a.Notice = *n
	}
	m := Alert(a)
	if f.Record.Answer == nil && f.Dispute == nil {
		return m
	}
	m.Facts = append([]Fact{{tFactWhat.in(f.lang()), m.Title}}, m.Facts...)
	m.Tone, m.Badge, m.Title, m.Steps, m.Foot = Calm, "", tPageHappened.in(f.lang()), nil, ""
	return m
}

var tFactWhat = text{ja: "できごと", en: "What happened"}

func (f *PageFacts) answers() (notMine, mine string) {
	return pick(f.guardian(), tNotTheirs, tNotMine).in(f.lang()), pick(f.guardian(), tTheirs, tMine).in(f.lang())
}

func (f *PageFacts) ask() Part {
	lang := f.lang()
	ask := pick(f.Record.Kind == watch.LinkRegistered, tAskLink, tAskDebit)
	notMine, mine := f.answers()
	return Part{
		Message: Message{Lang: string(lang), Title: pick(f.guardian(), tAskThem, ask).in(lang), Text: []string{tAskText.in(lang, notMine, f.bank())}},
		Forms:   []Form{{Do: DoNotMine, Label: notMine, Style: Danger}, {Do: DoMine, Label: mine, Style: Secondary}},
	}
}

func (f *PageFacts) withdrawn() Part {
	lang := f.lang()
	p := f.ask()
	p.Title, p.Text = tWithdrawn.in(lang), []string{tAgain.in(lang, p.Forms[0].Label)}
	p.Facts = []Fact{{tFactReference.in(lang), f.Dispute.Reference}}
	return p
}

// open is a dispute that stands.
func (f *PageFacts) open() Part {
	lang, d := f.lang(), f.Dispute
	m := Message{Lang: string(lang), Title: tDisputeOpened.in(lang), Amount: d.Reference, Foot: tNeverPIN.in(lang)}
	if say, ok := saidByBank(d.Status); ok {
		m.Title, m.Amount = say.in(lang, f.bank()), ""
		m.Facts = append(m.Facts, Fact{tFactReference.in(lang), d.Reference})
	}
	if d.Watcher != f.Watcher.ID {
		m.Facts = append(m.Facts, Fact{tFactAnswer.in(lang), pick(d.AnsweredBy == watch.Guardian, tOtherNotMine, tOwnerNotMine).in(lang)})
	}
	m.Facts = append(m.Facts, Fact{tFactStatus.in(lang), StatusName(lang, d.Status)},
		Fact{tFactAnswered.in(lang), Time(lang, d.AnsweredAt, f.Now)})
	m.Text = append(m.Text, bankNote(lang, f.bank(), d.Text, f.Watcher.HideAmount)...)
	if d.Status != watch.DisputeRefunded && d.Status != watch.DisputeClosed {
		m.Text = append(m.Text, f.bankTold(), tDoNow.in(lang))
		m.Steps = WhatToDo(lang, f.BankName, f.Bank, f.ServiceName, f.Service)
	}
	p := Part{Message: m}
	if !f.UndoUntil.IsZero() {
		p.Forms = []Form{{Do: DoUndo, Style: Secondary, Note: pick(d.Watcher == f.Watcher.ID, tUndoNote, tUndoOther).in(lang),
			Label: tUndoButton.in(lang, f.UndoUntil.In(watch.JST).Format("15:04"))}}
	}
	return p
}

// bankTold says whether the bank has the latest of our changes.
func (f *PageFacts) bankTold() string {
	lang := f.lang()
	for i := len(f.Dispute.Changes) - 1; i >= 0; i-- {
		switch c := f.Dispute.Changes[i]; {
		case !c.TellBank:
		case !c.ToldAt.IsZero():
			return tToldBank.in(lang, f.bank(), Time(lang, c.ToldAt, f.Now))
		case !c.GaveUpAt.IsZero():
			return tBankNotTold.in(lang, f.bank())
		default:
			return tTellingBank.in(lang, f.bank())
		}
	}
	return tTellingBank.in(lang, f.bank())
}

// mine is an alert that somebody recognised.
func (f *PageFacts) mine() Part {
	lang := f.lang()
	m := Message{Lang: string(lang), Title: pick(f.guardian(), tThanksTheirs, tThanks).in(lang)}
	if f.Record.Answer.Watcher != f.Watcher.ID {
		m.Title = pick(f.guardian(), tSomebodyMine, tOtherMine).in(lang)
	}
	notMine, _ := f.answers()
	p := Part{Message: m}
	if t, ok := f.trusted(); ok {
		service := orElse(f.ServiceName, tTheService.in(lang))
		p.Text = append(p.Text, tTrustedText.in(lang, service, Yen(lang, t.UpTo), Date(lang, t.Until)), tTrustedStill.in(lang))
	} else if f.Offer.Service != "" && f.ServiceName != "" && !f.Watcher.HideAmount {
		p.Forms = append(p.Forms, Form{Do: DoTrust, Label: tTrustButton.in(lang, f.TrustDays), Style: Secondary,
			Note: tTrustOffer.in(lang, f.ServiceName, Yen(lang, f.Offer.UpTo), f.TrustDays)})
	}
	p.Forms = append(p.Forms, Form{Do: DoNotMine, Label: notMine, Style: Danger, Note: tIfWrongPage.in(lang, notMine)})
	return p
}
