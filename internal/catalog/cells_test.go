package catalog

import "testing"

// A field begins behind the last of several spaces or strokes, and nowhere among them:
// what is as long as a bank's line with a part of the space is not cut there.
func TestAFieldBeginsBehindAllOfASpace(t *testing.T) {
	t.Parallel()
	a := std().alphabet
	for text, c := range map[string]struct {
		length int
		want   bool
	}{
		"ｱｲｳ":       {3, true},
		"ｶ ｱｲｳ":     {3, true},
		"ｶ  ｱｲｳ":    {3, true},
		"ｶ   ｱｲｳ":   {4, false},
		"ｶ  ｱｲｳ ":   {3, true},
		"ｶ/ｱｲｳ":     {3, true},
		"ｶ //ｱｲｳ":   {4, false},
		"ｶ   ｱｲｳ  ": {5, false},
		"ｶｱｲｳ":      {3, false},
		"ｶ ｱｲｳ ｴ":   {5, true},
		"ｶ  ｱｲｳ  ｴ": {6, true},
	} {
		if got := a.fields(text, []int{c.length}); got != c.want {
			t.Errorf("a part of %q takes %d cells: %v", text, c.length, got)
		}
	}
}
