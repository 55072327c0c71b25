package wording

import (
	"kozamori/internal/button"
	"kozamori/internal/message"
	"kozamori/internal/watch"
)

func (f *AlertFacts) buttons() []message.Button {
	lang := f.lang()
	var out []message.Button
	if f.CanAnswer {
		of := accountIf(f.Delivery.Several, f.account())
		notMine, mine := answerLabels(lang, f.Guardian, of)
		notMine.Display, notMine.Postback = f.said(pick(f.Guardian, tNotTheirs, tNotMine).in(lang)), f.press(button.NotMine)
		mine.Display, mine.Postback = f.said(pick(f.Guardian, tTheirs, tMine).in(lang)), f.press(button.Mine)
		out = append(out, notMine, mine)
		if it := itWas(lang, f.Record); it != "" && !f.Among {
			out = append(out, message.Button{Label: labelOf(lang, it, of), Display: f.said(it), Style: message.Secondary,
				Postback: pressOther(orElse(f.Lead, f.Record.ID), f.Delivery.Watcher, f.Delivery.ID)})
		}
	}
	if f.Link != "" {
		label := tDetails
		if f.CanAnswer && f.OnPage {
			label = tDetailsOrReply
		}
		out = append(out, message.Button{Label: label.in(lang), Style: message.Link, URL: f.Link})
	}
	return out
}

// said is what the chat shows as said by the reader who presses a button: who
// has two accounts with one service sees which of them it was about.
func (f *AlertFacts) said(label string) string {
	return saidOf(f.lang(), label, f.account())
}

func saidOf(lang watch.Lang, label, account string) string {
	if account == "" {
		return label
	}
	return tSaidOf.in(lang, label, account)
}

// accountIf is the account that a button names: none if its reader has but one.
func accountIf(several bool, account string) string {
	if several {
		return account
	}
	return ""
}

// press is the data of an answer to this very message.
func (f *AlertFacts) press(v button.Verb) string {
	return pressOf(v, orElse(f.Lead, f.Record.ID), f.Delivery.Watcher, f.Delivery.ID, f.Mark)
}

// pressOf is an answer to a message, or, of an incident in pieces with its mark,
// to all of it.
func pressOf(v button.Verb, record, watcher, delivery, mark string) string {
	p := button.Press{Verb: v, Record: record, Watcher: watcher, Delivery: delivery}
	if mark != "" && v == button.Mine {
		p.Delivery, p.Mark, p.Whole = "", mark, true
	}
	return p.Data()
}

// pressOther is the answer to a message that the debit was what else it may be.
func pressOther(record, watcher, delivery string) string {
	return button.Press{Verb: button.Mine, Record: record, Watcher: watcher, Delivery: delivery, Other: true}.Data()
}

// answering is the data of a button about a record.
func answering(v button.Verb, record, watcher string) string {
	return button.Press{Verb: v, Record: record, Watcher: watcher}.Data()
}
