package dispute_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"kozamori/internal/dispute"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

type nowhere struct{}

func (nowhere) Send(context.Context, queue.Name, ...queue.Outgoing) error { return nil }

func TestAnActThatIsBroughtAgainActsOnce(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	at := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	table := worldtest.Table(t, func() time.Time { return at })
	s := store.New(table)
	k := watch.AccountKey{Bank: "0125", Ref: "a"}
	err := s.Write(ctx, store.PutAccount(&watch.Account{AccountKey: k, Watchers: []watch.Watcher{{ID: "w", Role: watch.Owner, LineUser: "u"}}}),
		store.PutRecord(&watch.Record{ID: "r", OnAccount: watch.On(k), Kind: watch.Debit, Amount: 5, Complete: true, RecordedAt: at}))
	if err != nil {
		t.Fatal(err)
	}
	disputes := &dispute.Service{Store: s, Queue: nowhere{}, Now: func() time.Time { return at }, Logger: slog.New(slog.DiscardHandler)}
	for i, step := range []struct {
		do, act  string
		want     dispute.Outcome
		repeated bool
		changes  int
	}{
		{"not mine", "1", dispute.Opened, false, 1},
		{"not mine", "1", dispute.AlreadyOpen, true, 1},
		{"not mine", "2", dispute.AlreadyOpen, false, 1},
		{"undo", "3", dispute.Withdrawn, false, 2},
		{"not mine", "1", dispute.AlreadyWithdrawn, true, 2}, // overtaken: it does not open again
		{"undo", "3", dispute.AlreadyWithdrawn, true, 2},
		{"not mine", "4", dispute.Opened, false, 3},
		{"undo", "3", dispute.AlreadyOpen, true, 3},
		{"mine", "5", dispute.AlreadyOpen, false, 3}, // takes no report back
		{"undo", "6", dispute.Withdrawn, false, 4},
		{"mine", "7", dispute.Mine, false, 4},
		{"not mine", "4", dispute.AlreadyMine, true, 4},
		{"not mine", "", dispute.Opened, false, 5}, // without a name each is one more
	} {
		at = at.Add(time.Second)
		who := dispute.Answerer{LineUser: "u", IdempotencyKey: step.act, At: at}
		var res dispute.Result
		switch step.do {
		case "undo":
			res, err = disputes.Undo(ctx, "r", who, watch.ViaLINE)
		case "mine":
			res, err = disputes.Answer(ctx, "r", who, watch.Mine, watch.ViaLINE)
		default:
			res, err = disputes.Answer(ctx, "r", who, watch.NotMine, watch.ViaLINE)
		}
		if err != nil {
			t.Fatal(i, err)
		}
		if res.Outcome != step.want || res.Repeated != step.repeated || len(res.Dispute.Changes) != step.changes {
			t.Errorf("step %d, %s %s: %s, repeated %v, %d changes; want %s, %v, %d", i, step.do, step.act,
				res.Outcome, res.Repeated, len(res.Dispute.Changes), step.want, step.repeated, step.changes)
		}
	}
}
