package main

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"kozamori/internal/store"
	"kozamori/internal/testkit/browsertest"
	"kozamori/internal/watch"
)

// quietAtNight has the owner of an account not rung at night.
func quietAtNight(a *watch.Account) ([]store.Write, error) {
	a.Watchers[0].Rules.Quiet = &watch.Quiet{From: 22 * 60, To: 7 * 60}
	return nil, nil
}

// The workbench on a desk and on a phone: each part works, and axe-core finds
// nothing in any of it.
func TestTheWorkbenchInABrowser(t *testing.T) {
	t.Parallel()
	ctx := browsertest.Open(t)
	s := up(t, t.TempDir(), noEnv)
	desk := browsertest.View{Width: 1700, Scripts: true}
	browsertest.Look(t, ctx, desk)
	browsertest.Go(t, ctx, chromedp.Navigate(s.Page+"/"))
	poll(t, ctx, "the page comes up", `document.body.dataset.ready === "yes"`)
	browsertest.Axe(t, ctx, "the page at first")
	open := func(css string) {
		t.Helper()
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](fmt.Sprintf(`(() => { for (const d of document.querySelectorAll(%q)) d.open = true; return true; })()`, css))); err != nil {
			t.Fatal(err)
		}
	}
	open("#bank details")
	do(t, ctx, chromedp.SetValue(chromedp.CSS("#own-amount"), "98765"), chromedp.Click(chromedp.CSS("#own button")))
	poll(t, ctx, "the event is taken", `document.querySelector("#own-said").textContent.includes("1 accepted")`)
	poll(t, ctx, "its record is shown", `document.querySelector(".trace")?.textContent.includes("98,765円")`)
	do(t, ctx, chromedp.Click(chromedp.CSS("#own-again")))
	do(t, ctx, chromedp.Click(chromedp.CSS("#own-edit")))
	poll(t, ctx, "the last body can be edited", `document.querySelector("#own-body").value.includes("98765")`)
	do(t, ctx, chromedp.SetValue(chromedp.CSS("#own-body"), `{"id":"x"}`), chromedp.Click(chromedp.CSS("#own button")))
	poll(t, ctx, "what is wrong is said", `document.querySelector("#own-said").textContent.includes("rejected")`)
	poll(t, ctx, "the alert is out", `document.querySelector(".trace").textContent.includes("LINE accepted")`)

	open("#latency, .trace details, #health details")
	poll(t, ctx, "the pictures are drawn", `document.querySelector("#latency img").naturalWidth > 0 && document.querySelector(".trace img")?.naturalWidth > 0`)
	poll(t, ctx, "the bodies are shown", `document.querySelectorAll("#talked details").length >= 3`)
	open("#talked details")
	poll(t, ctx, "a request's body", `document.querySelector("#talked").textContent.includes('"currency": "JPY"')`)
	poll(t, ctx, "the queues", `document.querySelectorAll("#health-now tr").length > 5`)

	// LINE is spent: the mail comes, and is shown in each form. Then a day passes.
	if err := s.LINE.Block(s.LINE.Users()[0].ID); err != nil {
		t.Fatal(err)
	}
	eventually(t, s, "Kozamori knows that it is blocked", func() bool {
		p, err := s.System.Store.Person(t.Context(), s.LINE.Users()[0].ID)
		return err == nil && !p.UnfollowedAt.IsZero()
	})
	do(t, ctx, chromedp.Click(chromedp.CSS(`[data-file="0125-overdrawn.json"]`)))
	poll(t, ctx, "the mail is there", `document.querySelectorAll(".letter").length >= 1`)
	for as, has := range map[string]string{"text": "/a/", "headers": "List-Unsubscribe"} {
		do(t, ctx, chromedp.Click(chromedp.CSS(`[data-as=`+as+`]`)))
		poll(t, ctx, "the mail as "+as, fmt.Sprintf(`document.querySelector("#letter-plain").textContent.includes(%q)`, has))
	}
	do(t, ctx, chromedp.Click(chromedp.CSS(`[data-skip*="1440"]`)))
	poll(t, ctx, "a day has passed", `document.querySelector("#clock-now").textContent.includes("24.0 h ahead")`)
	browsertest.Axe(t, ctx, "the page with all of it")
	sound(t, ctx, "workbench on a desk")

	for _, view := range []browsertest.View{{Scripts: true}, {Width: 320, Scripts: true}} {
		browsertest.Look(t, ctx, view)
		for _, tab := range []string{"bank", "phones", "records", "mail"} {
			do(t, ctx, chromedp.Click(chromedp.CSS(`[data-to=`+tab+`]`)))
			browsertest.Axe(t, ctx, fmt.Sprintf("%s at %d px", tab, view.Width))
			sound(t, ctx, fmt.Sprintf("workbench %s at %d", tab, view.Width))
		}
	}
}
