package dispute_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/dispute"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

// heard is a queue that remembers what it was given.
type heard struct{ jobs []string }

func (h *heard) Send(_ context.Context, q queue.Name, msgs ...queue.Outgoing) error {
	for _, m := range msgs {
		var j watch.Job
		if err := json.Unmarshal(m.Body, &j); err != nil {
			return err
		}
		if j.Delivery != "" {
			h.jobs = append(h.jobs, string(q)+" "+j.Delivery)
		}
	}
	return nil
}

func TestTheOthersHearOfEachReportAndTheOwnersOfEachAnswer(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	noon := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	night := &watch.Quiet{From: 11 * 60, To: 13 * 60}
	for name, c := range map[string]struct {
		who     string
		acts    []string
		quiet   *watch.Quiet
		reasons watch.Reason
		want    []string // deliveries on record, with their states
		queued  int
	}{
		"a guardian's mine is for the owners": {who: "g", acts: []string{"mine"}, want: []string{"answer-w-line queued"}, queued: 1},
		"not mine is for all":                 {who: "g", acts: []string{"not mine"}, want: []string{"answer-w-line-1 queued", "answer-x-line-1 queued"}, queued: 2},
		"the same answer again is no news": {who: "g", acts: []string{"not mine", "not mine"},
			want: []string{"answer-w-line-1 queued", "answer-x-line-1 queued"}, queued: 2},
		"not mine, taken back, and not mine again": {who: "g", acts: []string{"not mine", "undo", "confirm", "not mine"},
			want: []string{"answer-w-line-1 queued", "answer-x-line-1 queued", "answer-w-line-2 queued", "answer-x-line-2 queued", "answer-w-line-3 queued", "answer-x-line-3 queued"}, queued: 6},
		"mine on an old message takes no report back": {who: "g", acts: []string{"mine", "not mine", "mine"},
			want: []string{"answer-w-line queued", "answer-w-line-1 queued", "answer-x-line-1 queued"}, queued: 3},
		"a report does not wait for quiet hours": {who: "g", acts: []string{"not mine"}, quiet: night, reasons: watch.ServiceDebit,
			want: []string{"answer-w-line-1 queued", "answer-x-line-1 queued"}, queued: 2},
		"a guardian's mine does": {who: "g", acts: []string{"mine"}, quiet: night, reasons: watch.ServiceDebit,
			want: []string{"answer-w-line held"}},
		"who was not told of what is critical is called": {who: "u", acts: []string{"not mine"}, reasons: watch.NewLink,
			want: []string{"alert-v-line queued", "alert-x-line queued"}, queued: 2},
		"the owner's own mine is no news": {who: "u", acts: []string{"mine"}},
		"the owner's report is":           {who: "u", acts: []string{"mine", "not mine"}, want: []string{"answer-v-line-1 queued", "answer-x-line-1 queued"}, queued: 2},
	} {
		t.Run(name, func(t *testing.T) {
			at := noon
			table := worldtest.Table(t, func() time.Time { return at })
			s, k := store.New(table), watch.AccountKey{Bank: "0125", Ref: "a"}
			both := []watch.Channel{{Kind: watch.LINE}, {Kind: watch.Email, Address: "a@example.jp"}}
			err := s.Write(ctx, store.PutAccount(&watch.Account{AccountKey: k, Watchers: []watch.Watcher{
				{ID: "w", Role: watch.Owner, LineUser: "u", Channels: both, Rules: watch.Rules{Quiet: c.quiet}},
				{ID: "v", Role: watch.Guardian, LineUser: "g", Channels: both},
				{ID: "x", Role: watch.Guardian, LineUser: "h", Channels: both}}}),
				store.PutRecord(&watch.Record{ID: "r", OnAccount: watch.On(k), Kind: watch.Debit, Amount: 5, Complete: true, RecordedAt: at,
					Notices: []watch.Notice{{Watcher: "w", Reasons: watch.Because(c.reasons)}}}))
			if err != nil {
				t.Fatal(err)
			}
			q := &heard{}
			disputes := &dispute.Service{Store: s, Queue: q, Now: func() time.Time { return at }, Logger: slog.New(slog.DiscardHandler)}
			for i, act := range c.acts {
				at = at.Add(time.Second)
				who := dispute.Answerer{LineUser: c.who, IdempotencyKey: strconv.Itoa(i), At: at}
				switch act {
				case "confirm":
					r, err := s.Dispute(ctx, watch.Derive("dispute", "r"))
					if err != nil {
						t.Fatal(err)
					}
					who.Confirmed = r.AnsweredAt
					if res, err := disputes.Undo(ctx, "r", who, watch.ViaLINE); err != nil || res.Outcome != dispute.Withdrawn {
						t.Fatal(res.Outcome, err)
					}
				case "undo":
					_, err = disputes.Undo(ctx, "r", who, watch.ViaLINE)
				case "mine":
					_, err = disputes.Answer(ctx, "r", who, watch.Mine, watch.ViaLINE)
				default:
					_, err = disputes.Answer(ctx, "r", who, watch.NotMine, watch.ViaLINE)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			r, err := s.Record(ctx, "r")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range r.Deliveries {
				got = append(got, d.ID+" "+string(d.State))
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
			if len(q.jobs) != c.queued || len(slices.Compact(slices.Sorted(slices.Values(q.jobs)))) != c.queued {
				t.Errorf("queued %v, want %d", q.jobs, c.queued)
			}
			if len(got) > 0 && r.Due.IsZero() {
				t.Error("sweep would not find it")
			}
		})
	}
}
