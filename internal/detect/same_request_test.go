package detect_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/testkit/tabletest"
	"kozamori/internal/watch"
)

// A posting under the text of another business leaves nothing by itself. What the
// same request says of its debit finds it, wherever it stands and whatever times
// the two bear.
func TestAPostingUnderAnotherTextIsFoundInItsRequest(t *testing.T) {
	t.Parallel()
	tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
		posted := func(ago time.Duration) jsontext.Value {
			return say("debit", "b", "t", ago, 100000, `,"descriptor":"ﾃﾞﾝｷﾀﾞｲ"`)
		}
		held := func(ago time.Duration) jsontext.Value {
			return say("debit", "a", "t", ago, 1, pending+`,"descriptor":"PAYPAY"`)
		}
		other := say("debit", "c", "u", 7*time.Minute, 500, `,"descriptor":"ﾔﾁﾝ"`)
		for name, c := range map[string]struct {
			events []jsontext.Value
			want   int64
		}{
			"behind it":                         {[]jsontext.Value{held(9 * time.Minute), other, posted(8 * time.Minute)}, 100000},
			"before it":                         {[]jsontext.Value{posted(8 * time.Minute), other, held(9 * time.Minute)}, 100000},
			"of the same moment":                {[]jsontext.Value{posted(9 * time.Minute), held(9 * time.Minute)}, 100000},
			"with an earlier time":              {[]jsontext.Value{posted(9 * time.Minute), other, held(8 * time.Minute)}, 100000},
			"of another debit of the id before": {[]jsontext.Value{posted(400 * 24 * time.Hour), held(8 * time.Minute)}, 1},
		} {
			h := newHouseOn(t, kind)
			h.send(t, c.events...)
			var amounts []int64
			for _, r := range h.history(t) {
				if r.Complete && r.Service != "" {
					amounts = append(amounts, r.Amount)
				}
			}
			if fmt.Sprint(amounts) != fmt.Sprint([]int64{c.want}) {
				t.Errorf("%s: debits of %v yen are on record, want one of %d", name, amounts, c.want)
			}
		}
		// Of two requests the first is forgotten, but for a posting that says what it
		// replaces, or by whom it was taken.
		for name, c := range map[string]struct {
			more string
			want int64
		}{
			"nothing more":     {"", 1},
			"what it replaces": {`,"replaces":"t"`, 100000},
			"it was pending":   {`,"replaces":"t"`, 100000}, // under its own id
			"who took it":      {`,"service":"paypay"`, 100000},
		} {
			h := newHouseOn(t, kind)
			txn := "t"
			if name == "what it replaces" {
				txn = "v"
			}
			h.send(t, say("debit", "b", txn, 8*time.Minute, 100000, `,"descriptor":"ﾃﾞﾝｷﾀﾞｲ"`+c.more))
			h.sendAt(t, received.Add(time.Minute), held(9*time.Minute))
			var newest *watch.Record
			for _, r := range h.history(t) {
				if r.Complete && r.Service != "" {
					newest = r
				}
			}
			if newest == nil || newest.Amount != c.want || newest.Service != "paypay" {
				t.Errorf("a posting heard first that says %s: on record is %+v, want %d yen", name, newest, c.want)
			}
		}
	})
}
