package email

import (
	"strings"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"kozamori/internal/markup"
	"kozamori/internal/message"
	"kozamori/internal/phone"
)

// colours of a tone, on white and on black, each with a contrast of at least
// 7 to 1.
func colours(t message.Tone) (ink, bright string) {
	switch t {
	case message.Critical:
		return "#a3000b", "#ffb3ad"
	case message.Notice:
		return "#1b4b7a", "#9cc7f5"
	}
	return "#1f5b36", "#9fd8b4"
}

// dark are the colours of dark mode.
func dark(bright string) string {
	return `
:root{color-scheme:light dark}
@media (prefers-color-scheme:dark){
.out{background:#121212!important}
.in{background:#1e1e1e!important;color:#f2f2f2!important}
.ink{color:#f2f2f2!important}
.soft{color:#cfcfca!important}
.box{background:#2c2c2a!important}
.go{color:#9cc7f5!important}
.sum{color:` + bright + `!important}
}
`
}

// hide keeps mail programs from filling the preview of the list with the first
// lines, where the amount is: they take what comes first, which is the subject
// again and then nothing to be seen.
var hide = strings.Repeat("&#847;&zwnj;&nbsp;", 90)

// size is a size of type twice: in rem, so that it grows with the reader's own
// setting, and before that in px, for mail programs that know no rem.
const (
	size16  = ";font-size:16px;font-size:1rem"
	size18  = ";font-size:18px;font-size:1.125rem"
	size20  = ";font-size:20px;font-size:1.25rem"
	size22  = ";font-size:22px;font-size:1.375rem"
	size34  = ";font-size:34px;font-size:2.125rem"
	phrases = ";word-break:auto-phrase" // no line of a heading ends within a word
)

// draw draws a mail. Styles stand at each element: some mail programs read no
// style sheet.
func draw(m letter) g.Node {
	ink, bright := colours(m.Tone)
	meta := func(name, content string) g.Node { return h.Meta(h.Name(name), h.Content(content)) }
	return h.Doctype(h.HTML(h.Lang(m.Lang), markup.Lines(
		h.Head(markup.Lines(
			h.Meta(h.Charset("utf-8")),
			meta("viewport", "width=device-width, initial-scale=1"),
			meta("color-scheme", "light dark"),
			meta("supported-color-schemes", "light dark"),
			meta("format-detection", "telephone=no, date=no, address=no, email=no, url=no"),
			h.TitleEl(g.Text(m.Alt)),
			h.StyleEl(g.Raw(dark(bright))))),
		h.Body(h.Class("out ink"), h.Style("margin:0;padding:0;background:#f2f2f0;color:#1a1a1a;font-family:'Hiragino Sans','Noto Sans JP',Meiryo,sans-serif"+size18+";line-height:1.6"), markup.Lines(
			h.Div(h.Style("display:none;max-height:0;overflow:hidden;font-size:1px;line-height:1px;color:#f2f2f0"), h.Aria("hidden", "true"), g.Text(m.Alt), g.Raw(hide)),
			// Webmail drops the html element, and the language with it.
			h.Div(h.Class("in"), h.Role("article"), h.Lang(m.Lang), h.Aria("label", m.Title), h.Style("max-width:600px;margin:0 auto;background:#ffffff"), markup.Lines(
				h.Div(h.Style("background:"+ink+";color:#ffffff;padding:12px 20px"+size20+";font-weight:bold"), g.Text(m.Badge)),
				h.Div(h.Style("padding:20px;overflow-wrap:anywhere"), drawBody(m, ink)),
				h.Div(h.Class("soft"), h.Style("padding:16px 20px;border-top:1px solid #d8d8d4"+size16+";color:#4a4a4a"), markup.Lines(
					h.P(h.Style("margin:0"), g.Text(m.Brand), h.Br(), g.Text(m.MailNote)),
					g.If(m.StopURL != "", h.P(h.Style("margin:8px 0 0"), h.A(h.Class("go"), markup.Href(m.StopURL), h.Style("color:#1b4b7a"), g.Text(m.StopMail)))))))))))))
}

// whole is a text whose numbers do not end in another line than they begin.
func whole(text string) g.Node {
	one := func(style string) func(string) g.Node {
		return func(n string) g.Node {
			return h.Span(h.Style("white-space:nowrap;font-size:min("+style+")"), g.Text(n))
		}
	}
	return markup.Whole(text, one("1em,9vw"), one("1em,12vw"))
}

// drawBody draws what the message says.
func drawBody(m letter, ink string) g.Node {
	heading := func(text string) g.Node {
		return h.H2(h.Style("margin:24px 0 8px"+size18+";font-size:min(1.125rem,9vw)"+phrases), whole(text))
	}
	return markup.Lines(
		h.H1(h.Style("margin:0 0 12px"+size22+";font-size:min(1.375rem,9vw)"+phrases+";line-height:1.5"), whole(m.Title)),
		g.If(m.Amount != "", h.P(h.Class("sum"), h.Style("margin:0 0 16px"+size34+";line-height:1.3;font-weight:bold;color:"+ink), whole(m.Amount))),
		g.If(len(m.Facts) > 0, h.Dl(h.Style("margin:0 0 16px"), markup.Each(m.Facts, func(f message.Fact) g.Node {
			return markup.Lines(
				h.Dt(h.Class("soft"), h.Style("margin:8px 0 0"+size16+";color:#4a4a4a"), g.Text(f.Label)),
				h.Dd(h.Style("margin:0;font-weight:bold"), whole(f.Value)))
		}))),
		markup.Each(m.Paragraphs(), func(s string) g.Node { return h.P(h.Style("margin:0 0 16px"), whole(s)) }),
		markup.Each(m.Links, func(b message.Button) g.Node {
			return h.P(h.Style("margin:20px 0"), h.A(markup.Href(b.URL),
				h.Style("display:block;padding:14px 16px;border-radius:8px;background:"+ink+";color:#ffffff"+size20+";font-weight:bold;text-align:center;text-decoration:none"), g.Text(b.Label)))
		}),
		g.If(len(m.Message.Why) > 0, markup.Lines(
			heading(m.Labels.Why),
			h.Ul(h.Style("margin:0 0 16px;padding-left:24px"), markup.Each(m.Message.Why, func(s string) g.Node { return h.Li(h.Style("margin:0 0 6px"), whole(s)) })))),
		g.If(len(m.Message.Steps) > 0, markup.Lines(
			heading(m.Labels.Steps),
			h.Ol(h.Style("margin:0 0 16px;padding-left:28px"), markup.Each(m.Message.Steps, func(s message.Step) g.Node {
				return h.Li(h.Style("margin:0 0 12px"), whole(s.Text), call(s.Tel, m.Call))
			})))),
		markup.Said(h.P, m.Foot, h.Class("box"), h.Style("margin:20px 0 0;padding:12px 16px;background:#f2f2f0")))
}

// call is the link that calls a number. What is no number is only said.
func call(tel, label string) g.Node {
	if tel == "" {
		return nil
	}
	address, say := phone.Tel(tel), whole(label+" "+tel)
	if !markup.Opens(address) {
		return g.Group{h.Br(), say}
	}
	return g.Group{h.Br(), h.A(h.Class("go"), markup.Href(address), h.Style("display:inline-block;padding:8px 0"+size20+";font-weight:bold;color:#1b4b7a"), say)}
}
