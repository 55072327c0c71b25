package wording

import (
	"slices"
	"time"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// IncidentFacts is what a message about several alerts of one story is worded
// from. Like AlertFacts it must come from what is stored.
type IncidentFacts struct {
	Parts []AlertFacts // what is told now, in the order in which it happened
	// Debits, Yen, First and Last sum up all that the reader has been told of
	// the incident with this message, or, OfReport, all that is reported. First is zero
	// if it is not known when all of it was.
	Debits      int
	Yen         int64
	First, Last time.Time
	OfReport    bool
	// Earlier tells that there were debits of the service of these before.
	Earlier bool
	// GoesOn tells that the sum leaves out an incident that was full, from which this
	// goes on: messages of the version before.
	GoesOn bool
	// Covered tells that not all of this happened after the report that covers it.
	Covered bool
	// Report is the number of the report that stands, and Joined tells that
	// what is told now has been added to it.
	Report string
	// Lines has as many parts listed, if that is more than a message has room for by
	// itself. Whole has every part listed, for a page, Bare none, and Except are the parts, by
	// record, that were recognised while the rest was reported.
	Lines       int
	Whole, Bare bool
	Except      []string
	// NotTaken tells that its reader answered without having seen this.
	NotTaken bool
	// Mixed tells that its reader answered for one of its services, from a list.
	Mixed   bool
	Called  watch.Call // why the reader is told although no rule of theirs matched
	Related string     // the number of the report about another account, to whose story this belongs
	// Asked is, with Called, when who has not answered was first told; Sent is when
	// that was written.
	Asked, Sent time.Time
}

// Names are what people call banks and services, in the reader's language.
type Names struct {
	Bank    func(code string) (string, Contact)
	Service func(id string) (string, Contact)
}

// IncidentOf takes the facts of what a message says of an incident to a
// watcher; link is the page of the incident.
func IncidentOf(lead *watch.Record, says []watch.Said, d watch.Delivery, w *watch.Watcher, names Names, link string, onPage bool) IncidentFacts {
	f := IncidentFacts{Called: d.Called, Except: d.Except, Asked: d.Asked, Sent: d.CreatedAt, GoesOn: lead.Continues != ""}
	bank, bankContact := names.Bank(lead.Account.Bank)
	d.HideAmount = d.HideAmount || w.HideAmount
	for _, s := range says {
		p, ok := lead.Part(s.Record)
		if !ok {
			continue
		}
		shown := p.As(s.Is)
		service, contact := names.Service(shown.Service)
		a := AlertFacts{Record: shown, Lead: lead.ID, Delivery: d, Was: s.Was, Guardian: w.Role == watch.Guardian, ServiceName: service,
			BankName: bank, Bank: bankContact, Service: contact, Link: link, CanAnswer: true, OnPage: onPage}
		a.Notice.Reasons = lead.ReasonsFor(p, w.ID)
		a.word(lead, p)
		if s.Is != nil {
			a.Notice.Reasons = s.Is.Reasons
		}
		if shown.Second != nil {
			a.SecondName, _ = names.Service(shown.Second.Service)
		}
		if s.Was != nil {
			a.WasServiceName, _ = names.Service(s.Was.Service)
			if an := d.Answer; an != nil {
				if was := an.GivenFor(s.Record, lead.ID); was != nil && !was.Covers(shown) {
					a.AnsweredBefore = was
				}
			}
		}
		f.Parts = append(f.Parts, a)
	}
	f.Earlier = f.GoesOn || f.before(lead, says, &d)
	if was := d.Worded; was != nil {
		f.Debits, f.Yen, f.First, f.Last, f.Earlier = was.Debits, was.Yen, was.First, was.Last, was.Earlier
	}
	return f
}

// before tells whether an earlier message than a delivery told its reader of a debit of
// the service of the last part. What has happened since changes nothing in that: a
// message that is tried again reads the same.
func (f *IncidentFacts) before(lead *watch.Record, says []watch.Said, d *watch.Delivery) bool {
	if len(f.Parts) == 0 {
		return false
	}
	last, n := f.Parts[len(f.Parts)-1].Record, len(lead.Deliveries)
	if i := slices.IndexFunc(lead.Deliveries, func(o watch.Delivery) bool { return o.ID == d.ID && o.CreatedAt.Equal(d.CreatedAt) }); i >= 0 {
		n = i
	}
	return slices.ContainsFunc(lead.Parts(), func(p *watch.Record) bool {
		s, told := lead.Seen(p, d.Watcher, d.Channel, n)
		return told && p.Kind == watch.Debit && s.Service == last.Service && !slices.ContainsFunc(says, func(s watch.Said) bool { return s.Record == p.ID })
	})
}

// SumUp has the message sum up more than the reader was told of one record: all
// pieces of the incident, or all that is reported.
func (f *IncidentFacts) SumUp(s watch.PastSum, ofReport bool) {
	f.Debits, f.Yen, f.First, f.Last = s.Debits, s.Yen, s.FirstAt, s.LastAt
	f.OfReport, f.GoesOn = ofReport, false
}

var (
	tTitleGoesOn    = text{ja: "%[1]sによる%[2]sからの引き落としが続いています", en: "%[1]s keeps taking money from %[2]s"}
	tTitleSeveral   = text{ja: "%[2]sから、%[1]sの引き落としが%[3]d回ありました", en: "%[1]s took money from %[2]s %[3]d times"}
	tTitleLinkDebit = text{ja: "%[1]sに%[2]sが登録され、引き落としがありました", en: "A new charge link with %[1]s was registered on %[2]s, and money was taken"}
	tTitleGoesOnOr  = text{ja: "%[2]sから、%[1]sかほかの支払いの引き落としが続いています", en: "%[1]s or something else keeps taking money from %[2]s"}
	tTitleSeveralOr = text{ja: "%[2]sから、%[1]sかほかの支払いの引き落としが%[3]d回ありました", en: "%[1]s or something else took money from %[2]s %[3]d times"}
	tTitleMovedOf   = text{ja: "%[2]sでの、%[1]sの動きをお知らせします", en: "News of %[1]s on %[2]s"}
	tTitleMoved     = text{ja: "%sの動きをお知らせします", en: "News of %s"}

	tAltMore       = text{ja: "【お知らせ】口座から引き落としが続いています", en: "[Notice] There were more debits from a bank account"}
	tAltUrgentMore = text{ja: "【緊急】口座からの引き落としが続いています。確認してください", en: "[Urgent] There were more debits from a bank account. Please check them"}

	tFrom = text{ja: "%sから", en: "from %s"}

	tPartDebit    = text{ja: "%s", en: "%s"}
	tPartHidden   = text{ja: "引き落とし", en: "a debit"}
	tPartLink     = text{ja: "口座の登録", en: "a charge link registered"}
	tPartLinked   = text{ja: "口座の登録", en: "linked"}
	tPartUndone   = sure{text{ja: "%s（取り消されました）", en: "%s (reversed)"}, text{ja: "%s（取り消された可能性があります）", en: "%s (may have been reversed)"}}
	tPartRemoved  = sure{text{ja: "%s（解除されました）", en: "%s (removed)"}, text{ja: "%s（解除された可能性があります）", en: "%s (may have been removed)"}}
	tPartReturned = sure{text{ja: "%[1]s（うち%[2]sが戻りました）", en: "%[1]s (of which %[2]s came back)"}, text{ja: "%[1]s（うち%[2]sが戻った可能性があります）", en: "%[1]s (of which %[2]s may have come back)"}}
	tPartSome     = sure{text{ja: "%s（一部が戻りました）", en: "%s (part of it came back)"}, text{ja: "%s（一部が戻った可能性があります）", en: "%s (part of it may have come back)"}}
	tPartFromTo   = text{ja: "%[2]s（%[1]sから変わりました）", en: "%[2]s (was %[1]s)"}
	tPartChanged  = text{ja: "%s（金額が変わりました）", en: "%s (the amount has changed)"}
	tPartAgain    = text{ja: "%s（もう一度行われました）", en: "%s (taken again)"}
	tPartMayAgain = text{ja: "%s（もう一度連絡がありました）", en: "%s (reported again)"}
	tLateAll      = text{ja: "銀行からの連絡が遅れて、いま届きました。日時をご確認ください。", en: "The bank has told us late. Please note when it happened."}
	tLateSome     = text{ja: "このうち%d件は、銀行からの連絡が遅れて、いま届きました。日時をご確認ください。", en: "Of %d of these the bank has told us late. Please note when they happened."}

	tPartStands     = text{ja: "%[1]s（%[2]sいません）", en: "%[1]s (has not %[2]s)"}
	tPartMay        = text{ja: "%[1]s（%[2]sいない可能性があります）", en: "%[1]s (may not have %[2]s)"}
	tPartLinkMay    = text{ja: "%s（解除されていない可能性があります）", en: "%s (may not have been removed)"}
	tPartLinkStands = text{ja: "%s（解除されていません）", en: "%s (has not been removed)"}
	tPartMore       = text{ja: "ほか", en: "and"}
	tPartMoreN      = text{ja: "%d件", en: "%d more"}

	tJoinedDebit = text{ja: "お申し出（%s）のあとにも引き落としがありました。銀行へも追加で伝えています。あらためて回答する必要はありません。", en: "This came after the report (%s). We are telling the bank of it too."}
	tJoinedBoth  = text{ja: "お申し出（%s）のあとに、決済サービスへの登録と引き落としがありました。銀行へも追加で伝えています。あらためて回答する必要はありません。", en: "A link and debits came after the report (%s). We have added them and are telling the bank."}
	tJoinedLink  = text{ja: "お申し出（%s）のあとに、決済サービスへの登録がありました。銀行へも追加で伝えています。あらためて回答する必要はありません。", en: "This link came after the report (%s). We have added it and are telling the bank."}

	tCovered = text{ja: "この内容も、お申し出（%s）に含めて銀行へ伝えています。あらためて回答する必要はありません。", en: "The report (%s) covers this too, and we are telling the bank. You need not answer again."}

	tCalledReport     = text{ja: "「身に覚えがない」との回答がありました（受付番号：%s）。銀行へ伝えています。ご本人に連絡してください。", en: "Reported as not theirs (%s). We are telling the bank. Please get in touch with them."}
	tCalledUnanswered = text{ja: "ご本人の回答がまだありません。ご本人にお知らせが届いたかどうかも、まだ分かりません。", en: "They have not answered yet. We do not know yet whether our alert has reached them."}
	tCalledSince      = text{ja: "ご本人がまだ回答していません（%sにお知らせしました）。", en: "They have not answered yet (we told them at %s)."}
	tCalledAgain      = text{ja: "%sにお知らせしましたが、まだ回答がありません。", en: "We told you at %s, and you have not answered yet."}
	tCalledReported   = text{ja: "「身に覚えがない」との回答がありました。", en: "Somebody has answered that it was not them."}
)

// maxLines is how many parts a message lists; the page lists them all.
const maxLines = 6

// briefLines is how many of them stand where little is in sight at once.
const briefLines = 2

// Incident words what is told of an incident: one alert, one change, or
// several together.
func Incident(f IncidentFacts) message.Message {
	var m message.Message
	if f.settled() {
		f.Parts = slices.Clone(f.Parts)
		for i := range f.Parts {
			f.Parts[i].CanAnswer = false
		}
	}
	first := &f.Parts[0]
	lang := first.lang()
	switch {
	case len(f.Parts) > 1:
		m = f.several()
	case first.Was == nil:
		m = Alert(*first)
	case !first.Record.UndoneAt.IsZero(): // raised, perhaps, after it was undone: nothing is taken
		m = Undone(*first)
	default:
		m = Changed(*first)
	}
	if f.Debits > 1 {
		m.Facts = slices.Insert(m.Facts, 0, message.Fact{Label: f.sumLabel().in(lang), Value: f.sum(lang), More: f.Bare || f.mixed() && f.allNew()})
	}
	switch {
	case f.Called == watch.CallUnanswered && !f.Asked.IsZero():
		m.Text = append([]string{tCalledSince.in(lang, Time(lang, f.Asked, f.Sent))}, m.Text...)
	case f.Called == watch.CallAgain:
		m.Text = append([]string{tCalledAgain.in(lang, Time(lang, f.Asked, f.Sent))}, m.Text...)
	case f.Called == watch.CallUnanswered:
		m.Text = append([]string{tCalledUnanswered.in(lang)}, m.Text...)
	case f.Called == watch.CallReported && f.Report == "":
		m.Text = append([]string{tCalledReported.in(lang)}, m.Text...)
	}
	if f.Report != "" && f.Called == watch.CallReported {
		m.Text = append(append([]string{tCalledReport.in(lang, f.Report)}, f.called()...), m.Text...)
	} else if f.Report != "" && slices.ContainsFunc(f.Parts, func(p AlertFacts) bool { return p.open() }) {
		links, debits := f.joined()
		say := pick(links > 0, tJoinedLink, tJoinedDebit)
		switch {
		case f.Covered || links+debits == 0:
			say = tCovered
		case links > 0 && debits > 0:
			say = tJoinedBoth
		}
		m.Text = append([]string{say.in(lang, f.Report)}, m.Text...)
	}
	m.Text = append(f.related(), m.Text...)
	if f.NotTaken {
		m.Text = append([]string{tNotTakenYet.in(lang)}, m.Text...)
	}
	if f.Mixed {
		m.Text = append([]string{tMixedYet.in(lang)}, m.Text...)
	}
	return m
}

var tMixedYet = text{ja: "ほかの決済サービスの分もあるため、このお知らせへの回答はまだ記録していません。全体を確かめて、お答えください。", en: "There is another service in this one, so your answer is not recorded for it yet. Please look at all of it and answer."}

var tNotTakenYet = text{ja: "先のお知らせのあとに内容が変わったため、回答はまだ記録していません。新しい内容を確かめて、もう一度お答えください。", en: "There is more since that message, so your answer is not recorded yet. Please look at this and answer again."}

// several words more than one thing that happened.
func (f *IncidentFacts) several() message.Message {
	lead := f.Parts[len(f.Parts)-1]
	lang := lead.lang()
	m := message.Message{Lang: string(lang), Tone: message.Notice, Alt: tAltMore.in(lang), Title: f.reported().title()}
	critical := slices.ContainsFunc(f.Parts, func(p AlertFacts) bool { return p.urgent() })
	if critical {
		m.Tone, m.Alt = message.Critical, tAltUrgentMore.in(lang)
	}
	if !slices.ContainsFunc(f.Parts, func(p AlertFacts) bool { return p.Was == nil }) {
		m.Alt = pick(critical, tAltUrgentChanged, tAltChanged).in(lang) // nothing is new
	} else if f.linksAlone() {
		m.Alt = pick(critical, tAltUrgentLink, tAltLink).in(lang)
	}
	if yen := f.reported().fresh(); yen > 0 && !lead.Delivery.HideAmount {
		m.Amount = Yen(lang, yen)
	}
	if account := lead.account(); account != "" {
		m.Facts = append(m.Facts, message.Fact{Label: tFactAccount.in(lang), Value: account})
	}
	plain := !f.mixed() && f.joinedAll() && f.called() == nil // the sum says what the lines do
	oneDay := f.oneDay()
	if plain || f.Bare || oneDay {
		m.Facts = append(m.Facts, message.Fact{Label: tFactTime.in(lang), Value: tFrom.in(lang, When(lang, f.Parts[0].Record, lead.now()))})
	}
	lines := f.Parts
	if f.Bare {
		lines = nil
	} else if most := max(maxLines, f.Lines); len(lines) > most && !f.Whole {
		lines = lines[:most-1]
	}
	for i := range lines {
		p := &lines[i]
		line := p.line(f.mixed())
		if slices.Contains(f.Except, p.Record.ID) {
			line = tPartMine.in(lang, line)
		}
		label := When(lang, p.Record, p.now())
		if oneDay {
			label = timeOfDay(p.Record.OccurredAt)
		}
		m.Facts = append(m.Facts, message.Fact{Label: label, Value: line, More: plain || i >= briefLines})
	}
	if n := len(f.Parts) - len(lines); n > 0 && !f.Bare {
		value := tPartMoreN.in(lang, n)
		if f.Lines > 0 { // they are about to be reported
			value = f.left(len(lines))
		}
		m.Facts = append(m.Facts, message.Fact{Label: tPartMore.in(lang), Value: value, More: plain || len(lines) > briefLines})
	}
	if n := len(f.Parts) - briefLines; n > 0 && !plain && !f.Bare {
		m.Left = message.Fact{Label: tPartMore.in(lang), Value: tPartMoreN.in(lang, n)}
	}
	m.Text = append(m.Text, silenced(f.Parts)...)
	if say := f.late(); say != "" {
		m.Text = append(m.Text, say)
	}
	m.Text = append(append(m.Text, disagreements(f.Parts)...), unsureAmong(f.Parts)...)
	if f.doubtful() && !f.mixed() {
		m.More = append(m.More, tUndecided.in(lang))
	}
	if slices.ContainsFunc(f.Parts, func(p AlertFacts) bool { return p.open() && p.AnsweredBefore != nil }) {
		m.Text = append(m.Text, tAnswerWasOther.in(lang))
	}
	for i := range f.Parts {
		for _, why := range f.Parts[i].why() {
			if !slices.Contains(m.Why, why) && f.Parts[i].Record.UndoneAt.IsZero() {
				m.Why = append(m.Why, why)
			}
		}
	}
	if slices.ContainsFunc(f.Parts, func(p AlertFacts) bool { return p.open() }) {
		m.Steps = lead.steps(critical)
		m.Buttons, m.Brief = lead.buttons(), lead.Link != ""
	} else {
		m.Tone, m.Alt = message.Calm, tAltChanged.in(lang)
		if lead.Link != "" {
			m.Buttons = []message.Button{{Label: tDetails.in(lang), Style: message.Link, URL: lead.Link}}
		}
	}
	return ranked(lang, m, m.Tone == message.Critical)
}

// late says that the bank told of it late, or of some of it.
func (f *IncidentFacts) late() string {
	n, lang := 0, f.Parts[0].lang()
	if say, all := f.ofFile(); all {
		return say
	}
	for i := range f.Parts {
		p := &f.Parts[i]
		if p.Record.File != "" { // it has its day
			continue
		}
		if p.Was == nil && late(lang, p.Record, p.told()) != "" || p.Was != nil && !p.Record.HeardAt().IsZero() && p.changedLate() != "" {
			n++
		}
	}
	switch n {
	case 0:
		return ""
	case len(f.Parts):
		return tLateAll.in(lang)
	}
	return tLateSome.in(lang, n)
}

// fresh is what was taken with what is told now, in yen, as far as it is new or
// more and has not come back.
func (f *IncidentFacts) fresh() (yen int64) {
	for i := range f.Parts {
		p := &f.Parts[i]
		if p.Record.Kind == watch.Debit && p.open() {
			yen += p.Record.Taken()
		}
	}
	return yen
}

// oneDay tells whether all of it happened on one day, at times that are known.
func (f *IncidentFacts) oneDay() bool {
	first := &f.Parts[0]
	return !slices.ContainsFunc(f.Parts, func(p AlertFacts) bool {
		return p.Record.DateOnly || timeOfDay(p.Record.OccurredAt) == midnight || Day(p.lang(), p.Record.OccurredAt, p.now()) != Day(p.lang(), first.Record.OccurredAt, first.now())
	})
}

// mixed tells whether the parts are of different services.
func (f *IncidentFacts) mixed() bool {
	return slices.ContainsFunc(f.Parts, func(p AlertFacts) bool { return p.ServiceName != f.Parts[0].ServiceName })
}

// doubtful tells whether one of the debits may be something else.
func (f *IncidentFacts) doubtful() bool {
	return slices.ContainsFunc(f.Parts, func(p AlertFacts) bool { return doubtful(p.Record) })
}
