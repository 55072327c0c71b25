package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"kozamori/internal/channel"
	"kozamori/internal/email"
	"kozamori/internal/email/ses"
	"kozamori/internal/sim"
	"kozamori/internal/testkit/breadth"
	"kozamori/internal/testkit/browsertest"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

func TestMain(m *testing.M) { browsertest.Main(m) }

// views are the ways in which people look at a page, in an order in which
// little changes from one to the next. The first is the hardest to tap in.
var views = []struct {
	name string
	browsertest.View
}{
	{"a small phone, dark, large type", browsertest.View{Width: 320, Large: true, Dark: true}},
	{"a small phone with large type", browsertest.View{Width: 320, Large: true}},
	{"a small phone", browsertest.View{Width: 320}},
	{"a desktop", browsertest.View{Width: 1280}},
	{"a narrow phone", browsertest.View{Width: 360}},
	{"a phone", browsertest.View{}},
	{"a phone in the dark", browsertest.View{Dark: true}},
	{"a phone with large type", browsertest.View{Large: true}},
}

// seen looks at a page in all ways, and ends with the first.
func seen(t *testing.T, ctx context.Context, page string) {
	t.Helper()
	for i, v := range views {
		if i%3 != 0 && !breadth.Whole() {
			continue
		}
		browsertest.Look(t, ctx, v.View)
		if out := browsertest.Sideways(t, ctx); out > 0 {
			t.Errorf("%s on %s: %d pixels stick out", page, v.name, out)
		}
		for _, word := range browsertest.Broken(t, ctx) {
			t.Errorf("%s on %s: a line ends within %s", page, v.name, word)
		}
		browsertest.Shot(t, ctx, page+" on "+v.name)
	}
	browsertest.Look(t, ctx, views[0].View)
}

// shows fails unless the page's first heading says something.
func shows(t *testing.T, ctx context.Context, want string) {
	t.Helper()
	got, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS("h1")))
	if err != nil || !strings.Contains(got, want) {
		t.Fatalf("the page says %q (%v), want %q", got, err, want)
	}
}

func TestThePageOfAnAlertInABrowserWithoutScripts(t *testing.T) {
	t.Parallel()
	ctx := browsertest.Open(t)
	w := newWorldAt(t, httptest.NewServer)
	look := func(step string) { t.Helper(); seen(t, ctx, "web "+step) }
	press := func(do, then string) {
		t.Helper()
		browsertest.Go(t, ctx, chromedp.Click(chromedp.CSS(`button[value="`+do+`"]`)))
		shows(t, ctx, then)
	}
	browsertest.Look(t, ctx, views[0].View)
	browsertest.Go(t, ctx, chromedp.Navigate(w.chatLink("r1", "w1")))
	shows(t, ctx, "PayPayの引き落とし")
	look("1 asked")
	press(wording.DoNotMine, "受付番号：")
	look("2 not mine")
	if a, _ := w.stored("r1"); a != watch.NotMine {
		t.Errorf("the answer is %q", a)
	}
	press(wording.DoUndo, "次の申し出を取り消しますか")
	look("3 asked whether to take it back")
	press(wording.DoUndo, "取り消しました")
	look("3 undone")
	w.forgets()
	press(wording.DoMine, "ご本人の利用として")
	look("4 mine")
	press(wording.DoTrust, "ご本人の利用として")
	look("5 trusted")
	browsertest.Go(t, ctx, chromedp.Navigate(w.stopLink("r1", "w1")))
	shows(t, ctx, "止めますか")
	look("6 stop")
	press(wording.DoStop, "止めました")
	look("7 stopped")
	browsertest.Go(t, ctx, chromedp.Navigate(w.link("r1", "g1")))
	shows(t, ctx, "or a family member answered")
	look("8 English")
	expired := w.link("r1", "w1")
	w.add(2 * time.Hour)
	browsertest.Go(t, ctx, chromedp.Navigate(expired))
	shows(t, ctx, "期限が切れました")
	look("9 expired")
	browsertest.Go(t, ctx, chromedp.Navigate(w.srv.URL+"/a/x"))
	shows(t, ctx, "We cannot find this alert") // the browser speaks English
	look("10 unknown")
}

// A mail is drawn by its HTML alone, as the mailbox shows it, and is as readable as a
// page.
func TestAMailInABrowser(t *testing.T) {
	ctx := browsertest.Open(t)
	box := &sim.Mailbox{Now: time.Now}
	srv := httptest.NewServer(box)
	t.Cleanup(srv.Close)
	client, err := email.New(email.Config{Open: ses.Open, Endpoint: srv.URL, From: "口座守 <alert@kozamori.example>", Labels: wording.LabelsIn, HTTP: http.DefaultClient})
	if err != nil {
		t.Fatal(err)
	}
	w := newWorldAt(t, httptest.NewServer)
	for i, lang := range []watch.Lang{watch.Japanese, watch.English} {
		name, contact := names{}.Bank(ctx, "", lang)
		service, call := names{}.Service("paypay", lang)
		r := w.record("r1", 100000)
		m := wording.Alert(wording.AlertFacts{Record: r, Notice: r.Notices[0], Delivery: watch.Delivery{Lang: lang, Channel: watch.Email, Watcher: "w1"},
			BankName: name, Bank: contact, ServiceName: service, Service: call, Link: w.link("r1", "w1"), CanAnswer: true, OnPage: true})
		m.StopURL = w.stopLink("r1", "w1")
		drawn, err := client.Draw(m)
		if err != nil {
			t.Fatal(err)
		}
		if o := client.Send(context.Background(), channel.Address{To: "owner@example.jp", Key: fmt.Sprint("key", i)}, drawn); o.Result != watch.SendAccepted {
			t.Fatalf("%+v", o)
		}
		address := fmt.Sprintf("%s/sim/mail/messages/mail-%d/html", srv.URL, i+1)
		browsertest.Look(t, ctx, views[0].View)
		browsertest.Go(t, ctx, chromedp.Navigate(address))
		shows(t, ctx, map[watch.Lang]string{watch.Japanese: "PayPayの引き落とし", watch.English: "PayPay took money"}[lang])
		seen(t, ctx, "mail "+string(lang))
		for _, dark := range []bool{false, true} {
			browsertest.Look(t, ctx, browsertest.View{Scripts: true, Dark: dark})
			browsertest.Go(t, ctx, chromedp.Navigate(address))
			if is, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector("body > [role=article][aria-label]")?.lang || ""`)); err != nil || is != string(lang) {
				t.Errorf("what webmail keeps of a mail in %s is in %q (%v)", lang, is, err)
			}
			for _, x := range append(browsertest.Heard(t, ctx), browsertest.Keyboard(t, ctx)...) {
				if x != "0 main parts" { // a mail is no page: the program that shows it has one
					t.Errorf("in %s: %s", lang, x)
				}
			}
			browsertest.Axe(t, ctx, fmt.Sprintf("a mail in %s, dark %v", lang, dark), "landmark-one-main", "region")
		}
	}
}
