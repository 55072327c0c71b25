package dispute_test

import (
	"log/slog"
	"testing"
	"time"

	"kozamori/internal/dispute"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

// A bank reads of a report that somebody was alerted only if a channel took the alert
// before, and when it did.
func TestAReportSaysWhenAChannelTookTheAlert(t *testing.T) {
	t.Parallel()
	k := watch.AccountKey{Bank: "0125", Ref: "a"}
	at := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	for name, taken := range map[string]time.Time{"it waits": {}, "it was taken": at.Add(5 * time.Minute)} {
		now := at
		s := store.New(worldtest.Table(t, func() time.Time { return now }))
		r := &watch.Record{ID: "r0", OnAccount: watch.On(k), Kind: watch.Debit, Txn: "t0", Amount: 30_000, Service: "docomo", Complete: true, RecordedAt: at, OccurredAt: at, ReceivedAt: at,
			Notices: []watch.Notice{{Watcher: "w", Reasons: watch.Because(watch.ServiceDebit)}}}
		w := watch.Watcher{ID: "w", Role: watch.Owner, LineUser: "u", Channels: []watch.Channel{{Kind: watch.LINE}}}
		d, _ := r.Deliver(watch.TellAlert, &w, watch.LINE, 0, at, at.Add(time.Hour))
		if !taken.IsZero() {
			d.State, d.AcceptedAt = watch.Accepted, taken
		}
		if err := s.Write(t.Context(), store.PutAccount(&watch.Account{AccountKey: k, Watchers: []watch.Watcher{w}}), store.PutRecord(r)); err != nil {
			t.Fatal(err)
		}
		now = at.Add(10 * time.Minute)
		desk := &dispute.Service{Store: s, Queue: &heard{}, Now: func() time.Time { return now }, Logger: slog.New(slog.DiscardHandler)}
		res, err := desk.Answer(t.Context(), "r0", dispute.Answerer{Watcher: "w"}, watch.NotMine, watch.ViaPage)
		if err != nil || res.Dispute == nil {
			t.Fatalf("%s: %v %+v", name, err, res)
		}
		if got := res.Dispute; !got.AlertedAt.Equal(taken) || !got.AcceptedAt.Equal(taken) {
			t.Errorf("%s: alerted at %v, accepted at %v", name, got.AlertedAt, got.AcceptedAt)
		}
	}
}
