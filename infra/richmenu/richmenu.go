// Package richmenu is the menu under the LINE chat: its picture in each
// language, drawn by the program in draw, and its size.
package richmenu

import (
	"context"
	"embed"
	"slices"
	"strings"
	"time"

	"kozamori/internal/line"
	"kozamori/internal/message"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// The pictures' size in pixels, and their buttons. LINE takes widths from 800 to
// 2500 and at most 1 MB.
const (
	Width   = 2500
	Row     = 843 // the height of a row of buttons
	Columns = 3
)

// pictures are drawn by the program in draw, one of each kind.
//
//go:embed menu-ja.png menu-en.png menu-ja-new.png menu-en-new.png
var pictures embed.FS

// Kind is a menu: in a language, for those who watch an account or for those who do
// not yet.
type Kind struct {
	Lang      watch.Lang
	Connected bool
}

// Kinds lists the menus; the last is the one that everybody sees who has no other.
// Those who do not watch yet are shown theirs one by one: so a program that does not
// know of it shows no one less than it did.
func Kinds() []Kind {
	return []Kind{{watch.Japanese, false}, {watch.English, false}, {watch.English, true}, {watch.Japanese, true}}
}

// line is the kind as LINE's adapter names it.
func (k Kind) line() line.MenuKind { return line.MenuOf(k.Lang, k.Connected) }

// File is the name of the menu's picture.
func (k Kind) File() string { return "menu-" + string(k.line()) + ".png" }

// Height is the menu's height in pixels.
func (k Kind) Height() int {
	return Row * ((len(wording.Menu(k.Lang, k.Connected)) + Columns - 1) / Columns)
}

// Picture is the menu's picture (PNG).
func (k Kind) Picture() ([]byte, error) { return pictures.ReadFile(k.File()) }

// Prefix begins the names of our menus at LINE.
const Prefix = "kozamori "

func (k Kind) name() string { return Prefix + string(k.line()) }

// Menu is the menu as LINE is told of it.
func (k Kind) Menu() line.RichMenu {
	m := line.RichMenu{Name: k.name(), Bar: wording.MenuBar(k.Lang), Width: Width, Height: k.Height()}
	for i, item := range wording.Menu(k.Lang, k.Connected) {
		x, y := i%Columns, i/Columns
		m.Areas = append(m.Areas, line.RichArea{X: x * Width / Columns, Y: y * Row, Width: Width / Columns, Height: Row,
			Action: message.Button{Label: item.Label, Say: item.Say}})
	}
	return m
}

// Create makes the menu at LINE, with its picture, and returns its id. It is
// not shown yet.
func (k Kind) Create(ctx context.Context, c *line.Client) (string, error) {
	picture, err := k.Picture()
	if err != nil {
		return "", err
	}
	id, err := c.CreateRichMenu(ctx, k.Menu())
	if err != nil {
		return "", err
	}
	return id, c.SetRichMenuImage(ctx, id, picture)
}

// Installed is what became of one of our menus.
type Installed struct {
	Lang    watch.Lang // of a new menu
	Begin   bool       // a new one, for those who watch nothing yet
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

// Install makes the menus of all kinds at LINE. Everybody sees the Japanese one for
// those who watch an account who has none of their own; the others become those
// that line.Menus shows. Those who see an older one of these are given the new one,
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
	var moves []line.Move
	for _, k := range Kinds() {
		say("making the menu %s …", k.line())
		id, err := k.Create(ctx, c)
		if err != nil {
			return done, err
		}
		everybodys := k.line() == line.DefaultMenu
		done = append(done, Installed{Lang: k.Lang, Begin: !k.Connected, ID: id, Default: everybodys})
		if everybodys {
			err = c.SetDefaultRichMenu(ctx, id)
		} else {
			err = c.SetCurrentMenu(ctx, k.line(), id)
		}
		if err != nil {
			return done, err
		}
		for _, m := range older {
			if m.Name == k.name() && !everybodys {
				moves = append(moves, line.Move{From: m.ID, To: id})
			}
		}
	}
	kept := false
	if len(moves) > 0 {
		say("giving the new menus to those who see an older one …")
		wait, cancel := context.WithTimeout(ctx, movingTime)
		err := c.MoveMenus(wait, moves, movingEvery)
		cancel()
		kept = err != nil
	}
	for _, m := range older {
		if !strings.HasPrefix(m.Name, Prefix) {
			continue
		}
		if kept && slices.ContainsFunc(moves, func(x line.Move) bool { return x.From == m.ID }) {
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
