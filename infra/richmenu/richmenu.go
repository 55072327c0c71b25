// Package richmenu is the menu under the LINE chat: its picture in each
// language, drawn by the program in draw, and its size.
package richmenu

import (
	_ "embed"

	"kozamori/internal/watch"
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
