package membership_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/membership"
	"kozamori/internal/notify"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

func (w *world) account() *watch.Account {
	w.t.Helper()
	a, err := w.store.Account(context.Background(), account)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

func (w *world) write(writes ...store.Write) {
	w.t.Helper()
	if err := w.store.Write(context.Background(), writes...); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) record(txn string) *watch.Record {
	return &watch.Record{ID: watch.Derive("r", txn), OnAccount: watch.On(account), Kind: watch.Debit, Txn: txn, Amount: 100000, Complete: true,
		Descriptor: "ﾄﾞｺﾓｺｳｻﾞ", Service: "dbarai", OccurredAt: w.Now(), ReceivedAt: w.Now(), RecordedAt: w.Now()}
}

// join makes bob a guardian of alice's account.
func (w *world) join() {
	w.t.Helper()
	if _, err := w.members.Accept(context.Background(), bob, w.invite(false), ""); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) unbind(user string) error {
	_, err := w.members.Unbind(context.Background(), user, account, watch.WayChat)
	return err
}

func TestAnAccountHasTenWatchersAtMost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range watch.MaxWatchers {
		w.mustRedeem(fmt.Sprintf("U%032x", i), w.issue(membership.CodeRequest{}))
	}
	code := w.issue(membership.CodeRequest{})
	if _, err := w.redeem(alice, code); !errors.Is(err, membership.ErrFull) {
		t.Fatal(err)
	}
	if _, err := w.members.Unbind(context.Background(), fmt.Sprintf("U%032x", 3), account, watch.WayChat); err != nil {
		t.Fatal(err)
	}
	w.mustRedeem(alice, code) // it was not used up
}

func TestAnotherCodeGivesAWatcherNothingTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.mustRedeem(alice, w.issue(membership.CodeRequest{Email: "a@example.jp"}))
	a := w.account()
	a.Watchers[0].Rules = watch.Rules{AnyDebit: 5}
	w.write(store.PutAccount(a))
	b := w.mustRedeem(alice, w.issue(membership.CodeRequest{Email: "b@example.jp", Mask: "普通 ***9"}))
	want := a.Watchers[0]
	if diff := cmp.Diff(want, b.Watcher); !b.Already || diff != "" {
		t.Errorf("already %v\n%s", b.Already, diff)
	}
	if got := w.account(); len(got.Watchers) != 1 || got.Mask != "普通 ***9" {
		t.Errorf("%+v", got)
	}
}

func TestAGuardianWithACodeOfTheBankIsAnOwner(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.mustRedeem(alice, w.issue(membership.CodeRequest{}))
	w.join()
	b := w.mustRedeem(bob, w.issue(membership.CodeRequest{Email: "b@example.jp"}))
	if diff := cmp.Diff(watch.DefaultRules(), b.Watcher.Rules); b.Already || b.Watcher.Role != watch.Owner || len(b.Watcher.Channels) != 2 || diff != "" {
		t.Errorf("%+v\n%s", b, diff)
	}
}

func TestLeavingTakesBackWhatBindingGave(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.mustRedeem(alice, w.issue(membership.CodeRequest{Email: "a@example.jp"}))
	w.join()
	w.write(store.PutActivity(account, &watch.Activity{Services: map[string]*watch.ServiceActivity{"paypay": {Debits: 1}}}), bills(w, account))
	w.mustRedeem(bob, w.issue(membership.CodeRequest{AccountRef: "acc_2"}))
	if err := w.unbind(alice); err != nil {
		t.Fatal(err)
	}
	if err := w.unbind(alice); !errors.Is(err, membership.ErrNotFound) {
		t.Errorf("leaving twice: %v", err)
	}
	for item, body := range w.everything() {
		if w.held(item) {
			continue // they can take it back
		}
		trail := strings.HasPrefix(item, "items L#") || strings.HasPrefix(item, "history TRAIL#")
		if strings.Contains(item+body, alice) || strings.Contains(item+body, account.Ref) && !trail || strings.Contains(body, "a@example.jp") {
			t.Errorf("%s is left: %s", item, body)
		}
	}
	// bob, whose owner left, still watches what is his own.
	if list, err := w.members.Accounts(context.Background(), bob); err != nil || len(list) != 1 || list[0].Account.Ref != "acc_2" {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestWhoStaysWhenSomebodyLeaves(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, leaves string
		want         []string
	}{
		{"a guardian leaves alone", bob, []string{alice, carol}},
		{"an owner leaves, and another owner keeps the guardian", carol, []string{alice, bob}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.mustRedeem(alice, w.issue(membership.CodeRequest{}))
			w.join()
			w.mustRedeem(carol, w.issue(membership.CodeRequest{}))
			if err := w.unbind(c.leaves); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, x := range w.account().Watchers {
				got = append(got, x.LineUser)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAnAlertThatWaitsForWhoLeftIsCancelled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.mustRedeem(alice, w.issue(membership.CodeRequest{}))
	r := w.record("t1")
	d, _ := r.Deliver(watch.TellAlert, &b.Watcher, watch.LINE, 0, w.Now(), w.Now())
	id := d.ID
	w.write(store.PutRecord(r))
	if err := w.unbind(alice); err != nil {
		t.Fatal(err)
	}
	// Coming back is another binding: it does not revive the old alert.
	w.mustRedeem(alice, w.issue(membership.CodeRequest{}))
	stage := notify.New(notify.Config{Store: w.store, Now: w.Now, Logger: slog.New(slog.DiscardHandler)})
	body, err := json.Marshal(watch.Job{Record: r.ID, Delivery: id})
	if err != nil {
		t.Fatal(err)
	}
	if v := stage.Handle(context.Background(), []queue.Message{{Body: body, Receives: 1}}); !v[0].Done {
		t.Errorf("%+v", v)
	}
	got, err := w.store.Record(context.Background(), r.ID)
	if err != nil {
		t.Fatal(err)
	}
	if d, _ := got.Delivery(id); d.State != watch.Cancelled {
		t.Errorf("%+v", d)
	}
}

func TestLeavingIsNoWayOutOfALock(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.mustRedeem(alice, w.issue(membership.CodeRequest{}))
	for range membership.MaxWrong {
		_, _ = w.redeem(alice, "7F3K-9Q4M-AACD")
	}
	if err := w.unbind(alice); err != nil {
		t.Fatal(err)
	}
	if _, err := w.redeem(alice, w.issue(membership.CodeRequest{})); err == nil {
		t.Fatal("leaving ended the lock")
	}
	w.Add(membership.LockedFor + time.Second)
	if p, err := w.store.Person(context.Background(), alice); err != nil || p.Version != 0 {
		t.Errorf("after the lock %+v is still kept, %v", p, err)
	}
}

func TestFollowingAndBlockingInWhateverOrderTheyCome(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	at := func(w *world, s int) time.Time { return w.Now().Add(time.Duration(s) * time.Second) }
	for _, c := range []struct {
		name  string
		event []int // seconds; negative: blocked at that second
		want  bool  // reachable over LINE
	}{
		{"blocked", []int{-1}, false},
		{"blocked twice", []int{-1, -1}, false},
		{"blocked and unblocked", []int{-1, 2}, true},
		{"unblocked, and the older block arrives late", []int{2, -1}, true},
		{"blocked, and an older follow arrives late", []int{-2, 1}, false},
		{"blocked, unblocked, blocked; the middle one comes last", []int{-1, -3, 2}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.mustRedeem(alice, w.issue(membership.CodeRequest{Email: "a@example.jp"}))
			w.mustRedeem(alice, w.issue(membership.CodeRequest{AccountRef: "acc_2"}))
			for _, s := range c.event {
				var err error
				if s < 0 {
					err = w.members.Unfollowed(ctx, alice, at(w, -s))
				} else {
					err = w.members.Followed(ctx, alice, at(w, s), watch.English)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			list, err := w.members.Accounts(ctx, alice)
			if err != nil || len(list) != 2 {
				t.Fatal(list, err)
			}
			for _, b := range list {
				if got := b.Watcher.Channels[0].UnreachableSince.IsZero(); got != c.want {
					t.Errorf("%s: reachable %v", b.Account.Ref, got)
				}
				for _, ch := range b.Watcher.Channels[1:] {
					if !ch.UnreachableSince.IsZero() {
						t.Error("the mail address is taken for blocked")
					}
				}
			}
		})
	}
}

func TestWhoWatchesNothingIsForgotten(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := context.Background()
	if err := w.members.Followed(ctx, alice, w.Now(), watch.English); err != nil {
		t.Fatal(err)
	}
	if b := w.mustRedeem(alice, w.issue(membership.CodeRequest{})); b.Watcher.Lang != watch.English {
		t.Errorf("the language of the first greeting is lost: %s", b.Watcher.Lang)
	}
	if err := w.members.Unfollowed(ctx, bob, w.Now()); err != nil {
		t.Fatal(err)
	}
	w.Add(31 * 24 * time.Hour)
	for user, want := range map[string]bool{alice: true, bob: false} {
		if p, err := w.store.Person(ctx, user); err != nil || (p.Version > 0) != want {
			t.Errorf("%s: %+v, %v", user, p, err)
		}
	}
}

func TestDyingAtAnyWriteLeavesNothingHalf(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	t.Run("of a binding", func(t *testing.T) {
		var code string
		eachDeath(t, func(w *world) { code = w.issue(membership.CodeRequest{Email: "a@example.jp"}) },
			func(d *membership.Service) error { _, err := d.Redeem(ctx, alice, code, ""); return err },
			func(w *world) {
				a := w.account()
				if a == nil || len(a.Watchers) != 1 || len(a.Watchers[0].Channels) != 2 {
					t.Errorf("%+v", a)
				}
				if list, err := w.members.Accounts(ctx, alice); err != nil || len(list) != 1 || list[0].Watcher.ID != a.Watchers[0].ID {
					t.Errorf("%+v, %v", list, err)
				}
				if _, err := w.redeem(bob, code); !errors.Is(err, membership.ErrCode) {
					t.Errorf("the code is still good: %v", err)
				}
			})
	})
	t.Run("of a block", func(t *testing.T) {
		now := time.Date(2026, 11, 24, 3, 0, 5, 0, time.UTC)
		eachDeath(t, func(w *world) {
			w.mustRedeem(alice, w.issue(membership.CodeRequest{}))
			w.mustRedeem(alice, w.issue(membership.CodeRequest{AccountRef: "acc_2"}))
		}, func(d *membership.Service) error { return d.Unfollowed(ctx, alice, now) },
			func(w *world) {
				list, err := w.members.Accounts(ctx, alice)
				if err != nil || len(list) != 2 || len(list[0].Watcher.Reachable())+len(list[1].Watcher.Reachable()) != 0 {
					t.Errorf("%+v, %v", list, err)
				}
			})
	})
	t.Run("of leaving", func(t *testing.T) {
		eachDeath(t, func(w *world) { w.mustRedeem(alice, w.issue(membership.CodeRequest{})); w.join() },
			func(d *membership.Service) error {
				_, err := d.Unbind(ctx, alice, account, watch.WayChat)
				if errors.Is(err, membership.ErrNotFound) {
					err = nil // it had happened
				}
				return err
			},
			func(w *world) {
				if p, err := w.store.Person(ctx, alice); err != nil || p.Version != 0 || w.account() != nil {
					t.Errorf("%+v, %v, %+v", p, err, w.account())
				}
			})
	})
	t.Run("of an erasure", func(t *testing.T) {
		eachDeath(t, full, func(d *membership.Service) error { return d.Erase(ctx, account.Bank, account.Ref) }, func(w *world) { checkErased(t, w) })
	})
}
