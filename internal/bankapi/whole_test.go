package bankapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"kozamori/internal/bankapi"
	"kozamori/internal/dispute"
	"kozamori/internal/watch"
)

// Nothing that is ended by its address is ended by one with more behind it: what was
// meant may have been another's.
func TestWhatIsDeletedHasNoParameters(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bound()
	before := w.everything()
	tried := 0
	for _, r := range bankapi.Routes() {
		path, is := strings.CutPrefix(r, "DELETE ")
		if !is {
			continue
		}
		path = strings.NewReplacer("{bank}", "0168", "{account_ref}", "acc_8f3k", "{code_id}", "x", "{enrolment_id}", "x", "{key_id}", "x").Replace(path)
		for _, more := range []string{"?b", "?b=1", "?a&b", "?%41=1", "?account_ref=acc_8f3k", "?;"} {
			if status, v := w.call(w.key, "DELETE", path+more, ""); status != http.StatusUnprocessableEntity {
				t.Errorf("DELETE %s%s: %d %v", path, more, status, v)
			}
			tried++
		}
	}
	if tried == 0 {
		t.Fatal("no route deletes anything")
	}
	for key := range before {
		if after := w.everything(); after[key] == "" {
			t.Errorf("%s is gone", key)
		}
	}
}

// What the bank reads of a dispute has all that it has said of each transaction, each
// event with the id that it bore.
func TestADisputeHasTheHistoryOfEachTransaction(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.bound()
	send := w.bankSends()
	const ref, pending = "acc_8f3k", `,"status":"pending"`
	w.Add(240 * time.Hour)
	say := func(events ...string) {
		for _, e := range events {
			send(ours, http.StatusAccepted, e)
		}
	}
	say(w.said("a", "debit", "p", ref, 50*time.Minute, 900, pending), w.said("b", "debit", "q", ref, 49*time.Minute, 4000, pending), w.said("c", "debit", "r", ref, 48*time.Minute, 700, ""))
	var lead *watch.Record
	for _, r := range w.records() {
		if r.Txn == "p" {
			lead = r
		}
	}
	if _, err := w.disputes.Answer(t.Context(), lead.ID, dispute.Answerer{Watcher: b.Watcher.ID}, watch.NotMine, watch.ViaLINE); err != nil {
		t.Fatal(err)
	}
	say(w.said("d", "debit", "t", ref, 40*time.Minute, 9000, `,"replaces":"q"`), w.said("e", "debit.reversed", "t", ref, 30*time.Minute, 500, ""),
		w.said("f", "debit.reversed", "p", ref, 20*time.Minute, 900, ""), w.said("g", "debit", "u", ref, 10*time.Minute, 1200, ""))
	_, v := w.call(w.key, "GET", "/v1/banks/0168/disputes", "")
	d := v["disputes"].([]any)[0].(map[string]any)
	told := func(v any) (out string) {
		for _, e := range v.([]any) {
			m := e.(map[string]any)
			out += fmt.Sprintf("%v:%v:%v:%v ", m["event_id"], m["transaction_id"], m["type"], m["amount"])
		}
		return out
	}
	want := []string{"a:p:debit:900 f:p:debit.reversed:900 ", "b:q:debit:4000 d:t:debit:9000 e:t:debit.reversed:500 ", "c:r:debit:700 ", "g:u:debit:1200 "}
	if got := told(d["history"]); got != want[0] {
		t.Errorf("the first: %s, want %s", got, want[0])
	}
	all := d["transactions"].([]any)
	if len(all) != len(want) {
		t.Fatalf("%d transactions, want %d", len(all), len(want))
	}
	for i, x := range all {
		if got := told(x.(map[string]any)["history"]); got != want[i] {
			t.Errorf("transaction %d: %s, want %s", i, got, want[i])
		}
	}
}
