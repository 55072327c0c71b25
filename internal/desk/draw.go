package desk

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"kozamori/internal/clerk"
	"kozamori/internal/markup"
	"kozamori/internal/watch"
)

//go:embed style.css
var styleCSS string

// policy lets a page have its one style sheet, by its hash, and nothing else.
var policy = func() string {
	sum := sha256.Sum256([]byte(styleCSS))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
}()

// write writes a page.
func (s *site) write(w http.ResponseWriter, code int, page g.Node) {
	var b bytes.Buffer
	_ = page.Render(&b) // a buffer takes everything
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	_, _ = w.Write(b.Bytes()) // a browser that is gone asks again
}

// plain is a page of one paragraph.
func plain(lang watch.Lang, title, says string) g.Node {
	return bare(lang, title, section(heading(title), para(says)))
}

// bare is a page without the desk's own head: for who is not signed in.
func bare(lang watch.Lang, title string, body g.Node) g.Node {
	return document(lang, title, h.Header(h.P(h.B(g.Text(tDesk.in(lang))))), body)
}

// page is a page of the desk.
func (v *visit) page(title string, body g.Node) g.Node {
	name := v.bank.Name
	if v.lang == watch.English && v.bank.NameEn != "" {
		name = v.bank.NameEn
	}
	head := h.Header(markup.Lines(
		h.P(h.B(g.Text(v.say(tDeskOf, name))), h.Span(g.Text(v.say(tAs, v.clerk.Name, v.say(roleNames[v.clerk.Role]))))),
		h.Nav(h.Aria("label", v.say(tNav)), h.Ul(markup.Each(v.tabs(), func(t tab) g.Node {
			return h.Li(h.A(markup.Href(v.at(t.path)), g.If(t.path == v.here(), h.Aria("current", "page")), g.Text(v.say(t.name))))
		}))),
		h.Form(h.Method("post"), action(v.at("/sign-out")), h.Button(h.Class("quiet"), g.Text(v.say(tSignOut))))))
	return document(v.lang, title+" — "+v.say(tDesk), head, body)
}

// tab is one of the first pages, for whom it is.
type tab struct {
	path string
	name text
	need clerk.Role
}

// allTabs are the first pages.
var allTabs = []tab{
	{"", tCases, clerk.Look},
	{"/campaigns", tCampaigns, clerk.Look},
	{"/inquiries", tInquiries, clerk.Look},
	{"/feed", tFeed, clerk.Look},
	{"/refused", tRefused, clerk.Look},
	{"/sheet", tSheet, clerk.Manage},
}

func (v *visit) tabs() (out []tab) {
	for _, t := range allTabs {
		if v.clerk.Role.May(t.need) {
			out = append(out, t)
		}
	}
	return out
}

// here is the first page that is open.
func (v *visit) here() string {
	path := strings.TrimPrefix(v.r.URL.Path, v.at(""))
	if path == "" {
		return ""
	}
	first, _, _ := strings.Cut(path[1:], "/")
	if first == "cases" {
		return ""
	}
	return "/" + first
}

func document(lang watch.Lang, title string, head, body g.Node) g.Node {
	meta := func(name, content string) g.Node { return h.Meta(h.Name(name), h.Content(content)) }
	return h.Doctype(h.HTML(h.Lang(string(lang)), markup.Lines(
		h.Head(markup.Lines(
			h.Meta(h.Charset("utf-8")),
			meta("viewport", "width=device-width, initial-scale=1"),
			meta("color-scheme", "light dark"),
			meta("format-detection", "telephone=no, date=no, address=no, email=no, url=no"),
			h.TitleEl(g.Text(title)),
			h.StyleEl(g.Raw(styleCSS)))),
		h.Body(markup.Lines(head, h.Main(body))))))
}

func section(nodes ...g.Node) g.Node { return h.Section(markup.Lines(nodes...)) }

func heading(s string) g.Node { return h.H1(whole(s)) }

func para(s string) g.Node { return h.P(whole(s)) }

// whole is a text whose numbers do not end in another line than they begin.
func whole(s string) g.Node {
	one := func(n string) g.Node { return h.Span(h.Class("n"), g.Text(n)) }
	return markup.Whole(s, one, one)
}

// action is where a form is posted to: an address of ours.
func action(path string) g.Node { return markup.Action(path) }

// column is a column of a table.
type column struct {
	name    string
	numbers bool // its cells end at the same edge
}

// table draws rows under a caption. On a narrow screen each row is a block in which
// each cell says what it is.
func table(caption string, columns []column, rows [][]g.Node) g.Node {
	class := func(i int) g.Node { return g.If(columns[i].numbers, h.Class("num")) }
	head := make([]g.Node, len(columns))
	for i, c := range columns {
		head[i] = h.Th(h.Scope("col"), class(i), g.Text(c.name))
	}
	return h.Table(markup.Lines(
		h.Caption(g.Text(caption)),
		h.THead(h.Tr(head...)),
		h.TBody(markup.Each(rows, func(cells []g.Node) g.Node {
			out := make([]g.Node, len(cells))
			for i, c := range cells {
				out[i] = h.Td(class(i), h.Data("l", columns[i].name), c)
			}
			return h.Tr(out...)
		}))))
}

// facts is a list of what is known, without what is not.
func facts(pairs ...fact) g.Node {
	var out g.Group
	for _, f := range pairs {
		if f.value != nil {
			out = append(out, h.Div(h.Dt(g.Text(f.label)), h.Dd(f.value)))
		}
	}
	return h.Dl(markup.Lines(out...))
}

type fact struct {
	label string
	value g.Node
}

// said is a text as a value, nil if it is empty.
func said(s string) g.Node {
	if s == "" {
		return nil
	}
	return whole(s)
}

// moment is a time as bank staff write it, in Japan; nil if it is zero.
func moment(t time.Time) g.Node {
	if t.IsZero() {
		return nil
	}
	return h.Time(h.DateTime(t.UTC().Format(time.RFC3339)), g.Text(stamp(t)))
}

// stamp is a time in Japan to the second: what a report is about happens in minutes.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(watch.JST).Format("2006-01-02 15:04:05")
}

// notice says on top of a page what was done, or not.
func notice(s string, bad bool) g.Node {
	if s == "" {
		return nil
	}
	if bad {
		return h.P(h.Class("notice bad"), h.Role("alert"), whole(s))
	}
	return h.P(h.Class("notice"), h.Role("status"), whole(s))
}
