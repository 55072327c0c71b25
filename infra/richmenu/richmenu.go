// Package richmenu is the menu under the LINE chat: its picture in each
// language, drawn by the program in draw, and its size.
package richmenu

import (
	"context"
	_ "embed"

	"kozamori/internal/line"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// Size of the picture in pixels; LINE takes widths from 800 to 2500 and at
// most 1 MB.
const (
	Width, Height = 2500, 1686
	Columns, Rows = 3, 2
)

var (
	//go:embed menu-ja.png
	ja []byte
	//go:embed menu-en.png
	en []byte
)

// Picture is the menu's picture (PNG) in a language.
func Picture(lang watch.Lang) []byte {
	if lang == watch.English {
		return en
	}
	return ja
}

// Prefix begins the names of our menus at LINE.
const Prefix = "kozamori "

// Menu is the menu in a language as LINE is told of it.
func Menu(lang watch.Lang) line.RichMenu {
	m := line.RichMenu{Name: Prefix + string(lang), Bar: wording.MenuBar(lang), Width: Width, Height: Height}
	for i, item := range wording.Menu(lang) {
		x, y := i%Columns, i/Columns
		m.Areas = append(m.Areas, line.RichArea{X: x * Width / Columns, Y: y * Height / Rows, Width: Width / Columns, Height: Height / Rows,
			Action: wording.Button{Label: item.Label, Say: item.Say}})
	}
	return m
}

// Create makes the menu at LINE, with its picture, and returns its id. It is
// not shown yet.
func Create(ctx context.Context, c *line.Client, lang watch.Lang) (string, error) {
	id, err := c.CreateRichMenu(ctx, Menu(lang))
	if err != nil {
		return "", err
	}
	return id, c.SetRichMenuImage(ctx, id, Picture(lang))
}

// Install gives everybody the menu who has none of their own, and returns its
// id. The ones before stay at LINE: it keeps 1,000.
func Install(ctx context.Context, c *line.Client, lang watch.Lang) (string, error) {
	id, err := Create(ctx, c, lang)
	if err != nil {
		return "", err
	}
	return id, c.SetDefaultRichMenu(ctx, id)
}
