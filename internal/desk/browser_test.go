package desk_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"kozamori/internal/clerk"
	"kozamori/internal/feed"
	"kozamori/internal/store"
	"kozamori/internal/testkit/browsertest"
)

// views are the ways in which clerks look at a page, the hardest to read in first.
var views = []struct {
	name string
	browsertest.View
}{
	{"a narrow phone with large type", browsertest.View{Width: 360, Large: true}},
	{"a narrow phone", browsertest.View{Width: 360}},
	{"a desktop with large type", browsertest.View{Width: 1280, Large: true}},
	{"a desktop in the dark", browsertest.View{Width: 1280, Dark: true}},
	{"a desktop", browsertest.View{Width: 1280}},
}

// seen looks at a page in all ways: nothing sticks out, and it has no flaws.
func seen(t *testing.T, ctx context.Context, page string) {
	t.Helper()
	for _, v := range views {
		v.Scripts = true // for axe; the page itself has none
		browsertest.Look(t, ctx, v.View)
		if out := browsertest.Sideways(t, ctx); out > 0 {
			t.Errorf("%s on %s: %d pixels stick out", page, v.name, out)
		}
		for _, flaw := range browsertest.Flaws(t, ctx) {
			t.Errorf("%s on %s: %s", page, v.name, flaw)
		}
		browsertest.Axe(t, ctx, page+" on "+v.name)
		browsertest.Shot(t, ctx, "desk "+page+" on "+v.name)
	}
	for _, flaw := range append(browsertest.Keyboard(t, ctx), browsertest.Heard(t, ctx)...) {
		t.Errorf("%s: %s", page, flaw)
	}
}

// says fails unless the page that is open says something.
func says(t *testing.T, ctx context.Context, want string) {
	t.Helper()
	got, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS("body")))
	if err != nil || !strings.Contains(got, want) {
		t.Fatalf("the page lacks %q (%v):\n%s", want, err, got)
	}
}

func TestTheDeskInABrowserWithoutScripts(t *testing.T) {
	t.Parallel()
	ctx := browsertest.Open(t)
	w := newWorld(t)
	d := w.report(ours, "acc_8f3k_long_reference_0123456789", "dbarai", 98765)
	w.report(ours, "acc_8f3k_long_reference_0123456789", "paypay", 1200000)
	c, refused := w.campaign(ours, "dbarai"), w.refusal(ours, "acc_8f3k_long_reference_0123456789")
	w.Put(store.PutNumber(ours, feed.Number{Feed: "core", Sequence: 1, At: w.Now().Add(-time.Minute)}), store.PutNumber(ours, feed.Number{Feed: "core", Sequence: 9, At: w.Now()}),
		store.PutFeed(&store.Feed{Bank: ours, LastEvent: w.Now(), Numbered: w.Now(), Pauses: []feed.Pause{{From: w.Now(), To: w.Now().Add(time.Hour)}}}))
	browsertest.Speak(t, ctx, "ja")
	browsertest.Look(t, ctx, browsertest.View{Width: 1280, Scripts: true})
	open := func(path, want string) {
		t.Helper()
		browsertest.Go(t, ctx, chromedp.Navigate(w.url+path))
		says(t, ctx, want)
	}
	click := func(css, want string) {
		t.Helper()
		browsertest.Go(t, ctx, chromedp.Click(chromedp.CSS(css)))
		says(t, ctx, want)
	}
	open("/desk/0168/cases/"+d.ID, "銀行のアカウントでサインイン")
	seen(t, ctx, "1 door")
	browsertest.Look(t, ctx, browsertest.View{Width: 1280, Scripts: true})
	click("a.button", "銀行のログイン")
	click(`button[value="`+subjects[clerk.Manage]+`"]`, d.Reference)
	seen(t, ctx, "2 case")
	browsertest.Look(t, ctx, browsertest.View{Width: 1280, Scripts: true})
	click(`button[value="received"]`, "伝えました。")
	click(`nav a`, "対応中の申し出")
	seen(t, ctx, "3 list")
	for _, x := range []struct{ path, says string }{{"/campaigns", "攻撃の疑い"}, {"/campaigns/" + c.ID, "攻撃だと認める"}, {"/inquiries", "お客さまに確認する"}, {"/inquiries/" + w.asks(ours, "acc_9", "txn_9"), "見守っている方がいない"}, {"/feed", "抜けている番号"}, {"/refused", "お客さまには伝わっていません"}, {"/refused/" + refused, "もう一度検査する"}} {
		browsertest.Look(t, ctx, browsertest.View{Width: 1280, Scripts: true})
		open("/desk/0168"+x.path, x.says)
		seen(t, ctx, "page "+x.path)
	}
	browsertest.Look(t, ctx, browsertest.View{Width: 1280, Scripts: true})
	open("/desk/0168/sheet", "かかった時間")
	seen(t, ctx, "sheet")
	if sheets, width, height := browsertest.Paper(t, ctx, "desk sheet"); sheets > 2 || width < 590 || width > 600 || height < 835 || height > 850 {
		t.Errorf("the sheet prints on %d sheets of %g by %g points", sheets, width, height)
	}
	browsertest.Speak(t, ctx, "en")
	open("/desk/0168/cases/"+d.ID, "See what the customer reads")
	seen(t, ctx, "4 case in English")
	open("/desk/0168?number=KZ-AAAA-AAAA", "This bank has no report of that number")
	seen(t, ctx, "5 not found")
	if w.now(d).Status != "received" {
		t.Errorf("%+v", w.now(d))
	}
}
