package membership_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"kozamori/internal/membership"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// slow is a table whose readers all have read before anybody writes, as far as
// time allows: code that only reads and then writes goes wrong.
type slow struct{ store.Table }

func (s slow) Write(ctx context.Context, writes ...store.Write) error {
	time.Sleep(time.Millisecond)
	return s.Table.Write(ctx, writes...)
}

// atOnce runs act 20 times at once and says how often it went well; a failure
// other than want fails the test.
func atOnce(t *testing.T, want error, act func() error) int {
	t.Helper()
	var wg sync.WaitGroup
	var well atomic.Int64
	for range 20 {
		wg.Go(func() {
			switch err := act(); {
			case err == nil:
				well.Add(1)
			case !errors.Is(err, want):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	return int(well.Load())
}

func TestLimitsHoldForWhoeverAsksAtOnce(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := newWorld(t)
	w.mustRedeem(alice, w.issue(membership.CodeRequest{}))
	w.members.Store = store.New(slow{w.table})
	if n := atOnce(t, membership.ErrMany, func() error { _, _, err := w.members.Invite(ctx, alice, account, "", false); return err }); n != 5 {
		t.Errorf("%d invitations are open", n)
	}
	var n atomic.Int64
	mail := func() error {
		_, _, err := w.members.ClaimMail(ctx, alice, account, fmt.Sprintf("a%d@example.jp", n.Add(1)))
		return err
	}
	if n := atOnce(t, membership.ErrMany, mail); n != 3 {
		t.Errorf("%d mails were sent", n)
	}
	w.Add(2*time.Hour - time.Second)
	if err := mail(); !errors.Is(err, membership.ErrMany) {
		t.Errorf("too soon: %v", err)
	}
	w.Add(time.Second)
	if n := atOnce(t, membership.ErrMany, mail); n != 3 {
		t.Errorf("%d mails were sent after two hours", n)
	}
	w.Add(membership.InviteLife)
	w.invite(false)
}

func TestAnOwnerSeesOpenInvitationsAndTakesThemBack(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := newWorld(t)
	w.mustRedeem(alice, w.issue(membership.CodeRequest{}))
	list := func(want ...membership.OpenInvitation) []membership.OpenInvitation {
		t.Helper()
		got, err := w.members.OpenInvitations(ctx, alice, account)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got, cmpopts.IgnoreFields(membership.OpenInvitation{}, "ID")); d != "" {
			t.Error(d)
		}
		return got
	}
	list()
	open := func(hide bool) membership.OpenInvitation {
		at := w.Now().Truncate(time.Second)
		return membership.OpenInvitation{Name: "娘 の 花子", HideAmount: hide, Made: at, Expires: at.Add(membership.InviteLife)}
	}
	taken, takenAs := w.invite(true), open(true)
	w.Add(time.Hour)
	wrong, wrongAs := w.invite(false), open(false)
	got := list(takenAs, wrongAs)
	for _, code := range []string{taken, wrong} {
		if bare := strings.ReplaceAll(code, "-", ""); strings.Contains(got[0].ID+got[1].ID, bare) {
			t.Error("the list tells a code")
		}
		for _, i := range got {
			if _, err := w.members.Accept(ctx, carol, i.ID, ""); err == nil {
				t.Error("the id of an invitation lets somebody in")
			}
		}
	}
	w.accept(taken)
	list(wrongAs)
	for name, err := range map[string]error{
		"a guardian": w.members.Withdraw(ctx, bob, account, got[1].ID),
		"a stranger": w.members.Withdraw(ctx, carol, account, got[1].ID),
	} {
		if !errors.Is(err, membership.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.members.OpenInvitations(ctx, bob, account); !errors.Is(err, membership.ErrNotFound) {
		t.Errorf("a guardian sees the invitations: %v", err)
	}
	second := watch.AccountKey{Bank: account.Bank, Ref: "acc_2"}
	w.mustRedeem(alice, w.issue(membership.CodeRequest{AccountRef: second.Ref}))
	if err := w.members.Withdraw(ctx, alice, second, got[1].ID); !errors.Is(err, membership.ErrInvite) {
		t.Errorf("an invitation of another account: %v", err)
	}
	list(wrongAs)
	if err := w.members.Withdraw(ctx, alice, account, got[1].ID); err != nil {
		t.Error(err)
	}
	list()
	if _, err := w.members.Invitation(ctx, "U00000000000000000000000000000da7e", wrong); !errors.Is(err, membership.ErrInvite) {
		t.Errorf("a withdrawn invitation: %v", err)
	}
	if err := w.members.Withdraw(ctx, alice, account, got[1].ID); !errors.Is(err, membership.ErrInvite) {
		t.Errorf("withdrawn twice: %v", err)
	}
	// Five are open, one is taken back, and there is room again.
	for range 5 {
		w.invite(false)
	}
	all, err := w.members.OpenInvitations(ctx, alice, account)
	if err != nil || len(all) != 5 {
		t.Fatalf("%d, %v", len(all), err)
	}
	if _, _, err := w.members.Invite(ctx, alice, account, "", false); !errors.Is(err, membership.ErrMany) {
		t.Errorf("a sixth: %v", err)
	}
	if err := w.members.Withdraw(ctx, alice, account, all[2].ID); err != nil {
		t.Error(err)
	}
	w.invite(false)
	w.Add(membership.InviteLife)
	list()
}

// An owner who takes an invitation back reads whether it was in time.
func TestAnInvitationIsEitherTakenOrTakenBack(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for range 20 {
		w := newWorld(t)
		w.mustRedeem(alice, w.issue(membership.CodeRequest{}))
		code := w.invite(false)
		open, err := w.members.OpenInvitations(ctx, alice, account)
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		var accepted, withdrawn error
		wg.Go(func() { _, accepted = w.members.Accept(ctx, bob, code, "") })
		wg.Go(func() { withdrawn = w.members.Withdraw(ctx, alice, account, open[0].ID) })
		wg.Wait()
		_, in := w.account().WatcherOf(bob)
		if (accepted == nil) == (withdrawn == nil) || in != (accepted == nil) {
			t.Errorf("accepted: %v, withdrawn: %v, in: %v", accepted, withdrawn, in)
		}
	}
}
