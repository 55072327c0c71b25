package app_test

import (
	"context"
	"net/url"
	"testing"
	"time"

	"kozamori/infra/richmenu"
	"kozamori/internal/sim"
	"kozamori/internal/watch"
)

// menus puts the menus under the chat as the operator does.
func (h *town) menus() (en, ja, newEN, newJA string) {
	h.t.Helper()
	client, err := h.system.Platform()
	if err != nil {
		h.t.Fatal(err)
	}
	done, err := richmenu.Install(context.Background(), client, func(string, ...any) {})
	if err != nil {
		h.t.Fatal(err)
	}
	for _, m := range done {
		switch {
		case m.Lang == watch.English && m.Begin:
			newEN = m.ID
		case m.Lang == watch.English:
			en = m.ID
		case m.Lang == watch.Japanese && m.Begin:
			newJA = m.ID
		case m.Lang == watch.Japanese:
			ja = m.ID
		}
	}
	return en, ja, newEN, newJA
}

// sees fails unless the phone shows a menu.
func (p *person) sees(menu, when string) {
	p.t.Helper()
	for _, u := range p.line.Users() {
		if u.ID == p.id && u.Menu != menu {
			p.t.Errorf("%s: another menu is shown", when)
		}
	}
}

func TestTheMenuFollowsTheLanguage(t *testing.T) {
	h := newTown(t)
	en, ja, newEN, newJA := h.menus()
	bob, hanako := h.person("Bob", "en"), h.person("花子", "ja")
	bob.sees(newEN, "after following in English")
	hanako.sees(newJA, "after following in Japanese")

	for _, p := range []*person{bob, hanako} {
		p.says(h.call("POST", "/codes", `{"account_ref":"acc_`+p.id[30:]+`","account_mask":"普通 ***4567"}`)["code"].(string))
	}
	bob.sees(en, "after opting in in English")
	hanako.sees(ja, "after opting in in Japanese")

	// In the chat, each way.
	hanako.says("English")
	hanako.reads("From now on, we speak English")
	hanako.sees(en, "after choosing English in the chat")
	hanako.says("list")
	hanako.reads("There are no alerts yet")
	hanako.says("日本語")
	hanako.reads("これからは、日本語でご案内します")
	hanako.sees(ja, "after choosing Japanese in the chat")

	// On the page, each way, without a word in the chat. The first form leaves all
	// else empty, which is told.
	hanako.visits("settings")
	hanako.submits("save", url.Values{"lang": {"ja"}})
	h.settle()
	for _, lang := range []string{"en", "ja"} {
		menu := map[string]string{"en": en, "ja": ja}[lang]
		hanako.visits("settings")
		before := len(hanako.heard())
		hanako.submits("save", url.Values{"lang": {lang}})
		h.settle()
		hanako.sees(menu, "after choosing "+lang+" on the page")
		if n := len(hanako.heard()) - before; n != 0 {
			t.Errorf("the phone rings %d times", n)
		}
	}

	// New menus: no person loses theirs, and what LINE could not do then is made
	// good when the person comes next.
	en, _, _, _ = h.menus()
	bob.sees(en, "after the operator made new menus")
	older := en
	h.line.FailAt(sim.MenuBatch, 1, sim.RateLimited)
	en, _, _, _ = h.menus()
	bob.sees(older, "while LINE cannot give him the new one")
	h.Add(10 * time.Minute)
	bob.says("list")
	bob.sees(en, "when he comes next")
	if err := h.line.Block(bob.id); err != nil {
		t.Fatal(err)
	}
	h.settle()
	en, ja, _, newJA = h.menus()
	if err := h.line.Follow(bob.id); err != nil {
		t.Fatal(err)
	}
	h.Add(time.Hour)
	h.settle()
	bob.sees(en, "after blocking and coming back")

	// A menu that cannot be linked costs no answer.
	h.line.FailAt(sim.Menu, 1, sim.ServerError)
	before := len(bob.heard())
	bob.says("日本語")
	bob.reads("これからは、日本語でご案内します")
	if n := len(bob.heard()) - before; n != 1 {
		t.Errorf("%d answers", n)
	}
	bob.says("一覧")
	bob.sees(ja, "after the next word")

	// On the page the news waits for LINE.
	bob.visits("settings")
	h.line.FailAt(sim.Menu, 3, sim.ServerError)
	bob.submits("save", url.Values{"lang": {"en"}})
	for range 20 {
		h.Add(10 * time.Second)
		h.settle()
	}
	bob.sees(en, "after LINE came back")

	// A person who leaves is forgotten, and their chat goes by LINE's own language.
	hanako.says("English")
	hanako.sees(en, "before leaving")
	hanako.says("leave")
	hanako.taps("a=leave")
	hanako.sees(newJA, "after leaving")
	if p, err := h.store.Person(context.Background(), hanako.id); err != nil || p.Version != 0 {
		t.Errorf("%+v is kept, %v", p, err)
	}
	if v := h.line.Violations(); len(v) > 0 {
		t.Error(v)
	}
}
