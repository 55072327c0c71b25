package membership_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/membership"
	"kozamori/internal/settings"
	"kozamori/internal/store"
	"kozamori/internal/sweep"
	"kozamori/internal/watch"
)

// sweep does what is due now.
func (w *world) sweep() {
	w.t.Helper()
	stage := sweep.New(sweep.Config{Store: w.store, Queue: nowhere{}, Erase: w.members.EraseRest, Now: w.Now, Logger: slog.New(slog.DiscardHandler)})
	if _, err := stage.Sweep(context.Background()); err != nil {
		w.t.Fatal(err)
	}
}

// comesBack presses 「自分ではありません」 as the owner who left.
func (w *world) comesBack(user, watcher string) error {
	w.t.Helper()
	_, err := w.members.Restore(context.Background(), account, w.leftBy(watcher).ID, settings.Who{LineUser: user, Watcher: watcher, Way: watch.WayChat, At: w.Now()})
	return err
}

// watched is an owner with a guardian and a record.
func watched(w *world) (owner watch.Watcher, record string) {
	pair(w)
	r := w.record("before")
	w.write(store.PutRecord(r))
	return w.watcher(alice), r.ID
}

func (w *world) has(record string) bool {
	w.t.Helper()
	_, err := w.store.Record(context.Background(), record)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		w.t.Fatal(err)
	}
	return err == nil
}

// erasing are the ways in which an owner, or a person who holds their telephone, has
// everything erased.
var erasing = map[string]func(*membership.Service) error{
	"an account, in the chat": func(d *membership.Service) error {
		return d.EraseOwn(context.Background(), alice, account, watch.WayChat)
	},
	"an account, on a page": func(d *membership.Service) error {
		return d.EraseOwn(context.Background(), alice, account, watch.WayPage)
	},
	"all accounts": func(d *membership.Service) error {
		_, err := d.Forget(context.Background(), alice, watch.WayChat)
		return err
	},
}

// What a thief has erased comes back in one tap for seven days, with its records, and
// then nothing erases it.
func TestWhatAThiefHasErasedComesBack(t *testing.T) {
	t.Parallel()
	for name, erase := range erasing {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			was, record := watched(w)
			if err := erase(w.members); err != nil {
				t.Fatal(err)
			}
			w.Add(watch.RestoreFor - time.Second)
			w.sweep()
			if err := w.comesBack(alice, was.ID); err != nil {
				t.Fatal(err)
			}
			w.Add(watch.RestoreFor)
			w.sweep()
			if diff := cmp.Diff(was, w.watcher(alice)); diff != "" {
				t.Errorf("they are not as they were: %s", diff)
			}
			if !w.has(record) {
				t.Error("their records are gone")
			}
			if _, err := w.store.ErasureWish(context.Background(), account); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("the wish is kept: %v", err)
			}
		})
	}
}

// An owner who means it has all erased a quarter of an hour after the seven days, and
// not before.
func TestAWishIsDoneWhenItCannotBeTakenBack(t *testing.T) {
	t.Parallel()
	for name, erase := range erasing {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			was, record := watched(w)
			if err := erase(w.members); err != nil {
				t.Fatal(err)
			}
			w.Add(watch.RestoreFor + membership.EraseAgain - time.Second)
			w.sweep()
			if !w.has(record) {
				t.Fatal("the records went too soon")
			}
			w.Add(time.Second)
			w.sweep()
			if w.has(record) {
				t.Error("the records are there")
			}
			if err := w.comesBack(alice, was.ID); !errors.Is(err, settings.ErrOver) {
				t.Errorf("they come back: %v", err)
			}
			var erased *watch.Step
			for s, err := range w.store.Trail(context.Background(), account) {
				if err != nil {
					t.Fatal(err)
				}
				if s.Kind == watch.StepErased {
					erased = s
				}
			}
			if erased == nil || erased.By != was.ID || erased.ByRole != watch.Owner {
				t.Errorf("the trail says %+v", erased)
			}
		})
	}
}

// However the process dies, an owner who asked is watched as before or can come back
// with their records; and what sweep did not end it ends the next time.
func TestAWishThatDiedIsWholeOrNothing(t *testing.T) {
	t.Parallel()
	for name, erase := range erasing {
		for _, after := range []bool{false, true} {
			for n := 1; ; n++ {
				w := newWorld(t)
				was, record := watched(w)
				table := &dying{Table: w.table, n: n, after: after}
				mortal := *w.members
				mortal.Store = store.New(table)
				_ = erase(&mortal)
				if a, err := w.store.Account(context.Background(), account); errors.Is(err, store.ErrNotFound) {
					if err := w.comesBack(alice, was.ID); err != nil {
						t.Fatalf("%s, death %d: %v", name, n, err)
					}
				} else if _, in := a.WatcherOf(alice); err != nil || !in {
					t.Fatalf("%s, death %d: %+v, %v", name, n, a, err)
				}
				w.Add(watch.RestoreFor + membership.EraseAgain)
				w.sweep()
				if w.watcher(alice).ID != was.ID || !w.has(record) {
					t.Errorf("%s, death %d: they lost something", name, n)
				}
				if !table.dead {
					break
				}
			}
		}
	}
}

func TestAWishThatSweepDiedAtIsEnded(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for _, after := range []bool{false, true} {
		for n := 1; ; n++ {
			w := newWorld(t)
			full(w)
			if err := w.members.EraseOwn(ctx, alice, account, watch.WayChat); err != nil {
				t.Fatal(err)
			}
			w.Add(watch.RestoreFor + membership.EraseAgain)
			table := &dying{Table: w.table, n: n, after: after}
			mortal := *w.members
			mortal.Store = store.New(table)
			_ = mortal.EraseRest(ctx, account)
			w.Add(time.Minute)
			for range 3 {
				w.sweep()
				w.Add(membership.EraseAgain)
			}
			checkErased(t, w)
			if !table.dead {
				break
			}
		}
	}
}

// A version that knows no wishes brings the owner back and leaves the wish; and
// somebody may be bound meanwhile: what is theirs is not erased.
func TestAWishSparesWhoeverWatchesByThen(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	t.Run("a version before brought the owner back", func(t *testing.T) {
		w := newWorld(t)
		was, record := watched(w)
		if err := w.members.EraseOwn(ctx, alice, account, watch.WayChat); err != nil {
			t.Fatal(err)
		}
		wish, err := w.store.ErasureWish(ctx, account)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.comesBack(alice, was.ID); err != nil {
			t.Fatal(err)
		}
		w.write(store.PutErasureWish(wish))
		w.Add(watch.RestoreFor + membership.EraseAgain)
		w.sweep()
		if w.watcher(alice).ID != was.ID || !w.has(record) {
			t.Error("they lost something")
		}
	})
	for name, press := range map[string]bool{"the owner with a new code": false, "and presses the button": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			was, record := watched(w)
			if err := w.members.EraseOwn(ctx, alice, account, watch.WayChat); err != nil {
				t.Fatal(err)
			}
			w.Add(time.Hour)
			w.mustRedeem(alice, w.issue(membership.CodeRequest{}))
			later := w.record("later")
			w.write(store.PutRecord(later))
			if press {
				if err := w.comesBack(alice, was.ID); err != nil {
					t.Fatal(err)
				}
			}
			w.Add(watch.RestoreFor + membership.EraseAgain)
			w.sweep()
			if !w.has(later.ID) {
				t.Error("what came since is gone")
			}
			if w.has(record) != press {
				t.Errorf("the records of before are there: %v", !press)
			}
		})
	}
}

// The bank's erasure ends an owner's way back, and the wish with it.
func TestABanksErasureDoesNotWait(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := newWorld(t)
	was, record := watched(w)
	if err := w.members.EraseOwn(ctx, alice, account, watch.WayChat); err != nil {
		t.Fatal(err)
	}
	w.Add(time.Hour)
	if err := w.members.Erase(ctx, account.Bank, account.Ref); err != nil {
		t.Fatal(err)
	}
	if w.has(record) {
		t.Error("the records are there")
	}
	if err := w.comesBack(alice, was.ID); err == nil {
		t.Error("they come back")
	}
	w.Add(watch.RestoreFor + membership.EraseAgain)
	w.sweep()
	for item := range w.everything() {
		if w.held(item) {
			t.Errorf("%s is left", item)
		}
	}
}
