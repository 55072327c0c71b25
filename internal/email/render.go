package email

import (
	_ "embed"
	"fmt"
	"html/template"
	"regexp"
	"strings"

	"kozamori/internal/wording"
)

// Sizes stand twice in it: in rem, so that type grows with the reader's own
// setting, and before that in px, for mail programs that know no rem.
//
//go:embed mail.html
var mailHTML string

var page = template.Must(template.New("mail").Funcs(template.FuncMap{"tel": tel}).Parse(mailHTML))

// dialable is a number that may become a link.
var dialable = regexp.MustCompile(`^[#+]?[0-9][0-9-]{1,19}$`)

// tel is the link that dials a number; html/template knows no tel addresses,
// so what passes here must be harmless.
func tel(number string) template.URL {
	if !dialable.MatchString(number) {
		return ""
	}
	return template.URL(wording.TelURI(number))
}

// colours of a tone, on white and on black, each with a contrast of at least
// 7 to 1.
func colours(t wording.Tone) (ink, bright template.CSS) {
	switch t {
	case wording.Critical:
		return "#a3000b", "#ffb3ad"
	case wording.Notice:
		return "#1b4b7a", "#9cc7f5"
	}
	return "#1f5b36", "#9fd8b4"
}

type drawing struct {
	wording.Message
	wording.Labels
	Colour, Bright template.CSS
	Links          []wording.Button
	// Hide keeps mail programs from filling the preview of the list with the
	// first lines, where the amount is: they take what comes first, which is
	// the subject again and then nothing to be seen.
	Hide template.HTML
}

// links are the buttons that a mail can have: postbacks and sayings are
// LINE's.
func links(m wording.Message) []wording.Button {
	var out []wording.Button
	for _, b := range m.Buttons {
		if b.URL != "" {
			out = append(out, b)
		}
	}
	return out
}

// render draws a message as a mail: plain text and HTML, which say the same.
func render(m wording.Message) (text, html string, err error) {
	d := drawing{Message: m, Labels: wording.LabelsIn(m.Lang), Links: links(m),
		Hide: template.HTML(strings.Repeat("&#847;&zwnj;&nbsp;", 90))}
	d.Colour, d.Bright = colours(m.Tone)
	var b strings.Builder
	if err := page.Execute(&b, d); err != nil {
		return "", "", fmt.Errorf("email: %w", err)
	}
	return plain(d), b.String(), nil
}

func plain(d drawing) string {
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
	for _, t := range d.Text {
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
