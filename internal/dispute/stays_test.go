package dispute_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"kozamori/internal/dispute"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

// Random reports with any boxes ticked, taken back and made again, with
// transactions that change, join and leave in between: however late the bank
// takes a callback, it is the same to the byte, and says what the dispute was
// about at that change.
func TestACallbackStaysAsItWasWhateverBecomesOfItsDispute(t *testing.T) {
	t.Parallel()
	ctx, k := context.Background(), watch.AccountKey{Bank: "0125", Ref: "a"}
	for seed := range uint64(100) {
		rng := rand.New(rand.NewPCG(seed, 6))
		at := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
		s := store.New(worldtest.Table(t, func() time.Time { return at }))
		lead := &watch.Record{ID: "r0", OnAccount: watch.On(k), Kind: watch.Debit, Txn: "t0", Amount: 1000, Service: "docomo", Complete: true, RecordedAt: at, OccurredAt: at, ReceivedAt: at,
			Notices: []watch.Notice{{Watcher: "w", Reasons: watch.Because(watch.ServiceDebit)}}}
		ids := []string{"r0"}
		for i := range 1 + rng.IntN(4) {
			r := part(i+1, at, k)
			lead.Join(r)
			ids = append(ids, r.ID)
		}
		put := func(w ...store.Write) {
			if err := s.Write(ctx, w...); err != nil {
				t.Fatal(err)
			}
		}
		put(store.PutAccount(&watch.Account{AccountKey: k, Watchers: []watch.Watcher{{ID: "w", Role: watch.Owner, LineUser: "u", Channels: []watch.Channel{{Kind: watch.LINE}}}}}), store.PutRecord(lead))
		desk := &dispute.Service{Store: s, Queue: &heard{}, Now: func() time.Time { return at }, Logger: slog.New(slog.DiscardHandler)}
		bodies := map[int][]byte{}
		var said []string
		for range 12 {
			at = at.Add(time.Second)
			who := dispute.Answerer{LineUser: "u"}
			var except []string
			var err error
			opened := false
			r, rerr := s.Record(ctx, "r0")
			if rerr != nil {
				t.Fatal(rerr)
			}
			switch n := rng.IntN(7); {
			case r.Answer == nil && n < 5:
				for _, id := range ids {
					if rng.IntN(3) == 0 {
						except = append(except, id)
					}
				}
				who.Except, opened = except, len(except) < len(ids)
				_, err = desk.Answer(ctx, "r0", who, watch.NotMine, watch.ViaPage)
			case r.Answer != nil && n < 3:
				_, err = desk.Undo(ctx, "r0", who, watch.ViaPage)
			case r.Dispute != "": // the bank says something
				d, derr := s.Dispute(ctx, r.Dispute)
				if derr != nil {
					t.Fatal(derr)
				}
				switch p, _ := r.Part(ids[rng.IntN(len(ids))]); {
				case n == 3:
					x := part(len(ids), at, k)
					x.RecordedAt = at
					r.Join(x)
					ids = append(ids, x.ID)
					d.Another(x, at)
				case n == 4:
					d.Leave(p.ID, at)
				default:
					was := p.Clone()
					p.Amount += 7
					r.KeepPart(was)
					if p.ID != r.ID {
						r.Join(p)
					}
					if _, known := d.Transaction(p.ID); known {
						d.Update(p, at)
					}
				}
				put(store.PutRecord(r), s.PutDispute(d))
			}
			if err != nil && !errors.Is(err, dispute.ErrTooLate) { // it was taken back too often
				t.Fatal(err)
			}
			if r, err = s.Record(ctx, "r0"); err != nil {
				t.Fatal(err)
			}
			if r.Dispute == "" {
				continue
			}
			d, err := s.Dispute(ctx, r.Dispute)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range d.Changes {
				body := dispute.CallbackBody(d, c)
				if was, known := bodies[c.Seq]; known && !bytes.Equal(was, body) {
					t.Fatalf("seed %d: change %d was\n%s\nand is\n%s\nafter %s", seed, c.Seq, was, body, strings.Join(said, ", "))
				}
				bodies[c.Seq] = body
			}
			last := d.Changes[len(d.Changes)-1]
			said = append(said, fmt.Sprintf("%s %v", last.Status, except))
			if !opened {
				continue
			}
			var want []string
			for _, p := range r.Parts() {
				if !slices.Contains(except, p.ID) {
					want = append(want, p.Txn)
				}
			}
			if got := transactionsOf(t, bodies[d.Ours().Seq+countUpdates(d)]); !slices.Equal(sorted(want), sorted(got)) {
				t.Fatalf("seed %d: of %v the bank hears of %v, after %s", seed, want, got, strings.Join(said, ", "))
			}
		}
	}
}

// countUpdates is how many changes followed the latest opening.
func countUpdates(d *watch.Dispute) int { return d.Changes[len(d.Changes)-1].Seq - d.Ours().Seq }

func part(i int, at time.Time, k watch.AccountKey) *watch.Record {
	return &watch.Record{ID: fmt.Sprintf("r%d", i), OnAccount: watch.On(k), Kind: watch.Debit, Txn: fmt.Sprintf("t%d", i), Amount: int64(1000 + i), Service: "docomo",
		Complete: true, RecordedAt: at, OccurredAt: at.Add(time.Duration(i) * time.Millisecond), ReceivedAt: at, Notices: []watch.Notice{{Watcher: "w", Reasons: watch.Because(watch.ServiceDebit)}}}
}

// transactionsOf lists the transactions of a callback, and has the first of them be the
// one that stands by itself.
func transactionsOf(t *testing.T, body []byte) (out []string) {
	t.Helper()
	var b struct {
		Txn          string `json:"transaction_id"`
		Transactions []struct {
			Txn string `json:"transaction_id"`
		} `json:"transactions"`
	}
	if err := json.Unmarshal(body, &b); err != nil {
		t.Fatal(err)
	}
	for _, x := range b.Transactions {
		out = append(out, x.Txn)
	}
	if len(out) == 0 || out[0] != b.Txn {
		t.Fatalf("the first one is not the one above: %s", body)
	}
	return out
}

func sorted(in []string) []string { return slices.Sorted(slices.Values(in)) }
