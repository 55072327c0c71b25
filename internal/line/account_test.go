package line_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/line"
	"kozamori/internal/message"
	"kozamori/internal/sim"
)

func TestProfile(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	p, client := platform(t)
	friend := p.AddUser(sim.User{Name: "花子", Lang: "en", Following: true})
	blocked := p.AddUser(sim.User{Name: "太郎", Blocked: true})
	if got, err := client.Profile(ctx, friend); err != nil || got.Language != "en" {
		t.Errorf("%+v %v", got, err)
	}
	for name, id := range map[string]string{"blocked": blocked, "unknown": user, "no id": "../" + friend} {
		if _, err := client.Profile(ctx, id); !errors.Is(err, line.ErrNoProfile) {
			t.Errorf("%s: %v", name, err)
		}
	}
	p.FailAt(sim.Profile, 1, sim.ServerError)
	var status *line.StatusError
	if _, err := client.Profile(ctx, friend); !errors.As(err, &status) || status.Status != http.StatusInternalServerError || strings.Contains(err.Error(), friend) {
		t.Errorf("%v", err)
	}
	p.FailAt(sim.Profile, 1, sim.TokenRefused)
	if _, err := client.Profile(ctx, friend); err != nil {
		t.Errorf("a refused token: %v", err)
	}
}

func TestLinkToken(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	p, client := platform(t)
	friend := p.AddUser(sim.User{Name: "花子", Following: true})
	first, err := client.LinkToken(ctx, friend)
	second, err2 := client.LinkToken(ctx, friend)
	if err != nil || err2 != nil || first == "" || first == second {
		t.Errorf("%q %v, %q %v", first, err, second, err2)
	}
	var status *line.StatusError
	if _, err := client.LinkToken(ctx, user); !errors.As(err, &status) || status.Status != http.StatusNotFound {
		t.Errorf("somebody unknown: %v", err)
	}
	if _, err := client.LinkToken(ctx, "x"); !errors.Is(err, line.ErrNoProfile) {
		t.Errorf("no id: %v", err)
	}
}

func picture(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRichMenus(t *testing.T) {
	ctx := context.Background()
	p, client := platform(t)
	friend := p.AddUser(sim.User{Name: "花子", Following: true})
	shown := func() string {
		u := p.Users()
		return u[len(u)-1].Menu
	}
	menu := line.RichMenu{Name: "menu", Bar: "メニューを開く・閉じるにはここを押す", Width: 2500, Height: 1686,
		Areas: []line.RichArea{{Width: 1250, Height: 1686, Action: message.Button{Label: "最近のお知らせ", Say: "一覧"}},
			{X: 1250, Width: 1250, Height: 1686, Action: message.Button{Label: "困ったとき", Postback: "a=help", Display: "困ったとき"}}}}
	must := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	ids := make([]string, 2)
	for i := range ids {
		var err error
		ids[i], err = client.CreateRichMenu(ctx, menu)
		must("create", err)
		if err := client.SetDefaultRichMenu(ctx, ids[i]); err == nil {
			t.Error("a menu without a picture was shown")
		}
		must("picture", client.SetRichMenuImage(ctx, ids[i], picture(t, 2500, 1686)))
	}
	if err := client.SetRichMenuImage(ctx, ids[0], picture(t, 2500, 1686)); err == nil {
		t.Error("a second picture was taken")
	}
	listed, err := client.RichMenus(ctx)
	must("list", err)
	slices.SortFunc(listed, func(a, b line.NamedMenu) int { return strings.Compare(a.ID, b.ID) })
	want := []line.NamedMenu{{ID: min(ids[0], ids[1]), Name: "menu"}, {ID: max(ids[0], ids[1]), Name: "menu"}}
	if diff := cmp.Diff(want, listed); diff != "" {
		t.Error(diff)
	}
	must("default", client.SetDefaultRichMenu(ctx, ids[0]))
	must("link", client.LinkRichMenu(ctx, friend, ids[1]))
	if shown() != ids[1] {
		t.Error("the user's own menu is not shown")
	}
	must("unlink", client.UnlinkRichMenu(ctx, friend))
	if shown() != ids[0] {
		t.Error("the default menu is not shown")
	}
	must("delete", client.DeleteRichMenu(ctx, ids[0]))
	if shown() != "" {
		t.Error("a menu that is gone is shown")
	}
	must("a stranger is answered alike", client.LinkRichMenu(ctx, user, ids[1]))

	menu.Areas[1].X = 2000
	var status *line.StatusError
	if _, err := client.CreateRichMenu(ctx, menu); !errors.As(err, &status) || status.Status != http.StatusBadRequest {
		t.Errorf("an area outside the menu: %v", err)
	}
	for name, err := range map[string]error{
		"a path for a menu": client.DeleteRichMenu(ctx, "../x"), "no menu": client.DeleteRichMenu(ctx, ""),
		"a path for a user": client.UnlinkRichMenu(ctx, "../x"), "a text for a picture": client.SetRichMenuImage(ctx, ids[1], []byte("x")),
	} {
		if err == nil || errors.As(err, &status) {
			t.Errorf("%s reached LINE: %v", name, err)
		}
	}
}
