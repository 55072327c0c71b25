package membership_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"kozamori/internal/membership"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

const carol = "U00000000000000000000000000ca401"

func (w *world) invite(hide bool) string {
	w.t.Helper()
	code, _, err := w.members.Invite(context.Background(), alice, account, " 娘 の  花子 ", hide)
	if err != nil {
		w.t.Fatal(err)
	}
	return code
}

func TestAnInvitationMakesOneGuardianWithoutRules(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := context.Background()
	w.mustRedeem(alice, w.issue(membership.CodeRequest{Mask: "普通 ***4567"}))
	code := w.invite(true)
	if _, ok := membership.LooksLikeCode(code); ok {
		t.Errorf("%s is taken for a bank's code", code)
	}
	if got, ok := membership.LooksLikeInvite("家族コード： " + code + " です"); !ok || got != code {
		t.Errorf("%s is read as %s, %v", code, got, ok)
	}
	if got, ok := membership.LooksLikeInvite("my invitation " + code); !ok || got != code {
		t.Errorf("%s in English is read as %s, %v", code, got, ok)
	}
	if inv, err := w.members.Invitation(ctx, bob, code); err != nil || inv.Mask != "普通 ***4567" || !inv.HideAmount {
		t.Errorf("%+v, %v", inv, err)
	}
	var wg sync.WaitGroup
	var in atomic.Int64
	for _, u := range []string{bob, carol, bob, carol} {
		wg.Go(func() {
			b, err := w.members.Accept(ctx, u, code, "")
			if err == nil && !b.Already {
				in.Add(1)
			}
			if err != nil && !errors.Is(err, membership.ErrInvite) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	a, err := w.store.Account(ctx, account)
	if err != nil || in.Load() != 1 || len(a.Watchers) != 2 {
		t.Fatalf("%d joined, %+v, %v", in.Load(), a, err)
	}
	g := a.Watchers[1]
	if g.Role != watch.Guardian || g.Name != "娘 の 花子" || !g.HideAmount || g.Rules.ServiceMin != 0 || g.Rules.NewLink {
		t.Errorf("guardian %+v", g)
	}
	if _, _, err := w.members.Invite(ctx, g.LineUser, account, "", false); !errors.Is(err, membership.ErrNotFound) {
		t.Errorf("a guardian invites: %v", err)
	}
	if _, err := w.members.Dismiss(ctx, g.LineUser, account, a.Watchers[0].ID); !errors.Is(err, membership.ErrNotFound) {
		t.Errorf("a guardian dismisses the owner: %v", err)
	}
	if _, err := w.members.Dismiss(ctx, alice, account, g.ID); err != nil {
		t.Error(err)
	}
	if _, err := w.members.Accept(ctx, g.LineUser, code, ""); !errors.Is(err, membership.ErrInvite) {
		t.Errorf("a dismissed guardian comes back with the old invitation: %v", err)
	}
}

func TestInvitationsThatBindNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := context.Background()
	w.mustRedeem(alice, w.issue(membership.CodeRequest{}))
	code := w.invite(false)
	if _, err := w.members.Accept(ctx, alice, code, ""); !errors.Is(err, membership.ErrOwn) {
		t.Errorf("the owner's own invitation: %v", err)
	}
	for i := range membership.MaxWrong {
		_, err := w.members.Accept(ctx, bob, "AAAAA-AAAAA-AAAAA", "")
		var locked *membership.Locked
		if last := i == membership.MaxWrong-1; last != errors.As(err, &locked) || !last && !errors.Is(err, membership.ErrInvite) {
			t.Errorf("wrong invitation %d: %v", i, err)
		}
	}
	if _, err := w.members.Accept(ctx, bob, code, ""); err == nil {
		t.Error("somebody who is locked joined")
	}
	w.Add(membership.InviteLife)
	if _, err := w.members.Accept(ctx, carol, code, ""); !errors.Is(err, membership.ErrExpired) {
		t.Errorf("a late invitation: %v", err)
	}
	fresh := w.invite(false)
	if _, err := w.members.Unbind(ctx, alice, account, watch.WayChat); err != nil {
		t.Fatal(err)
	}
	if _, err := w.members.Accept(ctx, carol, fresh, ""); !errors.Is(err, membership.ErrInvite) {
		t.Errorf("an invitation of an owner who left: %v", err)
	}
}

func TestANonceBindsEveryTickedAccountOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := context.Background()
	nonce, _, err := w.members.Nonce(ctx, "0168", []membership.CodeRequest{{AccountRef: "acc_1", Mask: "普通 ***1", Email: "a@example.jp"}, {AccountRef: "acc_2"}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		got, err := w.members.Linked(ctx, alice, nonce, true, "")
		if err != nil || len(got) != 2 || got[0].Already != (i == 1) {
			t.Errorf("time %d: %+v, %v", i, got, err)
		}
	}
	if _, err := w.members.Linked(ctx, bob, nonce, true, ""); !errors.Is(err, membership.ErrLink) {
		t.Errorf("somebody else with a used nonce: %v", err)
	}
	list, err := w.members.Accounts(ctx, alice)
	if err != nil || len(list) != 2 || len(list[0].Watcher.Channels)+len(list[1].Watcher.Channels) != 3 {
		t.Errorf("accounts %+v, %v", list, err)
	}
}

func TestAFailedLinkUsesTheNonceUpAndBindsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := context.Background()
	for name, c := range map[string]struct {
		user string
		ok   bool
		late bool
		want error
	}{
		"LINE says failed, without a user": {"", false, false, membership.ErrLink},
		"good, but too late":               {alice, true, true, membership.ErrExpired},
	} {
		nonce, _, err := w.members.Nonce(ctx, "0168", []membership.CodeRequest{{AccountRef: "acc_1"}})
		if err != nil {
			t.Fatal(err)
		}
		if c.late {
			w.Add(membership.NonceLife)
		}
		if _, err := w.members.Linked(ctx, c.user, nonce, c.ok, ""); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := w.members.Linked(ctx, alice, nonce, true, ""); !errors.Is(err, membership.ErrLink) {
			t.Errorf("%s, then good: %v", name, err)
		}
	}
	if list, err := w.members.Accounts(ctx, alice); err != nil || len(list) != 0 {
		t.Errorf("bound %+v, %v", list, err)
	}
	if _, _, err := w.members.Nonce(ctx, "0168", []membership.CodeRequest{{AccountRef: "a"}, {AccountRef: "a"}}); err == nil {
		t.Error("an account stands twice")
	}
}

func TestAMailAddressIsUsedOnlyOnceItIsConfirmed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := context.Background()
	w.mustRedeem(alice, w.issue(membership.CodeRequest{Email: "old@example.jp"}))
	secret, to, err := w.members.ClaimMail(ctx, alice, account, "new@example.jp")
	if err != nil || to != "new@example.jp" {
		t.Fatal(to, err)
	}
	address := func() string {
		a, err := w.store.Account(ctx, account)
		if err != nil {
			t.Fatal(err)
		}
		return a.Watchers[0].Channels[1].Address
	}
	if _, err := w.members.MailClaimed(ctx, secret); err != nil || address() != "old@example.jp" {
		t.Errorf("looking changed something: %v, %s", err, address())
	}
	for i := range 2 {
		if b, err := w.members.ConfirmMail(ctx, secret); err != nil || b.Already != (i == 1) || address() != "new@example.jp" {
			t.Errorf("time %d: %+v, %v, %s", i, b, err, address())
		}
	}
	if _, _, err := w.members.ClaimMail(ctx, bob, account, "b@example.jp"); !errors.Is(err, membership.ErrNotFound) {
		t.Errorf("a stranger's claim: %v", err)
	}
	a, err := w.store.Account(ctx, account)
	if err != nil {
		t.Fatal(err)
	}
	a.Watchers[0].Channels = a.Watchers[0].Channels[:1]
	w.write(store.PutAccount(a))
	if _, err := w.members.ConfirmMail(ctx, secret); !errors.Is(err, membership.ErrNotFound) {
		t.Errorf("a mail is confirmed again after mails were stopped: %v", err)
	}
	late, _, _ := w.members.ClaimMail(ctx, alice, account, "x@example.jp")
	if _, _, err := w.members.ClaimMail(ctx, alice, account, "y@example.jp"); err != nil {
		t.Error(err)
	}
	if _, _, err := w.members.ClaimMail(ctx, alice, account, "z@example.jp"); !errors.Is(err, membership.ErrMany) {
		t.Errorf("a fourth mail: %v", err)
	}
	if _, err := w.members.Accept(ctx, bob, w.invite(false), ""); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.members.ClaimMail(ctx, bob, account, "b@example.jp"); err != nil {
		t.Errorf("one watcher's mails use up another's: %v", err)
	}
	w.Add(membership.MailLife)
	if _, err := w.members.ConfirmMail(ctx, late); !errors.Is(err, membership.ErrExpired) {
		t.Errorf("late: %v", err)
	}
}

func TestErasureEndsInvitationsClaimsAndNonces(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := context.Background()
	w.mustRedeem(alice, w.issue(membership.CodeRequest{}))
	w.invite(false)
	if _, _, err := w.members.ClaimMail(ctx, alice, account, "new@example.jp"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.members.Nonce(ctx, account.Bank, []membership.CodeRequest{{AccountRef: account.Ref, Email: "a@example.jp"}}); err != nil {
		t.Fatal(err)
	}
	if err := w.members.Erase(ctx, account.Bank, account.Ref); err != nil {
		t.Fatal(err)
	}
	for _, owner := range []string{store.AccountTickets(account), store.BankTickets(account.Bank)} {
		if left, err := store.Collect(w.store.Tickets(ctx, owner)); err != nil || len(left) != 0 {
			t.Errorf("%d tickets left, %v", len(left), err)
		}
	}
}
