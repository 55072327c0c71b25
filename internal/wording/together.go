package wording

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

var (
	tAltTogether     = text{ja: "【お知らせ】銀行から届いた記録を、まとめてお知らせします", en: "[Notice] What your banks have told us of, together"}
	tTitleTogether   = text{ja: "銀行から届いた記録です", en: "What your banks have told us of"}
	tTogetherDays    = text{ja: "%[1]sから%[2]sまでの引き落としです", en: "Debits of %[1]s to %[2]s"}
	tTogetherEach    = text{ja: "それぞれのカードで、心当たりがあるかお答えください。", en: "Please say on each card whether you recognise it."}
	tTogetherPages   = text{ja: "心当たりがあるかどうかは、それぞれのページでお答えください。", en: "Please say on each page whether you recognise it."}
	tTogetherDebits  = text{ja: "%[1]s %[2]d件・%[3]s", en: "%[1]s: %[2]d debits, %[3]s"}
	tTogetherCount   = text{ja: "%[1]s %[2]d件", en: "%[1]s: %[2]d"}
	tTogetherSeveral = text{ja: "決済サービス", en: "Payment services"}
	tTogetherLeft    = text{ja: "ここには、新しいものから%[1]d件を示しています。ほかの%[2]d件は「%[3]s」のページで確認し、お答えください。",
		en: "The latest %[1]d are shown here. The other %[2]d are on the page behind \"%[3]s\", where you can answer for each."}
	tTogetherAll   = text{ja: "すべて見る", en: "See all"}
	tTogetherOther = text{ja: "ほか", en: "Others"}
)

// TogetherFacts is what one message says of what came in banks' files.
type TogetherFacts struct {
	Lang      watch.Lang
	Incidents []IncidentFacts
	Past      []SummaryFacts // of each account of which something came too late to be news
	Cards     bool           // each incident is answered on a card of its own, not on its page
	All       string         // address of the page that lists all of it
}

// MaxTogether is how many incidents one message shows: LINE shows so many next to each
// other in the room that it has. The others are on the page of all.
const MaxTogether = 8

// Together words several incidents, and what is of the past, in one message: what all
// comes to, and each with its answers, on cards or, for who has none, with the link to its
// page.
func Together(t TogetherFacts) message.Message {
	lang := langOf(t.Lang)
	if len(t.Incidents) == 0 {
		return Summary(t.summary())
	}
	m := message.Message{Lang: string(lang), Tone: message.Notice, Alt: tAltTogether.in(lang), Title: tTitleTogether.in(lang)}
	if say := t.days(lang); say != "" {
		m.Title = strings.TrimRight(say, "。.")
	}
	shown, others := t.split()
	asks := slices.ContainsFunc(others, (*IncidentFacts).asks)
	var each []message.Message
	for i, f := range shown {
		label := f.Parts[0].account()
		if !t.Cards {
			label = number(i) + label
		}
		m.Facts = append(m.Facts, message.Fact{Label: label, Value: f.together()})
		one := Incident(*f)
		asks = asks || one.Badge == tCheck.in(lang)
		each = append(each, one)
	}
	t.total(lang, &m, others)
	if asks {
		m.Text = append(m.Text, pick(t.Cards, tTogetherEach, tTogetherPages).in(lang))
	}
	if len(others) > 0 {
		m.Text = append(m.Text, tTogetherLeft.in(lang, len(shown), len(others), tTogetherAll.in(lang)))
		m.Buttons = append(m.Buttons, message.Button{Label: tTogetherAll.in(lang), Style: message.Link, URL: t.All})
	}
	m = marked(lang, m, map[bool]text{true: tCheck, false: tNotice}[asks])
	if t.Cards {
		head := m
		m.Facts, m.Text, m.Buttons = nil, nil, nil
		m.Cards = append(m.Cards, head)
		for _, one := range each {
			m.Cards = append(m.Cards, one.InBrief())
		}
		if len(t.Past) > 0 {
			m.Cards = append(m.Cards, Summary(t.summary()))
		}
		return m
	}
	return t.pages(lang, m, shown, each)
}

// pages adds to a message what is said of each incident, and the links to their pages.
func (t *TogetherFacts) pages(lang watch.Lang, m message.Message, shown []*IncidentFacts, each []message.Message) message.Message {
	all := m.Buttons
	m.Buttons = nil
	for i := range each {
		for _, say := range each[i].Text {
			if strings.TrimRight(say, "。.") != m.Title {
				m.Text = append(m.Text, number(i)+say)
			}
		}
		for _, step := range each[i].Steps {
			if !slices.Contains(m.Steps, step) {
				m.Steps = append(m.Steps, step)
			}
		}
		if link := shown[i].Parts[0].Link; link != "" {
			m.Buttons = append(m.Buttons, message.Button{Label: number(i) + shown[i].service(), Style: message.Link, URL: link})
		}
	}
	m.Buttons = append(m.Buttons, all...)
	if len(t.Past) > 0 {
		past := Summary(t.summary())
		m.Text = append(m.Text, past.Title+pick(lang == watch.English, text{en: ". "}, text{ja: "。"}).in(lang)+strings.Join(past.Text, ""))
		past.Facts[0].Label = tSetSavedToo.in(lang, tSummaryPast.in(lang), past.Facts[0].Label)
		m.Facts = append(m.Facts, past.Facts...)
		for _, b := range past.Buttons {
			b.Label = tSetSavedToo.in(lang, tSummaryPast.in(lang), b.Label)
			m.Buttons = append(m.Buttons, b)
		}
	}
	return m
}

// summary are the facts of what is of the past.
func (t *TogetherFacts) summary() SummaryFacts {
	f := t.Past[0]
	f.Also = t.Past[1:]
	return f
}

// split are the incidents that are shown, the oldest first, and the others.
func (t *TogetherFacts) split() (shown, others []*IncidentFacts) {
	for i := range t.Incidents {
		shown = append(shown, &t.Incidents[i])
	}
	slices.SortStableFunc(shown, func(a, b *IncidentFacts) int { return a.began().Compare(b.began()) })
	n := max(0, len(shown)-MaxTogether)
	return shown[n:], shown[:n]
}

// began is when the first part of an incident that is told happened.
func (f *IncidentFacts) began() time.Time { return f.Parts[0].Record.OccurredAt }

// asks tells whether there is something of it to answer.
func (f *IncidentFacts) asks() bool {
	return slices.ContainsFunc(f.Parts, func(p AlertFacts) bool { return p.open() && p.CanAnswer })
}

// total says what all incidents come to, and what those come to that are not shown.
func (t *TogetherFacts) total(lang watch.Lang, m *message.Message, others []*IncidentFacts) {
	hide := slices.ContainsFunc(t.Incidents, func(f IncidentFacts) bool { return f.Parts[0].Delivery.HideAmount })
	say := func(label text, n int, yen int64) {
		value := tSumCount.in(lang, n, "")
		if !hide {
			value = tSum.in(lang, n, Yen(lang, yen), "")
		}
		m.Facts = append(m.Facts, message.Fact{Label: label.in(lang), Value: value})
	}
	taken := func(all []*IncidentFacts) (debits int, yen int64) {
		for _, f := range all {
			n, sum := f.taken()
			debits, yen = debits+n, yen+sum
		}
		return debits, yen
	}
	if n, yen := taken(others); n > 0 {
		say(tTogetherOther, n, yen)
	}
	shown, _ := t.split()
	if n, yen := taken(append(shown, others...)); n > 0 {
		if !hide {
			m.Amount = Yen(lang, yen)
		}
		say(tSumLabel, n, yen)
	}
}

// number is what an incident is called in a message without cards.
func number(i int) string { return strconv.Itoa(i+1) + ". " }

// days says of what day all of them are or, of debits alone, from which day to which; empty
// if that cannot be said.
func (t *TogetherFacts) days(lang watch.Lang) (say string) {
	first, last, debits := t.Incidents[0].began(), t.Incidents[0].began(), true
	for i := range t.Incidents {
		is, ok := t.Incidents[i].ofFile()
		if !ok {
			return ""
		}
		if i == 0 {
			say = is
		} else if is != say {
			say = ""
		}
		for _, p := range t.Incidents[i].Parts {
			debits = debits && p.Record.Kind == watch.Debit && !p.Record.Gone() && p.Was == nil
			if at := p.Record.OccurredAt; at.Before(first) {
				first = at
			} else if at.After(last) {
				last = at
			}
		}
	}
	if say != "" || !debits || shortDay(first) == shortDay(last) {
		return say
	}
	if first.In(watch.JST).Year() != last.In(watch.JST).Year() {
		return tTogetherDays.in(lang, Day(lang, first, time.Time{}), Day(lang, last, time.Time{}))
	}
	return tTogetherDays.in(lang, shortDay(first), shortDay(last))
}

// taken is how many debits are told, and what was taken by them, as far as that is new or
// more and has not come back.
func (f *IncidentFacts) taken() (n int, yen int64) {
	for i := range f.Parts {
		if p := &f.Parts[i]; p.Record.Kind == watch.Debit && p.open() {
			n++
		}
	}
	return n, f.fresh()
}

// service is whose they are, or that they are of several.
func (f *IncidentFacts) service() string {
	p := &f.Parts[len(f.Parts)-1]
	if p.ServiceName == "" || f.mixed() {
		return tTogetherSeveral.in(p.lang())
	}
	return p.ServiceName
}

// together is what an incident comes to, in a line.
func (f *IncidentFacts) together() string {
	p := &f.Parts[len(f.Parts)-1]
	lang := p.lang()
	n, yen := f.taken()
	if len(f.Parts) == 1 || n == 0 {
		return p.line(true)
	}
	name := f.service()
	if p.Delivery.HideAmount {
		return tTogetherCount.in(lang, name, n)
	}
	return tTogetherDebits.in(lang, name, n, Yen(lang, yen))
}
