package email

import (
	"fmt"
	"strings"

	"kozamori/internal/message"
)

// letter is a message with all that a mail puts around it.
type letter struct {
	message.Message
	message.Labels
	Links []message.Button
}

// links are the buttons that a mail can have: postbacks and sayings are
// LINE's.
func links(m message.Message) []message.Button {
	var out []message.Button
	for _, b := range m.Buttons {
		if b.URL != "" {
			out = append(out, b)
		}
	}
	return out
}

// render draws a message as a mail: plain text and HTML, which say the same.
func render(m message.Message, labels message.Labels) (text, html string) {
	m = m.Flat()
	if m.Note != "" {
		labels.MailNote = m.Note
	}
	d := letter{m, labels, links(m)}
	var b strings.Builder
	_ = draw(d).Render(&b) // a builder takes everything
	return plain(d), b.String()
}

func plain(d letter) string {
	var b strings.Builder
	para := func(lines ...string) {
		for _, l := range lines {
			b.WriteString(l)
			b.WriteByte('\n')
		}
		b.WriteByte('\n')
	}
	para("[" + d.Badge + "] " + d.Title)
	if d.Amount != "" {
		para(d.Amount)
	}
	var facts []string
	for _, f := range d.Facts {
		facts = append(facts, f.Label+": "+f.Value)
	}
	if len(facts) > 0 {
		para(facts...)
	}
	for _, t := range d.Paragraphs() {
		para(t)
	}
	for _, l := range d.Links {
		para(l.Label, l.URL)
	}
	if len(d.Message.Why) > 0 {
		para(append([]string{d.Labels.Why}, bullets(d.Message.Why)...)...)
	}
	if len(d.Message.Steps) > 0 {
		steps := []string{d.Labels.Steps}
		for i, s := range d.Message.Steps {
			steps = append(steps, fmt.Sprintf("%d. %s", i+1, s.Text))
			if s.Tel != "" {
				steps = append(steps, "   "+d.Call+": "+s.Tel)
			}
		}
		para(steps...)
	}
	if d.Foot != "" {
		para(d.Foot)
	}
	b.WriteString("-- \n") // the signature mark of RFC 3676
	b.WriteString(d.Brand + "\n" + d.MailNote + "\n")
	if d.StopURL != "" {
		b.WriteString(d.StopMail + ": " + d.StopURL + "\n")
	}
	return b.String()
}

func bullets(lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = "- " + l
	}
	return out
}
