package membership_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/membership"
	"kozamori/internal/settings"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

// leftBy is the newest step by which a watcher left.
func (w *world) leftBy(watcher string) *watch.Step {
	w.t.Helper()
	for s, err := range w.store.Trail(context.Background(), account) {
		if err != nil {
			w.t.Fatal(err)
		}
		if s.Kind == watch.StepLeft && s.Of == watcher {
			return s
		}
	}
	w.t.Fatalf("%s did not leave", watcher)
	return nil
}

// An owner whose telephone somebody else used to leave comes back as they were, for
// seven days, in the chat or by the link of a mail, and can then bring back the
// guardian who went with them.
func TestAnOwnerWhoLeftComesBackAsTheyWere(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for name, user := range map[string]string{"in the chat": alice, "by a link": ""} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			p := &post{}
			pair(w)
			w.members.Queue = p
			a := w.account()
			x, _ := a.WatcherOf(alice)
			x.Rules.AnyDebit = 7000
			x.SetChannel(worldtest.ByMail("alice@mail.example"))
			w.write(store.PutAccount(a))
			was, guard := w.watcher(alice), w.watcher(bob)
			want := membership.LeavingStep(w.account(), was.ID)
			if err := w.unbind(alice); err != nil {
				t.Fatal(err)
			}
			if _, err := w.store.Account(ctx, account); !errors.Is(err, store.ErrNotFound) {
				t.Fatalf("the account is watched: %v", err)
			}
			step := w.leftBy(was.ID)
			if step.ID != want {
				t.Errorf("the step is %q, and a button names %q", step.ID, want)
			}
			w.Add(watch.RestoreFor - time.Second)
			restore := func(step *watch.Step, user, watcher string) error {
				_, err := w.members.Restore(ctx, account, step.ID, settings.Who{LineUser: user, Watcher: watcher, Way: watch.WayChat, At: w.Now()})
				return err
			}
			for name, err := range map[string]error{
				"a stranger": restore(step, carol, was.ID), "another watcher": restore(step, "", guard.ID), "the guardian": restore(w.leftBy(guard.ID), bob, guard.ID),
			} {
				if err == nil {
					t.Errorf("%s brings somebody back", name)
				}
			}
			if left, err := w.members.Left(ctx, step.ID, was.ID, user); err != nil || left.Account.Mask != a.Mask || left.Watcher.ID != was.ID {
				t.Errorf("what is shown of it: %+v, %v", left, err)
			}
			p.sent = nil
			for range 2 { // the second changes nothing
				if err := restore(step, user, was.ID); err != nil && !errors.Is(err, settings.ErrOver) {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(was, w.watcher(alice)); diff != "" {
				t.Errorf("they are not as they were: %s", diff)
			}
			if got := w.account(); got.Mask != a.Mask || len(got.Watchers) != 1 {
				t.Errorf("the account is %+v", got)
			}
			if list, err := w.members.Accounts(ctx, alice); err != nil || len(list) != 1 {
				t.Errorf("they find %d accounts: %v", len(list), err)
			}
			if len(p.sent) == 0 {
				t.Error("nobody is told")
			}
			if err := restore(w.leftBy(guard.ID), alice, was.ID); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(guard, w.watcher(bob)); diff != "" {
				t.Errorf("the guardian is not as before: %s", diff)
			}
		})
	}
}

// After seven days, and when the account was erased, nobody comes back.
func TestNobodyComesBackAfterAWeekOrAnErasure(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for name, then := range map[string]func(*world) error{
		"a week":     func(w *world) error { w.Add(watch.RestoreFor); return nil },
		"an erasure": func(w *world) error { return w.members.Erase(ctx, account.Bank, account.Ref) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			pair(w)
			was := w.watcher(alice)
			if err := w.unbind(alice); err != nil {
				t.Fatal(err)
			}
			step := w.leftBy(was.ID)
			if err := then(w); err != nil {
				t.Fatal(err)
			}
			if _, err := w.members.Restore(ctx, account, step.ID, settings.Who{LineUser: alice, Watcher: was.ID, Way: watch.WayChat, At: w.Now()}); err == nil {
				t.Error("they come back")
			}
			if _, err := w.members.Left(ctx, step.ID, was.ID, alice); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("what is shown of it: %v", err)
			}
			if _, err := w.store.Account(ctx, account); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("the account is watched: %v", err)
			}
		})
	}
}
