package catalog

import (
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
