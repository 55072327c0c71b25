package wording

import (
	"time"

	"kozamori/internal/button"
	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// OpenItem is an incident that waits for the reader's answer.
type OpenItem struct {
	Lead        *watch.Record
	Watcher     string
	Delivery    string // the latest message about it: an answer stands for what that said
	Mark        string // of an incident in pieces: an answer stands for all of them as they are shown
	Guardian    bool
	HideAmount  bool
	ServiceName string // in the reader's language; empty if unknown
	BankName    string
	Link        string // its page; empty leaves the button out
	Related     string // the number of the report about another account to which it belongs
	// TakenBack tells of which parts the report was taken back after which they came.
	TakenBack func(part *watch.Record) bool
}

// OpenFacts is what the list of what waits for an answer is worded from.
type OpenFacts struct {
	Lang    watch.Lang
	Items   []OpenItem // newest first
	Several bool       // the reader watches more than one account
	Now     time.Time
}

// MaxOpen is how many incidents one message shows.
const MaxOpen = 10

var (
	tcOpenTitle  = text{ja: "回答をお待ちしているお知らせ", en: "Alerts that wait for your answer"}
	tcOpenText   = text{ja: "%d件あります。それぞれについて、心当たりの有無を回答してください。", en: "There are %d. Please answer each of them."}
	tcOpenLeft   = text{ja: "新しい%[1]d件を表示しています（全%[2]d件）。回答すると、続きを表示できます。", en: "These are the newest %[1]d of %[2]d. Answer them to see the rest."}
	tcOpenNone   = text{ja: "回答をお待ちしているお知らせはありません", en: "No alert waits for your answer"}
	tcOpenNoneTx = text{ja: "これまでのお知らせは「%s」で確認できます。通帳や明細に身に覚えのない取引があるときは、次のことを順にお願いします。", en: "Send \"%s\" to see earlier alerts. If your passbook or statement shows something that was not you, please do the following, in this order."}
	tcRecent     = text{ja: "最近のお知らせ", en: "recent alerts"}
	tcOpenDebits = text{ja: "%[1]sの引き落とし（%[2]d件）", en: "%[2]d debits by %[1]s"}
	tcOpenBoth   = text{ja: "%[1]sへの口座の登録と引き落とし（引き落としは%[2]d件）", en: "Charge link with %[1]s, and %[2]d debits by it"}
	tcAndOthers  = text{ja: "%sなど", en: "%s and others"}
	tcOpenDebit  = text{ja: "%sの引き落とし", en: "Debit by %s"}
	tcOfAccount  = text{ja: "%[1]s（%[2]s）", en: "%[1]s (%[2]s)"}
	tcSaysOf     = text{ja: "%[1]s：%[2]s", en: "%[1]s: %[2]s"}
	tcAskOf      = text{ja: "%sについて、身に覚えのないものを確かめる", en: "Show me what I would report of %s"}
)

// OpenIncidents offers what waits for the reader's answer, to answer it there.
func OpenIncidents(f OpenFacts) message.Message {
	lang := langOf(f.Lang)
	shown := f.Items[:min(len(f.Items), MaxOpen)]
	m := chat(lang, tcOpenTitle.in(lang), tcOpenTitle.in(lang), tcOpenText.in(lang, len(f.Items)))
	if len(shown) < len(f.Items) {
		m.Text = []string{tcOpenLeft.in(lang, len(shown), len(f.Items))}
	}
	for i := range shown {
		m.Cards = append(m.Cards, shown[i].card(lang, f.Several, f.Now))
	}
	m.Choices = choices(lang, CmdRecent, CmdTrouble, CmdGuide)
	return m
}

// NothingOpen answers somebody who says that something was not them while no
// alert waits for an answer: with a number to call, and the way to earlier alerts.
func NothingOpen(f TroubleFacts) message.Message {
	lang := langOf(f.Lang)
	m := Trouble(f)
	m.Alt, m.Title = tcOpenNone.in(lang), tcOpenNone.in(lang)
	m.Text = []string{tcOpenNoneTx.in(lang, Word(lang, CmdRecent))}
	m.Choices = choices(lang, CmdRecent, CmdTrouble, CmdGuide)
	return m
}

var (
	tcAskAlt  = text{ja: "お申し出の内容を確認してください", en: "Please check what you would report"}
	tcAskText = text{ja: "「%[1]s」を押すと、ここに表示した内容をまとめて銀行へ伝えます。一部だけを伝えるときは「%[2]s」を開き、心当たりのあるもののチェックを外してください。", en: "\"%[1]s\" reports all that is shown here to the bank. To report only some of it, open \"%[2]s\" and untick what you recognise."}
)

// AskIncident shows all of an incident before it is reported.
func AskIncident(f IncidentFacts) message.Message {
	last := &f.Parts[len(f.Parts)-1]
	lang := last.lang()
	notMine, _ := answerLabels(lang, last.Guardian, accountIf(last.Delivery.Several, last.account()))
	return f.asking(tcAskText.in(lang, notMine.Label, tDetails.in(lang)))
}

var tcAskAllText = text{ja: "まだ回答のないものを、すべて表示しています。「%[1]s」を押すと、ひとつの受付番号でまとめて銀行へ伝えます。一部だけを伝えるときは、「%[2]s」を送信して開くページの「%[3]s」から選んでください。", en: "These are all that are not answered yet. \"%[1]s\" reports all of them to the bank, under one report number. To report only some, send \"%[2]s\" and choose under \"%[3]s\"."}

// AskIncidents shows several incidents of a service before they are reported
// together, by a press.
func AskIncidents(f IncidentFacts, press button.Press) message.Message {
	last := &f.Parts[len(f.Parts)-1]
	lang := last.lang()
	notMine := pick(last.Guardian, tNotTheirs, tNotMine).in(lang)
	label := labelOf(lang, notMine, accountIf(last.Delivery.Several, last.account()))
	m := f.asking(tcAskAllText.in(lang, label, Word(lang, CmdSettings), tServTitle.in(lang)))
	m.Buttons = []message.Button{{Label: label, Display: last.said(notMine), Style: message.Danger, Postback: press.Data()}}
	return m
}

// maxAsked is how many parts the chat lists before they are reported. The page
// lists the others too.
const maxAsked = 60

func (f *IncidentFacts) asking(say string) message.Message {
	f.Lines = maxAsked
	for _, p := range f.Parts {
		if r := p.Record; r.Kind == watch.Debit && !r.Gone() {
			f.Debits++
			f.Yen += r.Taken()
			if f.First.IsZero() {
				f.First = r.OccurredAt
			}
			f.Last = r.OccurredAt
		}
	}
	m := Incident(*f)
	m.Alt = tcAskAlt.in(f.Parts[0].lang())
	m.Text = append([]string{say}, m.Text...)
	m.Brief = false // all of it is to be seen before it is reported
	return m
}

// card is one incident with its answers.
func (it *OpenItem) card(lang watch.Lang, several bool, now time.Time) message.Message {
	debits, yen, last := 0, int64(0), it.Lead.OccurredAt
	critical, links, others, either := false, 0, false, false
	for _, p := range it.Lead.Parts() {
		if p.Gone() || it.Lead.ReasonsFor(p, it.Watcher).Reason == 0 {
			continue
		}
		n := watch.Notice{Reasons: it.Lead.ReasonsFor(p, it.Watcher)}
		if it.TakenBack != nil && it.TakenBack(p) {
			n.Reasons.Reason &^= watch.AfterDispute
		}
		critical = critical || n.Critical(p)
		others = others || p.Service != it.Lead.Service
		if p.Kind == watch.Debit {
			debits++
			yen += p.Taken()
			either = either || doubtful(p)
		} else {
			links++
		}
		if p.OccurredAt.After(last) {
			last = p.OccurredAt
		}
	}
	first := orOther(lang, orElse(it.ServiceName, tTheService.in(lang)), either)
	name := first
	if others {
		name = tcAndOthers.in(lang, name)
	}
	m := message.Message{Lang: string(lang), Tone: message.Notice, Title: tcOpenDebit.in(lang, name)}
	switch {
	case links > 0 && debits > 0 && others: // which of them is linked is not said
		m.Title = tHistBothMixed.in(lang, first)
	case links > 0 && debits > 1:
		m.Title = tcOpenBoth.in(lang, name, debits)
	case links > 0 && debits > 0:
		m.Title = tHistBoth.in(lang, name)
	case debits > 1:
		m.Title = tcOpenDebits.in(lang, name, debits)
	case links > 0, debits == 0 && it.Lead.Kind == watch.LinkRegistered:
		m.Title = tHistLink.in(lang, name)
	case it.ServiceName == "":
		m.Title = tWhatIfDebit.in(lang)
	}
	if debits > 0 && !it.HideAmount {
		m.Amount = Yen(lang, yen)
	}
	where := Account(it.BankName, it.Lead.Mask)
	if where != "" {
		m.Facts = append(m.Facts, message.Fact{Label: tFactAccount.in(lang), Value: where})
	}
	m.Facts = append(m.Facts, message.Fact{Label: tFactTime.in(lang), Value: bankTime(lang, last, now)})
	if it.Related != "" {
		m.Facts = append(m.Facts, message.Fact{Label: tRelatedFact.in(lang), Value: it.Related})
	}
	of := ""
	if several {
		of = where
	}
	what := m.Title
	if where != "" {
		what = tcOfAccount.in(lang, what, where)
	}
	// Of several debits it is asked first which ones.
	not, notSays := button.NotMine, tcSaysOf.in(lang, what, pick(it.Guardian, tNotTheirs, tNotMine).in(lang))
	if len(it.Lead.Parts()) > 1 {
		not, notSays = button.Ask, tcAskOf.in(lang, what)
	}
	notMine, mine := answerLabels(lang, it.Guardian, of)
	notMine.Display, notMine.Postback = notSays, pressOf(not, it.Lead.ID, it.Watcher, it.Delivery, it.Mark)
	mine.Display = tcSaysOf.in(lang, what, pick(it.Guardian, tTheirs, tMine).in(lang))
	mine.Postback = pressOf(button.Mine, it.Lead.ID, it.Watcher, it.Delivery, it.Mark)
	m.Buttons = append(m.Buttons, notMine, mine)
	if was := itWas(lang, it.Lead); was != "" && it.Mark == "" {
		m.Buttons = append(m.Buttons, message.Button{Label: labelOf(lang, was, of), Style: message.Secondary, Display: tcSaysOf.in(lang, what, was),
			Postback: pressOther(it.Lead.ID, it.Watcher, it.Delivery)})
	}
	if it.Link != "" {
		m.Buttons = append(m.Buttons, message.Button{Label: tDetails.in(lang), Style: message.Link, URL: it.Link})
	}
	return ranked(lang, m, critical)
}
