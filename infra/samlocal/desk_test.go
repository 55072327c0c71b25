package samlocal_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"time"

	"kozamori/internal/radar"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// clientSecret is what the identity provider of our bank knows us by.
const clientSecret = "known-to-both"

// clerkAt is a browser at the desk. It keeps the cookies itself: they are for encrypted
// pages alone, and these are not.
type clerkAt struct {
	w       *town
	cookies map[string]string
}

// send makes a request of the desk, and tells where it leads.
func (c *clerkAt) send(ctx context.Context, method, path string, form url.Values) (status int, body, to string, err error) {
	r, err := http.NewRequestWithContext(ctx, method, c.w.URL()+path, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, "", "", err
	}
	for k, v := range c.cookies {
		r.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return 0, "", "", err
	}
	defer func() { _ = res.Body.Close() }()
	for _, k := range res.Cookies() {
		if c.cookies[k.Name] = k.Value; k.MaxAge < 0 {
			delete(c.cookies, k.Name)
		}
	}
	b, err := io.ReadAll(res.Body)
	return res.StatusCode, string(b), res.Header.Get("Location"), err
}

// opens reads a page that says something.
func (c *clerkAt) opens(ctx context.Context, path, says string) (string, error) {
	status, body, _, err := c.send(ctx, http.MethodGet, path, nil)
	if err == nil && (status != http.StatusOK || !strings.Contains(body, says)) {
		err = fmt.Errorf("%s answers %d without %q: %s", path, status, says, body)
	}
	return body, err
}

var formVersion = regexp.MustCompile(`name="version" value="([0-9]+)"`)

// presses posts a form of a page, and goes on to where it leads.
func (c *clerkAt) presses(ctx context.Context, page, path string, form url.Values, says string) error {
	body, err := c.opens(ctx, page, "")
	if err != nil {
		return err
	}
	if v := formVersion.FindStringSubmatch(body); v != nil {
		form.Set("version", v[1])
	}
	status, body, to, err := c.send(ctx, http.MethodPost, path, form)
	switch {
	case err != nil:
		return err
	case status == http.StatusSeeOther:
		_, err = c.opens(ctx, to, says)
		return err
	case status != http.StatusOK || !strings.Contains(body, says):
		return fmt.Errorf("%s answers %d without %q: %s", path, status, says, body)
	}
	return nil
}

// signsIn goes by the provider of the bank.
func (c *clerkAt) signsIn(ctx context.Context, p *sim.Provider) error {
	status, body, to, err := c.send(ctx, http.MethodGet, "/desk/0125/sign-in", nil)
	if err != nil || status != http.StatusSeeOther {
		return fmt.Errorf("the sign-in answers %d %s: %w", status, body, err)
	}
	asked, err := url.Parse(to)
	if err != nil {
		return err
	}
	p.Redirect = asked.Query().Get("redirect_uri")
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := browser.PostForm(to, url.Values{"subject": {"clerk-1"}})
	if err != nil {
		return err
	}
	_ = res.Body.Close()
	back, err := res.Location()
	if err != nil {
		return err
	}
	if status, body, to, err = c.send(ctx, http.MethodGet, back.RequestURI(), nil); err != nil || status != http.StatusSeeOther || to != "/desk/0125" {
		return fmt.Errorf("the callback answers %d %q %s: %w", status, to, body, err)
	}
	return nil
}

func deskWorks(ctx context.Context, w *town) error {
	p := &sim.Provider{ClientID: "kozamori", Secret: clientSecret, Clerks: []sim.Clerk{{Subject: "clerk-1", Name: "佐藤 真由", Roles: []string{"head"}}}, Now: time.Now}
	server := httptest.NewServer(p)
	defer server.Close()
	p.Issuer = server.URL
	b, err := w.store.Bank(ctx, "0125")
	if err != nil {
		return err
	}
	b.SignIn = &store.SignIn{Issuer: p.Issuer, ClientID: "kozamori", Claim: "roles", Manage: []string{"head"}}
	if err := w.store.Write(ctx, store.PutBank(b)); err != nil {
		return err
	}
	user, err := w.person("desk")
	if err != nil {
		return err
	}
	if err := w.binds(ctx, user, "acc_desk", ""); err != nil {
		return err
	}
	if err := w.debit(ctx, "dk1", "acc_desk", 61234); err != nil {
		return err
	}
	if err := w.shows(user, "61,234円", "身に覚えがない"); err != nil {
		return err
	}
	if err := w.press(user, "notmine"); err != nil {
		return err
	}
	var told, paper sim.BankDispute
	if err := w.until("the bank hears of the dispute", func() bool { return w.heard("acc_desk", &told) }); err != nil {
		return err
	}
	c := &clerkAt{w: w, cookies: map[string]string{}}
	if err := c.signsIn(ctx, p); err != nil {
		return err
	}
	if _, err := c.opens(ctx, "/desk/0125?by=newest", told.Reference); err != nil {
		return err
	}
	at := "/desk/0125/cases/" + told.DisputeID
	if err := c.presses(ctx, at, at+"/status", url.Values{"do": {"received"}, "ready-received": {"we_call_you"}}, "伝えました"); err != nil {
		return err
	}
	if err := w.shows(user, "お電話します"); err != nil {
		return err
	}
	if err := c.presses(ctx, at, at+"/notes", url.Values{"note": {"電話済み"}}, "電話済み"); err != nil {
		return err
	}
	if w.heard("acc_paper", &paper) { // reported by mail alone, in another scenario
		at := "/desk/0125/cases/" + paper.DisputeID
		if err := c.presses(ctx, at, at+"/status", url.Values{"do": {"received"}}, "伝えました"); err != nil {
			return err
		}
	}
	if err := asksOne(ctx, w, c); err != nil {
		return err
	}
	return noticed(ctx, w, c)
}

// asksOne asks a customer whether a debit was theirs.
func asksOne(ctx context.Context, w *town, c *clerkAt) error {
	user, err := w.person("asked")
	if err != nil {
		return err
	}
	if err := w.binds(ctx, user, "acc_asked", ""); err != nil {
		return err
	}
	if err := w.debit(ctx, "dk_ask", "acc_asked", 51234); err != nil {
		return err
	}
	if err := w.shows(user, "51,234円"); err != nil {
		return err
	}
	if err := c.presses(ctx, "/desk/0125/inquiries", "/desk/0125/inquiries", url.Values{"items": {"acc_asked dk_ask"}, "key": {"once"}}, "acc_asked"); err != nil {
		return err
	}
	return w.shows(user, "からの確認です")
}

// noticed decides on a campaign, replays what was refused, reads the rest and leaves.
func noticed(ctx context.Context, w *town, c *clerkAt) error {
	attack := radar.Open(&radar.Test{Bank: "0125", Service: "kyash", Kind: radar.Refused, From: time.Now().Add(-time.Hour), To: time.Now(), Seen: 30, Expected: 1}, time.Now())
	if err := w.store.PutCampaign(ctx, attack); err != nil {
		return err
	}
	if err := c.presses(ctx, "/desk/0125/campaigns/"+attack.ID, "/desk/0125/campaigns/"+attack.ID+"/state", url.Values{"state": {"dismissed"}}, "判断を記録しました"); err != nil {
		return err
	}
	raw := fmt.Sprintf(`{"id":"dk_r","type":"debit","transaction_id":"dk_r","account_ref":"acc_none","occurred_at":%q,"amount":1000,"currency":"JPY","descriptor":"PAYPAY"}`, time.Now().Format(time.RFC3339))
	x := &store.Refused{ID: watch.Derive("refused", raw), Bank: "0125", At: time.Now(), Webhook: "msg_dk", EventID: "dk_r", Problem: "a mistake of ours", Raw: raw}
	if err := w.store.Write(ctx, store.PutRefused(x)...); err != nil {
		return err
	}
	if err := c.presses(ctx, "/desk/0125/refused/"+x.ID, "/desk/0125/refused/"+x.ID+"/replay", url.Values{}, "受け付けた連絡：1"); err != nil {
		return err
	}
	for path, says := range map[string]string{"": "申し出", "/campaigns": "攻撃ではない", "/feed": "時間ごとの件数", "/refused": "受け付けなかった連絡", "/sheet": "かかった時間", "/cases.csv": "dispute_id"} {
		if _, err := c.opens(ctx, "/desk/0125"+path, says); err != nil {
			return err
		}
	}
	if status, body, _, err := c.send(ctx, http.MethodPost, "/desk/0125/sign-out", url.Values{}); err != nil || status != http.StatusSeeOther {
		return fmt.Errorf("signing out answers %d %s: %w", status, body, err)
	}
	status, _, _, err := c.send(ctx, http.MethodGet, "/desk/0125", nil)
	if err == nil && status != http.StatusUnauthorized {
		err = fmt.Errorf("the desk answers %d to who has signed out", status)
	}
	return err
}
