package line_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"kozamori/internal/line"
	"kozamori/internal/message"
	"kozamori/internal/sim"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

func TestAPersonSeesTheMenuOfTheirLanguage(t *testing.T) {
	ctx := context.Background()
	p, client := platform(t)
	friend := p.AddUser(sim.User{Name: "Bob", Following: true})
	at := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	menus := &line.Menus{Client: client, Now: func() time.Time { return at }}
	sees := func(want string) {
		t.Helper()
		users := p.Users()
		if got := users[len(users)-1].Menu; got != want {
			t.Fatalf("sees %q, want %q", got, want)
		}
	}
	state := ""
	show := func(lang watch.Lang) {
		t.Helper()
		var err error
		if state, err = menus.Show(ctx, friend, line.MenuOf(lang, true), state); err != nil {
			t.Fatal(err)
		}
	}
	make := func() string {
		t.Helper()
		id, err := client.CreateRichMenu(ctx, line.RichMenu{Name: "menu", Bar: "Menu", Width: 2500, Height: 1686, Areas: []line.RichArea{{Width: 2500, Height: 1686, Action: message.Button{Label: "help", Say: "help"}}}})
		if err != nil {
			t.Fatal(err)
		}
		if err := client.SetRichMenuImage(ctx, id, picture(t, 2500, 1686)); err != nil {
			t.Fatal(err)
		}
		return id
	}
	ja := make()
	if err := client.SetDefaultRichMenu(ctx, ja); err != nil {
		t.Fatal(err)
	}
	show(watch.English)
	sees(ja) // there is no English one yet

	en := make()
	if err := client.SetCurrentMenu(ctx, line.MenuOf(watch.English, true), en); err != nil {
		t.Fatal(err)
	}
	at = at.Add(time.Hour)
	show(watch.English)
	sees(en)
	// Nothing is asked of LINE while nothing changes.
	p.FailAt(sim.Menu, 1, sim.ServerError)
	show(watch.English)
	if _, err := menus.Show(ctx, friend, line.DefaultMenu, state); err == nil {
		t.Fatal("a failure is hidden")
	}
	sees(en)
	show(watch.Japanese)
	sees(ja)
	show(watch.English)

	// A new menu replaces the old one, for those who see it too.
	newer := make()
	if err := client.SetCurrentMenu(ctx, line.MenuOf(watch.English, true), newer); err != nil {
		t.Fatal(err)
	}
	p.SlowMenus = 3
	if err := client.MoveMenus(ctx, []line.Move{{From: en, To: newer}}, time.Millisecond); err != nil {
		t.Fatal(err)
	}
	sees(newer)
	if err := client.DeleteRichMenu(ctx, en); err != nil {
		t.Fatal(err)
	}
	// What we believed is current is gone: we ask again.
	state = ""
	show(watch.English)
	sees(newer)
	if state != newer {
		t.Errorf("shows %q", state)
	}

	p.SlowMenus = 1 << 30
	asked, ask := context.WithCancel(ctx)
	defer ask()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.ServeHTTP(w, r)
		if r.Method == http.MethodGet { // how far it is
			ask()
		}
	}))
	t.Cleanup(srv.Close)
	slow := line.New(line.Config{Endpoint: srv.URL, Tokens: line.StaticToken(p.Token)})
	if err := slow.MoveMenus(worldtest.Overdue(asked.Done()), []line.Move{{From: newer, To: ja}}, time.Millisecond); !errors.Is(err, line.ErrStillMoving) {
		t.Errorf("%v", err)
	}
	var status *line.StatusError
	p.FailAt(sim.MenuBatch, 1, sim.RateLimited)
	if err := client.MoveMenus(ctx, []line.Move{{From: newer, To: ja}}, time.Millisecond); !errors.As(err, &status) || status.Status != http.StatusTooManyRequests {
		t.Errorf("%v", err)
	}
}
