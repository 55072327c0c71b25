package web_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"kozamori/internal/wording"
)

func TestRequestsFromOtherSitesAreRefused(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	p := b.open(w.link("r1", "w1"))
	form := url.Values{"do": {"notmine"}}
	for name, header := range map[string][]string{
		"cross-site":                     {"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"},
		"a sister site":                  {"Sec-Fetch-Site", "same-site", "Origin", "https://evil.kozamori.example"},
		"cross-site from a sandbox":      {"Sec-Fetch-Site", "cross-site", "Origin", "null"},
		"an old browser on another site": {"Origin", "https://evil.example"},
	} {
		if got := b.do(http.MethodPost, p.url.String(), form, header...); got.status != 403 || !strings.Contains(got.body, "受け付けられませんでした") {
			t.Errorf("%s: %d", name, got.status)
		}
	}
	if a, _ := w.stored("r1"); a != "" {
		t.Fatalf("the answer is %q", a)
	}
	// Safari before 16.4 says Origin: null of our own forms and nothing else.
	b.do(http.MethodPost, p.url.String(), form, "Origin", "null").says(t, 200, "受付番号")
}

var oneStyle = regexp.MustCompile(`(?s)<style>(.*?)</style>`)

func TestHeadersAndSizes(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	p := b.open(w.link("r1", "w1"))
	pages := map[string]page{"alert": p, "disputed": b.press(p, wording.DoNotMine), "unknown": b.open(w.srv.URL + "/a/x"), "root": b.open(w.srv.URL + "/"),
		"stop": b.open(w.stopLink("r1", "w1")), "no method": b.do(http.MethodPut, p.url.String(), nil)}
	for name, p := range pages {
		for k, want := range map[string]string{"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
			"X-Robots-Tag": "noindex, nofollow", "Content-Type": "text/html; charset=utf-8", "Strict-Transport-Security": "max-age=31536000"} {
			if got := p.header.Get(k); got != want {
				t.Errorf("%s: %s is %q", name, k, got)
			}
		}
		style := oneStyle.FindAllStringSubmatch(p.body, -1)
		if len(style) != 1 {
			t.Fatalf("%s has %d style sheets", name, len(style))
		}
		sum := sha256.Sum256([]byte(style[0][1]))
		want := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
		if got := p.header.Get("Content-Security-Policy"); got != want {
			t.Errorf("%s: policy %q, want %q", name, got, want)
		}
		if len(p.body) > 30<<10 {
			t.Errorf("%s has %d bytes", name, len(p.body))
		}
		for _, bad := range []string{"<script", " style=", "src=", " on"} {
			if strings.Contains(strings.Split(p.body, "<body>")[1], bad) {
				t.Errorf("%s has %q", name, bad)
			}
		}
	}
	if p := pages["no method"]; p.status != 405 || p.header.Get("Allow") != "GET, POST, HEAD" {
		t.Errorf("%d %q", p.status, p.header.Get("Allow"))
	}
}

func TestPagesForStrangersSpeakTheirBrowsersLanguage(t *testing.T) {
	w := newWorld(t)
	for header, want := range map[string]string{
		"": "ja", "en": "en", "en-US,ja;q=0.5": "en", "ja,en;q=0.9": "ja", "fr-FR,en;q=0.3": "en", "en;q=0.2, ja;q=0.9": "ja", "de": "ja", "en;q=0": "ja", "*": "ja", "en;q=x": "ja",
	} {
		b := w.browser()
		b.lang = header
		if p := b.open(w.srv.URL + "/a/x"); !strings.Contains(p.body, `<html lang="`+want+`">`) || p.header.Get("Content-Language") != want {
			t.Errorf("%q is answered in %q", header, p.header.Get("Content-Language"))
		}
	}
}

func TestAStoreThatIsDownIsSaidInWords(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	p := b.open(w.link("r1", "w1"))
	w.table.Fail(true)
	got := b.open(p.url.String())
	got.says(t, 503, "ただいま、うまく動いていません", "銀行の電話番号")
	if got.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	b.do(http.MethodPost, p.url.String(), url.Values{"do": {"notmine"}}).says(t, 503, "二重になることはありません")
}

// Behind a front the pages are asked for at another host than the one that people see;
// a browser that says no more than where it comes from is at home all the same.
func TestABrowserBehindAFrontIsNoOtherSite(t *testing.T) {
	w := newWorld(t)
	for origin, want := range map[string]bool{w.srv.URL: true, "https://evil.example": false, "https://inner.example.evil.example": false} {
		r := httptest.NewRequest(http.MethodPost, "https://inner.example/enter", strings.NewReader(url.Values{"code": {"x"}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", origin)
		rec := httptest.NewRecorder()
		if w.srv.Config.Handler.ServeHTTP(rec, r); (rec.Code != http.StatusForbidden) != want {
			t.Errorf("from %s: %d", origin, rec.Code)
		}
	}
}
