package notify_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"kozamori/internal/channel"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// The call that finds a provider to be back ends within what one call may take,
// however much waits, and the most urgent of it is queued before it ends: a function
// that is stopped in the middle of 40,000 would begin again after three minutes.
func TestWhatWaitsForAProviderIsReleasedInPieces(t *testing.T) {
	t.Parallel()
	for _, n := range []int{3, 70, 700} {
		t.Run(fmt.Sprint(n, " wait"), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := &moody{w: w}
			w.replace(watch.LINE, func(channel.Sender) channel.Sender { return p })
			w.paced(watch.LINE, 134)
			w.batch(n, watch.LINE)
			who := map[string]int{}
			for i := range n {
				a, err := w.store.Account(t.Context(), watch.AccountKey{Bank: "0125", Ref: fmt.Sprint("acc_b", i)})
				if err != nil {
					t.Fatal(err)
				}
				who[a.Watchers[0].LineUser] = i
				if _, err := w.store.UpdateRecord(t.Context(), fmt.Sprint("b", i), func(r *watch.Record) error {
					d := &r.Deliveries[0]
					d.CreatedAt = w.Now().Add(time.Duration(i) * time.Second)
					d.Parked, d.Due = true, d.CreatedAt.Add(w.stage.GiveUpAfter)
					if i >= n-2 { // the youngest are critical
						r.Notices[0].Reasons = watch.Because(watch.FirstSeen)
					}
					r.ComputeDue()
					return nil
				}); err != nil {
					t.Fatal(err)
				}
			}
			w.Add(time.Hour)
			w.table.items = 0
			var first []string // deliveries that are queued when the first call ends
			if v := w.stage.Handle(t.Context(), []queue.Message{{ID: "x", Receives: 1, Body: []byte(`{"provider":"line","round":2}`)}}); !v[0].Done {
				t.Fatalf("%+v", v)
			}
			if w.table.items > 120 {
				t.Errorf("one call reads %d items", w.table.items)
			}
			for {
				msgs, err := w.queue.Receive(t.Context(), queue.LINE, 10, 0)
				if err != nil {
					t.Fatal(err)
				}
				if len(msgs) == 0 {
					break
				}
				for _, m := range msgs {
					j, err := queue.DecodeJob(m.Body)
					if len(j.Records) > 50 || err != nil {
						t.Errorf("a piece of %d, %v", len(j.Records), err)
					}
					first = append(first, j.Record)
					if err := w.queue.Retry(context.Background(), queue.LINE, m, time.Second); err != nil {
						t.Fatal(err)
					}
				}
			}
			for _, id := range []string{fmt.Sprint("b", n-1), fmt.Sprint("b", n-2)} {
				if !slices.Contains(first, id) {
					t.Errorf("%s is critical and not queued when the first call ends", id)
				}
			}
			w.pass(20*time.Second, time.Second)
			told, last := map[string]int{}, -1
			for _, a := range p.told() {
				i := who[a.to]
				if told[a.to]++; told[a.to] > 1 {
					t.Errorf("alert %d is told twice", i)
				}
				if i >= n-2 {
					continue
				}
				if i < last-200 { // what is released within a second goes out in any order
					t.Errorf("alert %d is told after %d", i, last)
				}
				last = max(last, i)
			}
			if len(told) != n {
				t.Errorf("%d of %d are told", len(told), n)
			}
		})
	}
}

// What waits and was not released yet stays where it is when the provider is down
// again: it is not called for it.
func TestAPieceOfAProviderThatIsDownAgainWaits(t *testing.T) {
	t.Parallel()
	w, p, _ := outage(t, 20)
	before := p.vain
	w.Add(2 * time.Second)
	if v := w.stage.Handle(t.Context(), []queue.Message{{ID: "x", Receives: 1, Body: []byte(`{"back":"line","records":["b10","b11","gone"]}`)}}); !v[0].Done {
		t.Errorf("%+v", v)
	}
	if d, err := w.queue.Depth(t.Context(), queue.LINE); err != nil || d.Waiting > 2 || p.vain != before {
		t.Errorf("%+v wait, %v, and %d calls", d, err, p.vain-before)
	}
	b, err := w.store.Breaker(t.Context(), "line")
	if err != nil {
		t.Fatal(err)
	}
	b.Open = false
	w.put(store.PutBreaker(b))
	if v := w.stage.Handle(t.Context(), []queue.Message{{ID: "x", Receives: 1, Body: []byte(`{"back":"line","records":["b10","b11","gone"]}`)}}); !v[0].Done {
		t.Errorf("%+v", v)
	}
	if d, err := w.queue.Depth(t.Context(), queue.LINE); err != nil || d.Waiting < 2 {
		t.Errorf("%+v wait, %v", d, err)
	}
}
