package notify_test

import (
	"strings"
	"testing"
	"time"

	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// What LINE may have is sent again as it was, whatever is called otherwise by then: the
// bank, its number, what the dispute has come to, where the links of this release lead.
// The simulator of LINE notes a second body under a key, which newWorld looks at.
func TestOneKeyHasOneBody(t *testing.T) {
	for name, kind := range map[string]watch.DeliveryKind{"an alert": watch.TellAlert, "the bank's status": watch.TellDispute, "an answer": watch.TellAnswer} {
		for how, fault := range map[string]sim.Fault{"LINE has it": sim.AcceptThenDrop, "LINE may have it": sim.ServerError} {
			t.Run(name+", "+how, func(t *testing.T) {
				w := newWorld(t)
				w.disputed(watch.DisputeOpened)
				w.settle()
				d := w.dispute()
				d.Status, d.Changes[0].Watcher = watch.DisputeFrozen, "g1"
				d.Changes = append(d.Changes, watch.DisputeChange{Seq: 2, Status: d.Status, Text: "担当がお調べしています", At: w.Now()})
				w.put(w.store.PutDispute(d))
				w.seq = map[watch.DeliveryKind]int{watch.TellDispute: 2, watch.TellAnswer: 1}[kind]
				w.line.Fail(1, fault)
				w.alert(kind, watch.LINE, w.Now(), func(r *watch.Record) {
					r.Dispute = "d1"
				})
				w.settle()

				bank, err := w.store.Bank(t.Context(), "0125")
				if err != nil {
					t.Fatal(err)
				}
				bank.Name, bank.Phone = "七十七中央銀行", "022-211-9999"
				d = w.dispute()
				d.Changes[1].Text, d.Amount = "お返しする手続きに入りました", 123
				w.put(store.PutBank(bank), w.store.PutDispute(d))
				w.stage.Composer.BaseURL = "https://next.kozamori.example"
				w.account(func(a *watch.Account) { a.Watchers[1].Name = "たろう" })
				w.pass(2*time.Minute, time.Second)

				said := w.line.Messages()
				if len(said) != 1 {
					t.Fatalf("%d messages", len(said))
				}
				if s := string(said[0].Messages[0]); strings.Contains(s, "中央") || strings.Contains(s, "next") || strings.Contains(s, "手続き") || strings.Contains(s, "たろう") {
					t.Errorf("it is worded anew: %s", s)
				}
				if got := w.record().Deliveries[0].State; got != watch.Accepted {
					t.Errorf("it is %s", got)
				}
			})
		}
	}
}

// What another version keeps in a form that this one cannot read holds nothing up.
func TestWordsThatCannotBeReadAreWordedAgain(t *testing.T) {
	for _, kept := range []string{`{"v2":"x"}`, `["x"]`} {
		w := newWorld(t)
		w.alert(watch.TellAlert, watch.LINE, w.Now(), nil)
		r := w.record()
		if _, err := w.store.KeepWords(t.Context(), r.Deliveries[0].RetryKey(r.ID), w.Now(), []byte(kept)); err != nil {
			t.Fatal(err)
		}
		w.settle()
		if said := w.line.Messages(); len(said) != 1 || !strings.Contains(string(said[0].Messages[0]), "100,000円") {
			t.Errorf("%s: %v", kept, said)
		}
	}
}

func (w *world) put(writes ...store.Write) {
	w.t.Helper()
	if err := w.store.Write(w.t.Context(), writes...); err != nil {
		w.t.Fatal(err)
	}
}
