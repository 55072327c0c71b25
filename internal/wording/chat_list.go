package wording

import (
	"time"

	"kozamori/internal/button"
	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// ListItem is one incident of a list.
type ListItem struct {
	HistoryEntry
	BankName   string // in the reader's language; empty leaves the account out
	HideAmount bool
}

// ListFacts is what the list of the latest alerts is worded from.
type ListFacts struct {
	Lang  watch.Lang
	Items []ListItem  // newest first
	Feeds []FeedFacts // of the reader's banks
	Now   time.Time
}

// MaxList is how many incidents the list of the latest alerts holds.
const MaxList = 10

var (
	tcListTitle = text{ja: "最近のお知らせ", en: "Your latest alerts"}
	tcListText  = text{ja: "回答や、回答の訂正は「%s」からできます。", en: "To answer, or to change an answer, open \"%s\"."}
	tcListEmpty = text{ja: "まだお知らせはありません。口座に動きがあれば、すぐにお知らせします。", en: "There are no alerts yet. We will tell you at once when something happens."}
	tcListState = text{ja: "状態", en: "State"}
)

// RecentAlerts lists a person's latest alerts, by incident.
func RecentAlerts(f ListFacts) message.Message {
	lang := langOf(f.Lang)
	m := chat(lang, tcListTitle.in(lang), tcListTitle.in(lang), tcListText.in(lang, tDetails.in(lang)))
	m.Choices = choices(lang, CmdTrouble, CmdStop, CmdGuide)
	if len(f.Items) == 0 {
		m.Text = []string{tcListEmpty.in(lang)}
	}
	for i := range f.Feeds {
		if s := f.Feeds[i].say(lang); s != "" {
			m.Text = append(m.Text, s)
		}
	}
	for i := range f.Items[:min(len(f.Items), MaxList)] {
		m.Cards = append(m.Cards, f.Items[i].card(lang, f.Now))
	}
	return m
}

func (it *ListItem) card(lang watch.Lang, now time.Time) message.Message {
	m := message.Message{Lang: string(lang), Tone: message.Calm, Badge: tInfo.in(lang), Title: it.label(lang, it.HideAmount)}
	if it.BankName != "" {
		m.Facts = append(m.Facts, message.Fact{Label: tFactAccount.in(lang), Value: Account(it.BankName, it.Record.Mask)})
	}
	m.Facts = append(m.Facts, message.Fact{Label: tFactTime.in(lang), Value: When(lang, it.newest(), now)},
		message.Fact{Label: tcListState.in(lang), Value: it.state(lang)})
	if it.Link != "" {
		m.Buttons = []message.Button{{Label: tDetails.in(lang), Style: message.Link, URL: it.Link}}
	}
	return m
}

// ServicesListFacts is what the chat's list of connected services is worded from.
type ServicesListFacts struct {
	Lang     watch.Lang
	Accounts []AccountServices
	Now      time.Time
}

// AccountServices is one account of a person's, with the payment services that
// touched it.
type AccountServices struct {
	Name       string // of bank and account
	Services   []ServiceLine
	Watcher    string
	Guardian   bool
	HideAmount bool
}

// MaxServices is how many services one message in the chat shows.
const MaxServices = 10

var (
	tcServText   = text{ja: "お客さまの口座が登録された、または引き落としのあった決済サービスです。口座守を始める前の登録は、銀行から知らされたものだけです。通帳もご確認ください。", en: "Payment services that were linked to your accounts or took money from them. Of links from before they were watched only those are here that the bank has told us of: please check your passbook too."}
	tcServMine   = text{ja: "%[1]s：%[2]s", en: "%[1]s: %[2]s"}
	tcServMore   = text{ja: "ほかに%[1]d件あります。「%[2]s」のページで、すべて確認できます。", en: "There are %[1]d more: see them all on the page behind \"%[2]s\"."}
	tcServOldest = text{ja: "そのうち、最も古い口座の登録は%sです。", en: "The oldest link among them is of %s."}
	tcServZero   = text{ja: "決済サービスの記録はありません", en: "no payment service on record"}
)

// ServicesList tells which payment services touched a person's accounts, and asks
// about each: after opt-in, or when asked.
func ServicesList(f ServicesListFacts) message.Message {
	lang := langOf(f.Lang)
	m := chat(lang, tServTitle.in(lang), tServTitle.in(lang), pick(len(f.Accounts) > 1, tcServText, tServText).in(lang))
	more, oldest := 0, time.Time{} // of those that are not shown
	for _, a := range f.Accounts {
		if len(a.Services) == 0 {
			m.Facts = append(m.Facts, message.Fact{Label: a.Name, Value: tcServZero.in(lang)})
		}
		fits := min(len(a.Services), MaxServices-len(m.Cards))
		more += len(a.Services) - fits
		for i := range a.Services[:fits] {
			m.Cards = append(m.Cards, a.card(&a.Services[i], lang, len(f.Accounts) > 1, f.Now))
		}
		for i := range a.Services[fits:] {
			if l, ok := a.Services[fits+i].linked(); ok && (oldest.IsZero() || l.RegisteredAt.Before(oldest)) {
				oldest = l.RegisteredAt
			}
		}
	}
	if len(m.Cards) == 0 {
		m.Text = []string{tServNone.in(lang)}
	}
	if more > 0 {
		m.Text = append(m.Text, tcServMore.in(lang, more, Word(lang, CmdSettings)))
		if !oldest.IsZero() {
			m.Text = append(m.Text, tcServOldest.in(lang, bankTime(lang, oldest, f.Now)))
		}
		m.Choices = choices(lang, CmdSettings, CmdTrouble)
	}
	return m
}

// card is one service with its two answers, if anything of it waits for one. The first
// shows what would be reported, and asks.
func (a *AccountServices) card(s *ServiceLine, lang watch.Lang, several bool, now time.Time) message.Message {
	name := s.name(lang)
	m := message.Message{Lang: string(lang), Tone: message.Calm, Badge: tServTitle.in(lang), Title: name,
		Facts: append([]message.Fact{{Label: tFactAccount.in(lang), Value: a.Name}}, s.facts(lang, a.HideAmount, false, now)...)}
	m.Facts = append(m.Facts, s.stand(lang, a.HideAmount)...)
	if s.Settled && s.Link != "" {
		m.Buttons = []message.Button{{Label: tDetails.in(lang), Style: message.Link, URL: s.Link}}
	}
	if s.Record == "" || s.Settled {
		return m
	}
	of, whole := "", name
	if several {
		of, whole = a.Name, tcOfAccount.in(lang, name, a.Name)
	}
	notMine, mine := pick(a.Guardian, tNotTheirs, tNotMine).in(lang), pick(a.Guardian, tTheirs, tMine).in(lang)
	m.Text = []string{pick(len(s.reports) > 0, tServAskRest, tServAsk).in(lang)}
	m.Buttons = []message.Button{
		{Label: onAccount(lang, notMine, accountOn(of, notMine, mine)), Display: tcAskOf.in(lang, whole), Style: message.Danger, Postback: answering(button.Ask, s.Record, a.Watcher)},
		{Label: onAccount(lang, mine, accountOn(of, notMine, mine)), Display: tcServMine.in(lang, whole, mine), Style: message.Secondary, Postback: button.Press{Verb: button.Mine, Record: s.Record, Watcher: a.Watcher, Asked: now, Whole: true}.Data()}}
	if s.Link != "" {
		m.Buttons = append(m.Buttons, message.Button{Label: tDetails.in(lang), Style: message.Link, URL: s.Link})
	}
	return m
}
