package membership_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/membership"
	"kozamori/internal/watch"
)

// guardian is bob as the account has him.
func (w *world) guardian() watch.Watcher {
	w.t.Helper()
	g, ok := w.account().WatcherOf(bob)
	if !ok {
		w.t.Fatal("bob watches no more")
	}
	return *g
}

func (w *world) accept(code string) membership.Bound {
	w.t.Helper()
	b, err := w.members.Accept(context.Background(), bob, code, "")
	if err != nil {
		w.t.Fatal(err)
	}
	return b
}

// short tells news in a few words.
func short(list []watch.News) []string {
	out := []string{}
	for _, n := range list {
		to := map[string]string{alice: "the owner", bob: "the guardian"}[n.To.LineUser]
		out = append(out, fmt.Sprintf("%s to %s, hides amounts: %v", n.Kind, to, n.Guardian.HideAmount))
	}
	return out
}

func TestAnotherInvitationHidesAmountsAndNeverShowsThem(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w, p := newWorld(t), &post{}
	w.members.Queue = p
	w.mustRedeem(alice, w.issue(membership.CodeRequest{}))
	w.accept(w.invite(false))
	first := w.guardian()
	p.sent = nil

	hiding := w.invite(true)
	if b := w.accept(hiding); !b.Already || !b.Watcher.HideAmount {
		t.Errorf("%+v", b)
	}
	want := first
	want.HideAmount = true
	if d := cmp.Diff(want, w.guardian()); d != "" {
		t.Error(d)
	}
	showing := w.invite(false)
	if inv, err := w.members.Invitation(ctx, bob, showing); err != nil || !inv.HideAmount {
		t.Errorf("a guardian reads that another invitation shows amounts: %+v, %v", inv, err)
	}
	if b := w.accept(showing); !b.Already || !b.Watcher.HideAmount {
		t.Errorf("another invitation shows amounts: %+v", b)
	}
	if d := cmp.Diff([]string{"again to the owner, hides amounts: true", "again to the owner, hides amounts: true"}, short(p.sent)); d != "" {
		t.Error(d)
	}
	if p.sent[0].Key() == p.sent[1].Key() {
		t.Error("LINE takes the second invitation's news for the first's")
	}

	// An answer that got lost is told again, under the same key.
	p.sent = p.sent[1:]
	w.accept(showing)
	if len(p.sent) != 2 || p.sent[0].Key() != p.sent[1].Key() {
		t.Errorf("%+v", p.sent)
	}
	// What the owner chose since is not undone by an old button.
	if err := w.members.ShowAmounts(ctx, alice, account, first.ID, true); err != nil {
		t.Fatal(err)
	}
	if b := w.accept(hiding); b.Watcher.HideAmount {
		t.Error("an old invitation hides amounts that the owner has shown since")
	}
}

func TestAnOwnerShowsAGuardianAmountsAndHidesThem(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w, p := newWorld(t), &post{}
	w.members.Queue = p
	w.mustRedeem(alice, w.issue(membership.CodeRequest{}))
	w.accept(w.invite(false))
	id := w.guardian().ID
	p.sent = nil
	for _, show := range []bool{false, false, true, false} {
		if err := w.members.ShowAmounts(ctx, alice, account, id, show); err != nil || w.guardian().HideAmount == show {
			t.Errorf("show %v: %v, %+v", show, err, w.guardian())
		}
	}
	want := []string{"hidden to the guardian, hides amounts: true", "shown to the guardian, hides amounts: false", "hidden to the guardian, hides amounts: true"}
	if d := cmp.Diff(want, short(p.sent)); d != "" {
		t.Error(d)
	}
	keys := []string{}
	for _, n := range p.sent {
		keys = append(keys, n.Key())
	}
	slices.Sort(keys)
	if len(slices.Compact(keys)) != 3 {
		t.Error("LINE takes news of a later change for an older one's")
	}
	owner := w.account().Watchers[0].ID
	for name, err := range map[string]error{
		"a guardian":                    w.members.ShowAmounts(ctx, bob, account, id, true),
		"a stranger":                    w.members.ShowAmounts(ctx, carol, account, id, true),
		"of an owner":                   w.members.ShowAmounts(ctx, alice, account, owner, false),
		"unknown":                       w.members.ShowAmounts(ctx, alice, account, "w0", false),
		"of an account that is unknown": w.members.ShowAmounts(ctx, alice, watch.AccountKey{Bank: "0168", Ref: "x"}, id, false),
	} {
		if !errors.Is(err, membership.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if !w.guardian().HideAmount || len(p.sent) != 3 {
		t.Errorf("somebody changed something: %+v", w.guardian())
	}
	p.down = true
	if err := w.members.ShowAmounts(ctx, alice, account, id, true); !errors.Is(err, errDown) || !w.guardian().HideAmount {
		t.Errorf("changed without telling: %v", err)
	}
}
