package bankapi_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"kozamori/internal/dispute"
	"kozamori/internal/watch"
)

// A posting that comes, and is reported, before the pending debit whose place it takes:
// the dispute names it by the id with which the bank was told of it, always, each event
// by the id that it bore, and either id finds it.
func TestADisputeNamesADebitAsItDidAtFirst(t *testing.T) {
	t.Parallel()
	for name, joins := range map[string]bool{"reported": false, "joined": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			b := w.bound()
			send := w.bankSends()
			const ref = "acc_8f3k"
			w.Add(time.Hour)
			say := func(events ...string) {
				for _, e := range events {
					send(ours, http.StatusAccepted, e)
				}
			}
			posting := w.said("b", "debit", "t", ref, 10*time.Minute, 950, `,"replaces":"p"`)
			if joins {
				say(w.said("z", "debit", "z", ref, 20*time.Minute, 700, ""))
			} else {
				say(posting)
			}
			if _, err := w.disputes.Answer(t.Context(), w.lead().ID, dispute.Answerer{Watcher: b.Watcher.ID}, watch.NotMine, watch.ViaLINE); err != nil {
				t.Fatal(err)
			}
			if joins {
				say(posting)
			}
			say(w.said("a", "debit", "p", ref, 11*time.Minute, 900, `,"status":"pending"`), w.said("c", "debit.reversed", "p", ref, time.Minute, 100, ""))
			for _, id := range []string{"p", "t"} {
				_, v := w.call(w.key, "GET", "/v1/banks/0168/disputes?transaction_id="+id, "")
				list := v["disputes"].([]any)
				if len(list) != 1 {
					t.Fatalf("%s finds %d disputes", id, len(list))
				}
				all := list[0].(map[string]any)["transactions"].([]any)
				got := all[len(all)-1].(map[string]any)
				story := ""
				for _, e := range got["history"].([]any) {
					story += fmt.Sprintf("%v:%v ", e.(map[string]any)["event_id"], e.(map[string]any)["transaction_id"])
				}
				if got["transaction_id"] != "t" || story != "a:p b:t c:p " {
					t.Errorf("it is %v, of which is known %s", got["transaction_id"], story)
				}
			}
			d, err := w.store.Dispute(t.Context(), w.lead().Dispute)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range w.records() {
				if r.Alias == "" && r.Txn != "z" && (d.NameOf(r) != "t" || r.Name() != "p") {
					t.Errorf("it is %s in the dispute and %s on record", d.NameOf(r), r.Name())
				}
			}
		})
	}
}

// lead is the record of the one incident that there is.
func (w *world) lead() *watch.Record {
	w.t.Helper()
	for _, r := range w.records() {
		if r.Alias == "" && r.Lead == "" && r.Complete {
			return r
		}
	}
	w.t.Fatal("there is no incident")
	return nil
}
