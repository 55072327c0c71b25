package line

import (
	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"

	"kozamori/internal/message"
)

// drawBrief draws what is needed to answer a message, low enough that a chat
// shows all of it at once: what happened, how much, where, and the answers.
func drawBrief(m message.Message, most int) *messaging_api.FlexMessage {
	m = m.InBrief()
	say := func(s, size, colour string, bold bool) *messaging_api.FlexText {
		return text(cut(s, most), size, colour, bold)
	}
	body := []messaging_api.FlexComponentInterface{say(m.Title, "md", ink, true)}
	if m.Amount != "" {
		body = append(body, say(m.Amount, "xxl", toneColour(m.Tone), true))
	}
	for _, f := range m.Facts {
		body = append(body, labelled(m.Facts, say(f.Label, "xs", grey, false), say(f.Value, "sm", ink, false)))
	}
	for _, p := range m.Text {
		body = append(body, say(p, "sm", ink, false))
	}
	bubble := &messaging_api.FlexBubble{
		Header: column("none", say(m.Badge, "sm", nearWhite, true)),
		Body:   column("sm", body...),
	}
	bubble.Header.BackgroundColor, bubble.Header.PaddingAll, bubble.Header.PaddingStart = toneColour(m.Tone), "4px", "16px"
	bubble.Body.PaddingAll, bubble.Body.PaddingTop, bubble.Body.PaddingBottom = "16px", "8px", "4px"
	var footer []messaging_api.FlexComponentInterface
	for _, b := range m.Buttons {
		low := button(b)
		low.Height = messaging_api.FlexButtonHEIGHT_SM
		footer = append(footer, low)
	}
	if len(footer) > 0 {
		bubble.Footer = column("xs", footer...)
		bubble.Footer.PaddingAll = "6px"
	}
	return flexMessage(m, bubble)
}
