package wording

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kozamori/internal/watch"
)

// A link is no use: where the activity's first or last time is a link's, no day of a
// first or last use is said.
func TestTheDayOfALinkIsNoDayOfUse(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	old, late := at.AddDate(-7, 0, 0), at.Add(time.Hour)
	for name, c := range map[string]struct {
		links       []watch.Link
		first, last time.Time
		says        [2]bool
	}{
		"no link":                     {nil, old, at, [2]bool{true, true}},
		"a link of years ago":         {[]watch.Link{{RegisteredAt: old}}, old, at, [2]bool{false, true}},
		"one that was removed":        {[]watch.Link{{RegisteredAt: old, RemovedAt: at}}, old, at, [2]bool{false, true}},
		"a link after the last debit": {[]watch.Link{{RegisteredAt: late}}, old, late, [2]bool{true, false}},
		"one before and one after":    {[]watch.Link{{RegisteredAt: old}, {RegisteredAt: late}}, old, late, [2]bool{false, false}},
		"finer than it is kept":       {[]watch.Link{{RegisteredAt: old.Add(300 * time.Microsecond)}}, old, at, [2]bool{false, true}},
	} {
		for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
			line := ServiceLine{Name: "PayPay", Activity: watch.ServiceActivity{FirstAt: c.first, LastAt: c.last, Debits: 1, LastAmount: 1000, Links: c.links}}
			said := fmt.Sprint(line.facts(lang, false, true, late))
			for i, label := range []text{tServFirst, tServLast} {
				if strings.Contains(said, label.in(lang)) != c.says[i] {
					t.Errorf("%s, %s: %s", name, lang, said)
				}
			}
		}
	}
}
