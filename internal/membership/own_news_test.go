package membership_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"kozamori/internal/membership"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// What ends a sole owner's protection is told over every channel by which it was not
// done, at the addresses too that were replaced or taken off within the days in
// which that can be set back: a person who holds the telephone would do that first.
func TestAnOwnerHearsEverywhereThatTheirWatchingEnded(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	ends := map[string]struct {
		does func(*world, watch.Way) error
		kind watch.NewsKind
	}{
		"leaves":     {func(w *world, way watch.Way) error { _, err := w.members.Unbind(ctx, alice, account, way); return err }, watch.NewsGone},
		"erases":     {func(w *world, way watch.Way) error { return w.members.EraseOwn(ctx, alice, account, way) }, watch.NewsGone},
		"erases all": {func(w *world, way watch.Way) error { _, err := w.members.Forget(ctx, alice, way); return err }, watch.NewsGone},
	}
	const first, second, third = "first@mail.example", "second@mail.example", "third@mail.example"
	hands := map[string]struct {
		does func(*world, *watch.Watcher)
		want []string
	}{
		"nothing before":                {func(*world, *watch.Watcher) {}, []string{first}},
		"another address":               {func(w *world, x *watch.Watcher) { w.addressed(x, second) }, []string{first, second}},
		"two others":                    {func(w *world, x *watch.Watcher) { w.addressed(x, second); w.addressed(x, third) }, []string{first, second, third}},
		"there and back":                {func(w *world, x *watch.Watcher) { w.addressed(x, second); w.addressed(x, first) }, []string{first, second}},
		"no mails":                      {func(w *world, x *watch.Watcher) { w.addressed(x, "") }, []string{first}},
		"another address, six days ago": {func(w *world, x *watch.Watcher) { w.addressed(x, second); w.Add(watch.RestoreFor - time.Hour) }, []string{first, second}},
		"another address, a week ago":   {func(w *world, x *watch.Watcher) { w.addressed(x, second); w.Add(watch.RestoreFor) }, []string{second}},
	}
	for end, e := range ends {
		for hand, h := range hands {
			for _, way := range []watch.Way{watch.WayChat, watch.WayPage} {
				t.Run(end+", "+hand+", "+string(way), func(t *testing.T) {
					t.Parallel()
					w, p := newWorld(t), &post{}
					w.mustRedeem(alice, w.issue(membership.CodeRequest{Email: first}))
					a := w.account()
					x, _ := a.WatcherOf(alice)
					h.does(w, x)
					w.write(store.PutAccount(a))
					w.members.Queue = p
					if err := e.does(w, way); err != nil {
						t.Fatal(err)
					}
					var mails []string
					chat, keys := 0, map[string]bool{}
					for _, n := range p.sent {
						if n.Kind != e.kind || n.To.Watcher != n.Guardian.Watcher {
							t.Errorf("news of %s", n.Kind)
						}
						keys[n.Key()] = true
						if n.Alone {
							mails = append(mails, n.To.Mail)
						} else {
							chat++
						}
					}
					slices.Sort(mails)
					if !slices.Equal(mails, h.want) {
						t.Errorf("mails go to %v, want %v", mails, h.want)
					}
					if want := map[watch.Way]int{watch.WayPage: 1}[way]; chat != want {
						t.Errorf("the chat is told %d times, want %d", chat, want)
					}
					if len(keys) != len(p.sent) {
						t.Errorf("%d pieces of news have %d keys: one would be taken for another", len(p.sent), len(keys))
					}
				})
			}
		}
	}
}

// addressed gives a watcher another mail address, or none.
func (w *world) addressed(x *watch.Watcher, address string) {
	before := x.Clone()
	x.DropChannel(watch.Email)
	if address != "" {
		x.SetChannel(watch.Channel{Kind: watch.Email, Address: address})
	}
	x.KeepFormer(before, w.Now())
}
