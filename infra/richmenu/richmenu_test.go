package richmenu_test

import (
	"bytes"
	"image/png"
	"testing"
	"unicode/utf8"

	"kozamori/infra/richmenu"
	"kozamori/internal/wording"
)

func TestThePicturesAreWhatLINETakes(t *testing.T) {
	for _, k := range richmenu.Kinds() {
		raw, err := k.Picture()
		if err != nil {
			t.Fatal(err)
		}
		c, err := png.DecodeConfig(bytes.NewReader(raw))
		if err != nil || c.Width != richmenu.Width || c.Height != k.Height() || len(raw) > 1<<20 {
			t.Errorf("%s: %d x %d, %d bytes, %v", k.File(), c.Width, c.Height, len(raw), err)
		}
		if n := utf8.RuneCountInString(wording.MenuBar(k.Lang)); n > 14 {
			t.Errorf("%s: the bar has %d characters", k.File(), n)
		}
		if n := len(wording.Menu(k.Lang, k.Connected)); n%richmenu.Columns != 0 {
			t.Errorf("%s: %d areas", k.File(), n)
		}
	}
}

// What ends the watching stands in no menu, and who has no account begins with
// connecting one.
func TestWhatTheMenusLeadTo(t *testing.T) {
	for _, k := range richmenu.Kinds() {
		areas := k.Menu().Areas
		for _, a := range areas {
			if a.Action.Say == wording.Word(k.Lang, wording.CmdLeave) {
				t.Errorf("%s leads to leaving", k.File())
			}
		}
		if first := areas[0].Action.Say; (first == wording.Word(k.Lang, wording.CmdConnect)) == k.Connected {
			t.Errorf("%s begins with %q", k.File(), first)
		}
	}
}
