package notify_test

import (
	"strings"
	"testing"
	"time"

	"kozamori/internal/sim"
	"kozamori/internal/watch"
)

// A message that LINE refused for certain is decided again: what it says to have been
// reported in all is not said once the report is taken back.
func TestTheSumOfAReportThatWasTakenBack(t *testing.T) {
	w := newWorld(t)
	d := &watch.Dispute{ID: "d1", Reference: "KZ-7F3K-9Q2M", Record: "r1", OnAccount: watch.On(watch.AccountKey{Bank: "0125", Ref: ref}),
		Kind: watch.Debit, Txn: "t1", Service: "docomo", Amount: 100000, OccurredAt: begin, Status: watch.DisputeOpened, AnsweredAt: begin}
	d.Also = []watch.Disputed{{Record: "r2", Txn: "t2", Kind: watch.Debit, Was: watch.Shown{Amount: 5000, Service: "docomo", OccurredAt: begin}}}
	if err := w.store.Write(t.Context(), w.store.PutDispute(d)); err != nil {
		t.Fatal(err)
	}
	w.line.Fail(1, sim.RateLimited)
	w.alert(watch.TellAlert, watch.LINE, w.Now(), func(r *watch.Record) {
		r.Answer, r.Dispute = &watch.Answer{Value: watch.NotMine, Watcher: "g1", At: begin}, d.ID
	})
	w.settle()
	if said, ok := w.record().Delivery(w.record().Deliveries[0].ID); !ok || said.Sum == nil || said.Sum.Debits != 2 {
		t.Fatalf("the first try sums up %+v", said)
	}
	if _, err := w.store.UpdateRecord(t.Context(), "r1", func(r *watch.Record) error { r.Answer = nil; return nil }); err != nil {
		t.Fatal(err)
	}
	w.pass(2*time.Minute, time.Second)
	var said string
	for _, m := range w.line.Messages() {
		said += string(m.Messages[0])
	}
	if said == "" || strings.Contains(said, "お申し出の合計") {
		t.Errorf("after the report was taken back: %s", said)
	}
}
