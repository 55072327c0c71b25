package dispute_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"kozamori/internal/dispute"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

// "Mine" stands for what the message or page said that was answered, also if
// less was taken by then. More than that is told, and asked.
func TestMineStandsForWhatWasShown(t *testing.T) {
	ctx, k := context.Background(), watch.AccountKey{Bank: "0125", Ref: "a"}
	at := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	for _, of := range []string{"the lead", "a member"} {
		for _, on := range []string{"message", "page"} {
			for _, raised := range []int64{50, 100, 101, 20_000, 30_000, 30_001} {
				now := at
				s := store.New(worldtest.Table(t, func() time.Time { return now }))
				r := &watch.Record{ID: "r0", OnAccount: watch.On(k), Kind: watch.Debit, Txn: "t0", Amount: 30_000, Service: "docomo", Complete: true, RecordedAt: at, OccurredAt: at, ReceivedAt: at,
					Notices: []watch.Notice{{Watcher: "w", Reasons: watch.Because(watch.ServiceDebit)}}}
				p := r
				if of == "a member" {
					p = part(1, at, k)
					p.Amount, p.Notices = 30_000, r.Notices
					r.Join(p)
				}
				w := watch.Watcher{ID: "w", Role: watch.Owner, LineUser: "u", Channels: []watch.Channel{{Kind: watch.LINE}}}
				change := func(yen int64) {
					was := p.Clone()
					r.KeepPart(was)
					if p.Amount = yen; p != r {
						r.Join(p)
					}
				}
				d, _ := r.Bring(&w, watch.LINE, now)
				d.State, d.AcceptedAt = watch.Accepted, now
				change(100)
				if err := s.Write(ctx, store.PutAccount(&watch.Account{AccountKey: k, Watchers: []watch.Watcher{w}}), store.PutRecord(r)); err != nil {
					t.Fatal(err)
				}
				now = at.Add(time.Minute)
				who := dispute.Answerer{LineUser: "u", Delivery: d.ID}
				if on == "page" {
					who.Delivery, who.Saw = "", watch.Saw(r.Parts())
				}
				desk := &dispute.Service{Store: s, Queue: &heard{}, Now: func() time.Time { return now }, Logger: slog.New(slog.DiscardHandler)}
				res, err := desk.Answer(ctx, "r0", who, watch.Mine, watch.ViaLINE)
				if err != nil || res.Outcome != dispute.Mine {
					t.Fatalf("%s %v", res.Outcome, err)
				}
				if r, err = s.Record(ctx, "r0"); err != nil {
					t.Fatal(err)
				}
				if of == "the lead" {
					p = r
				}
				change(raised)
				shown := map[string]int64{"message": 30_000, "page": 100}[on]
				name := fmt.Sprintf("%s: %s of %d yen, then %d", of, on, shown, raised)
				if got, want := r.Answered(), raised <= shown; got != want {
					t.Errorf("%s: answered %v, want %v", name, got, want)
				}
				now = at.Add(time.Hour)
				d, told := r.Bring(&w, watch.LINE, now)
				if told != (raised > shown) {
					t.Errorf("%s: told %v", name, told)
				}
				if told {
					if was := r.SaidBy(d)[0].Was; was == nil || was.Amount != shown {
						t.Errorf("%s: said to have been %+v", name, was)
					}
					d.State, d.AcceptedAt = watch.Accepted, now
					if _, more := r.Bring(&w, watch.LINE, now); more {
						t.Errorf("%s: told twice", name)
					}
				}
			}
		}
	}
}
