package wording

import (
	"slices"
	"time"

	"kozamori/internal/button"
	"kozamori/internal/message"
	"kozamori/internal/quote"
	"kozamori/internal/watch"
)

// What a Form asks for.
const (
	DoNotMine = string(button.NotMine)
	DoMine    = string(button.Mine)
	DoOther   = "other" // mine, and the other reading
	DoUndo    = string(button.Undo)
	DoTrust   = string(button.Trust)
	DoStop    = "stop"
)

// PageFacts is what the page of an alert is made from.
type PageFacts struct {
	Record  *watch.Record  // of an incident in pieces: those that stand alike, as one
	Cases   []string       // the numbers of those (watch.CaseIDs); nil for Record's own
	Others  []OtherPieces  // those that do not
	Dispute *watch.Dispute // nil if "not mine" was never said
	Related []Related      // what belongs to the same story, of other accounts of the reader
	// TakenBack tells of which parts the report was taken back after which they came.
	TakenBack   func(part *watch.Record) bool
	Follows     string          // the number of the report that Dispute follows, if it does
	Watcher     watch.Watcher   // who reads
	Family      []watch.Watcher // see DisputeFacts
	ServiceName string          // in the reader's language; empty if no payment service is known
	SecondName  string          // the same, of Record.Second
	BankName    string          // the same
	Bank        Contact
	Service     Contact
	// ServiceOf names the other services of an incident; nil if there are none.
	ServiceOf func(id string) (string, Contact)
	UndoUntil time.Time   // end of the time in which the reader can take "not mine" back; zero if they cannot
	Offer     watch.Trust // what trusting would add; the zero value offers nothing
	TrustDays int         // how long it would hold
	// Stops are the services of a report that the bank can be asked to stop with one press,
	// and Controls what it was asked for.
	Stops    []Choice
	Controls []ControlFacts
	// Channel is what the reader calls a channel; nil calls each by its kind.
	Channel func(watch.ChannelKind) string
	Now     time.Time
}

func (f *PageFacts) lang() watch.Lang { return langOf(f.Watcher.Lang) }
func (f *PageFacts) guardian() bool   { return f.Watcher.Role == watch.Guardian }
func (f *PageFacts) channel(kind watch.ChannelKind) string {
	if f.Channel == nil {
		return string(kind)
	}
	return f.Channel(kind)
}
func (f *PageFacts) bank() string { return orElse(f.BankName, tTheBank.in(f.lang())) }

// OtherPieces are those of an incident that stand in another way than what a page
// shows.
type OtherPieces struct {
	Group watch.Group
	Href  string // of their page
}

var tOtherPieces = text{ja: "この案件のほかの%d件", en: "The other %d of this incident"}

// others are the ways to the rest of the incident.
func (f *PageFacts) others() (out []message.PageLink) {
	for _, o := range f.Others {
		n, over := 0, o.Group.Record.Over()
		for _, p := range o.Group.Record.Parts() {
			if over || !p.Gone() {
				n++
			}
		}
		out = append(out, message.PageLink{Href: o.Href, Label: tOtherPieces.in(f.lang(), n), Hint: state(f.lang(), o.Group.Record, o.Group.Dispute)})
	}
	return out
}

// trusted is a standing trust under which a debit like this one stays silent.
func (f *PageFacts) trusted() (watch.Trust, bool) {
	return f.Watcher.Rules.TrustIn(f.Record.Service, f.Record.Amount, f.Now)
}

var (
	tPageNameOf     = text{ja: "口座守：%sのお知らせ", en: "Kozamori: an alert about %s"}
	tPageName       = text{ja: "口座守：お知らせ", en: "Kozamori: bank account alert"}
	tAskDebit       = text{ja: "この引き落としに心当たりはありますか", en: "Was this debit yours?"}
	tAskLink        = text{ja: "この登録に心当たりはありますか", en: "Did you register this link?"}
	tAskThem        = text{ja: "ご本人に心当たりがあるか、確かめてください", en: "Ask them whether they recognise it"}
	tAskText        = text{ja: "「%[1]s」を押すと、すぐに%[2]sへ伝え、受付番号を表示します。間違えて押しても、%[3]s以内なら取り消せます。", en: "If you press \"%[1]s\", we tell %[2]s at once and give you a report number. Pressed by mistake, it can be taken back for %[3]s."}
	tAgain          = text{ja: "やはり身に覚えがないときは、もう一度「%s」を押してください。", en: "If it is not recognised after all, press \"%s\" again."}
	tIfWrongPage    = text{ja: "違っていたときは、「%s」を押してください。", en: "If that is wrong, press \"%s\"."}
	tTellingBank    = text{ja: "%sに伝えているところです。", en: "We are telling %s now."}
	tToldBank       = text{ja: "%[1]sに伝えました（%[2]s）。", en: "We have told %[1]s (%[2]s)."}
	tBankNotTold    = text{ja: "%sにはまだ伝わっていません。お手数ですが、電話で受付番号を伝えてください。", en: "We could not reach %s. Please call them and give your report number."}
	tDoNow          = text{ja: "被害が広がらないよう、次の順にお願いします。", en: "To prevent further loss, please do the following, in this order."}
	tUndoNote       = text{ja: "間違えて押したときは、取り消せます。", en: "If you pressed it by mistake, you can take it back."}
	tUndoOther      = text{ja: "あなたに心当たりがあるときは、取り消せます。", en: "If you recognise it, you can take it back."}
	tOwnerNotMine   = text{ja: "口座の名義人が「身に覚えがない」と回答しました", en: "The account's owner answered \"That was not me\""}
	tYouNotMine     = text{ja: "あなたが「身に覚えがない」と回答しました", en: "You answered: it was not me"}
	tSomebodyMine   = text{ja: "口座の名義人か見守り家族が「本人の利用です」と回答しました", en: "The account's owner or a family member answered: it was them"}
	tYouNotTheirs   = text{ja: "あなたが「本人は身に覚えがない」と回答しました", en: "You answered: it was not them"}
	tYouMine        = text{ja: "あなたが「心当たりがある」と回答しました", en: "You answered: it was me"}
	tYouTheirs      = text{ja: "あなたが「本人の利用です」と回答しました", en: "You answered: it was them"}
	tPageNotAllowed = text{ja: "この操作は、口座の名義人か、回答した方だけができます。", en: "Only the account's owner, or the person who gave the answer, can do that."}
	tPageByMail     = text{ja: "メールのリンクからは、お知らせを減らす設定はできません。トークの「設定」からお願いします。", en: "A link in an email cannot make us tell you less. Please use the settings in the chat."}
	tPageNoTrust    = text{ja: "いまは、このサービスを「知らせない」ように設定できません。", en: "This service cannot be trusted at the moment."}
	tAbout          = text{ja: "くわしい内容", en: "Details"}
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
	RefusedByMail          // not by a link in a mail
	RefusedChanged         // more was taken than the page showed
	AskUndo                // others know of the report: taking it back wants a second step
)

// AlertPage is the page of an alert: what stands, what can be done, what
// happened. Before there is an answer, what happened comes first.
func AlertPage(f PageFacts, refused Refusal) message.Page {
	lang := f.lang()
	p := message.Page{Lang: string(lang), Name: tPageName.in(lang)}
	if f.ServiceName != "" {
		p.Name = tPageNameOf.in(lang, f.ServiceName)
	}
	switch refused {
	case RefusedLate:
		p.Notice = tUndoTooLateText.in(lang)
	case RefusedAllowed:
		p.Notice = tPageNotAllowed.in(lang)
	case RefusedTrust:
		p.Notice = tPageNoTrust.in(lang)
	case RefusedByMail:
		p.Notice = tPageByMail.in(lang)
	case RefusedChanged:
		p.Notice = tPageChanged.in(lang)
	}
	if a := f.Record.Answer; a != nil && !f.Record.Answered() && p.Notice == "" {
		p.Notice = hidden(f.Watcher.HideAmount || a.Shows == nil || f.incident(), tAnswerWasOther, tAnswerWasFor, lang, Yen(lang, a.Shows.Yen()))
	}
	alert, history := message.Part{Message: f.alert()}, message.Part{Message: message.Message{Lang: p.Lang, Title: tHistory.in(lang), Facts: caseFacts(lang, f.Cases, f.Record, f.Dispute)}, Links: append(f.others(), f.related()...), History: f.history()}
	switch {
	case f.disputed() && refused == AskUndo:
		p.Parts = []message.Part{f.askUndo(), alert, history}
	case f.disputed():
		p.Parts = []message.Part{f.open(), alert, history}
	case f.Record.Answer != nil && f.Record.Answered():
		p.Parts = []message.Part{f.mine(), alert, history}
	case f.Dispute != nil:
		again := f.withdrawn()
		again.Amount, alert.Amount = alert.Amount, "" // next to the answers
		p.Parts = []message.Part{again, alert, history}
	default:
		// The amount and the answers stand on one screen; all that can be read
		// later comes after them.
		about := message.Part{Message: alert.Message}
		about.Tone, about.Badge, about.Amount, about.Title, about.Text = "", "", "", tAbout.in(lang), f.whatFollows()
		about.Facts = slices.DeleteFunc(slices.Clone(alert.Facts), func(x message.Fact) bool { return !x.More })
		alert.Message, alert.Forms = alert.InBrief(), f.asks()
		alert.Brief = true
		if alert.Tone != message.Critical {
			alert.Message = marked(lang, alert.Message, tCheck)
		}
		p.Parts = []message.Part{alert, about, history}
	}
	if p.Parts[0].Message.Badge == "" {
		p.Parts[0].Badge, p.Parts[0].Tone = tInfo.in(lang), message.Calm
	}
	return p
}

func (f *PageFacts) disputed() bool {
	return f.Dispute.Stands(f.Record)
}

// alert is what happened. Once it is answered it no longer shouts, and what
// to do is said by the answer.
func (f *PageFacts) alert() message.Message {
	r := f.Record
	a := AlertFacts{Record: r, Guardian: f.guardian(), ServiceName: f.ServiceName, SecondName: f.SecondName, BankName: f.BankName, Bank: f.Bank, Service: f.Service, Page: true,
		Delivery: watch.Delivery{Watcher: f.Watcher.ID, Lang: f.Watcher.Lang, HideAmount: f.Watcher.HideAmount}, Now: f.Now}
	if n, ok := r.Notice(f.Watcher.ID); ok {
		a.Notice, a.Silenced = *n, n.Silenced
	}
	a.Notice.Reasons, a.Called = f.reasons(r, r.ReasonsFor(r, f.Watcher.ID)), r.CalledOnly(r, f.Watcher.ID)
	m := Alert(a)
	if f.incident() {
		m = f.together(f.Record.Answer != nil && f.Record.Answered())
	}
	if (f.Record.Answer == nil || !f.Record.Answered()) && f.Dispute == nil {
		return m
	}
	m.Facts = append([]message.Fact{{Label: tFactWhat.in(f.lang()), Value: m.Title}}, m.Facts...)
	m.Tone, m.Badge, m.Title, m.Steps, m.Foot = message.Calm, "", tPageHappened.in(f.lang()), nil, ""
	return m
}

// FieldShown is the hidden field of an answer that tells what the page showed.
const FieldShown = "shown"

var tPageChanged = text{ja: "ご覧のあいだに、引き落としの内容が変わりました。新しい内容を確かめて、もう一度お答えください。", en: "The debit changed while you were looking. Please check it as it is now, and answer again."}

var tFactWhat = text{ja: "できごと", en: "What happened"}

func (f *PageFacts) answers() (notMine, mine string) {
	return pick(f.guardian(), tNotTheirs, tNotMine).in(f.lang()), pick(f.guardian(), tTheirs, tMine).in(f.lang())
}

// asks are the answers that can be given, behind the question.
func (f *PageFacts) asks() []message.Form {
	lang := f.lang()
	ask := pick(f.Record.Kind == watch.LinkRegistered, tAskLink, tAskDebit)
	if f.incident() {
		ask = tAskIncident
	}
	_, mine := f.answers()
	shown := []message.Field{{Name: FieldShown, Kind: message.FieldHidden, Value: f.Record.Mark()}, saw(f.Record.Parts())}
	forms := []message.Form{f.notMine(pick(f.guardian(), tAskThem, ask).in(lang)), {Do: DoMine, Label: mine, Style: message.Secondary, Fields: shown}}
	if was := itWas(lang, f.Record); was != "" {
		forms = append(forms, message.Form{Do: DoOther, Label: was, Style: message.Secondary, Fields: shown})
	}
	return forms
}

// whatFollows is what comes of an answer.
func (f *PageFacts) whatFollows() []string {
	notMine, _ := f.answers()
	return []string{tAskText.in(f.lang(), notMine, f.bank(), minutes(watch.UndoFor))}
}

func (f *PageFacts) withdrawn() message.Part {
	lang := f.lang()
	p := message.Part{Message: message.Message{Lang: string(lang), Title: tWithdrawn.in(lang), Brief: true,
		Facts: append([]message.Fact{{Label: tFactReference.in(lang), Value: f.Dispute.Reference}}, f.covered()...)}, Forms: f.asks()}
	p.Forms[0].Note = tAgain.in(lang, p.Forms[0].Label)
	return p
}

// said is what the bank said last, to the reader.
func (f *PageFacts) said() quote.Text {
	if c := f.Dispute.Latest(); c.Text == f.Dispute.Text {
		return bankText(f.lang(), c)
	}
	return f.Dispute.Text
}

// open is a dispute that stands.
func (f *PageFacts) open() message.Part {
	lang, d := f.lang(), f.Dispute
	m := message.Message{Lang: string(lang), Title: tDisputeOpened.in(lang), Amount: d.Reference, Foot: tNeverPIN.in(lang)}
	if say, ok := saidByBank(d.Latest()); ok {
		m.Title, m.Amount = say.in(lang, f.bank()), ""
		m.Facts = append(m.Facts, message.Fact{Label: tFactReference.in(lang), Value: d.Reference})
	}
	m.Facts = append(m.Facts, f.covered()...)
	if d.Follows != "" {
		m.Facts = append(m.Facts, message.Fact{Label: tFollows.in(lang), Value: f.Follows})
	}
	if d.Watcher != f.Watcher.ID {
		m.Facts = append(m.Facts, message.Fact{Label: tFactAnswer.in(lang), Value: pick(d.AnsweredBy == watch.Guardian, tGuardNotMine, tOwnerNotMine).in(lang)})
	}
	m.Facts = append(m.Facts, message.Fact{Label: tFactStatus.in(lang), Value: statusName(lang, d)},
		message.Fact{Label: tFactAnswered.in(lang), Value: Time(lang, d.AnsweredAt, f.Now)})
	m.Text = append(m.Text, f.unseen()...)
	m.Text = append(m.Text, bankNote(lang, f.bank(), f.said(), f.Watcher.HideAmount, true)...)
	if d.Status != watch.DisputeRefunded && d.Status != watch.DisputeClosed {
		m.Text = append(m.Text, f.bankTold())
		m.Text = append(append(m.Text, f.claims(false)...), tDoNow.in(lang))
		m.Steps = f.steps()
	}
	p := message.Part{Message: f.withControls(m), Links: []message.PageLink{{Href: "?" + SheetMark, Label: tSheetLink.in(lang), Hint: tSheetHint.in(lang)}}}
	for _, s := range f.Stops {
		p.Forms = append(p.Forms, StopForm(lang, s))
	}
	if rest := f.Record.Recognised(); len(rest) > 0 {
		p.Forms = append(p.Forms, f.addRest(rest))
	}
	if rest := f.silenced(); len(rest) > 0 {
		p.Forms = append(p.Forms, f.addSilenced(rest))
	}
	if !f.UndoUntil.IsZero() {
		p.Forms = append(p.Forms, message.Form{Do: DoUndo, Style: message.Secondary, Note: pick(d.Watcher == f.Watcher.ID, tUndoNote, tUndoOther).in(lang),
			Label: tUndoButton.in(lang, f.UndoUntil.In(watch.JST).Format("15:04"))})
	}
	return p
}

// steps are what the reader does, or has the account's owner do.
func (f *PageFacts) steps() []message.Step {
	return toDo{f.lang(), true, f.guardian(), Named{f.BankName, f.Bank}, servicesOf(f.Dispute.TotalAt(0), Named{f.ServiceName, f.Service}, f.ServiceOf)}.steps()
}

// covered is what the report is about, where that is not the one debit or link that
// the page shows.
func (f *PageFacts) covered() []message.Fact {
	total := f.Dispute.TotalAt(0)
	if !total.Several() && !f.incident() {
		return nil
	}
	c := covers{lang: f.lang(), total: total, hide: f.Watcher.HideAmount}
	return []message.Fact{{Label: tCoverWhat.in(f.lang()), Value: c.several()}}
}

// bankTold says whether the bank has the report, or, of one that was taken back, the
// latest of our changes.
func (f *PageFacts) bankTold() string {
	lang := f.lang()
	if at := f.Dispute.ToldOf(""); !at.IsZero() && f.disputed() {
		return tToldBank.in(lang, f.bank(), Time(lang, at, f.Now))
	}
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
func (f *PageFacts) mine() message.Part {
	lang := f.lang()
	m := message.Message{Lang: string(lang), Title: thanks(lang, f.guardian(), f.Record)}
	if f.Record.Answer.Watcher != f.Watcher.ID {
		m.Title = pick(f.guardian(), tSomebodyMine, tOtherMine).in(lang)
	}
	notMine, _ := f.answers()
	p := message.Part{Message: m}
	p.Text = ownLink(lang, f.Record)
	if t, ok := f.trusted(); ok {
		service := orElse(f.ServiceName, tTheService.in(lang))
		p.Text = append(p.Text, tTrustedText.in(lang, service, Yen(lang, t.UpTo), Date(lang, t.Until)), tTrustedStill.in(lang))
	}
	p.Forms = append(p.Forms, f.notMine(tIfWrongPage.in(lang, notMine)))
	if _, ok := f.trusted(); !ok && f.Offer.Service != "" && f.ServiceName != "" && !f.Watcher.HideAmount {
		p.Forms = append(p.Forms, message.Form{Do: DoTrust, Label: tTrustButton.in(lang, f.TrustDays), Style: message.Link,
			Note: tTrustOffer.in(lang, f.ServiceName, Yen(lang, f.Offer.UpTo), f.TrustDays)})
	}
	return p
}
