package web_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"kozamori/internal/token"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// channels lists how a watcher is reached.
func (w *world) channels(watcher string) []watch.ChannelKind {
	w.t.Helper()
	a, err := w.store.Account(context.Background(), account)
	if err != nil {
		w.t.Fatal(err)
	}
	p, _ := a.Watcher(watcher)
	var out []watch.ChannelKind
	for _, c := range p.Channels {
		out = append(out, c.Kind)
	}
	return out
}

func TestAPersonStopsTheirMails(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	p := b.open(w.stopLink("r1", "w1"))
	p.says(t, 200, "メールでのお知らせを止めますか", "七十七銀行 普通 ***4567", "LINEでのお知らせは、これまでどおり届きます。")
	p.saysNot(t, "100,000")
	if got := w.channels("w1"); !slices.Contains(got, watch.Email) {
		t.Fatal("opening the page stopped the mails")
	}
	p = b.press(p, wording.DoStop)
	p.says(t, 200, "メールでのお知らせを止めました", "LINEでのお知らせは、これまでどおり届きます。")
	p.saysNot(t, "<button")
	if got := w.channels("w1"); !slices.Equal(got, []watch.ChannelKind{watch.LINE}) {
		t.Errorf("channels %v", got)
	}
	if got := w.channels("g1"); !slices.Equal(got, []watch.ChannelKind{watch.Email}) {
		t.Errorf("the guardian's channels %v", got)
	}
	// Again, and from an older mail.
	b.do(http.MethodPost, p.url.String(), url.Values{"do": {wording.DoStop}}).says(t, 200, "止めました")
	b.open(w.stopLink("r2", "w1")).says(t, 200, "止めました")
}

func TestWhoHasOnlyMailIsWarned(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	p := b.open(w.stopLink("r1", "g1"))
	p.says(t, 200, `lang="en"`, "There is no other way to reach you.")
	b.press(p, wording.DoStop).says(t, 200, "so you will not be told anything")
	if got := w.channels("g1"); len(got) != 0 {
		t.Errorf("channels %v", got)
	}
}

func TestAMailProgramStopsTheMailsWithOneClick(t *testing.T) {
	w := newWorld(t)
	// RFC 8058: a POST from the provider's machine, no cookies, no redirect.
	for range 2 {
		b := w.browser()
		b.CheckRedirect = func(*http.Request, []*http.Request) error { t.Error("a redirect"); return nil }
		p := b.do(http.MethodPost, w.stopLink("r1", "w1"), url.Values{"List-Unsubscribe": {"One-Click"}}, "Sec-Fetch-Site", "cross-site", "Origin", "https://webmail.example")
		p.says(t, 200, "メールでのお知らせを止めました。")
		if p.header.Get("Content-Type") != "text/plain; charset=utf-8" || p.header.Get("Set-Cookie") != "" {
			t.Errorf("%v", p.header)
		}
	}
	if got := w.channels("w1"); !slices.Equal(got, []watch.ChannelKind{watch.LINE}) {
		t.Errorf("channels %v", got)
	}
}

func TestLinksThatStopNothing(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	for name, c := range map[string]struct {
		purpose, subject string
		life             time.Duration
		status           int
	}{
		"a link of an alert":       {token.PurposeAnswer, "r1|w1", time.Hour, 404},
		"of somebody else's alert": {token.PurposeStop, "r1|w9", time.Hour, 404},
		"of an unknown record":     {token.PurposeStop, "r7|w1", time.Hour, 404},
		"an expired link":          {token.PurposeStop, "r1|w1", -time.Hour, 410},
	} {
		address := w.srv.URL + "/stop/" + w.keys.Sign(c.purpose, c.subject, w.now().Add(c.life))
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if p := b.do(method, address, url.Values{"List-Unsubscribe": {"One-Click"}}); p.status != c.status {
				t.Errorf("%s %s: %d, want %d", method, name, p.status, c.status)
			}
		}
	}
	// The page of an alert's cookie does not open the page that stops mails.
	p := b.open(w.stopLink("r1", "w1"))
	b.do(http.MethodPost, p.url.String(), url.Values{"do": {wording.DoNotMine}}).says(t, 400)
	b.do(http.MethodPost, p.url.String(), url.Values{"do": {wording.DoStop}}, "Sec-Fetch-Site", "cross-site").says(t, 403)
	if got := w.channels("w1"); !slices.Contains(got, watch.Email) {
		t.Error("the mails were stopped")
	}
}
