package gallery

import (
	_ "embed"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"strings"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"kozamori/infra/richmenu"
	"kozamori/internal/markup"
	"kozamori/internal/watch"
)

//go:embed gallery.css
var style string

// WriteFile writes the page to a file.
func WriteFile(name string) (err error) {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	return Write(f)
}

// Write writes the page: for each language the messages in both sizes of type, and
// the menus.
func Write(w io.Writer) error {
	var parts []g.Node
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		rows, err := rows(lang)
		if err != nil {
			return err
		}
		parts = append(parts, h.Section(h.Lang(string(lang)), h.H2(g.Text(map[watch.Lang]string{watch.Japanese: "日本語", watch.English: "English"}[lang])), markup.Lines(rows...)))
	}
	menus, err := menus()
	if err != nil {
		return err
	}
	return h.Doctype(h.HTML(h.Lang("en"), markup.Lines(
		h.Head(markup.Lines(h.Meta(h.Charset("utf-8")), h.Meta(h.Name("viewport"), h.Content("width=device-width")), h.TitleEl(g.Text("Kozamori: what people see")), h.StyleEl(g.Raw(style)))),
		h.Body(markup.Lines(
			h.H1(g.Text("What people see")),
			h.P(g.Text(fmt.Sprintf("Each message as LINE draws it at %d pixels across, in the ordinary type and in the largest (×%g), with its height as drawn here from LINE's measures. An alert may be %d and %d pixels high.", Width, Big, InSight, InSightBig))),
			markup.Lines(parts...),
			h.Section(h.H2(g.Text("Menus")), menus)))))).Render(w)
}

// rows are the messages of a language, each in both sizes.
func rows(lang watch.Lang) ([]g.Node, error) {
	var out []g.Node
	for _, k := range Kinds(lang) {
		bubbles, err := Bubbles(k.Message)
		if err != nil {
			return nil, err
		}
		var shown []g.Node
		for _, scale := range []float64{1, Big} {
			for i, b := range bubbles {
				caption := fmt.Sprintf("×%g, %.0f px", scale, Height(b, scale))
				if len(bubbles) > 1 {
					caption = fmt.Sprintf("%d of %d, %s", i+1, len(bubbles), caption)
				}
				shown = append(shown, h.Figure(drawBubble(b, k, scale, i), h.FigCaption(g.Text(caption))))
			}
		}
		out = append(out, h.Article(h.ID(k.ID(lang)), h.H3(g.Text(k.Name)), h.P(h.Class("alt"), g.Text(k.Message.Alt)), h.Div(h.Class("row"), markup.Lines(shown...))))
	}
	return out, nil
}

func drawBubble(b Component, k Kind, scale float64, i int) g.Node {
	var parts []g.Node
	for _, p := range b.parts() {
		parts = append(parts, drawComponent(p, scale))
	}
	return h.Div(h.Class("bubble"), g.Attr("data-kind", k.ID(watch.Lang(k.Message.Lang))), g.Attr("data-scale", fmt.Sprintf("%g", scale)), g.Attr("data-of", fmt.Sprint(i)),
		h.Style("width:"+px(Width)), g.Group(parts))
}

func drawComponent(c Component, scale float64, styles ...string) g.Node {
	styled := func(more ...string) g.Node { return h.Style(strings.Join(append(styles, more...), ";")) }
	switch c.say("type") {
	case "text":
		return h.P(styled("font-size:"+px(fontSizes[c.say("size")]*scale), "color:"+c.say("color"), "font-weight:"+map[string]string{"bold": "700"}[c.say("weight")]), g.Text(c.say("text")))
	case "separator":
		return h.Hr(styled())
	case "button":
		return drawButton(c, scale, styled)
	}
	pad := c.sides()
	look := []string{fmt.Sprintf("padding:%s %s %s %s", px(pad[0]), px(pad[1]), px(pad[2]), px(pad[3]))}
	if colour := c.say("backgroundColor"); colour != "" {
		look = append(look, "background:"+colour)
	}
	var children []g.Node
	for i, child := range c.contents() {
		var own []string
		if c.say("layout") != "vertical" {
			own = append(own, fmt.Sprintf("flex:%g %g 0", child.flex(), child.flex()))
		}
		if i > 0 {
			side := map[bool]string{true: "margin-top:", false: "margin-left:"}[c.say("layout") == "vertical"]
			own = append(own, side+px(c.gap(child)))
		}
		children = append(children, drawComponent(child, scale, own...))
	}
	return h.Div(h.Class("box "+c.say("layout")), styled(look...), g.Group(children))
}

// buttonRoom is what stands to the sides of a button's label: the paddings of the
// bubble's foot and its own.
const buttonRoom = 2*10 + 2*8

func drawButton(c Component, scale float64, styled func(...string) g.Node) g.Node {
	high := float64(buttonHigh)
	if c.say("height") == "sm" {
		high = buttonLow
	}
	action := Component{}
	if a, ok := c["action"].(map[string]any); ok {
		action = a
	}
	size := float64(buttonSize) * scale
	if c.say("adjustMode") == "shrink-to-fit" {
		size = labelSize(action.say("label"), Width-buttonRoom, scale)
	}
	look := []string{"height:" + px(high), "font-size:" + px(size)}
	kind := c.say("style")
	if colour := c.say("color"); colour != "" {
		look = append(look, map[bool]string{true: "color:", false: "background:"}[kind == "link"]+colour)
	}
	return h.Div(h.Class("button "+kind), styled(look...), g.Attr("data-does", action.say("type")), h.Span(g.Text(action.say("label"))))
}

// menus are their pictures, as they stand in this program.
func menus() (g.Node, error) {
	var out []g.Node
	for _, k := range richmenu.Kinds() {
		png, err := k.Picture()
		if err != nil {
			return nil, err
		}
		out = append(out, h.Figure(h.Img(h.Width("375"), h.Alt(k.File()), h.Src("data:image/png;base64,"+base64.StdEncoding.EncodeToString(png))), h.FigCaption(g.Text(k.File()))))
	}
	return h.Div(h.Class("row"), markup.Lines(out...)), nil
}
