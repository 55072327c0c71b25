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

// What is taken back is what was named, also if something joined in the very second of
// the question. A question of the version before knows its second alone.
func TestWhatJoinsInTheSecondOfTheQuestionIsNotWithdrawn(t *testing.T) {
	at := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	s := store.New(worldtest.Table(t, func() time.Time { return at }))
	k := watch.AccountKey{Bank: "0125", Ref: "a"}
	if err := s.Write(t.Context(), store.PutAccount(&watch.Account{AccountKey: k, Watchers: []watch.Watcher{{ID: "w", Role: watch.Owner, LineUser: "u"}}}),
		store.PutRecord(&watch.Record{ID: "r", OnAccount: watch.On(k), Kind: watch.Debit, Amount: 5, Complete: true, RecordedAt: at})); err != nil {
		t.Fatal(err)
	}
	disputes := &dispute.Service{Store: s, Queue: nowhere{}, Now: func() time.Time { return at }, Logger: slog.New(slog.DiscardHandler)}
	res, err := disputes.Answer(t.Context(), "r", dispute.Answerer{LineUser: "u", At: at}, watch.NotMine, watch.ViaLINE)
	if err != nil {
		t.Fatal(err)
	}
	join := func(id string) {
		t.Helper()
		d, err := s.Dispute(t.Context(), res.Dispute.ID)
		if err != nil {
			t.Fatal(err)
		}
		at = at.Add(100 * time.Millisecond)
		if !d.Another(&watch.Record{ID: id, OnAccount: watch.On(k), Txn: id, Kind: watch.Debit, Amount: 7, Complete: true, OccurredAt: at}, at) {
			t.Fatal("nothing joins")
		}
		if err := s.Write(t.Context(), s.PutDispute(d)); err != nil {
			t.Fatal(err)
		}
	}
	join("r2")
	d, err := s.Dispute(t.Context(), res.Dispute.ID)
	if err != nil {
		t.Fatal(err)
	}
	named := dispute.Answerer{LineUser: "u", At: at, Confirmed: d.GrownAt(), Mark: d.Mark()}
	join("r3")
	if got, err := disputes.Undo(t.Context(), "r", named, watch.ViaLINE); err != nil || got.Outcome != dispute.Confirm {
		t.Errorf("what was not named: %s, %v", got.Outcome, err)
	}
	if d, err = s.Dispute(t.Context(), res.Dispute.ID); err != nil {
		t.Fatal(err)
	}
	named.Mark = d.Mark()
	if got, err := disputes.Undo(t.Context(), "r", named, watch.ViaLINE); err != nil || got.Outcome != dispute.Withdrawn {
		t.Errorf("what was named: %s, %v", got.Outcome, err)
	}
}
