package richmenu_test

import (
	"bytes"
	"image/png"
	"testing"
	"unicode/utf8"

	"kozamori/infra/richmenu"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

func TestThePicturesAreWhatLINETakes(t *testing.T) {
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		raw := richmenu.Picture(lang)
		c, err := png.DecodeConfig(bytes.NewReader(raw))
		if err != nil || c.Width != richmenu.Width || c.Height != richmenu.Height || len(raw) > 1<<20 {
			t.Errorf("%s: %d x %d, %d bytes, %v", lang, c.Width, c.Height, len(raw), err)
		}
		if n := utf8.RuneCountInString(wording.MenuBar(lang)); n > 14 {
			t.Errorf("%s: the bar has %d characters", lang, n)
		}
		if n := len(wording.Menu(lang)); n != richmenu.Columns*richmenu.Rows {
			t.Errorf("%s: %d areas", lang, n)
		}
	}
}
