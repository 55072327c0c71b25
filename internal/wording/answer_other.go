package wording

import "kozamori/internal/message"

var (
	tAltTakenBack   = text{ja: "【お知らせ】口座を見守る方が回答を取り消しました", en: "[Notice] Somebody who watches the account took an answer back"}
	tTakenBack      = text{ja: "この口座を見守る方が「身に覚えがない」という回答を取り消しました", en: "Somebody who watches this account took back the answer \"That was not me\""}
	tTakenBackText  = text{ja: "取り消したことは%sにも伝えます。", en: "We are telling %s as well."}
	tTakenBackStill = text{ja: "身に覚えがないときは、元のお知らせの「%[1]s」を押してください。", en: "If you do not recognise it, press \"%[1]s\" in the alert."}
	tTakenBackOpen  = text{ja: "身に覚えがないときは、「%[2]s」を開き、「%[1]s」を押してください。", en: "If you do not recognise it, open \"%[2]s\" and press \"%[1]s\"."}
)

// AnswerTakenBack tells somebody that another watcher took "not mine" back.
func AnswerTakenBack(f AnswerFacts) message.Message {
	lang := f.lang()
	m := f.message(tAltTakenBack, tTakenBack)
	m.Tone, m.Badge, m.Title = message.Notice, tNotice.in(lang), f.By.title(lang, tNamedTookBack, tTakenBack)
	if f.Reference != "" {
		m.Facts = append(m.Facts, message.Fact{Label: tFactReference.in(lang), Value: f.Reference})
	}
	m.Facts = append(m.Facts, f.By.facts(lang)...)
	still := pick(f.Unasked && f.Link != "", tTakenBackOpen, tTakenBackStill)
	say := pick(f.Guardian, tNotTheirs, tNotMine).in(lang)
	if !f.Unasked || f.Link == "" {
		say = f.asked()
	}
	m.Text = []string{
		tTakenBackText.in(lang, orElse(f.BankName, tTheBank.in(lang))),
		still.in(lang, say, tDetails.in(lang)),
	}
	if f.Link != "" {
		m.Buttons = []message.Button{{Label: tDetails.in(lang), Style: message.Link, URL: f.Link}}
	}
	return m
}
