package membership_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/membership"
	"kozamori/internal/store"
	"kozamori/internal/store/embedded"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

const (
	alice = "U000000000000000000000000000a11ce"
	bob   = "U00000000000000000000000000000b0b"
)

var account = watch.AccountKey{Bank: "0168", Ref: "acc_8f3k"}

type world struct {
	*worldtest.Clock
	t       *testing.T
	members *membership.Service
	store   *store.Store
	file    string
	table   *embedded.Table
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, Clock: worldtest.NewClock(worldtest.Start), file: filepath.Join(t.TempDir(), "store")}
	w.table = worldtest.TableIn(t, w.file, w.Now)
	keys := worldtest.Keys(t)
	w.store = store.New(w.table)
	w.members = &membership.Service{Store: w.store, Keys: keys, Now: w.Now, Logger: slog.New(slog.DiscardHandler)}
	return w
}

func (w *world) issue(req membership.CodeRequest) string {
	w.t.Helper()
	if req.AccountRef == "" {
		req.AccountRef = account.Ref
	}
	i, err := w.members.Issue(context.Background(), account.Bank, req)
	if err != nil {
		w.t.Fatal(err)
	}
	return i.Code
}

func (w *world) redeem(user, code string) (membership.Bound, error) {
	return w.members.Redeem(context.Background(), user, code, "")
}

func (w *world) mustRedeem(user, code string) membership.Bound {
	w.t.Helper()
	b, err := w.redeem(user, code)
	if err != nil {
		w.t.Fatal(err)
	}
	return b
}

func TestACodeBindsItsAccountWithTheDefaults(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	got := w.mustRedeem(alice, w.issue(membership.CodeRequest{Mask: "普通 ***4567", Email: "a@example.jp", Lang: watch.English}))
	want := watch.Watcher{ID: got.Watcher.ID, Role: watch.Owner, LineUser: alice, Lang: watch.English, Since: w.Now(),
		Channels: []watch.Channel{{Kind: watch.LINE}, {Kind: watch.Email, Address: "a@example.jp"}}, Rules: watch.DefaultRules(), Consent: &watch.Consent{At: w.Now(), Way: watch.WayChat}}
	if diff := cmp.Diff(want, got.Watcher); diff != "" {
		t.Error(diff)
	}
	if got.Already || got.Account.Mask != "普通 ***4567" {
		t.Errorf("%+v", got)
	}
	list, err := w.members.Accounts(context.Background(), alice)
	if err != nil || len(list) != 1 || list[0].Watcher.ID != got.Watcher.ID {
		t.Errorf("accounts %+v, %v", list, err)
	}
}

func TestACodeIsGoodOnceAndForAQuarterOfAnHour(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	code := w.issue(membership.CodeRequest{})
	first := w.mustRedeem(alice, code)
	again := w.mustRedeem(alice, code)
	if !again.Already || again.Watcher.ID != first.Watcher.ID {
		t.Errorf("the same code again: %+v", again)
	}
	if _, err := w.redeem(bob, code); !errors.Is(err, membership.ErrCode) {
		t.Errorf("somebody else with a used code: %v", err)
	}
	late := w.issue(membership.CodeRequest{})
	w.Add(membership.CodeLife)
	if _, err := w.redeem(bob, late); !errors.Is(err, membership.ErrExpired) {
		t.Errorf("a late code: %v", err)
	}
}
