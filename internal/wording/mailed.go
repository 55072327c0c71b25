package wording

import (
	"slices"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

var tMailPress = text{ja: "このメールにないボタンは、「%s」のページにあります。", en: "Buttons that this email does not have are on the page behind \"%s\"."}

// PressedOnPage is a message of the chat for a channel that has links alone: it says
// where its other buttons are.
func PressedOnPage(m message.Message) message.Message {
	lang := langOf(watch.Lang(m.Lang))
	leads := slices.IndexFunc(m.Buttons, func(b message.Button) bool { return b.URL != "" })
	if leads >= 0 && slices.ContainsFunc(m.Buttons, func(b message.Button) bool { return b.Postback != "" }) {
		m.Text = append([]string{tMailPress.in(lang, m.Buttons[leads].Label)}, m.Text...)
	}
	return m
}
