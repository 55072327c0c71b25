package chat_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"kozamori/internal/membership"
	"kozamori/internal/queue"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// TestAnAddressIsAskedOnceItsClaimStands follows a confirmation mail through
// what can go wrong between the page that asks for it and the mailbox.
func TestAnAddressIsAskedOnceItsClaimStands(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for name, c := range map[string]struct {
		faults int
		fault  sim.MailFault
		after  int // mails that came in the end
		dead   int
	}{
		"SES takes it":           {0, "", 1, 0},
		"SES is down for a time": {5, sim.MailServerError, 1, 0},
		"SES refuses it":         {1, sim.MailRejected, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.own(alice, account)
			w.mail.Fail(c.faults, c.fault)
			if _, _, err := w.members.ClaimMail(ctx, alice, account, "new@example.jp"); err != nil {
				t.Fatal(err)
			}
			for range 12 {
				w.settle()
				w.Add(time.Second)
			}
			if _, _, err := w.members.ClaimMail(ctx, alice, account, "new@example.jp"); !errors.Is(err, membership.ErrAsked) {
				t.Errorf("it may be asked for again within the minute: %v", err)
			}
			for range 60 {
				w.settle()
				w.Add(time.Minute)
			}
			got := w.mail.Messages()
			if len(got) != c.after || len(w.line.Messages()) > 0 {
				t.Fatalf("%d mails, want %d; %d over LINE", len(got), c.after, len(w.line.Messages()))
			}
			if c.after > 0 && (got[0].To != "new@example.jp" || !strings.Contains(got[0].Text, "https://kozamori.example/mail/")) {
				t.Errorf("to %s: %s", got[0].To, got[0].Text)
			}
			dead, err := w.queue.Dead(ctx, queue.Email, 10)
			if err != nil || len(dead) != c.dead {
				t.Errorf("%d dead letters, want %d: %v", len(dead), c.dead, err)
			}
		})
	}

	t.Run("a claim that was never written, or is used, asks nothing", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.own(alice, account)
		w.crash.fails, w.crash.at = true, 3 // the mail is queued, and the claim not written
		_, _, err := w.members.ClaimMail(ctx, alice, account, "new@example.jp")
		if !errors.Is(err, errFault) {
			t.Fatal(err)
		}
		w.crash.revive()
		for range 90 {
			w.settle()
			w.Add(time.Minute)
		}
		secret, _, err := w.members.ClaimMail(ctx, alice, account, "other@example.jp")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.members.ConfirmMail(ctx, secret); err != nil {
			t.Fatal(err)
		}
		w.settle()
		if n := len(w.mail.Messages()); n != 0 {
			t.Errorf("%d mails", n)
		}
		if left := w.Receive(queue.Chat); len(left) > 0 {
			t.Errorf("%d messages wait", len(left))
		}
	})

	t.Run("a queue that takes nothing leaves no claim behind", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.own(alice, account)
		w.crash.fails, w.crash.at = true, 1
		if _, _, err := w.members.ClaimMail(ctx, alice, account, "new@example.jp"); !errors.Is(err, membership.ErrUnsent) {
			t.Fatal(err)
		}
		w.crash.revive()
		if some, err := store.First(w.store.Tickets(ctx, store.AccountTickets(account)), 1); err != nil || len(some) > 0 {
			t.Errorf("%v, %v", some, err)
		}
		if ch, _ := w.account(account).Watchers[0].Channel(watch.Email); ch != nil {
			t.Error(ch)
		}
	})
}
