package membership_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/membership"
	"kozamori/internal/settings"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

// held tells whether an item is kept so that an owner can bring a person back.
func (w *world) held(item string) bool {
	return strings.HasSuffix(item, " "+string(store.TicketLeft)) || strings.HasSuffix(item, " "+string(store.TicketLeftOf))
}

func (w *world) watcher(user string) watch.Watcher {
	w.t.Helper()
	x, ok := w.account().WatcherOf(user)
	if !ok {
		w.t.Fatalf("%s does not watch", user)
	}
	return *x
}

// left is the newest step that says that somebody left.
func (w *world) left() *watch.Step {
	w.t.Helper()
	for s, err := range w.store.Trail(context.Background(), account) {
		if err != nil {
			w.t.Fatal(err)
		}
		if s.Kind == watch.StepLeft {
			return s
		}
	}
	w.t.Fatal("nobody left")
	return nil
}

func (w *world) back(user, watcher string) error {
	_, err := w.members.Restore(context.Background(), account, w.left().ID, settings.Who{LineUser: user, Watcher: watcher, Way: watch.WayChat, At: w.Now()})
	return err
}

// pair has alice own the account and bob watch over it, with settings of his own.
func pair(w *world) {
	w.mustRedeem(alice, w.issue(membership.CodeRequest{}))
	w.join()
	a := w.account()
	g, _ := a.WatcherOf(bob)
	g.Rules.AnyDebit, g.HideAmount = 5000, true
	g.SetChannel(worldtest.ByMail("bob@mail.example"))
	w.write(store.PutAccount(a))
}

var endings = map[string]func(*world, *membership.Service) error{
	"leaves": func(_ *world, d *membership.Service) error {
		_, err := d.Unbind(context.Background(), bob, account, watch.WayChat)
		return err
	},
	"is let go": func(w *world, d *membership.Service) error {
		g, _ := w.account().WatcherOf(bob)
		if g == nil {
			return membership.ErrNotFound
		}
		_, err := d.Dismiss(context.Background(), alice, account, g.ID)
		return err
	},
}

func TestAnOwnerBringsBackAGuardianAsTheyWere(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for how, end := range endings {
		t.Run(how, func(t *testing.T) {
			w, p := newWorld(t), &post{}
			pair(w)
			w.members.Queue = p
			was, owner := w.watcher(bob), w.watcher(alice)
			if err := end(w, w.members); err != nil {
				t.Fatal(err)
			}
			step := w.left()
			for _, n := range p.sent {
				if n.Step != step.ID {
					t.Errorf("news of %s names the step %q, want %q", n.Kind, n.Step, step.ID)
				}
			}
			w.Add(watch.RestoreFor - time.Second)
			for name, err := range map[string]error{"the one who went": w.back(bob, was.ID), "a stranger": w.back(carol, owner.ID), "no watcher": w.back(carol, "w0")} {
				if !errors.Is(err, settings.ErrNoStep) || len(w.account().Watchers) != 1 {
					t.Errorf("%s brings them back: %v", name, err)
				}
			}
			p.sent = nil
			for range 2 { // the second changes nothing
				if err := w.back(alice, owner.ID); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(was, w.watcher(bob)); diff != "" {
				t.Errorf("they are not as they were: %s", diff)
			}
			if list, err := w.members.Accounts(ctx, bob); err != nil || len(list) != 1 {
				t.Errorf("they find %d accounts: %v", len(list), err)
			}
			if p, err := w.store.Person(ctx, bob); err != nil || p.Version == 0 || !p.Expires.IsZero() {
				t.Errorf("the person ends: %+v, %v", p, err)
			}
			to := map[string]int{}
			for _, n := range p.sent {
				to[n.To.LineUser+" "+n.To.Mail]++
				if s, err := w.store.Step(ctx, n.Step); err != nil || !s.Returned() || s.Restores != step.ID || s.Of != was.ID || s.By != owner.ID {
					t.Errorf("news of %+v, %v", s, err)
				}
			}
			if diff := cmp.Diff(map[string]int{bob + " ": 1, bob + " bob@mail.example": 1}, to); diff != "" {
				t.Errorf("told: %s", diff)
			}
			for item := range w.everything() {
				if w.held(item) {
					t.Errorf("%s is still kept", item)
				}
			}
			// They can leave once more, and be brought back once more.
			if err := end(w, w.members); err != nil {
				t.Fatal(err)
			}
			if again := w.left(); again.ID == step.ID {
				t.Error("two leavings are one step")
			}
			if err := w.back(alice, owner.ID); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestWhoWentIsNotBroughtBackWhenItIsTooLate(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for name, c := range map[string]struct {
		then func(*world)
		want error
	}{
		"after a week": {func(w *world) { w.Add(watch.RestoreFor) }, settings.ErrOver},
		"from an account without room": {func(w *world) {
			a := w.account()
			for len(a.Watchers) < watch.MaxWatchers {
				a.Watchers = append(a.Watchers, watch.Watcher{ID: membership.NewWatcherID(), Role: watch.Guardian})
			}
			w.write(store.PutAccount(a))
		}, settings.ErrOver},
		"after the owner became a guardian": {func(w *world) {
			a := w.account()
			a.Watchers[0].Role = watch.Guardian
			w.write(store.PutAccount(a))
		}, settings.ErrNoStep},
		"of an account that was erased": {func(w *world) {
			if err := w.members.Erase(ctx, account.Bank, account.Ref); err != nil {
				w.t.Fatal(err)
			}
		}, settings.ErrOver},
	} {
		for how, end := range endings {
			t.Run(name+", "+how, func(t *testing.T) {
				w := newWorld(t)
				pair(w)
				owner := w.watcher(alice)
				if err := end(w, w.members); err != nil {
					t.Fatal(err)
				}
				if kept, err := w.members.Kept(ctx, w.left().ID); err != nil || !kept {
					t.Fatalf("they are not kept: %v", err)
				}
				c.then(w)
				if err := w.back(alice, owner.ID); !errors.Is(err, c.want) {
					t.Errorf("%v, want %v", err, c.want)
				}
				if a := w.account(); a != nil {
					if _, in := a.WatcherOf(bob); in {
						t.Error("they are back")
					}
				}
			})
		}
	}
}

// Who has their account erased leaves nothing by which they
// could be brought back.
func TestNobodyIsKeptWhomNoOwnerCanBringBack(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for name, end := range map[string]func(*world) error{
		"a guardian leaves, and the bank has it erased": func(w *world) error {
			if err := w.unbind(bob); err != nil {
				return err
			}
			return w.members.Erase(ctx, account.Bank, account.Ref)
		},
		"the last owner leaves, and the bank has it erased": func(w *world) error {
			if err := w.unbind(alice); err != nil {
				return err
			}
			return w.members.Erase(ctx, account.Bank, account.Ref)
		},
		"the owner erases, and a week passes": func(w *world) error {
			if err := w.members.EraseOwn(ctx, alice, account, watch.WayChat); err != nil {
				return err
			}
			w.Add(watch.RestoreFor + membership.EraseAgain)
			return w.members.EraseRest(ctx, account)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			pair(w)
			if err := end(w); err != nil {
				t.Fatal(err)
			}
			for item, body := range w.everything() {
				if w.held(item) || strings.Contains(body, "bob@mail.example") {
					t.Errorf("%s holds %s", item, body)
				}
			}
		})
	}
}

func TestSomebodyWhoCameBackByThemselvesIsLeftAsTheyAre(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	pair(w)
	owner := w.watcher(alice)
	if err := w.unbind(bob); err != nil {
		t.Fatal(err)
	}
	w.join()
	is := w.account()
	if err := w.back(alice, owner.ID); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(is, w.account()); diff != "" {
		t.Error(diff)
	}
}

func TestWhoBlockedUsMeanwhileIsNotTakenForReached(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := newWorld(t)
	pair(w)
	owner := w.watcher(alice)
	if err := w.unbind(bob); err != nil {
		t.Fatal(err)
	}
	if err := w.members.Unfollowed(ctx, bob, w.Now()); err != nil {
		t.Fatal(err)
	}
	if err := w.back(alice, owner.ID); err != nil {
		t.Fatal(err)
	}
	g := w.watcher(bob)
	if c, _ := g.Chat(); !c.UnreachableSince.Equal(w.Now()) {
		t.Errorf("LINE reaches them: %+v", c)
	}
}

func TestDeathNeitherLosesWhoLeftNorBringsThemBackTwice(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for how, end := range endings {
		t.Run(how, func(t *testing.T) {
			var p *post
			eachDeath(t, func(w *world) { p = &post{}; pair(w); w.members.Queue = p }, func(d *membership.Service) error {
				err := end(&world{t: t, store: d.Store}, d)
				if errors.Is(err, membership.ErrNotFound) {
					err = nil // it had happened
				}
				return err
			}, func(w *world) {
				keys, pieces := map[string]bool{}, map[string]bool{}
				for _, n := range p.sent {
					keys[n.Key()], pieces[string(n.Kind)+" "+n.To.Watcher+" "+string(n.Over)+" "+n.Turn] = true, true
				}
				if len(keys) != len(pieces) || len(keys) == 0 {
					t.Errorf("%d pieces of news come under %d keys", len(pieces), len(keys))
				}
				if kept, err := w.members.Kept(ctx, w.left().ID); err != nil || !kept || len(w.account().Watchers) != 1 {
					t.Errorf("kept %v, %v, %+v", kept, err, w.account())
				}
			})
			eachDeath(t, func(w *world) {
				pair(w)
				if err := end(w, w.members); err != nil {
					w.t.Fatal(err)
				}
			}, func(d *membership.Service) error {
				v := &world{t: t, store: d.Store, members: d, Clock: worldtest.NewClock(worldtest.Start)}
				return v.back(alice, v.watcher(alice).ID)
			}, func(w *world) {
				steps := 0
				for s, err := range w.store.Trail(ctx, account) {
					if err != nil {
						t.Fatal(err)
					}
					if s.Returned() {
						steps++
					}
				}
				if n := len(w.account().Watchers); n != 2 || steps != 1 {
					t.Errorf("%d watch after %d steps", n, steps)
				}
			})
		})
	}
}
