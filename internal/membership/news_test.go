package membership_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"kozamori/internal/membership"
	"kozamori/internal/queue"
	"kozamori/internal/watch"
)

// post is a queue that can be down.
type post struct {
	down bool
	sent []watch.News
}

var errDown = errors.New("the queue is down")

func (p *post) Send(_ context.Context, q queue.Name, msgs ...queue.Outgoing) error {
	if p.down || q != queue.Chat {
		return errDown
	}
	for _, m := range msgs {
		var n watch.NewsMessage
		if err := json.Unmarshal(m.Body, &n); err != nil {
			return err
		}
		p.sent = append(p.sent, *n.News)
	}
	return nil
}

// A watcher is gone only once the news of it is on its way: afterwards
// it would be unknown who is to be told.
func TestNobodyGoesWhileTheNewsCannotBeQueued(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	guardianOf := func(w *world) string {
		w.t.Helper()
		a, err := w.store.Account(ctx, account)
		if err != nil {
			w.t.Fatal(err)
		}
		g, ok := a.WatcherOf(bob)
		if !ok {
			w.t.Fatal("the guardian is gone")
		}
		return g.ID
	}
	for name, c := range map[string]struct {
		does func(*world) error
		kind watch.NewsKind
		to   string
	}{
		"a guardian leaves":      {func(w *world) error { _, err := w.members.Unbind(ctx, bob, account, watch.WayChat); return err }, watch.NewsLeft, alice},
		"the last owner leaves":  {func(w *world) error { _, err := w.members.Unbind(ctx, alice, account, watch.WayChat); return err }, watch.NewsEnded, bob},
		"a guardian is let go":   {func(w *world) error { _, err := w.members.Dismiss(ctx, alice, account, guardianOf(w)); return err }, watch.NewsDismissed, bob},
		"the owner erases":       {func(w *world) error { return w.members.EraseOwn(ctx, alice, account, watch.WayChat) }, watch.NewsEnded, bob},
		"the bank has it erased": {func(w *world) error { return w.members.Erase(ctx, account.Bank, account.Ref) }, watch.NewsForgotten, bob},
	} {
		t.Run(name, func(t *testing.T) {
			w, p := newWorld(t), &post{}
			w.members.Queue = p
			w.mustRedeem(alice, w.issue(membership.CodeRequest{}))
			if _, err := w.members.Accept(ctx, bob, w.invite(true), watch.English); err != nil {
				t.Fatal(err)
			}
			if len(p.sent) != 1 || p.sent[0].Kind != watch.NewsJoined || p.sent[0].To.LineUser != alice || p.sent[0].Guardian.Name != "娘 の 花子" {
				t.Fatalf("%+v", p.sent)
			}
			p.down = true
			if err := c.does(w); !errors.Is(err, errDown) {
				t.Fatalf("%v", err)
			}
			id := guardianOf(w)
			p.down, p.sent = false, nil
			if err := c.does(w); err != nil {
				t.Fatal(err)
			}
			told := 0
			for _, n := range p.sent {
				if n.Kind != c.kind {
					t.Errorf("news of %s", n.Kind)
				}
				if n.To.LineUser == c.to && n.Guardian.Watcher == id {
					told++
					if c.to == bob && (n.Guardian.Name != "" || n.To.Lang != watch.English) {
						t.Errorf("the guardian reads %+v", n)
					}
				}
			}
			if told != 1 {
				t.Errorf("told %d times: %+v", told, p.sent)
			}
		})
	}
}

func TestEverybodyIsToldOnceThatTheBankEndedItWheneverTheProcessDied(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	var p *post
	eachDeath(t, func(w *world) {
		p = &post{}
		full(w)
		w.members.Queue = p
	}, func(d *membership.Service) error { return d.Erase(ctx, account.Bank, account.Ref) }, func(*world) {
		keys := map[string]string{}
		for _, n := range p.sent {
			keys[n.Key()] = n.To.LineUser
			if n.Kind != watch.NewsForgotten {
				t.Errorf("news of %s", n.Kind)
			}
		}
		told := map[string]int{}
		for _, who := range keys {
			told[who]++
		}
		if len(told) != 2 || told[alice] != 1 || told[bob] != 1 {
			t.Errorf("told %v", told) // LINE drops what comes again under a key
		}
	})
}
