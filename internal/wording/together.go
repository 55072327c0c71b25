package wording

import (
	"slices"
	"strconv"
	"strings"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

var (
	tAltTogether     = text{ja: "【お知らせ】銀行から届いた記録を、まとめてお知らせします", en: "[Notice] What your banks have told us of, together"}
	tTitleTogether   = text{ja: "銀行から届いた記録です", en: "What your banks have told us of"}
	tTogetherEach    = text{ja: "それぞれのカードで、心当たりがあるかお答えください。", en: "Please say on each card whether you recognise it."}
	tTogetherPages   = text{ja: "心当たりがあるかどうかは、それぞれのページでお答えください。", en: "Please say on each page whether you recognise it."}
	tTogetherDebits  = text{ja: "%[1]s %[2]d件・%[3]s", en: "%[1]s: %[2]d debits, %[3]s"}
	tTogetherCount   = text{ja: "%[1]s %[2]d件", en: "%[1]s: %[2]d"}
	tTogetherSeveral = text{ja: "決済サービス", en: "Payment services"}
)

// Together words several incidents in one message: what all comes to, and each with its
// answers, on cards or, for who has none, with the link to its page.
func Together(all []IncidentFacts, cards bool) message.Message {
	first := &all[0].Parts[0]
	lang := first.lang()
	m := message.Message{Lang: string(lang), Tone: message.Notice, Alt: tAltTogether.in(lang), Title: tTitleTogether.in(lang)}
	if say := ofOneDay(all); say != "" {
		m.Title = strings.TrimRight(say, "。.")
	}
	debits, yen, hide, asks := 0, int64(0), false, false
	var each []message.Message
	for i := range all {
		f := &all[i]
		n, sum := f.taken()
		debits, yen = debits+n, yen+sum
		hide = hide || f.Parts[0].Delivery.HideAmount
		label := f.Parts[0].account()
		if !cards {
			label = number(i) + label
		}
		m.Facts = append(m.Facts, message.Fact{Label: label, Value: f.together()})
		one := Incident(*f)
		asks = asks || one.Badge == tCheck.in(lang)
		each = append(each, one)
	}
	switch {
	case hide && debits > 0:
		m.Facts = append(m.Facts, message.Fact{Label: tSumLabel.in(lang), Value: tSumCount.in(lang, debits, "")})
	case debits > 0:
		m.Amount = Yen(lang, yen)
		m.Facts = append(m.Facts, message.Fact{Label: tSumLabel.in(lang), Value: tSum.in(lang, debits, Yen(lang, yen), "")})
	}
	if asks {
		m.Text = append(m.Text, pick(cards, tTogetherEach, tTogetherPages).in(lang))
	}
	m = marked(lang, m, map[bool]text{true: tCheck, false: tNotice}[asks])
	if cards {
		head := m
		m.Facts, m.Text = nil, nil
		m.Cards = append(m.Cards, head)
		for _, one := range each {
			m.Cards = append(m.Cards, one.InBrief())
		}
		return m
	}
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
		if link := all[i].Parts[0].Link; link != "" {
			m.Buttons = append(m.Buttons, message.Button{Label: number(i) + all[i].service(), Style: message.Link, URL: link})
		}
	}
	return m
}

// number is what an incident is called in a message without cards.
func number(i int) string { return strconv.Itoa(i+1) + ". " }

// ofOneDay says of what day all of them are, if that can be said once.
func ofOneDay(all []IncidentFacts) (say string) {
	for i := range all {
		is, ok := all[i].ofFile()
		if !ok || is == "" || i > 0 && is != say {
			return ""
		}
		say = is
	}
	return say
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
