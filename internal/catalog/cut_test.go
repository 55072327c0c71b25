package catalog

import (
	"slices"
	"strings"
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

// Less than the whole word of another business silences nothing: of a line that
// ends inside it and inside a name, either may have been cut.
func TestALineCutInsideANameAndATrapHasTwoReadings(t *testing.T) {
	t.Parallel()
	n := 0
	for _, trap := range std().words {
		for _, name := range std().words {
			if trap.kind != kindTrap || name.kind != kindName || name.flags&(flagWhole|flagRail|flagCommon) != 0 {
				continue
			}
			for have := minCut; have < min(len(name.units), len(trap.units)); have++ {
				text := []rune(trap.text)
				if len(name.units)-have > fewMissing || !slices.Equal(name.units[:have], trap.units[:have]) || len(text) != len(trap.units) {
					continue
				}
				line := string(text[:have])
				if f := std().decide(line, trap); f.name == nil {
					continue // several services' names begin so
				}
				if d := std().decideOn(&Evidence{Descriptor: line}); d.Strength == None {
					t.Errorf("%q may be %s or %s, and comes to %v", line, name.text, trap.text, d.Readings())
				}
				n++
			}
		}
	}
	if n == 0 {
		t.Error("no line ends inside a name and a trap")
	}
}

// Of a text that no bank prints, only so much is read; what it ends with is then
// not where it ends.
func TestOnlyTheBeginningOfALongTextIsRead(t *testing.T) {
	t.Parallel()
	for _, gap := range []string{" ", "\u200b", "　"} {
		for _, c := range []struct {
			bytes int
			want  string
		}{{maxBytes - 12, "paypay"}, {maxBytes, ""}, {1 << 16, ""}, {1<<16 + maxBytes, ""}} {
			if m := Classify("", strings.Repeat(gap, c.bytes/len(gap))+"PAYPAY"); m.Service != c.want {
				t.Errorf("behind %d bytes of %q: %+v", c.bytes, gap, m)
			}
		}
	}
}

// Behind a gap, the start of another business's word may be a shop's name.
func TestTheStartOfAWordBehindAGapIsUnknown(t *testing.T) {
	t.Parallel()
	for line, trap := range map[string]string{"メルペイ ケイ": unknownTail.text, "メルペイ ケ": unknownTail.text, "メルペイケ": unknownTail.text, "メルペイケイ": "ケイタイ"} {
		if m := Classify("", line); m.Service != "merpay" || m.Trap != trap {
			t.Errorf("%q: %+v, want the trap %q", line, m, trap)
		}
	}
}
