package web_test

import (
	"math"
	"net/http/httptest"
	"testing"

	"github.com/chromedp/chromedp"

	"kozamori/internal/testkit/browsertest"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// The claim sheet of a report stands on one sheet of A4, and only those see it
// who see the alert; amounts only those who may.
func TestTheClaimSheetPrintsOnA4(t *testing.T) {
	t.Parallel()
	ctx := browsertest.Open(t)
	w := newWorldAt(t, httptest.NewServer)
	browsertest.Go(t, ctx, chromedp.Navigate(w.chatLink("r1", "w1")))
	browsertest.Go(t, ctx, chromedp.Click(chromedp.CSS(`button[value="`+wording.DoNotMine+`"]`)))
	browsertest.Go(t, ctx, chromedp.Click(chromedp.CSS(`a[href="?`+wording.SheetMark+`"]`)))
	shows(t, ctx, "身に覚えのない引き落としの届け出")
	seen(t, ctx, "web 11 claim sheet")
	browsertest.Look(t, ctx, browsertest.View{Width: 800})
	sheets, width, height := browsertest.Paper(t, ctx, "claim sheet")
	if sheets != 1 || math.Abs(width-595) > 2 || math.Abs(height-842) > 2 {
		t.Errorf("it prints on %d sheets of %.0f × %.0f points", sheets, width, height)
	}
}

func TestTheClaimSheetHoldsWhatIsOnRecord(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	p := b.open(w.link("r1", "w1"))
	b.open(p.url.String()+"?"+wording.SheetMark).saysNot(t, "届け出（控え）") // nothing is reported yet
	b.press(p, wording.DoNotMine)
	b.open(p.url.String()+"?"+wording.SheetMark).says(t, 200, "KZ-", "100,000円", "2020年9月4日 14:05", "通帳の表示", "届け出の期限", "#9110", "記入欄")
	g := w.browser()
	q := g.open(w.link("r1", "g1"))
	a, err := w.store.Account(t.Context(), w.record("r1", 1).Account)
	if err != nil {
		t.Fatal(err)
	}
	if x, ok := a.Watcher("g1"); !ok || !x.HideAmount || x.Lang != watch.English {
		t.Fatalf("the guardian is %+v", x)
	}
	sheet := g.open(q.url.String() + "?" + wording.SheetMark)
	sheet.says(t, 200, "Report of a debit that was not mine")
	sheet.saysNot(t, "100,000")
}
