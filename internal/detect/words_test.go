package detect_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Under one id, on one day, a bank names two payment services that no catalogue knows:
// neither is a stage of the other, and both are told. What it names once more, or more
// plainly, is one.
func TestTwoServicesThatNoOneKnowsAreTwo(t *testing.T) {
	t.Parallel()
	const text = `,"descriptor":"ｺｳｻﾞﾌﾘｶｴ"`
	named := func(word string) string { return text + fmt.Sprintf(`,"service":%q`, word) }
	for name, c := range map[string]struct {
		first, second string
		pending       bool // the first is
		want          int
	}{
		"two words":                       {named("ぬねペイ"), named("ぬぬペイ"), false, 2},
		"two words, the first is pending": {named("ぬねペイ"), named("ぬぬペイ"), true, 2},
		"one word":                        {named("ぬねペイ"), named("ぬねペイ"), false, 1},
		"one word, and posted":            {named("ぬねペイ"), named("ぬねペイ"), true, 1},
		"none when it is posted":          {named("ぬねペイ"), text, true, 1},
		"a known one, and a word":         {`,"descriptor":"PAYPAY"`, named("ぬねペイ"), false, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first, second := c.first, c.second
			if c.pending {
				first += pending
			}
			for _, yen := range []int64{5000, 300000} { // as much, or more
				events := []jsontext.Value{say("debit", "a", "t", 2*time.Hour, 5000, first), say("debit", "b", "t", time.Hour, yen, second)}
				for _, backwards := range []bool{false, true} {
					if backwards {
						slices.Reverse(events)
					}
					h := newHouse(t)
					for i, e := range events {
						h.sendAt(t, received.Add(time.Duration(i)*time.Second), e)
					}
					var told []string
					for _, r := range h.history(t) {
						if r.IsAlert() {
							told = append(told, fmt.Sprintf("%d of %s", r.Amount, r.Service))
						}
					}
					if len(told) != c.want {
						t.Errorf("%d yen, backwards %v: told of %s, want %d", yen, backwards, strings.Join(told, ", "), c.want)
					}
				}
			}
		})
	}
}
