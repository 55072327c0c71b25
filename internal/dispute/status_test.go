package dispute_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/dispute"
	"kozamori/internal/store"
	"kozamori/internal/testkit/tabletest"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

// What a bank has closed it may reopen, for as long as the report stands, and who
// reported hears of it as what it is.
func TestABankReopensWhatItClosed(t *testing.T) {
	t.Parallel()
	tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
		at := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
		s, k := store.New(tabletest.On(t, kind, func() time.Time { return at })), watch.AccountKey{Bank: "0125", Ref: "a"}
		owner := dispute.Answerer{LineUser: "u", At: at}
		if err := s.Write(t.Context(), store.PutAccount(&watch.Account{AccountKey: k, Watchers: []watch.Watcher{{ID: "w", Role: watch.Owner, LineUser: "u", Channels: []watch.Channel{{Kind: watch.LINE}}}}}),
			store.PutRecord(&watch.Record{ID: "r", OnAccount: watch.On(k), Kind: watch.Debit, Amount: 5, Complete: true, RecordedAt: at})); err != nil {
			t.Fatal(err)
		}
		disputes := &dispute.Service{Store: s, Queue: &heard{}, Now: func() time.Time { return at }, Logger: slog.New(slog.DiscardHandler)}
		if _, err := disputes.Answer(t.Context(), "r", owner, watch.NotMine, watch.ViaLINE); err != nil {
			t.Fatal(err)
		}
		id := watch.Derive("dispute", "r")
		set := func(status watch.DisputeStatus) (*watch.Dispute, error) {
			return disputes.SetStatus(t.Context(), "0125", id, status, "note")
		}
		if _, err := set(watch.DisputeReopened); !errors.Is(err, dispute.ErrOrder) {
			t.Errorf("what was never closed: %v", err)
		}
		for range 2 {
			if _, err := set(watch.DisputeClosed); err != nil {
				t.Fatal(err)
			}
			for range 2 { // the same again is no news
				d, err := set(watch.DisputeReopened)
				if err != nil {
					t.Fatal(err)
				}
				if last := d.Latest(); d.Status != watch.DisputeReceived || last.Status != watch.DisputeReceived || !last.Reopened {
					t.Errorf("it stands as %s, by %+v", d.Status, last)
				}
			}
		}
		d, err := s.Dispute(t.Context(), id)
		if err != nil || len(d.Changes) != 5 {
			t.Errorf("%d changes, %v", len(d.Changes), err)
		}
		r, err := s.Record(t.Context(), "r")
		if err != nil {
			t.Fatal(err)
		}
		var told []int
		for _, x := range r.Deliveries {
			if x.Kind == watch.TellDispute {
				told = append(told, x.Seq)
			}
		}
		if !slices.Equal(told, []int{2, 3, 4, 5}) {
			t.Errorf("told of the changes %v", told)
		}
		// It is open as any other: the person may take it back, and then it stays closed.
		if res, err := disputes.Undo(t.Context(), "r", owner, watch.ViaPage); err != nil || res.Outcome != dispute.Withdrawn {
			t.Fatalf("%v %v", res.Outcome, err)
		}
		if _, err := set(watch.DisputeClosed); err != nil {
			t.Fatal(err)
		}
		_, err = set(watch.DisputeReopened)
		if e, ok := errors.AsType[*dispute.OrderError](err); !ok || len(e.Can) > 0 {
			t.Errorf("what was taken back: %v", err)
		}
	})
}

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
