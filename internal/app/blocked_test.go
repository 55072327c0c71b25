package app_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"kozamori/internal/membership"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

// LINE takes a message to somebody who has blocked the account and shows it to no one.
// That they have may be known only after it took some: these are told by the next way, or
// the bank is told that its customer was not reached; once, however often LINE says it.
func TestWhatLINETookForWhoHadLeftIsToldAnotherWay(t *testing.T) {
	for name, c := range map[string]struct {
		left, back time.Duration // after the message was taken
		mail       bool
		mails      []string
		bank       string
	}{
		"before it, who has mail":               {left: -time.Minute, mail: true, mails: []string{"owner@example.jp"}},
		"before it, who has LINE alone":         {left: -time.Minute, bank: "watcher.unreachable"},
		"before it, and is back since":          {left: -time.Minute, back: time.Minute, mail: true, mails: []string{"owner@example.jp"}},
		"before it, and was back by then":       {left: -time.Hour, back: -time.Minute, mail: true},
		"after it":                              {left: time.Minute, mail: true},
		"long before it, who has LINE alone":    {left: -10 * time.Hour, bank: "watcher.unreachable"},
		"long before, and came back long after": {left: -10 * time.Hour, back: 10 * time.Hour, bank: "watcher.unreachable"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			k := watch.AccountKey{Bank: "0125", Ref: "acc_1"}
			if err := w.store.Write(t.Context(), store.PutBinding(lineUser, store.Binding{OnAccount: watch.On(k), Watcher: "w1"})); err != nil {
				t.Fatal(err)
			}
			if c.mail {
				w.also()
			}
			w.send("t1")
			w.settle()
			if n := len(w.line.Messages()); n != 1 || slices.Contains(w.mails, "owner@example.jp") {
				t.Fatalf("%d messages, mails to %q", n, w.mails)
			}
			taken := w.Now()
			w.mails = nil
			w.Clock.Add(11 * time.Hour)
			people := &membership.Service{Store: w.store, Keys: worldtest.Keys(t), Queue: w.queue, Now: w.Now, Logger: w.log}
			if c.back != 0 {
				if err := people.Followed(t.Context(), lineUser, taken.Add(c.back), watch.Japanese); err != nil {
					t.Fatal(err)
				}
			}
			for range 2 {
				if err := people.Unfollowed(t.Context(), lineUser, taken.Add(c.left)); err != nil {
					t.Fatal(err)
				}
				w.settle()
			}
			if !slices.Equal(w.mails, c.mails) || w.bank.types() != c.bank {
				t.Errorf("mails to %q, the bank hears %q; want %q and %q", w.mails, w.bank.types(), c.mails, c.bank)
			}
		})
	}
}

// What the bank did about a debit of long ago is told another way too, and by whatever
// address the person gave: not only what happened in the last days, and on this account.
func TestWhatTheBankDidIsToldAnotherWayWhenLINETookItForWhoHadLeft(t *testing.T) {
	for name, mail := range map[string]string{"an address of this account": "acc_1", "an address of another account": "acc_2"} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.two()
			w.send("t1")
			w.settle()
			id := w.tap().Dispute.ID
			w.settle()
			w.Clock.Add(30 * 24 * time.Hour)
			w.addressOn(mail)
			before := len(w.line.Messages())
			if _, err := w.disputes.SetStatus(t.Context(), "0125", id, watch.DisputeRefunded, ""); err != nil {
				t.Fatal(err)
			}
			w.settle()
			if n := len(w.line.Messages()); n != before+1 || len(w.mails) != 0 {
				t.Fatalf("%d messages more, mails to %q", n-before, w.mails)
			}
			left := w.Now().Add(-time.Minute)
			w.Clock.Add(time.Hour)
			people := &membership.Service{Store: w.store, Keys: worldtest.Keys(t), Queue: w.queue, Now: w.Now, Logger: w.log}
			for range 2 {
				if err := people.Unfollowed(t.Context(), lineUser, left); err != nil {
					t.Fatal(err)
				}
				w.settle()
			}
			if !slices.Equal(w.mails, []string{"owner@example.jp"}) {
				t.Errorf("mails to %q", w.mails)
			}
		})
	}
}

// two has the owner watch a second account.
func (w *world) two() {
	w.t.Helper()
	ctx := context.Background()
	for _, ref := range []string{"acc_1", "acc_2"} {
		k := watch.AccountKey{Bank: "0125", Ref: ref}
		a, err := w.store.Account(ctx, watch.AccountKey{Bank: "0125", Ref: "acc_1"})
		if err != nil {
			w.t.Fatal(err)
		}
		a.AccountKey = k
		writes := []store.Write{store.PutBinding(lineUser, store.Binding{OnAccount: watch.On(k), Watcher: "w1"})}
		if ref != "acc_1" {
			a.Version = 0
			writes = append(writes, store.PutAccount(a))
		}
		if err := w.store.Write(ctx, writes...); err != nil {
			w.t.Fatal(err)
		}
	}
}

// addressOn gives the owner a mail address on one account.
func (w *world) addressOn(ref string) {
	w.t.Helper()
	if _, err := w.store.UpdateAccount(context.Background(), watch.AccountKey{Bank: "0125", Ref: ref}, func(a *watch.Account) ([]store.Write, error) {
		a.Watchers[0].Channels = append(a.Watchers[0].Channels, watch.Channel{Kind: watch.Email, Address: "owner@example.jp"})
		return nil, nil
	}); err != nil {
		w.t.Fatal(err)
	}
}

// Who leaves while a message is on its way to LINE is told another way, too: who sends it
// may have looked a moment before.
func TestWhoLeavesAsTheyAreToldIsToldAnotherWay(t *testing.T) {
	w := newWorld(t)
	k := watch.AccountKey{Bank: "0125", Ref: "acc_1"}
	if err := w.store.Write(t.Context(), store.PutBinding(lineUser, store.Binding{OnAccount: watch.On(k), Watcher: "w1"})); err != nil {
		t.Fatal(err)
	}
	people := &membership.Service{Store: w.store, Keys: worldtest.Keys(t), Queue: w.queue, Now: w.Now, Logger: w.log}
	sends := w.stages[queue.LINE]
	w.stages[queue.LINE] = func(ctx context.Context, msgs []queue.Message) []queue.Verdict {
		w.stages[queue.LINE] = sends
		before, err := w.store.Account(ctx, k)
		if err != nil {
			t.Fatal(err)
		}
		if err := people.Unfollowed(ctx, lineUser, w.Now()); err != nil {
			t.Fatal(err)
		}
		now, err := w.store.Account(ctx, k)
		if err != nil {
			t.Fatal(err)
		}
		before.Version = now.Version
		if err := w.store.Write(ctx, store.PutAccount(before)); err != nil { // as the sender read it
			t.Fatal(err)
		}
		out := sends(ctx, msgs)
		now.Version = before.Version + 1
		if err := w.store.Write(ctx, store.PutAccount(now)); err != nil {
			t.Fatal(err)
		}
		return out
	}
	w.send("t1")
	w.settle()
	if len(w.line.Messages()) != 1 || w.bank.types() != "" {
		t.Fatalf("%d messages, the bank hears %q", len(w.line.Messages()), w.bank.types())
	}
	w.Clock.Add(time.Minute)
	w.settle()
	if got := w.bank.types(); got != "watcher.unreachable" {
		t.Errorf("the bank hears %q", got)
	}
}
