package dispute_test

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/dispute"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

func TestWhoHearsWhatTheBankDid(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	at := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		who  string
		gone bool
		want []string
	}{
		"an owner's dispute: the owner":                    {who: "u", want: []string{"w"}},
		"a guardian's: the guardian and the owner":         {who: "g", want: []string{"v", "w"}},
		"of a guardian who was dismissed since: the owner": {who: "g", gone: true, want: []string{"w"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, k := store.New(worldtest.Table(t, func() time.Time { return at })), watch.AccountKey{Bank: "0125", Ref: "a"}
			line := []watch.Channel{{Kind: watch.LINE}}
			err := s.Write(ctx, store.PutAccount(&watch.Account{AccountKey: k, Watchers: []watch.Watcher{
				{ID: "w", Role: watch.Owner, LineUser: "u", Channels: line},
				{ID: "v", Role: watch.Guardian, LineUser: "g", Channels: line},
				{ID: "x", Role: watch.Guardian, LineUser: "h", Channels: line}}}),
				store.PutRecord(&watch.Record{ID: "r", OnAccount: watch.On(k), Kind: watch.Debit, Amount: 5, Complete: true, RecordedAt: at}))
			if err != nil {
				t.Fatal(err)
			}
			q := &heard{}
			disputes := &dispute.Service{Store: s, Queue: q, Now: func() time.Time { return at }, Logger: slog.New(slog.DiscardHandler)}
			if _, err := disputes.Answer(ctx, "r", dispute.Answerer{LineUser: c.who, IdempotencyKey: "1", At: at}, watch.NotMine, watch.ViaLINE); err != nil {
				t.Fatal(err)
			}
			if c.gone {
				a, err := s.Account(ctx, k)
				if err != nil {
					t.Fatal(err)
				}
				a.Watchers = slices.Delete(a.Watchers, 1, 2)
				if err := s.Write(ctx, store.PutAccount(a)); err != nil {
					t.Fatal(err)
				}
			}
			q.jobs = nil
			for range 2 { // the same again is no news
				if _, err := disputes.SetStatus(ctx, "0125", watch.Derive("dispute", "r"), watch.DisputeReceived, "note"); err != nil {
					t.Fatal(err)
				}
			}
			r, err := s.Record(ctx, "r")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range r.Deliveries {
				if d.Kind == watch.TellDispute {
					got = append(got, d.Watcher)
				}
			}
			slices.Sort(got)
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
			if len(q.jobs) != len(c.want) {
				t.Errorf("queued %v", q.jobs)
			}
		})
	}
}
