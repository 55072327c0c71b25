package membership_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"kozamori/internal/membership"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// A session and the link to one hold a LINE user's id: they do not outlive
// the person's last account, however that ended.
func TestNoDoorStaysOpenBehindWhoeverWatchesNothing(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for name, end := range map[string]func(*world) error{
		"a guardian is let go": func(w *world) error {
			g, _ := w.account().WatcherOf(bob)
			_, err := w.members.Dismiss(ctx, alice, account, g.ID)
			return err
		},
		"a guardian leaves":      func(w *world) error { return w.unbind(bob) },
		"the last owner leaves":  func(w *world) error { return w.unbind(alice) },
		"the owner erases":       func(w *world) error { return w.members.EraseOwn(ctx, alice, account, watch.WayChat) },
		"the bank has it erased": func(w *world) error { return w.members.Erase(ctx, account.Bank, account.Ref) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.mustRedeem(alice, w.issue(membership.CodeRequest{}))
			w.join()
			for _, kind := range []store.TicketKind{store.TicketSession, store.TicketDoor} {
				w.write(store.PutTicket(&store.Ticket{Kind: kind, Hash: string(kind), Owner: store.PersonTickets(bob),
					Body: []byte(`{"line_user":"` + bob + `"}`), Expires: w.Now().Add(30 * time.Minute)}))
			}
			if err := end(w); err != nil {
				t.Fatal(err)
			}
			for item, body := range w.everything() {
				if !w.held(item) && strings.Contains(item+body, bob) {
					t.Errorf("%s still holds who it was: %s", item, body)
				}
			}
		})
	}
	w := newWorld(t)
	w.mustRedeem(alice, w.issue(membership.CodeRequest{}))
	w.join()
	w.mustRedeem(bob, w.issue(membership.CodeRequest{AccountRef: "acc_2"}))
	w.write(store.PutTicket(&store.Ticket{Kind: store.TicketSession, Hash: "s", Owner: store.PersonTickets(bob), Expires: w.Now().Add(time.Hour)}))
	if err := w.unbind(bob); err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.Ticket(ctx, store.TicketSession, "s"); err != nil {
		t.Errorf("who watches another account was shut out: %v", err)
	}
}
