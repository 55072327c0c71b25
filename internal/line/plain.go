package line

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"
	"github.com/rivo/uniseg"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// maxPlain is the longest text message, in UTF-16 units.
const maxPlain = 5000

// form is one way to draw messages. LINE answers 400 to what it cannot take,
// and says no more that may be relied on; the next form is simpler then.
type form struct {
	name string // is part of the retry key, except for the first: another body needs another key
	draw func(*Client, []message.Message) []messaging_api.MessageInterface
}

// forms are all of them, the best first. The last one cannot be wrong.
var forms = []form{
	{"", (*Client).draw},
	{"text", func(c *Client, msgs []message.Message) []messaging_api.MessageInterface { return c.plain(msgs, true) }},
	{"bare", func(c *Client, msgs []message.Message) []messaging_api.MessageInterface { return c.plain(msgs, false) }},
}

// formKey is the retry key of a form: the same for the same form of a message.
func formKey(form, key string) string {
	if form == "" {
		return key
	}
	return watch.DeriveUUID("line form", form, key)
}

// refused tells whether LINE may have refused the drawing.
func refused(res *http.Response) bool { return res != nil && res.StatusCode == http.StatusBadRequest }

// fellBack tells the operator that people read less than they should.
func (c *Client) fellBack(form string) {
	if form != "" && c.Logger != nil {
		c.Logger.Error("LINE refused a drawn message, which went as text", "form", form)
	}
}

// plain writes messages as text. With buttons, what a tap would answer or say
// is offered as quick replies, which only the last message can have.
func (c *Client) plain(msgs []message.Message, buttons bool) []messaging_api.MessageInterface {
	out := make([]messaging_api.MessageInterface, len(msgs))
	var quick []messaging_api.QuickReplyItem
	called := map[string]int{}
	for _, m := range msgs {
		for _, b := range m.Flat().Buttons {
			called[short(b)]++
		}
	}
	for i, m := range msgs {
		m = m.Flat()
		t := &messaging_api.TextMessage{Text: cutUnits(PlainText(m, c.Labels(m.Lang)), maxPlain)}
		for _, b := range append(append([]message.Button(nil), m.Buttons...), m.Choices...) {
			b.Label = short(b)
			// Of two that are called the same it is not known what they are
			// about: each has its page.
			if buttons && b.URL == "" && called[b.Label] < 2 && len(quick) < maxQuicks {
				quick = append(quick, messaging_api.QuickReplyItem{Type: "action", Action: action(b, maxQuick)})
			}
		}
		if i == len(msgs)-1 && len(quick) > 0 {
			t.QuickReply = &messaging_api.QuickReply{Items: quick}
		}
		out[i] = t
	}
	return out
}

// short is a button's label where little fits: with the end of its account's number
// alone, if it names an account. The versions before named it in brackets.
func short(b message.Button) string {
	label := cmp.Or(b.Short, b.Label)
	if cut(label, maxQuick) == label {
		return label
	}
	base, account, ok := strings.Cut(label, "（")
	if !ok {
		base, account, ok = strings.Cut(label, " (")
	}
	if i := strings.LastIndex(label, " "); !ok && i >= 0 {
		base, account, ok = label[:i], label[i+1:], strings.ContainsAny(label[i+1:], "*＊")
	}
	if !ok {
		return cut(label, maxQuick)
	}
	words := strings.Fields(strings.TrimRight(account, "）)"))
	if len(words) == 0 {
		return cut(label, maxQuick)
	}
	end := strings.TrimLeft(words[len(words)-1], "*＊")
	return cut(base, max(1, maxQuick-1-uniseg.GraphemeClusterCount(end))) + " " + cut(end, maxQuick-2)
}

// PlainText is a message as plain text: what the drawn one says, and its steps. A
// phone shows its beginning on the lock screen, so amounts and accounts stand behind
// the page that it links to, which a message without one has no need of. Each card of
// a list, which somebody has asked for, stands with its own page.
func PlainText(m message.Message, labels message.Labels) string {
	parts := []string{m.Alt}
	add := func(lines ...string) {
		if s := strings.Join(lines, "\n"); s != "" && s != m.Alt {
			parts = append(parts, s)
		}
	}
	if strings.HasSuffix(m.Title, "：") || strings.HasSuffix(m.Title, ":") {
		add(m.Title + m.Amount) // a number that the title announces, and no amount
		m.Amount = ""
	} else {
		add(m.Title)
	}
	pages := links(m)
	if len(pages) == 0 {
		add(says(m)...)
	}
	for _, s := range m.Steps {
		if s.Tel == "" {
			add(s.Text)
		} else {
			add(s.Text, labels.Call+"："+s.Tel)
		}
	}
	for _, l := range pages {
		add(l)
	}
	if len(pages) > 0 {
		add(says(m)...)
	}
	for _, p := range m.Paragraphs() {
		add(p)
	}
	for _, c := range m.Cards {
		add(append(append([]string{c.Title}, says(c)...), links(c)...)...)
	}
	add(m.Foot)
	return strings.Join(parts, "\n\n")
}

// says are the amount and the facts of a message, a line each.
func says(m message.Message) (out []string) {
	if m.Amount != "" {
		out = append(out, m.Amount)
	}
	for _, f := range m.Facts {
		if !f.More || !m.Brief {
			out = append(out, f.Label+"："+f.Value)
		}
	}
	return out
}

// links are the pages that a message leads to, each with what it is called.
func links(m message.Message) (out []string) {
	for _, b := range m.Buttons {
		if b.URL != "" {
			out = append(out, b.Label+"\n"+b.URL)
		}
	}
	return out
}
