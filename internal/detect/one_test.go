package detect_test

import (
	"slices"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/watch"
)

// Of two debits that turn out to be one, the one goes on that people know more
// of: the one that was answered, or with which an incident began.
func TestOfTwoThatAreOneTheBetterKnownGoesOn(t *testing.T) {
	first, second := say("debit", "a", "p1", 2*24*time.Hour, 3000, pending), say("debit", "b", "t1", 2*time.Minute, 3200, "")
	for name, c := range map[string]struct {
		also   []jsontext.Value // what else comes before the bank says so
		answer string           // of whom
		want   string           // who tells of the debit
	}{
		"neither was answered":                  {nil, "", "p1"},
		"the pending one was answered":          {nil, "p1", "p1"},
		"the other one was answered":            {nil, "t1", "t1"},
		"the other one began an incident":       {[]jsontext.Value{say("debit", "x", "u1", time.Minute, 400, "")}, "", "t1"},
		"it did, and the pending was answered":  {[]jsontext.Value{say("debit", "x", "u1", time.Minute, 400, "")}, "p1", "p1"},
		"the pending one's id was used before":  {[]jsontext.Value{say("debit", "x", "p1", 4*24*time.Hour, 900, "")}, "t1", "p1"},
		"it was, and the other has an incident": {[]jsontext.Value{say("debit", "x", "p1", 4*24*time.Hour, 900, ""), say("debit", "y", "u1", time.Minute, 400, "")}, "", "p1"},
	} {
		h := newHouse(t)
		h.send(t, first)
		h.send(t, second)
		for _, e := range c.also {
			h.send(t, e)
		}
		for _, r := range h.history(t) {
			if r.Txn != c.answer || r.Amount == 900 {
				continue
			}
			if _, err := h.store.UpdateRecord(t.Context(), r.ID, func(r *watch.Record) error {
				r.Answer = &watch.Answer{Value: watch.Mine, Watcher: "w1", At: received}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		h.send(t, say("debit", "c", "t1", 2*time.Minute, 3200, `,"replaces":"p1"`))
		var tells []string
		for _, r := range h.history(t) {
			if r.Complete && r.Amount == 3200 {
				tells = append(tells, r.Txn)
				if len(r.Story()) != 2 {
					t.Errorf("%s: it says %+v", name, r.Story())
				}
			}
		}
		if !slices.Equal(tells, []string{c.want}) {
			t.Errorf("%s: %q tell of the debit, want %s", name, tells, c.want)
		}
	}
}
