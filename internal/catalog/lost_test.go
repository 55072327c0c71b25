package catalog

import (
	"strings"
	"testing"

	"kozamori/internal/watch"
)

// A bank that cuts a text may cut a letter's mark off, and only its last one: in
// the middle the same letters are another word, of which nothing is known.
func TestAWordHasLostItsMarkOnlyWhereTheTextEnds(t *testing.T) {
	t.Parallel()
	for text, bill := range map[string]bool{
		"PAYPAYｶｰﾄﾞ": true, "PAYPAYｶｰﾄ": true, "PAYPAYｶｰﾄﾞ ｾｲｷﾕｳ": true,
		"PAYPAYｶｰﾄ ｾｲｷﾕｳ": false, "PAYPAYｶｰﾄ 202011": false, "PAYPAYｶｰﾄ ﾁﾔｰｼﾞ": false,
	} {
		m := Classify("0168", text)
		if bill != (m.Service == "") || !bill && m.Confidence != watch.Undecided {
			t.Errorf("%s is %+v; a card's bill: %v", text, m, bill)
		}
	}
}

// Where we stop reading, the text does not end.
func TestAWordHasLostNoMarkWhereOurReadingEnds(t *testing.T) {
	t.Parallel()
	told := 0
	for n := maxCells - 20; n < maxCells; n++ {
		text := strings.Repeat("ｱ", n) + " PAYPAYｶｰﾄ ｾｲｷﾕｳ"
		m := Classify("0168", text)
		if m.Trap == Classify("0168", "PAYPAYｶｰﾄﾞ").Trap {
			t.Errorf("behind %d letters it is %+v", n, m)
		}
		if m.Service == "paypay" {
			told++
		}
	}
	if told == 0 {
		t.Error("the name was never read")
	}
}
