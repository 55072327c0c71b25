package app_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kozamori/internal/app"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

const privacy = "https://operator.example/privacy"

// agreed are the parts of what is agreed to, in each language: what is processed,
// for what, by whom, for how long, and how to say no.
var agreed = map[string][]string{
	"ja": {"同意", "扱う情報", "メールアドレス", "使いみち", "銀行に伝える", "銀行に伝わること", "見守りの開始と終了", "7日間", "扱う者", "見守り組合", "期間", fmt.Sprintf("約%.0fか月", store.KeepRecord.Hours()/24*12/365), "5年間"},
	"en": {"agree", "What is processed", "your email address", "What for", "telling the bank", "What the bank sees", "when watching begins and ends", "7 days", "By whom", "見守り組合", "For how long", fmt.Sprintf("about %.0f months", store.KeepRecord.Hours()/24*12/365), "5 years"},
}

// stranger has a phone, and has seen nothing of ours.
func (h *town) stranger(lang string) *person {
	h.t.Helper()
	return &person{town: h, id: h.line.AddUser(sim.User{Name: "次郎", Lang: lang, Following: true})}
}

// dials goes through LINE's dialog that links an account of the bank.
func (p *person) dials(nonce string) {
	p.t.Helper()
	client, err := p.system.Platform()
	if err != nil {
		p.t.Fatal(err)
	}
	token, err := client.LinkToken(context.Background(), p.id)
	if err != nil {
		p.t.Fatal(err)
	}
	q := url.Values{"linkToken": {token}, "nonce": {nonce}, "as": {p.id}}
	p.line.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/dialog/bot/accountLink?"+q.Encode(), nil))
	p.settle()
}

// joinsBy opens the mail of an enrolment and writes the code; it returns the page
// that asked for it, and the first mail.
func (h *town) joinsBy(address, code string) []string {
	h.t.Helper()
	h.settle()
	newest := func() string {
		for _, m := range slices.Backward(h.mail.Messages()) {
			if m.To == address {
				return m.Text
			}
		}
		h.t.Fatalf("nothing came to %s", address)
		return ""
	}
	to := regexp.MustCompile(`http://\S+/join/\S+`).FindString(newest())
	p := &person{town: h, browser: browser(h.t)}
	p.shows(p.browser.Get(to))
	page := p.html
	p.shows(p.browser.PostForm(p.at.String(), url.Values{"do": {wording.DoJoin}, wording.FieldCode: {code}}))
	h.settle()
	return []string{page, newest()}
}

// Whoever has agreed to something was shown it by the way that they came, in the
// message or on the page from which the consent is kept: a code may be the first
// thing that somebody sends us.
func TestWhatIsAgreedToIsShownByEveryWayIn(t *testing.T) {
	t.Parallel()
	codes := func(h *town) map[string]any {
		return h.call(http.MethodPost, "/codes", `{"account_ref":"acc_1","account_mask":"普通 ***4567"}`)
	}
	ways := map[string]func(h *town, lang string) []string{
		"a code that is typed": func(h *town, lang string) []string {
			p := h.stranger(lang)
			p.says(fmt.Sprint(codes(h)["code"]))
			return p.heard()
		},
		"the link of the bank, or its picture": func(h *town, lang string) []string {
			typed, err := url.PathUnescape(fmt.Sprint(codes(h)["line_url"]))
			if err != nil {
				h.t.Fatal(err)
			}
			_, typed, _ = strings.Cut(typed, "?")
			p := h.stranger(lang)
			p.says(typed)
			return p.heard()
		},
		"the bank's own page": func(h *town, lang string) []string {
			p := h.stranger(lang)
			p.dials(fmt.Sprint(h.call(http.MethodPost, "/nonces", `{"accounts":[{"account_ref":"acc_1"}]}`)["nonce"]))
			return p.heard()
		},
		"an invitation": func(h *town, lang string) []string {
			p := h.stranger(lang)
			p.says(h.invites(""))
			p.taps("a=join")
			return p.heard()
		},
		"a mail of the bank": func(h *town, lang string) []string {
			made := h.call(http.MethodPost, "/mail-enrolments", `{"role":"owner","email":"fumi@example.jp","lang":"`+lang+`","accounts":[{"account_ref":"acc_1"}]}`)
			return h.joinsBy("fumi@example.jp", fmt.Sprint(made["code"]))
		},
		"an invitation by mail": func(h *town, lang string) []string {
			code := h.invitesIn(lang, "jiro@example.jp")
			return h.joinsBy("jiro@example.jp", code)
		},
	}
	for name, comes := range ways {
		for lang, parts := range agreed {
			t.Run(name+" in "+lang, func(t *testing.T) {
				t.Parallel()
				h := newMailTownWith(t, func(c *app.Config) {
					c.Policy = watch.Policy{Operator: "見守り組合", URL: privacy, Version: "2026-11-29"}
				})
				seen := comes(h, lang)
				a, err := h.store.Account(context.Background(), account)
				if err != nil {
					t.Fatal(err)
				}
				w := a.Watchers[len(a.Watchers)-1]
				if w.Consent == nil || w.Consent.Version != "2026-11-29" || w.Lang != watch.Lang(lang) {
					t.Fatalf("kept is %+v of somebody who reads %s", w.Consent, w.Lang)
				}
				if !slices.ContainsFunc(seen, func(said string) bool {
					return strings.Contains(said, privacy) && !slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(said, part) })
				}) {
					t.Errorf("nothing of what they read holds all of %q:\n%s", parts, strings.Join(seen, "\n\n"))
				}
				if v := h.line.Violations(); len(v) > 0 {
					t.Error(v)
				}
			})
		}
	}
}

// invites has an owner invite somebody, by mail if there is an address: the code.
func (h *town) invites(address string) string { h.t.Helper(); return h.invitesIn("ja", address) }

// invitesIn is invites of an owner who reads a language.
func (h *town) invitesIn(lang, address string) string {
	h.t.Helper()
	owner := h.person("花子", lang)
	owner.says(fmt.Sprint(h.call(http.MethodPost, "/codes", `{"account_ref":"acc_1","account_mask":"普通 ***4567"}`)["code"]))
	members, err := h.system.Membership()
	if err != nil {
		h.t.Fatal(err)
	}
	code, _, err := members.InviteByMail(context.Background(), owner.id, account, "長女", address, false)
	if err != nil {
		h.t.Fatal(err)
	}
	return code
}
