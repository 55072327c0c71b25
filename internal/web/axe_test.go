package web_test

import (
	"net/http/httptest"
	"testing"

	"github.com/chromedp/chromedp"

	"kozamori/internal/browsertest"
	"kozamori/internal/wording"
)

func TestAxeFindsNothingOnThePages(t *testing.T) {
	ctx := browsertest.Open(t)
	for name, view := range map[string]browsertest.View{"by day": {Scripts: true}, "by night": {Scripts: true, Dark: true}} {
		t.Run(name, func(t *testing.T) {
			w := newWorldAt(t, httptest.NewServer)
			browsertest.Look(t, ctx, view)
			for _, address := range []string{w.link("r1", "w1"), w.link("r1", "g1"), w.stopLink("r1", "w1"), w.srv.URL + "/a/x"} {
				browsertest.Go(t, ctx, chromedp.Navigate(address))
				browsertest.Axe(t, ctx, "a page as it opens")
			}
			for _, do := range []string{wording.DoNotMine, wording.DoUndo, wording.DoMine, wording.DoTrust} {
				browsertest.Go(t, ctx, chromedp.Navigate(w.link("r1", "w1")))
				browsertest.Go(t, ctx, chromedp.Click(chromedp.CSS(`button[value="`+do+`"]`)))
				browsertest.Axe(t, ctx, "after "+do)
			}
		})
	}
}
