package membership_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"kozamori/internal/membership"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

const fumi = "fumi@example.jp"

// enrol has a mail sent, and returns what its link carries and what the paper says.
func (w *world) enrol(p *post, change ...func(*membership.EnrolRequest)) (secret string, e membership.Enrolment) {
	w.t.Helper()
	w.members.Queue = p
	req := membership.EnrolRequest{Role: watch.Owner, Email: fumi, Accounts: []membership.CodeRequest{{AccountRef: account.Ref, Mask: "普通 ***4567"}}}
	for _, c := range change {
		c(&req)
	}
	e, err := w.members.Enrol(context.Background(), account.Bank, req)
	if err != nil {
		w.t.Fatal(err)
	}
	n := p.sent[len(p.sent)-1]
	if n.Kind != watch.NewsEnrol || n.To.Mail != req.Email || n.Mask != "" {
		w.t.Fatalf("the mail %+v", n)
	}
	return n.Secret, e
}

func (w *world) joins(secret, code string) (watch.Watcher, error) {
	b, _, err := w.members.Join(context.Background(), secret, code)
	if err != nil {
		return watch.Watcher{}, err
	}
	return b[0].Watcher, nil
}

func TestWhoHasTheMailAndThePaperIsToldByMailAlone(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), &post{}
	w.members.Policy = watch.Policy{Version: "2026-11-29"}
	secret, e := w.enrol(p, func(r *membership.EnrolRequest) { r.Lang = watch.English })
	ctx := context.Background()
	before := w.everything()
	for range 3 {
		o, err := w.members.Offered(ctx, secret)
		if err != nil || o.Bank != account.Bank || o.Role != watch.Owner || o.Left != membership.MaxJoinWrong {
			t.Fatalf("%+v, %v", o, err)
		}
	}
	if after := w.everything(); len(after) != len(before) {
		t.Error("looking at the page changed what is kept")
	}
	for name, item := range before {
		if strings.Contains(item, e.Code) || strings.Contains(item, strings.ReplaceAll(e.Code, "-", "")) || strings.Contains(item, secret) {
			t.Errorf("%s holds a secret", name)
		}
	}
	if _, err := w.redeem(bob, e.Code); !errors.Is(err, membership.ErrCode) {
		t.Errorf("the paper alone, in the chat: %v", err)
	}
	got, err := w.joins(secret, "code: "+strings.ToLower(e.Code))
	if err != nil {
		t.Fatal(err)
	}
	c := got.Consent
	if !watch.ByMail(got.LineUser) || len(got.Channels) != 1 || got.Channels[0].Kind != watch.Email || got.Channels[0].Address != fumi ||
		!got.Rules.NewLink || got.Rules.ServiceMin != 1 || got.Lang != watch.English || c == nil || c.Version != "2026-11-29" || c.Way != watch.WayMail || !c.At.Equal(w.Now()) {
		t.Errorf("%+v", got)
	}
	if last := p.sent[len(p.sent)-1]; last.Kind != watch.NewsWelcome || last.To.Mail != fumi {
		t.Errorf("the first mail %+v", last)
	}
	steps, err := store.Collect(w.store.Trail(ctx, account))
	if err != nil || len(steps) != 1 || steps[0].Kind != watch.StepJoined || steps[0].Turns[0].Name != watch.TurnConsent {
		t.Errorf("the trail %+v, %v", steps, err)
	}
	again, err := w.joins(secret, e.Code)
	if err != nil || again.ID != got.ID {
		t.Errorf("again: %+v, %v", again, err)
	}
	list, err := w.members.Enrolments(ctx, account.Bank, account.Ref)
	if err != nil || len(list) != 1 || list[0].State != membership.EnrolJoined || list[0].ID != e.ID || list[0].Code != "" {
		t.Errorf("the bank sees %+v, %v", list, err)
	}
	// Who left does not come back with an old mail.
	if _, err := w.members.Unbind(ctx, got.LineUser, account, watch.WayPage); err != nil {
		t.Fatal(err)
	}
	if _, err := w.joins(secret, e.Code); !errors.Is(err, membership.ErrNotFound) && !errors.Is(err, membership.ErrEnrolled) {
		t.Errorf("after leaving: %v", err)
	}
}

// What each end of an enrolment leaves: nobody who watches, nothing that is told of
// the person, and a state that the bank can read.
func TestAnEnrolmentThatEndsBindsNobody(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	type how func(w *world, p *post, secret string, e membership.Enrolment) error
	for name, c := range map[string]struct {
		end  how
		want membership.EnrolState
		verd error
	}{
		"five wrong codes": {func(w *world, _ *post, secret string, _ membership.Enrolment) error {
			for i := range membership.MaxJoinWrong {
				_, err := w.joins(secret, "AAAA-AAAA-AAAA")
				if last := i == membership.MaxJoinWrong-1; last != errors.Is(err, membership.ErrEnrolled) || !last && !errors.Is(err, membership.ErrCode) {
					return errors.New("the verdict of a wrong code")
				}
			}
			return nil
		}, membership.EnrolLocked, membership.ErrEnrolled},
		"declined": {func(w *world, _ *post, secret string, _ membership.Enrolment) error {
			return w.members.Decline(ctx, secret)
		}, membership.EnrolDeclined, membership.ErrEnrolled},
		"cancelled": {func(w *world, _ *post, _ string, e membership.Enrolment) error {
			return w.members.CancelEnrolment(ctx, account.Bank, e.ID)
		}, membership.EnrolCancelled, membership.ErrEnrolled},
		"its mail came back, and the provider says so twice": {func(w *world, _ *post, _ string, e membership.Enrolment) error {
			return errors.Join(w.members.MailReturned(ctx, e.ID), w.members.MailReturned(ctx, e.ID))
		}, membership.EnrolReturned, membership.ErrEnrolled},
		"another one for the account": {func(w *world, p *post, _ string, _ membership.Enrolment) error {
			w.enrol(p, func(r *membership.EnrolRequest) { r.Email = "right@example.jp" })
			return nil
		}, membership.EnrolCancelled, membership.ErrEnrolled},
		"a week": {func(w *world, _ *post, _ string, _ membership.Enrolment) error {
			w.Add(membership.JoinLife)
			return nil
		}, membership.EnrolExpired, membership.ErrExpired},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, p := newWorld(t), &post{}
			secret, e := w.enrol(p)
			if err := c.end(w, p, secret, e); err != nil {
				t.Fatal(err)
			}
			if _, err := w.joins(secret, e.Code); !errors.Is(err, c.verd) {
				t.Errorf("joining: %v", err)
			}
			if _, err := w.members.Offered(ctx, secret); !errors.Is(err, c.verd) {
				t.Errorf("looking: %v", err)
			}
			if err := w.members.Decline(ctx, secret); !errors.Is(err, c.verd) {
				t.Errorf("declining: %v", err)
			}
			if err := w.members.CancelEnrolment(ctx, account.Bank, e.ID); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("cancelling: %v", err)
			}
			if _, err := w.store.Account(ctx, account); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("somebody watches: %v", err)
			}
			list, err := w.members.Enrolments(ctx, account.Bank, "")
			if err != nil || list[0].ID != e.ID && list[len(list)-1].ID != e.ID {
				t.Fatalf("%+v, %v", list, err)
			}
			for _, x := range list {
				if x.ID == e.ID && x.State != c.want {
					t.Errorf("the bank sees %s", x.State)
				}
			}
			for _, item := range w.everything() {
				if c.want != membership.EnrolExpired && strings.Contains(item, fumi) {
					t.Errorf("the address is kept: %s", item)
				}
			}
		})
	}
}

func TestAnEnrolmentOfAnotherBankIsNotFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, e := w.enrol(&post{})
	if err := w.members.CancelEnrolment(context.Background(), "0125", e.ID); !errors.Is(err, store.ErrNotFound) {
		t.Error(err)
	}
	if list, err := w.members.Enrolments(context.Background(), "0125", ""); err != nil || len(list) > 0 {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestTheSameEnrolmentIsMadeOnce(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), &post{}
	key := func(r *membership.EnrolRequest) { r.IdempotencyKey = "branch 12, 34" }
	secret, e := w.enrol(p, key)
	_, again := w.enrol(p, key)
	if again.Code != e.Code || again.ID != e.ID || len(p.sent) != 1 {
		t.Errorf("%+v, %+v, %d mails", e, again, len(p.sent))
	}
	_, err := w.members.Enrol(context.Background(), account.Bank, membership.EnrolRequest{Role: watch.Owner, Email: "other@example.jp", IdempotencyKey: "branch 12, 34",
		Accounts: []membership.CodeRequest{{AccountRef: account.Ref}}})
	if !errors.Is(err, membership.ErrOtherRequest) {
		t.Error(err)
	}
	if _, err := w.joins(secret, e.Code); err != nil {
		t.Error(err)
	}
}

// Who is enrolled once more at the same address is the same person: no mailbox is
// told twice, and who had stopped the mails hears again.
func TestOneMailboxIsOneWatcher(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w, p := newWorld(t), &post{}
	secret, e := w.enrol(p)
	first, err := w.joins(secret, e.Code)
	if err != nil {
		t.Fatal(err)
	}
	for _, stopped := range []bool{false, true} {
		if stopped {
			_, err := w.store.UpdateAccount(ctx, account, func(a *watch.Account) ([]store.Write, error) {
				before := a.Watchers[0].Clone()
				a.Watchers[0].DropChannel(watch.Email)
				a.Watchers[0].KeepFormer(before, w.Now())
				return nil, nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		secret, e := w.enrol(p)
		again, err := w.joins(secret, e.Code)
		if err != nil || again.ID != first.ID || len(again.Channels) != 1 || again.Channels[0].Address != fumi {
			t.Errorf("%+v, %v", again, err)
		}
	}
	if a, err := w.store.Account(ctx, account); err != nil || len(a.Watchers) != 1 {
		t.Errorf("%+v, %v", a, err)
	}
}

// A process may die at any write, and the same request is made again.
func TestAnEnrolmentSurvivesADeathAtEachWrite(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	var secret string
	var e membership.Enrolment
	eachDeath(t, func(w *world) { secret, e = w.enrol(&post{}) }, func(m *membership.Service) error {
		_, _, err := m.Join(ctx, secret, e.Code)
		return err
	}, func(w *world) {
		a, err := w.store.Account(ctx, account)
		if err != nil || len(a.Watchers) != 1 {
			t.Fatalf("%+v, %v", a, err)
		}
		list, err := w.members.Accounts(ctx, a.Watchers[0].LineUser)
		if err != nil || len(list) != 1 {
			t.Errorf("%+v, %v", list, err)
		}
	})
	var code string
	eachDeath(t, func(w *world) {
		p := &post{}
		w.members.Queue = p
		w.mustRedeem(alice, w.issue(membership.CodeRequest{}))
		var err error
		if code, _, err = w.members.InviteByMail(ctx, alice, account, "", fumi, false); err != nil {
			t.Fatal(err)
		}
		secret = p.sent[len(p.sent)-1].Secret
	}, func(m *membership.Service) error {
		_, _, err := m.Join(ctx, secret, code)
		return err
	}, func(w *world) {
		if a, err := w.store.Account(ctx, account); err != nil || len(a.Watchers) != 2 {
			t.Errorf("%+v, %v", a, err)
		}
	})
}

func TestNoEnrolmentIsMadeWhoseMailCannotBeQueued(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.members.Queue = &post{down: true}
	_, err := w.members.Enrol(context.Background(), account.Bank, membership.EnrolRequest{Role: watch.Owner, Email: fumi, Accounts: []membership.CodeRequest{{AccountRef: account.Ref}}})
	if !errors.Is(err, membership.ErrUnsent) || len(w.everything()) > 0 {
		t.Errorf("%v, %v", err, w.everything())
	}
}

func TestAnErasureEndsTheEnrolmentsOfTheAccount(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w, p := newWorld(t), &post{}
	secret, e := w.enrol(p)
	if err := w.members.Erase(ctx, account.Bank, account.Ref); err != nil {
		t.Fatal(err)
	}
	if _, err := w.joins(secret, e.Code); !errors.Is(err, membership.ErrNotFound) {
		t.Error(err)
	}
	for name, item := range w.everything() {
		if strings.Contains(item, fumi) {
			t.Errorf("%s keeps the address", name)
		}
	}
}

// counting tells how many items its queries gave.
type counting struct {
	store.Table
	items int
}

func (c *counting) Query(ctx context.Context, q store.Query) (store.Page, error) {
	p, err := c.Table.Query(ctx, q)
	c.items += len(p.Items)
	return p, err
}

// A bank that enrols a thousand a day reads nothing of the others when it enrols one
// more, or asks for those of an account: neither depends on how many there are.
func TestAnEnrolmentReadsNothingOfOtherAccounts(t *testing.T) {
	t.Parallel()
	w, p := newWorld(t), &post{}
	table := &counting{Table: w.table}
	w.store = store.New(table)
	w.members.Store = w.store
	of := func(ref string) func(*membership.EnrolRequest) {
		return func(r *membership.EnrolRequest) { r.Accounts = []membership.CodeRequest{{AccountRef: ref}} }
	}
	reads := func(do func()) int {
		table.items = 0
		do()
		return table.items
	}
	more := func(n int) {
		for i := range n {
			w.enrol(p, of(fmt.Sprintf("x%d-%d", n, i)))
		}
	}
	more(110) // more than a page of the bank's list
	first := reads(func() { w.enrol(p, of("acc_a")); w.Add(time.Second); w.enrol(p, of("acc_a")) })
	more(130)
	if n := reads(func() { w.enrol(p, of("acc_b")); w.Add(time.Second); w.enrol(p, of("acc_b")) }); n != first {
		t.Errorf("of %d more, %d items are read; %d before", 130, n, first)
	}
	var list []*membership.Enrolment
	if n := reads(func() {
		var err error
		if list, err = w.members.Enrolments(context.Background(), account.Bank, "acc_b"); err != nil {
			t.Fatal(err)
		}
	}); n > 2 || len(list) != 2 || list[0].State != membership.EnrolCancelled || list[1].State != membership.EnrolOpen {
		t.Errorf("%d items are read for %+v", n, list)
	}
}
