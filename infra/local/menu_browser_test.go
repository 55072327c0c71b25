package main

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"kozamori/internal/testkit/browsertest"
	"kozamori/internal/wording"
)

// bar waits until the bar of this phone's menu says so.
func (p *handset) bar(what, says string) {
	p.Helper()
	poll(p.T, p.ctx, what, fmt.Sprintf(`document.querySelector(%q)?.textContent === %q`, p.in(".menu .open"), says))
}

func TestEachPhoneShowsTheMenuOfItsLanguageInABrowser(t *testing.T) {
	t.Parallel()
	const ja, en = "メニュー", "Menu"
	ctx := browsertest.Open(t)
	data := t.TempDir()
	s := up(t, data, noEnv)
	first := &handset{t, ctx, s, s.LINE.Users()[0].ID}
	wide := browsertest.View{Width: 1700, Scripts: true}
	browsertest.Look(t, ctx, wide)
	first.back()
	do(t, ctx, chromedp.Click(chromedp.CSS("#add-phone")))
	poll(t, ctx, "there are two phones", `document.querySelectorAll(".phone").length === 2`)
	second := &handset{t, ctx, s, s.LINE.Users()[1].ID}
	if !s.LINE.Users()[1].Following {
		do(t, ctx, chromedp.Click(chromedp.CSS(second.in(".block"))))
	}
	second.bar("a new phone shows the menu", ja)

	// In the chat: the second phone alone.
	second.say("English")
	second.reads("the chat goes on in English", "From now on, we speak English")
	second.bar("the English menu", en)
	first.bar("the other phone keeps its own", ja)
	for _, p := range []*handset{first, second} {
		do(t, ctx, chromedp.Click(chromedp.CSS(p.in(".menu .open"))))
		poll(t, ctx, "the menu's picture", fmt.Sprintf(`document.querySelector(%q).naturalWidth > 0`, p.in(".menu img")))
	}
	sound(t, ctx, "two phones two menus")
	// Who has connected no account is shown how to begin, and nothing that leads nowhere.
	do(t, ctx, chromedp.Click(chromedp.CSS(second.in(`.map button[aria-label="Connect an account"]`))))
	second.reads("the menu speaks English", "How to connect an account")
	for _, p := range []struct {
		of    *handset
		areas int
	}{{first, 6}, {second, 3}} {
		poll(t, ctx, "the areas of each one's menu", fmt.Sprintf(`document.querySelectorAll(%q).length === %d`, p.of.in(".map button"), p.areas))
	}

	// On the page: the first phone, and back. A link opens once.
	var link string
	var err error
	for _, lang := range []struct{ code, bar string }{{"en", en}, {"ja", ja}, {"en", en}} {
		first.say("settings")
		poll(t, ctx, "the chat gives the page", fmt.Sprintf(`[document.querySelector(%q)?.href || ""].some(h => h.includes("%%2Fs%%2F") && h !== %q)`,
			first.newest("a.fbutton"), link))
		if link, err = chromedp.Run(ctx, chromedp.Evaluate[string](fmt.Sprintf(`document.querySelector(%q).href`, first.newest("a.fbutton")))); err != nil {
			t.Fatal(err)
		}
		browsertest.Look(t, ctx, browsertest.View{})
		first.follow()
		first.press(wording.DoEnter)
		browsertest.Go(t, ctx, chromedp.Click(chromedp.CSS(`a[href$="/settings"]`)))
		do(t, ctx, chromedp.SetValue(chromedp.CSS(`[name="lang"]`), lang.code))
		first.press(wording.DoSave)
		browsertest.Look(t, ctx, wide)
		first.back()
		first.bar("the menu after "+lang.code+" on the page", lang.bar)
	}

	// LINE here forgets its menus when it stops, and the phones get theirs again.
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = up(t, data, noEnv)
	first.s, second.s = s, s
	first.back()
	first.bar("the menu after a restart", en)
	second.bar("the other's after a restart", en)
}
