package catalog

import (
	"testing"

	"kozamori/internal/watch"
)

// A line that ends inside a name is told as that name, also if another business
// has a word that begins with the whole of it (Amazon Web Services): that word is
// meant only if the name itself is there.
func TestALineThatEndsInsideANameThatOthersLengthen(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Match{
		"ｺｳｻﾞﾌﾘｶｴ AMAZO":     {Service: "amazon", Confidence: watch.Cut},
		"ｺｳｻﾞﾌﾘｶｴ MERPA":     {Service: "merpay", Confidence: watch.Cut},
		"ｺｳｻﾞﾌﾘｶｴ AMAZONJAP": {Trap: "AMAZON.CO.JP"},
		"ｺｳｻﾞﾌﾘｶｴ AMAZ":      {}, // too little is left
	} {
		got := Classify("", text)
		if got.Service != want.Service || got.Confidence != want.Confidence || (got.Trap == "") != (want.Trap == "") {
			t.Errorf("%s is %+v, want %+v", text, got, want)
		}
	}
}
