package notify_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/testkit/breadth"
	"kozamori/internal/watch"
)

// summed is a record of the past on one of a person's accounts, which carries a summary
// that is due at a time.
func (w *world) summed(k watch.AccountKey, id string, yen int64, due time.Time) {
	w.t.Helper()
	now := w.Now()
	r := &watch.Record{ID: id, OnAccount: watch.On(k), Mask: "普通 ***4567", Kind: watch.Debit, Event: id, Txn: id, OccurredAt: now.AddDate(0, -2, 0),
		ReceivedAt: now, RecordedAt: now, SummedAt: now, Amount: yen, Service: "docomo", Complete: true, Past: true}
	r.Deliver(watch.TellSummary, &watch.Watcher{ID: "w1", Lang: watch.Japanese}, watch.LINE, 0, now, due)
	r.ComputeDue()
	act, err := w.store.Activity(context.Background(), k)
	if err != nil {
		w.t.Fatal(err)
	}
	act.Summary = &watch.Summary{Record: id, Until: due, FirstAt: r.OccurredAt, LastAt: r.OccurredAt}
	if err := w.store.Write(context.Background(), store.PutRecord(r), store.PutActivity(k, act)); err != nil {
		w.t.Fatal(err)
	}
}

// letGo queues what is due of some records, as sweep does, some of it twice.
func (w *world) letGo(r *rand.Rand, ids []string) {
	w.t.Helper()
	for _, id := range ids {
		_, err := w.store.UpdateRecord(context.Background(), id, func(x *watch.Record) error {
			for i := range x.Deliveries {
				d := &x.Deliveries[i]
				if !d.State.Waits() || d.Due.After(w.Now()) {
					continue
				}
				d.State, d.Due = watch.Queued, w.Now().Add(watch.LostAfter)
				for range 1 + r.IntN(2) {
					b, _ := json.Marshal(watch.Job{Record: id, Delivery: d.ID})
					if err := w.queue.Send(context.Background(), queue.For(d.Channel), queue.Outgoing{Body: b, Group: "0125"}); err != nil {
						w.t.Fatal(err)
					}
				}
			}
			x.ComputeDue()
			return nil
		})
		if err != nil {
			w.t.Fatal(err)
		}
	}
}

// Whenever the past of a person's accounts becomes known, whatever is said twice and
// wherever LINE fails: they are told of each debit once, and of the past once a day.
func TestAPersonIsToldOfThePastOnceADay(t *testing.T) {
	t.Parallel()
	for seed := range breadth.Of(5, 40) {
		r := rand.New(rand.NewPCG(uint64(seed), 4))
		w := newWorld(t)
		var keys []watch.AccountKey
		for i := range 3 {
			k := watch.AccountKey{Bank: "0125", Ref: fmt.Sprint("acc", i)}
			keys = append(keys, k)
			if err := w.store.Write(t.Context(), store.PutAccount(&watch.Account{AccountKey: k, Mask: "普通 ***4567",
				Watchers: []watch.Watcher{{ID: "w1", Role: watch.Owner, LineUser: lineUser, Lang: watch.Japanese, Rules: watch.DefaultRules(), Channels: []watch.Channel{{Kind: watch.LINE}}}}}),
				store.PutBinding(lineUser, store.Binding{OnAccount: watch.On(k), Watcher: "w1"})); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := w.store.UpdatePerson(t.Context(), lineUser, func(*store.Person) error { return nil }); err != nil {
			t.Fatal(err)
		}
		var ids []string
		last := map[watch.AccountKey]time.Time{}
		for step := range 5 * 48 { // half hours
			for _, k := range keys {
				if step > 2*48 || r.IntN(10) > 0 || w.Now().Before(last[k]) {
					continue
				}
				due := w.Now().Add(watch.SummaryAfter)
				if until := last[k].Add(watch.SummaryEvery); until.After(due) && !last[k].IsZero() {
					due = until
				}
				last[k] = due
				id := fmt.Sprintf("s%d", len(ids))
				ids = append(ids, id)
				w.summed(k, id, int64(1000+len(ids)), due)
			}
			if r.IntN(12) == 0 {
				w.line.Fail(1, []sim.Fault{sim.RateLimited, sim.AcceptThenDrop}[r.IntN(2)])
			}
			for range 3 {
				w.letGo(r, ids)
				w.settle()
				w.Add(10 * time.Minute)
			}
		}
		told := map[string]int{}
		var before time.Time
		for _, m := range w.line.Messages() {
			if !before.IsZero() && m.At.Sub(before) < watch.SummaryEvery-time.Hour {
				t.Errorf("seed %d: told at %v and at %v", seed, before, m.At)
			}
			before = m.At
			for i := range ids {
				told[ids[i]] += strings.Count(string(m.Messages[0]), fmt.Sprintf(`"1,%03d円"`, i+1))
			}
		}
		for _, id := range ids {
			if told[id] != 1 {
				t.Errorf("seed %d: the debit of %s is told %d times", seed, id, told[id])
			}
			x, err := w.store.Record(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range x.Deliveries {
				if d.State != watch.Accepted {
					t.Errorf("seed %d: %s is %s (%s)", seed, id, d.State, d.Problem)
				}
			}
		}
		if t.Failed() {
			return
		}
	}
}
