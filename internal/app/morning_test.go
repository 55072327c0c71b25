package app_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"kozamori/internal/app"
	"kozamori/internal/channel"
	"kozamori/internal/line"
	"kozamori/internal/message"
	"kozamori/internal/notify"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/sweep"
	"kozamori/internal/token"
	"kozamori/internal/watch"
)

// At a hundredth of the size: the quiet hours of 100,000 people end, LINE is
// given 1,500 alerts a second, and this machine manages 1,200 only. Everything
// is told within two minutes, and what is critical does not wait for it.
func TestTheEndOfQuietHoursIsOverInTwoMinutesAndNothingCriticalWaits(t *testing.T) {
	t.Parallel()
	const people, rate, manages = 1000, 15, 12
	w := newWorld(t)
	seven := w.Now().Truncate(24 * time.Hour).Add(22 * time.Hour) // 07:00 in Japan
	w.Set(seven.Add(-time.Hour))
	var mu sync.Mutex
	told := map[string]time.Time{}
	sender := channel.SendFunc(func(_ context.Context, to, _ string, _ message.Message) watch.Outcome {
		mu.Lock()
		defer mu.Unlock()
		if _, twice := told[to]; twice {
			t.Errorf("%s is told twice", to)
		}
		told[to] = w.Now()
		return watch.Outcome{Result: watch.SendAccepted}
	})
	keys, err := token.NewKeys(token.Key{ID: "a", Secret: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	stage := notify.New(notify.Config{Store: w.store, Queue: w.queue, Channels: registry(t, line.Channel.With(sender)), Now: w.Now, Logger: w.log,
		Composer: &notify.Composer{Store: w.store, Names: app.Names{Store: w.store}, Tokens: keys, BaseURL: "https://kozamori.example"}})
	w.sweep = sweep.New(sweep.Config{Store: w.store, Queue: w.queue, EscalateAfter: 15 * time.Minute, ReleaseRate: rate, Now: w.Now, Logger: w.log})
	var writes []store.Write
	put := func(i int, why watch.Reason, until time.Time) *watch.Record {
		k := watch.AccountKey{Bank: "0125", Ref: fmt.Sprint("acc_m", i)}
		owner := watch.Watcher{ID: "w1", Role: watch.Owner, LineUser: fmt.Sprintf("U%032x", i), Lang: watch.Japanese,
			Channels: []watch.Channel{{Kind: watch.LINE}}, Rules: watch.DefaultRules()}
		r := &watch.Record{ID: fmt.Sprint("m", i), OnAccount: watch.On(k), Kind: watch.Debit, OccurredAt: w.Now(), ReceivedAt: w.Now(), RecordedAt: w.Now(),
			Amount: 3000, Service: "docomo", Complete: true, Notices: []watch.Notice{{Watcher: "w1", Reasons: watch.Because(why)}}}
		r.Deliver(watch.TellAlert, &owner, watch.LINE, 0, w.Now(), until)
		r.ComputeDue()
		writes = append(writes, store.PutAccount(&watch.Account{AccountKey: k, Mask: "普通 ***4567", Watchers: []watch.Watcher{owner}}), store.PutRecord(r))
		return r
	}
	flush := func() {
		for ; len(writes) > 0; writes = writes[min(len(writes), store.MaxWrites):] {
			if err := w.store.Write(t.Context(), writes[:min(len(writes), store.MaxWrites)]...); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i := range people {
		put(i, watch.ServiceDebit, seven)
	}
	flush()
	w.Set(seven)
	urgent := map[string]time.Time{}
	for second := range 120 {
		if second%20 == 0 {
			r := put(people+second, watch.FirstSeen, time.Time{})
			flush()
			var jobs queue.Jobs
			jobs.Deliver(r, &r.Deliveries[0])
			if err := jobs.Send(t.Context(), w.queue); err != nil {
				t.Fatal(err)
			}
			urgent[fmt.Sprintf("U%032x", people+second)] = w.Now()
		}
		if second%60 == 0 {
			if _, err := w.sweep.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		for left := manages; left > 0; {
			msgs, err := w.queue.Receive(t.Context(), queue.LINE, min(left, 10), 0)
			if err != nil {
				t.Fatal(err)
			}
			if len(msgs) == 0 {
				break
			}
			left -= len(msgs)
			queue.Settle(t.Context(), w.queue, queue.LINE, msgs, stage.Handle, w.log)
		}
		w.Add(time.Second)
	}
	for to, at := range urgent {
		if got, ok := told[to]; !ok || got.Sub(at) > 2*time.Second {
			t.Errorf("the critical alert of %s is told after %v, %t", at.Format(time.TimeOnly), got.Sub(at), ok)
		}
	}
	if len(told) != people+len(urgent) {
		t.Errorf("%d of %d are told by 07:02", len(told), people+len(urgent))
	}
}
