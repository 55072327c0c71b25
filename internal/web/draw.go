package web

import (
	"slices"
	"strings"
	"time"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"kozamori/internal/markup"
	"kozamori/internal/message"
	"kozamori/internal/phone"
	"kozamori/internal/wording"
)

// draw draws a page.
func draw(p message.Page) g.Node {
	labels := wording.LabelsIn(p.Lang)
	meta := func(name, content string) g.Node { return h.Meta(h.Name(name), h.Content(content)) }
	parts := make([]g.Node, len(p.Parts))
	for i, part := range p.Parts {
		parts[i] = drawPart(part, labels, i == 0)
	}
	return h.Doctype(h.HTML(h.Lang(p.Lang), markup.Lines(
		h.Head(markup.Lines(
			h.Meta(h.Charset("utf-8")),
			meta("viewport", "width=device-width, initial-scale=1"),
			meta("color-scheme", "light dark"),
			meta("format-detection", "telephone=no, date=no, address=no, email=no, url=no"),
			h.TitleEl(g.Text(p.Name)),
			h.StyleEl(g.Raw(styleCSS)))),
		h.Body(markup.Lines(
			h.Header(g.Text(labels.Brand)),
			h.Main(markup.Lines(
				said(h.P, p.Notice, h.Class("refused"), h.Role("alert")),
				markup.Lines(parts...))))))))
}

// drawPart draws a part of a page; the first one holds the page's heading.
func drawPart(p message.Part, labels message.Labels, first bool) g.Node {
	heading, below := h.H2, func(text string) g.Node { return h.H3(whole(text)) }
	if first {
		heading, below = h.H1, func(text string) g.Node { return h.H2(h.Class("sub"), whole(text)) }
	}
	text := func(el func(...g.Node) g.Node) func(string) g.Node {
		return func(s string) g.Node { return el(whole(s)) }
	}
	return h.Section(g.If(p.Badge != "" || p.Brief, h.Class(looks(p))), markup.Lines(
		said(h.P, p.Badge, h.Class("badge")),
		heading(whole(p.Title)),
		said(h.P, p.Alarm, h.Class("alarm"), h.Role("alert")),
		g.If(p.Amount != "", h.P(h.Class("amount"), whole(p.Amount))),
		g.If(len(p.Facts) > 0, h.Dl(markup.Each(p.Facts, func(f message.Fact) g.Node {
			return g.Group{g.Text("\n"), h.Dt(whole(f.Label)), h.Dd(g.If(f.Blank, h.Class("blank")), whole(f.Value))}
		}))),
		markup.Each(p.Paragraphs(), text(h.P)),
		g.If(len(p.Why) > 0, markup.Lines(below(labels.Why), h.Ul(markup.Each(p.Why, text(h.Li))))),
		g.If(len(p.Steps) > 0, markup.Lines(below(labels.Steps), h.Ol(markup.Each(p.Steps, func(s message.Step) g.Node {
			return h.Li(whole(s.Text), call(s.Tel, labels))
		})))),
		said(h.P, p.Foot, h.Class("foot")),
		g.If(p.QR != "", h.Div(h.Class("qr"), h.Role("img"), h.Aria("label", p.QRName), g.Raw(p.QR))), // package qr drew it
		drawPicture(p.Picture, below),
		markup.Each(p.Links, func(l message.PageLink) g.Node {
			return h.A(h.Class("go"), markup.Href(l.Href), h.B(whole(l.Label)), g.If(l.Hint != "", h.Span(whole(l.Hint))))
		}),
		markup.Each(p.Forms, drawForm),
		g.If(len(p.History) > 0, h.Ol(h.Class("history"), markup.Each(p.History, func(m message.Moment) g.Node {
			return h.Li(h.Time(h.DateTime(m.At.UTC().Format(time.RFC3339)), whole(m.When)), g.Text(" "), whole(m.Say))
		})))))
}

// looks are the classes of a part: how urgent it is, and whether its answers are to
// be seen at once.
func looks(p message.Part) string {
	if p.Brief {
		return strings.TrimSpace(string(p.Tone) + " brief")
	}
	return string(p.Tone)
}

// drawPicture draws bars. What they say is written too: a bar says nothing to a
// screen reader, and little without colours.
func drawPicture(p message.Picture, below func(string) g.Node) g.Node {
	if len(p.Bars) == 0 {
		return nil
	}
	return markup.Lines(
		below(p.Title),
		h.Ul(h.Class("bars"), markup.Each(p.Bars, func(b message.Bar) g.Node {
			return h.Li(h.B(whole(b.Label)), g.Text(" "), h.Span(whole(b.Value)),
				markup.Bar(b.Share))
		})),
		said(h.P, p.Note, h.Class("hint")))
}

// whole is a text whose numbers do not end in another line than they begin.
func whole(text string) g.Node {
	one := func(class string) func(string) g.Node {
		return func(n string) g.Node { return h.Span(h.Class(class), g.Text(n)) }
	}
	return markup.Whole(text, one("whole"), one("n"))
}

// said is an element with such a text, if there is any.
func said(el func(...g.Node) g.Node, text string, attributes ...g.Node) g.Node {
	return g.If(text != "", el(append(slices.Clip(attributes), whole(text))...))
}

// call is the link that calls a number. What is no number is only said.
func call(tel string, labels message.Labels) g.Node {
	if tel == "" {
		return nil
	}
	address, say := phone.Tel(tel), labels.Call+" "+tel
	if !markup.Opens(address) {
		return whole(" " + say)
	}
	return h.A(h.Class("call"), markup.Href(address), whole(say))
}

func drawForm(f message.Form) g.Node {
	button := func(f message.Form) g.Node {
		return h.Button(h.Name("do"), h.Value(f.Do), h.Class(string(f.Style)), whole(f.Label))
	}
	files := slices.ContainsFunc(f.Fields, func(x message.Field) bool { return x.Kind == message.FieldFile })
	return h.Form(h.Method("post"), g.If(files, h.EncType("multipart/form-data")), g.If(len(f.Fields)+len(f.Groups) > 0, g.Attr("novalidate")), markup.Lines(
		said(h.P, f.Note),
		markup.Each(f.Fields, drawField),
		markup.Each(f.Groups, drawGroup),
		button(f),
		markup.Each(f.More, button)))
}

// drawGroup folds fields away under what they are about and what is set now.
func drawGroup(group message.Group) g.Node {
	return h.Details(g.If(group.Open, g.Attr("open")), markup.Lines(
		h.Summary(h.H3(whole(group.Title)), said(h.Span, group.Says)),
		markup.Each(group.Text, func(s string) g.Node { return h.P(whole(s)) }),
		markup.Each(group.Fields, drawField)))
}

func drawField(f message.Field) g.Node {
	id := "f-" + f.Name
	if f.Kind == message.FieldHidden {
		return h.Input(h.Type("hidden"), h.Name(f.Name), h.Value(f.Value))
	}
	class := "field"
	if f.Error != "" {
		class = "field bad"
	}
	label, input := h.Label(h.For(id), whole(f.Label)), g.Node(nil)
	switch f.Kind {
	case message.FieldCheck:
		value := f.Value
		if value == "" {
			value = "on"
		}
		label = h.Label(h.Class("check"), h.Input(h.Type("checkbox"), h.Name(f.Name), h.Value(value), g.If(f.Checked, h.Checked()), described(f)),
			h.Span(whole(f.Label)))
	case message.FieldNumber:
		input = h.Span(h.Class("unit"),
			h.Input(h.ID(id), h.Name(f.Name), h.Value(f.Value), g.Attr("inputmode", "numeric"), h.AutoComplete("off"), described(f)),
			said(h.Span, f.Unit))
	case message.FieldLines:
		// A browser drops the first line break.
		input = h.Textarea(h.ID(id), h.Name(f.Name), h.Rows("4"), h.AutoComplete("off"), described(f), g.Text("\n"+f.Value))
	case message.FieldFile:
		input = h.Input(h.ID(id), h.Type("file"), h.Name(f.Name), h.Multiple(), h.Required(), described(f))
	case message.FieldSelect:
		input = h.Select(h.ID(id), h.Name(f.Name), described(f), markup.Each(f.Options, func(o message.Option) g.Node {
			return h.Option(h.Value(o.Value), g.If(o.Value == f.Value, h.Selected()), g.Text(o.Label))
		}))
	default:
		complete := "off"
		if f.Kind == message.FieldEmail {
			complete = "email"
		}
		input = h.Input(h.ID(id), h.Type(string(f.Kind)), h.Name(f.Name), h.Value(f.Value), h.AutoComplete(complete), described(f))
	}
	return h.Div(h.Class(class), markup.Lines(
		label,
		said(h.P, f.Hint, h.Class("hint"), h.ID("h-"+f.Name)),
		said(h.P, f.Error, h.Class("wrong"), h.ID("e-"+f.Name)),
		input))
}

// described names the hint and the fault of a field, for those who hear a page.
func described(f message.Field) g.Node {
	var by string
	switch {
	case f.Hint != "" && f.Error != "":
		by = "h-" + f.Name + " e-" + f.Name
	case f.Error != "":
		by = "e-" + f.Name
	case f.Hint != "":
		by = "h-" + f.Name
	default:
		return nil
	}
	return g.Group{h.Aria("describedby", by), g.If(f.Error != "", h.Aria("invalid", "true"))}
}
