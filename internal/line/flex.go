package line

import (
	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"

	"kozamori/internal/wording"
)

// LINE's limits, in characters.
const (
	maxAlt   = 1500
	maxLabel = 40
	maxQuick = 20
	maxTitle = 300
)

// Each colour keeps 4.5:1 against white.
const (
	ink       = "#111111"
	grey      = "#555555"
	red       = "#B3261E"
	blue      = "#1A5FB4"
	green     = "#1B6E3C"
	nearWhite = "#FFFFFF"
)

func toneColour(t wording.Tone) string {
	switch t {
	case wording.Critical:
		return red
	case wording.Notice:
		return blue
	}
	return green
}

// Flex draws a message as one bubble. The same message makes the same bytes.
// Every nested value is a pointer: LINE's SDK drops the type of others.
func Flex(m wording.Message) *messaging_api.FlexMessage {
	labels := wording.LabelsIn(m.Lang)
	body := []messaging_api.FlexComponentInterface{text(m.Title, "xl", ink, true)}
	if m.Amount != "" {
		body = append(body, text(m.Amount, "3xl", toneColour(m.Tone), true))
	}
	for _, f := range m.Facts {
		label, value := text(f.Label, "sm", grey, false), text(f.Value, "md", ink, false)
		// In a baseline box flex must be said: the SDK always sends it.
		label.Flex, value.Flex = 2, 5
		body = append(body, &messaging_api.FlexBox{Layout: messaging_api.FlexBoxLAYOUT_BASELINE, Spacing: "sm",
			Contents: []messaging_api.FlexComponentInterface{label, value}})
	}
	if len(m.Why) > 0 {
		body = append(body, &messaging_api.FlexSeparator{Margin: "lg"}, text(labels.Why, "sm", grey, false))
		for _, w := range m.Why {
			body = append(body, text("・"+w, "md", ink, false))
		}
	}
	for _, p := range m.Text {
		body = append(body, text(p, "md", ink, false))
	}
	var footer []messaging_api.FlexComponentInterface
	if len(m.Steps) > 0 {
		body = append(body, &messaging_api.FlexSeparator{Margin: "lg"}, text(labels.Steps, "md", ink, true))
	}
	for _, s := range m.Steps {
		body = append(body, text(s.Text, "md", ink, false))
		if s.Tel != "" {
			body = append(body, button(wording.Button{Label: labels.Call + " " + s.Tel, Style: wording.Secondary, URL: wording.TelURI(s.Tel)}))
		}
	}
	if m.Foot != "" {
		body = append(body, text(m.Foot, "sm", grey, false))
	}
	for _, b := range m.Buttons {
		footer = append(footer, button(b))
	}
	bubble := &messaging_api.FlexBubble{
		Header: column("md", text(m.Badge, "lg", nearWhite, true)),
		Body:   column("md", body...),
	}
	bubble.Header.BackgroundColor = toneColour(m.Tone)
	if len(footer) > 0 {
		bubble.Footer = column("sm", footer...)
	}
	msg := &messaging_api.FlexMessage{AltText: cut(m.Alt, maxAlt), Contents: bubble}
	if len(m.Choices) > 0 {
		msg.QuickReply = &messaging_api.QuickReply{}
		for _, b := range m.Choices[:min(len(m.Choices), 13)] {
			msg.QuickReply.Items = append(msg.QuickReply.Items, messaging_api.QuickReplyItem{Type: "action", Action: action(b, maxQuick)})
		}
	}
	return msg
}

func column(spacing string, contents ...messaging_api.FlexComponentInterface) *messaging_api.FlexBox {
	return &messaging_api.FlexBox{Layout: messaging_api.FlexBoxLAYOUT_VERTICAL, Spacing: spacing, Contents: contents}
}

// text is a paragraph that grows with the reader's own font size.
func text(s, size, colour string, bold bool) *messaging_api.FlexText {
	if s == "" {
		s = " " // LINE refuses an empty text
	}
	t := &messaging_api.FlexText{Text: s, Size: size, Color: colour, Wrap: true, Scaling: true}
	if bold {
		t.Weight = messaging_api.FlexTextWEIGHT_BOLD
	}
	return t
}

func button(b wording.Button) *messaging_api.FlexButton {
	f := &messaging_api.FlexButton{Action: action(b, maxLabel), Scaling: true, AdjustMode: "shrink-to-fit"}
	switch b.Style {
	case wording.Danger:
		f.Style, f.Color = messaging_api.FlexButtonSTYLE_PRIMARY, red
	case wording.Primary:
		f.Style, f.Color = messaging_api.FlexButtonSTYLE_PRIMARY, green
	case wording.Secondary:
		f.Style = messaging_api.FlexButtonSTYLE_SECONDARY
	default:
		f.Style = messaging_api.FlexButtonSTYLE_LINK
	}
	return f
}

func action(b wording.Button, most int) messaging_api.ActionInterface {
	label := cut(b.Label, most)
	switch {
	case b.Postback != "":
		return &messaging_api.PostbackAction{Label: label, Data: b.Postback, DisplayText: cut(b.Display, maxTitle)}
	case b.Say != "":
		return &messaging_api.MessageAction{Label: label, Text: cut(b.Say, maxTitle)}
	}
	return &messaging_api.UriAction{Label: label, Uri: b.URL}
}
