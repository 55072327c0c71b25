package membership_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"kozamori/internal/membership"
	"kozamori/internal/watch"
)

// A guardian by mail alone needs an owner, by their bank or by the owner's word; the
// owner hears of them, and one mailbox is one person.
func TestAGuardianByMailAlone(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w, p := newWorld(t), &post{}
	w.members.Queue = p
	guard := membership.EnrolRequest{Role: watch.Guardian, Email: "mari@example.jp", Name: "長女", HideAmount: true, Accounts: []membership.CodeRequest{{AccountRef: account.Ref}}}
	if _, err := w.members.Enrol(ctx, account.Bank, guard); !errors.Is(err, membership.ErrOwnerless) {
		t.Errorf("without an owner: %v", err)
	}
	w.mustRedeem(alice, w.issue(membership.CodeRequest{}))
	secret, e := w.enrol(p, func(r *membership.EnrolRequest) { *r = guard })
	got, err := w.joins(secret, e.Code)
	if err != nil || got.Role != watch.Guardian || !got.HideAmount || got.Name != "長女" || got.Rules.NewLink || len(got.Channels) != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	if n := p.sent[len(p.sent)-1]; n.Kind != watch.NewsJoined || n.To.LineUser != alice || n.Guardian.Watcher != got.ID {
		t.Errorf("the owner hears %+v", n)
	}
	// By the owner: the code is told, the mail is sent.
	code, _, err := w.members.InviteByMail(ctx, alice, account, "次男", "jiro@example.jp", false)
	if err != nil {
		t.Fatal(err)
	}
	mail := p.sent[len(p.sent)-1]
	if o, err := w.members.Offered(ctx, mail.Secret); err != nil || !o.Family || o.Role != watch.Guardian || mail.To.Mail != "jiro@example.jp" {
		t.Fatalf("%+v, %v", o, err)
	}
	if _, err := w.joins(mail.Secret, e.Code); !errors.Is(err, membership.ErrCode) {
		t.Errorf("with another's code: %v", err)
	}
	jiro, err := w.joins(mail.Secret, code)
	if err != nil || jiro.Name != "次男" || jiro.HideAmount || jiro.Channels[0].Address != "jiro@example.jp" {
		t.Fatalf("%+v, %v", jiro, err)
	}
	if list, err := w.members.Enrolments(ctx, account.Bank, ""); err != nil || len(list) != 1 {
		t.Errorf("the bank sees the owner's invitations: %+v, %v", list, err)
	}
	// The invitation cannot be used by somebody else as well.
	if _, err := w.members.Accept(ctx, bob, code, ""); !errors.Is(err, membership.ErrInvite) {
		t.Errorf("twice: %v", err)
	}
	if again, err := w.joins(mail.Secret, code); err != nil || again.ID != jiro.ID {
		t.Errorf("again: %+v, %v", again, err)
	}
	a, err := w.store.Account(ctx, account)
	if err != nil || len(a.Watchers) != 3 {
		t.Fatalf("%+v, %v", a, err)
	}
	// The owner leaves, and they with them, whose news goes to their addresses.
	p.sent = nil
	if _, err := w.members.Unbind(ctx, alice, account, watch.WayChat); err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	for _, n := range p.sent {
		told[n.To.Mail] = n.Kind == watch.NewsEnded
	}
	if !told["mari@example.jp"] || !told["jiro@example.jp"] {
		t.Errorf("told %+v", p.sent)
	}
	for name, item := range w.everything() {
		if !w.held(name) && (strings.Contains(item, "mari@") || strings.Contains(item, "jiro@")) {
			t.Errorf("%s keeps an address", name)
		}
	}
}

func TestAnInvitationTakenBackOpensNoMail(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w, p := newWorld(t), &post{}
	w.members.Queue = p
	w.mustRedeem(alice, w.issue(membership.CodeRequest{}))
	code, _, err := w.members.InviteByMail(ctx, alice, account, "", "jiro@example.jp", false)
	if err != nil {
		t.Fatal(err)
	}
	secret := p.sent[len(p.sent)-1].Secret
	open, err := w.members.OpenInvitations(ctx, alice, account)
	if err != nil || len(open) != 1 {
		t.Fatalf("%+v, %v", open, err)
	}
	if err := w.members.Withdraw(ctx, alice, account, open[0].ID); err != nil {
		t.Fatal(err)
	}
	if _, err := w.joins(secret, code); !errors.Is(err, membership.ErrEnrolled) {
		t.Error(err)
	}
}

func TestALinkToTheSettingsIsMailedWhenAskedFor(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w, p := newWorld(t), &post{}
	secret, e := w.enrol(p)
	got, err := w.joins(secret, e.Code)
	if err != nil {
		t.Fatal(err)
	}
	p.sent = nil
	first := w.Now()
	ask := func() error { _, err := w.members.AskKey(ctx, got.LineUser, got.ID); return err }
	for range 3 { // pressed thrice
		if err := ask(); err != nil {
			t.Fatal(err)
		}
	}
	if len(p.sent) != 1 || p.sent[0].Kind != watch.NewsKey || p.sent[0].To.Mail != "" || p.sent[0].Secret != "" {
		t.Errorf("asked for %+v", p.sent)
	}
	for range 4 {
		w.Add(2 * time.Minute)
		if err := ask(); err != nil {
			t.Fatal(err)
		}
	}
	w.Add(2 * time.Minute)
	if err := ask(); !errors.Is(err, membership.ErrMany) || len(p.sent) != 5 {
		t.Errorf("%v, %d mails", err, len(p.sent))
	}
	w.Set(first.Add(watch.KeysWithin - time.Second)) // which people are told
	if err := ask(); !errors.Is(err, membership.ErrMany) {
		t.Errorf("a moment before the first is %s old: %v", watch.KeysWithin, err)
	}
	w.Set(first.Add(watch.KeysWithin))
	if err := ask(); err != nil {
		t.Errorf("once it is: %v", err)
	}
	w.mustRedeem(alice, w.issue(membership.CodeRequest{}))
	a, _ := w.store.Account(ctx, account)
	own, _ := a.WatcherOf(alice)
	for name, who := range map[string][2]string{"one who has a chat": {alice, own.ID}, "another's watcher": {got.LineUser, own.ID}, "nobody": {watch.MailPerson("x"), got.ID}} {
		if _, err := w.members.AskKey(ctx, who[0], who[1]); !errors.Is(err, membership.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
