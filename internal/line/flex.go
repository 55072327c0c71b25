package line

import (
	"cmp"
	"encoding/json"
	"slices"
	"unicode/utf16"

	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"
	"github.com/rivo/uniseg"

	"kozamori/internal/message"
	"kozamori/internal/phone"
)

// LINE's limits. Labels and what a tap says are counted in graphemes (what a
// reader takes for one character), an alt text in UTF-16 units.
const (
	maxAlt    = 1500
	maxLabel  = 40
	maxQuick  = 20
	maxTitle  = 300
	maxBubble = 30 << 10 // bytes of JSON
	maxCards  = 12
	maxRow    = 50 << 10 // bytes of JSON of a carousel
	maxQuicks = 13
)

// whole is how many characters of a text are drawn if nothing must be cut:
// more would not fit in any case.
const whole = maxBubble

// Each colour keeps 4.5:1 against white.
const (
	ink       = "#111111"
	grey      = "#555555"
	red       = "#B3261E"
	blue      = "#1A5FB4"
	green     = "#1B6E3C"
	nearWhite = "#FFFFFF"
)

func toneColour(t message.Tone) string {
	switch t {
	case message.Critical:
		return red
	case message.Notice:
		return blue
	}
	return green
}

// noLabels is the problem of a client that cannot draw.
const noLabels = "the client has no labels to draw with"

// draw draws messages, each with the labels of its language.
func (c *Client) draw(msgs []message.Message) []messaging_api.MessageInterface {
	out := make([]messaging_api.MessageInterface, len(msgs))
	for i, m := range msgs {
		out[i] = Flex(m, c.Labels(m.Lang))
	}
	return out
}

// Flex draws a message as one bubble. The same message makes the same bytes.
// A message too large for LINE loses the ends of its longest texts, rather
// than being refused.
func Flex(m message.Message, labels message.Labels) *messaging_api.FlexMessage {
	if len(m.Cards) > 0 {
		return carousel(m, labels)
	}
	f := draw(m, labels, whole)
	for _, most := range []int{1000, 300, 100, 40} {
		if fits(m, f) {
			break
		}
		f = draw(m, labels, most)
	}
	return f
}

// fits tells whether a drawn message keeps to LINE's size. Most do so by far,
// which the length of what they say tells without drawing them as JSON.
func fits(m message.Message, f *messaging_api.FlexMessage) bool {
	said, parts := 0, 10
	say := func(n int, texts ...string) {
		parts += n
		for _, s := range texts {
			said += len(s)
		}
	}
	say(3, m.Badge, m.Title, m.Amount, m.Foot)
	for _, x := range m.Facts {
		say(3, x.Label, x.Value)
	}
	say(len(m.Why), m.Why...)
	say(len(m.Text)+len(m.More), m.Paragraphs()...)
	for _, x := range m.Steps {
		say(3, x.Text, x.Tel)
	}
	for _, x := range m.Buttons {
		say(2, x.Label, x.Postback, x.Display, x.Say, x.URL)
	}
	// JSON writes some characters as six bytes, and less than 200 around each.
	if 6*said+200*parts < maxBubble {
		return true
	}
	b, err := json.Marshal(f.Contents)
	return err == nil && len(b) <= maxBubble
}

// draw draws a message whose texts may have so many characters. Every nested
// value is a pointer: LINE's SDK drops the type of others.
func draw(m message.Message, labels message.Labels, most int) *messaging_api.FlexMessage {
	if m.Brief {
		return drawBrief(m, most)
	}
	text := func(s, size, colour string, bold bool) *messaging_api.FlexText {
		return text(cut(s, most), size, colour, bold)
	}
	body := []messaging_api.FlexComponentInterface{text(m.Title, "xl", ink, true)}
	if m.Amount != "" {
		size := "3xl"
		if uniseg.StringWidth(m.Amount) > large { // a report number, which is not to be broken
			size = "xl"
		}
		body = append(body, text(m.Amount, size, toneColour(m.Tone), true))
	}
	for _, f := range m.Facts {
		body = append(body, labelled(m.Facts, text(f.Label, "xs", grey, false), text(f.Value, "md", ink, false)))
	}
	if len(m.Why) > 0 {
		body = append(body, &messaging_api.FlexSeparator{Margin: "lg"}, text(labels.Why, "sm", grey, false))
		for _, w := range m.Why {
			body = append(body, text("・"+w, "md", ink, false))
		}
	}
	for _, p := range m.Paragraphs() {
		body = append(body, text(p, "md", ink, false))
	}
	var footer []messaging_api.FlexComponentInterface
	if len(m.Steps) > 0 {
		body = append(body, &messaging_api.FlexSeparator{Margin: "lg"}, text(labels.Steps, "md", ink, true))
	}
	for _, s := range m.Steps {
		body = append(body, text(s.Text, "md", ink, false))
		if address := phone.Tel(s.Tel); address != "" {
			body = append(body, button(message.Button{Label: labels.Call + " " + s.Tel, Style: message.Secondary, URL: address}))
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
	return flexMessage(m, bubble)
}

// flexMessage is a drawing with the message's preview and quick replies.
func flexMessage(m message.Message, contents messaging_api.FlexContainerInterface) *messaging_api.FlexMessage {
	msg := &messaging_api.FlexMessage{AltText: cutUnits(m.Alt, maxAlt), Contents: contents}
	quick := m.Choices
	if m.Brief { // the answers stay in sight while the message does not
		quick = append(slices.Clip(quick), answers(m)...)
	}
	if len(quick) > 0 {
		msg.QuickReply = &messaging_api.QuickReply{}
		for _, b := range quick[:min(len(quick), maxQuicks)] {
			msg.QuickReply.Items = append(msg.QuickReply.Items, messaging_api.QuickReplyItem{Type: "action", Action: action(b, maxQuick)})
		}
	}
	return msg
}

// carousel draws the cards of a message next to each other, and at their end
// what the message itself says. Where LINE has not enough room texts are cut
// first, and cards are left out from the end after that.
func carousel(m message.Message, labels message.Labels) *messaging_api.FlexMessage {
	head := m
	head.Cards, head.Choices = nil, nil
	says := len(m.Facts)+len(m.Text)+len(m.Buttons) > 0
	cards := m.Cards[:min(len(m.Cards), maxCards)]
	if says {
		cards = append(slices.Clip(m.Cards[:min(len(m.Cards), maxCards-1)]), head)
	}
	row := &messaging_api.FlexCarousel{}
	for _, most := range []int{whole, 1000, 300, 100, 40} {
		row.Contents = row.Contents[:0]
		for _, card := range cards {
			if bubble, ok := draw(card, labels, most).Contents.(*messaging_api.FlexBubble); ok {
				row.Contents = append(row.Contents, *bubble)
			}
		}
		if inRow(row) {
			return flexMessage(m, row)
		}
	}
	for len(row.Contents) > 1 && !inRow(row) {
		last := len(row.Contents) - 1
		if says {
			row.Contents[last-1] = row.Contents[last]
		}
		row.Contents = row.Contents[:last]
	}
	return flexMessage(m, row)
}

// inRow tells whether a carousel and each of its bubbles keep to LINE's sizes.
func inRow(row *messaging_api.FlexCarousel) bool {
	for i := range row.Contents {
		if b, err := json.Marshal(&row.Contents[i]); err != nil || len(b) > maxBubble {
			return false
		}
	}
	b, err := json.Marshal(row)
	return err == nil && len(b) <= maxRow
}

// answers are the buttons of a message that fit where a quick reply stands: two at
// least, or none. Cut off, they would not say any more what they are about; a third
// one that does not fit is left out.
func answers(m message.Message) (out []message.Button) {
	for _, b := range m.Buttons {
		if b.Label = cmp.Or(b.Short, b.Label); b.Postback != "" && cut(b.Label, maxQuick) == b.Label {
			out = append(out, b)
		}
	}
	if len(out) < 2 {
		return nil
	}
	return out
}

func column(spacing string, contents ...messaging_api.FlexComponentInterface) *messaging_api.FlexBox {
	return &messaging_api.FlexBox{Layout: messaging_api.FlexBoxLAYOUT_VERTICAL, Spacing: spacing, Contents: contents}
}

// besides is how many columns, of which an ideograph takes two, a label may have
// that stands in front of its value: in the largest type of a phone a longer one
// would be broken within a word. If none has more than few, they take less room.
const (
	besides = 8
	few     = 5
)

// labelled is a value behind its label, one of a list of facts, or below it if that
// is long.
func labelled(facts []message.Fact, label, value *messaging_api.FlexText) *messaging_api.FlexBox {
	long := func(s string, than int) bool { return uniseg.StringWidth(s) > than }
	if long(label.Text, besides) {
		return column("none", label, value)
	}
	// In a baseline box flex must be said: the SDK always sends it.
	label.Flex, value.Flex = 1, 4
	if slices.ContainsFunc(facts, func(f message.Fact) bool { return long(f.Label, few) && !long(f.Label, besides) }) {
		label.Flex, value.Flex = 1, 2
	}
	return &messaging_api.FlexBox{Layout: messaging_api.FlexBoxLAYOUT_BASELINE, Spacing: "sm",
		Contents: []messaging_api.FlexComponentInterface{label, value}}
}

// large is how many columns what is set large may have, for one line in the largest
// type.
const large = 9

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

func button(b message.Button) *messaging_api.FlexButton {
	f := &messaging_api.FlexButton{Action: action(b, maxLabel), Scaling: true, AdjustMode: "shrink-to-fit"}
	switch b.Style {
	case message.Danger:
		f.Style, f.Color = messaging_api.FlexButtonSTYLE_PRIMARY, red
	case message.Primary:
		f.Style, f.Color = messaging_api.FlexButtonSTYLE_PRIMARY, green
	case message.Secondary:
		f.Style = messaging_api.FlexButtonSTYLE_SECONDARY
	default:
		f.Style = messaging_api.FlexButtonSTYLE_LINK
	}
	return f
}

func action(b message.Button, most int) messaging_api.ActionInterface {
	label := cut(b.Label, most)
	switch {
	case b.Postback != "":
		return &messaging_api.PostbackAction{Label: label, Data: b.Postback, DisplayText: cut(b.Display, maxTitle)}
	case b.Say != "":
		return &messaging_api.MessageAction{Label: label, Text: cut(b.Say, maxTitle)}
	}
	return &messaging_api.UriAction{Label: label, Uri: b.URL}
}

// cut shortens a text to n graphemes, the last of them an ellipsis.
func cut(s string, n int) string {
	if len(s) <= n || uniseg.GraphemeClusterCount(s) <= n {
		return s
	}
	return cutAfter(s, n-1, func(string) int { return 1 }) + "…"
}

// cutUnits shortens a text to n UTF-16 units, never within a grapheme.
func cutUnits(s string, n int) string {
	if len(s) <= n || len(utf16.Encode([]rune(s))) <= n {
		return s
	}
	return cutAfter(s, n-1, func(g string) int { return len(utf16.Encode([]rune(g))) }) + "…"
}

func cutAfter(s string, n int, size func(string) int) string {
	end, state := 0, -1
	for rest := s; rest != ""; {
		var g string
		g, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if n -= size(g); n < 0 {
			break
		}
		end += len(g)
	}
	return s[:end]
}
