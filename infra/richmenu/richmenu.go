// Package richmenu is the menu under the LINE chat: its picture in each
// language, drawn by the program in draw, and its size.
package richmenu

import (
	"context"
	_ "embed"
	"slices"
	"strings"
	"time"

	"kozamori/internal/line"
	"kozamori/internal/message"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// The picture's size in pixels, and its buttons. LINE takes widths from 800 to
// 2500 and at most 1 MB.
const (
	Width   = 2500
	Height  = 1686
	Columns = 3
	Rows    = 2
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

func name(lang watch.Lang) string { return Prefix + string(lang) }

// Menu is the menu in a language as LINE is told of it.
func Menu(lang watch.Lang) line.RichMenu {
	m := line.RichMenu{Name: name(lang), Bar: wording.MenuBar(lang), Width: Width, Height: Height}
	for i, item := range wording.Menu(lang) {
		x, y := i%Columns, i/Columns
		m.Areas = append(m.Areas, line.RichArea{X: x * Width / Columns, Y: y * Height / Rows, Width: Width / Columns, Height: Height / Rows,
			Action: message.Button{Label: item.Label, Say: item.Say}})
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

// Installed is what became of one of our menus.
type Installed struct {
	Lang    watch.Lang // of a new menu
	ID      string
	Default bool // shown to everybody who has none of their own
	Deleted bool // an older one
	Kept    bool // an older one that LINE still shows to a user
}

// moving is how long LINE may take to replace the menus of people, and how
// often it is asked whether it has.
const (
	movingTime  = 2 * time.Minute
	movingEvery = 2 * time.Second
)

// Install makes the menus of both languages at LINE. Everybody sees the
// Japanese one who has none of their own; the English one becomes the one that
// line.Menus shows. Those who see an older English one are given the new one,
// and then the older ones of ours are deleted. One that LINE cannot replace
// yet is kept for the next time, for with it people would lose theirs; so is
// what a process made that died. say hears of each step.
func Install(ctx context.Context, c *line.Client, say func(format string, args ...any)) ([]Installed, error) {
	older, err := c.RichMenus(ctx)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(older, func(a, b line.NamedMenu) int { return strings.Compare(a.Name+a.ID, b.Name+b.ID) })
	var done []Installed
	made := map[watch.Lang]string{}
	for _, lang := range []watch.Lang{watch.English, watch.Japanese} { // the last one is the default
		say("making the menu in %s …", lang)
		id, err := Create(ctx, c, lang)
		if err != nil {
			return done, err
		}
		made[lang] = id
		done = append(done, Installed{Lang: lang, ID: id, Default: lang == watch.Japanese})
	}
	if err := c.SetDefaultRichMenu(ctx, made[watch.Japanese]); err != nil {
		return done, err
	}
	if err := c.SetCurrentMenu(ctx, watch.English, made[watch.English]); err != nil {
		return done, err
	}
	var linked []string
	for _, m := range older {
		if m.Name == name(watch.English) {
			linked = append(linked, m.ID)
		}
	}
	kept := false
	if len(linked) > 0 {
		say("giving the new menu to those who see an older one …")
		wait, cancel := context.WithTimeout(ctx, movingTime)
		err := c.MoveMenus(wait, linked, made[watch.English], movingEvery)
		cancel()
		kept = err != nil
	}
	for _, m := range older {
		if !strings.HasPrefix(m.Name, Prefix) {
			continue
		}
		if kept && slices.Contains(linked, m.ID) {
			done = append(done, Installed{ID: m.ID, Kept: true})
			continue
		}
		say("deleting an older menu …")
		if err := c.DeleteRichMenu(ctx, m.ID); err != nil {
			return done, err
		}
		done = append(done, Installed{ID: m.ID, Deleted: true})
	}
	return done, nil
}
