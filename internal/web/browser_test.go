package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"kozamori/internal/email"
	"kozamori/internal/sim"
	"kozamori/internal/testkit/browsertest"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

func TestMain(m *testing.M) { browsertest.Main(m) }

// views are the ways in which people look at a page.
var views = map[string]browsertest.View{
	"a phone":                         {},
	"a small phone":                   {Width: 320},
	"a phone with large type":         {Large: true},
	"a small phone with large type":   {Width: 320, Large: true},
	"a phone in the dark":             {Dark: true},
	"a small phone, dark, large type": {Width: 320, Large: true, Dark: true},
	"a desktop":                       {Width: 1280},
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
	for name, view := range views {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := browsertest.Open(t)
			w := newWorldAt(t, httptest.NewServer)
			look := func(step string) {
				t.Helper()
				if out := browsertest.Sideways(t, ctx); out > 0 {
					t.Errorf("%s: %d pixels stick out", step, out)
				}
				browsertest.Shot(t, ctx, "web "+step+" on "+name)
			}
			press := func(do, then string) {
				t.Helper()
				browsertest.Go(t, ctx, chromedp.Click(chromedp.CSS(`button[value="`+do+`"]`)))
				shows(t, ctx, then)
			}
			browsertest.Look(t, ctx, view)
			browsertest.Go(t, ctx, chromedp.Navigate(w.chatLink("r1", "w1")))
			shows(t, ctx, "PayPayがあなたの口座から")
			look("1 asked")
			press(wording.DoNotMine, "受付番号はこちらです")
			look("2 not mine")
			if a, _ := w.stored("r1"); a != watch.NotMine {
				t.Errorf("the answer is %q", a)
			}
			press(wording.DoUndo, "次の申し出を取り消しますか")
			look("3 asked whether to take it back")
			press(wording.DoUndo, "取り消しました")
			look("3 undone")
			press(wording.DoMine, "ご自身のものとして")
			look("4 mine")
			press(wording.DoTrust, "ご自身のものとして")
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
		})
	}
}

// A mail is drawn by its HTML alone, as the mailbox shows it.
func TestAMailInABrowser(t *testing.T) {
	ctx := browsertest.Open(t)
	box := &sim.Mailbox{Now: time.Now}
	srv := httptest.NewServer(box)
	t.Cleanup(srv.Close)
	client, err := email.New(email.Config{Endpoint: srv.URL, From: "口座守 <alert@kozamori.example>", Labels: wording.LabelsIn, HTTP: http.DefaultClient})
	if err != nil {
		t.Fatal(err)
	}
	w := newWorldAt(t, httptest.NewServer)
	name, contact := names{}.Bank(ctx, "", watch.Japanese)
	service, call := names{}.Service("paypay", watch.Japanese)
	r := w.record("r1", 100000)
	m := wording.Alert(wording.AlertFacts{Record: r, Notice: r.Notices[0], Delivery: watch.Delivery{Lang: watch.Japanese, Channel: watch.Email, Watcher: "w1"},
		BankName: name, Bank: contact, ServiceName: service, Service: call, Link: w.link("r1", "w1"), CanAnswer: true, OnPage: true})
	m.StopURL = w.stopLink("r1", "w1")
	if o := client.Send(context.Background(), "owner@example.jp", "key", m); o.Result != watch.SendAccepted {
		t.Fatalf("%+v", o)
	}
	for name, view := range views {
		t.Run(name, func(t *testing.T) {
			browsertest.Look(t, ctx, view)
			browsertest.Go(t, ctx, chromedp.Navigate(srv.URL+"/sim/mail/messages/mail-1/html"))
			shows(t, ctx, "PayPayがあなたの口座から")
			if out := browsertest.Sideways(t, ctx); out > 0 {
				t.Errorf("%d pixels stick out", out)
			}
			browsertest.Shot(t, ctx, "mail on "+name)
		})
	}
}
