package bankapi_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"kozamori/internal/testkit/tabletest"
)

// What one debit was called one after the other leads to all of it, by either name;
// each event is listed with the one that its bank gave it.
func TestEitherIDOfADebitThatWasReplacedFindsAllOfIt(t *testing.T) {
	t.Parallel()
	const pending, ordinary = `,"status":"pending"`, `,"descriptor":"ｺｳｻﾞﾌﾘｶｴ"`
	replaces := func(id string) string { return fmt.Sprintf(`,"replaces":%q`, id) }
	type event struct {
		id, kind, txn string
		yen           int
		more          string
	}
	for name, c := range map[string]struct {
		events []event
		want   string // event:transaction of all of it, by the event's id
	}{
		"posted under another id":         {[]event{{"a", "debit", "p", 900, pending}, {"b", "debit", "t", 950, replaces("p")}}, "a:p b:t"},
		"the posting first":               {[]event{{"b", "debit", "t", 950, replaces("p")}, {"a", "debit", "p", 900, pending}}, "a:p b:t"},
		"what it replaces is never heard": {[]event{{"b", "debit", "t", 950, replaces("p")}}, "b:t"},
		"and came back by its own":        {[]event{{"a", "debit", "p", 900, pending}, {"b", "debit", "t", 900, replaces("p")}, {"c", "debit.reversed", "t", 100, ""}}, "a:p b:t c:t"},
		"and came back by the old one":    {[]event{{"a", "debit", "p", 900, pending}, {"b", "debit", "t", 900, replaces("p")}, {"c", "debit.reversed", "p", 100, ""}}, "a:p b:t c:p"},
		"captured in two parts":           {[]event{{"a", "debit", "p", 900, pending}, {"b", "debit", "t", 500, replaces("p")}, {"c", "debit", "u", 400, replaces("p")}}, "a:p b:t c:u"},
		"replaced twice":                  {[]event{{"a", "debit", "p", 900, pending}, {"b", "debit", "t", 950, replaces("p")}, {"c", "debit", "u", 980, replaces("t")}}, "a:p b:t c:u"},
		"it says so when it comes again":  {[]event{{"a", "debit", "p", 900, pending}, {"b", "debit", "t", 950, ""}, {"c", "debit", "t", 950, replaces("p")}}, "a:p b:t c:t"},
		"posted under a text of no name":  {[]event{{"a", "debit", "p", 900, pending}, {"b", "debit", "t", 950, ordinary + replaces("p")}}, "a:p b:t"},
		"a pending one that was raised":   {[]event{{"a", "debit", "p", 900, pending}, {"b", "debit", "p", 950, pending}, {"c", "debit", "t", 950, replaces("p")}}, "a:p b:p c:t"},
		"of which nobody was told":        {[]event{{"a", "debit", "p", 900, pending + ordinary}, {"b", "debit", "t", 950, ordinary + replaces("p")}}, "a:p b:t"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
				w := newWorldOn(t, kind)
				w.bound()
				send := w.bankSends()
				const ref = "acc_8f3k"
				w.Add(240 * time.Hour)
				ids := map[string]bool{}
				for i, e := range c.events {
					send(ours, http.StatusAccepted, w.said(e.id, e.kind, e.txn, ref, time.Duration(len(c.events)-i)*time.Minute, e.yen, e.more))
					ids[e.txn] = true
				}
				all := func(path string) string {
					_, v := w.call(w.key, "GET", "/v1/banks/0168"+path, "")
					var out []string
					list, _ := v["events"].([]any)
					for _, e := range list {
						m := e.(map[string]any)
						out = append(out, fmt.Sprintf("%v:%v", m["id"], m["transaction_id"]))
					}
					slices.Sort(out)
					return strings.Join(out, " ")
				}
				for id := range ids {
					if got := all("/events?transaction_id=" + id + "&account_ref=" + ref); got != c.want {
						t.Errorf("under %s: %s, want %s", id, got, c.want)
					}
				}
				for _, e := range c.events {
					got := all("/events/" + e.id + "?account_ref=" + ref)
					if want := e.id + ":" + e.txn; got != want {
						t.Errorf("the event %s: %s, want %s", e.id, got, want)
					}
				}
			})
		})
	}
}

// A posting that is not kept, because its text names another business and its
// pending debit comes later, is never said to be on record, nor to have told anybody
// of its amount; what the bank can do instead is.
func TestAPostingThatIsNotKeptIsSaidNotToBe(t *testing.T) {
	t.Parallel()
	const ref, other, pending = "acc_8f3k", `,"descriptor":"ﾃﾞﾝｷﾘﾖｳｷﾝ"`, `,"status":"pending"`
	for name, c := range map[string]struct {
		posting, held string // what is sent, in this order; in one request if held is empty
		posted, all   string
	}{
		"alone and first":                 {other, pending, "not_recorded", "a alerted"},
		"with the bank's word of it":      {other + `,"service":"paypay"`, pending, "b alerted", "a alerted, b alerted"},
		"with replaces, of its own id":    {other + `,"replaces":"t"`, pending, "b alerted", "a alerted, b alerted"},
		"under a text that names no one":  {`,"descriptor":"ｺｳｻﾞﾌﾘｶｴ"`, pending, "b alerted", "a alerted, b alerted"},
		"in one request with its pending": {other, "", "b alerted", "a alerted, b alerted"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
				w := newWorldOn(t, kind)
				w.bound()
				send := w.bankSends()
				w.Add(240 * time.Hour)
				posting := w.said("b", "debit", "t", ref, time.Minute, 90000, c.posting)
				held := w.said("a", "debit", "t", ref, 2*time.Minute, 1, pending)
				if c.held == "" {
					send(ours, http.StatusAccepted, posting, held)
				} else {
					send(ours, http.StatusAccepted, posting)
					send(ours, http.StatusAccepted, held)
				}
				w.taken()
				for path, want := range map[string]string{"/events/b?account_ref=" + ref: c.posted, "/events?transaction_id=t&account_ref=" + ref: c.all} {
					if status, v := w.call(w.key, "GET", "/v1/banks/0168"+path, ""); status != http.StatusOK || outcomes(v) != want {
						t.Errorf("%s: %d %q, want %q", path, status, outcomes(v), want)
					}
				}
				for _, r := range w.records() {
					if want := int64(90000); c.posted != "not_recorded" && r.Amount != want {
						t.Errorf("on record are %d yen", r.Amount)
					}
				}
			})
		})
	}
}
