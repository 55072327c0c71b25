package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// walker is somebody with a phone and its browser, on a running stack.
type walker struct {
	*testing.T
	s       *stack
	id      string
	browser http.Client
	at      *url.URL
	html    string
}

func walks(t *testing.T, s *stack, name, lang string) *walker {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	w := &walker{T: t, s: s, id: s.LINE.AddUser(sim.User{Name: name, Lang: lang}), browser: http.Client{Jar: jar}}
	if err := s.LINE.Follow(w.id); err != nil {
		t.Fatal(err)
	}
	w.hears("the greeting", "")
	return w
}

func (w *walker) heard() (out []string) {
	for _, it := range w.s.LINE.Chat(w.id) {
		if it.From == sim.FromBot {
			out = append(out, strings.ReplaceAll(string(it.Message), `\u0026`, "&"))
		}
	}
	return out
}

// hears waits until a message holds all of these, and gives it.
func (w *walker) hears(what string, parts ...string) (found string) {
	w.Helper()
	eventually(w.T, w.s, what, func() bool {
		for _, m := range slices.Backward(w.heard()) {
			if !slices.ContainsFunc(parts, func(p string) bool { return !strings.Contains(m, p) }) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

func (w *walker) says(text string) {
	w.Helper()
	if err := w.s.LINE.Say(w.id, text); err != nil {
		w.Fatal(err)
	}
}

// taps presses the button of a message whose data begins so.
func (w *walker) taps(m, begins string) {
	w.Helper()
	_, after, ok := strings.Cut(m, `"data":"`+begins)
	if !ok {
		w.Fatalf("no button %q in %s", begins, m)
	}
	data, _, _ := strings.Cut(after, `"`)
	if err := w.s.LINE.Tap(w.id, begins+data, ""); err != nil {
		w.Fatal(err)
	}
}

func (w *walker) shows(res *http.Response, err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		w.Fatalf("%s answers %d: %s", res.Request.URL, res.StatusCode, b)
	}
	w.at, w.html = res.Request.URL, string(b)
}

// presses a button of the page, with its hidden fields and every box ticked.
func (w *walker) presses(do string, more url.Values) {
	w.Helper()
	v := url.Values{"do": {do}}
	for _, f := range regexp.MustCompile(`<input type="(?:hidden|checkbox)" name="([^"]*)" value="([^"]*)"`).FindAllStringSubmatch(w.html, -1) {
		v.Add(f[1], f[2])
	}
	for k, x := range more {
		v[k] = x
	}
	w.shows(w.browser.PostForm(w.at.String(), v))
}

// watches connects an account by a code of its bank.
func (w *walker) watches(ref, mask string) {
	w.Helper()
	a, err := w.s.Banks["0125"].IssueCode(w.Context(), fmt.Appendf(nil, `{"account_ref":%q,"account_mask":%q}`, ref, mask))
	if err != nil || a.Status != http.StatusCreated {
		w.Fatal(a.Status, string(a.Body), err)
	}
	w.says(regexp.MustCompile(`"code":"([^"]*)"`).FindStringSubmatch(string(a.Body))[1])
	eventually(w.T, w.s, ref+" is watched", func() bool {
		ok, err := w.s.bound(w.Context(), watch.AccountKey{Bank: "0125", Ref: ref}, w.id)
		return ok && err == nil
	})
}

// invites has a guardian join.
func (w *walker) invites(g *walker, name string) {
	w.Helper()
	w.says("家族")
	m := w.hears("the way to the family's page", "見守り家族のページを開く")
	w.shows(w.browser.Get(regexp.MustCompile(`"uri":"([^"]*/s/[^"]*)"`).FindStringSubmatch(m)[1]))
	w.presses("enter", nil)
	for _, page := range []string{"/family", "/invite"} {
		link := regexp.MustCompile(`href="([^"]*` + page + `)"`).FindStringSubmatch(w.html)
		w.shows(w.browser.Get(w.at.ResolveReference(&url.URL{Path: link[1]}).String()))
	}
	w.presses("invite", url.Values{"name": {name}})
	g.says(regexp.MustCompile(`[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{5}`).FindString(w.html))
	g.taps(g.hears("whether to join", "a=join"), "a=join")
	w.hears("somebody has joined", name)
}

func walkEvent(kind, id, txn, ref string, yen int, more string) string {
	money := ""
	if yen > 0 {
		money = fmt.Sprintf(`,"amount":%d,"currency":"JPY"`, yen)
	}
	return fmt.Sprintf(`{"id":%q,"type":%q,"transaction_id":%q,"account_ref":%q,"occurred_at":%q%s%s}`, id, kind, txn, ref, time.Now().Format(time.RFC3339Nano), money, more)
}

const walkDocomo = `,"descriptor":"ﾄﾞｺﾓｺｳｻﾞ"`

func (s *stack) reports(t *testing.T, events ...string) {
	t.Helper()
	a, err := s.Banks["0125"].Post(t.Context(), []byte(`{"events":[`+strings.Join(events, ",")+`]}`))
	if err != nil || a.Status != http.StatusAccepted || strings.Contains(string(a.Body), `"problem`) {
		t.Fatal(a.Status, string(a.Body), err)
	}
}

// In eight accounts the bank sends a debit before the link that made it possible,
// and a reversal before its debit, in one batch: no one hears of the debit first,
// or of anything urgent that is undone.
func TestAWalkThroughAWrongOrder(t *testing.T) {
	t.Parallel()
	s := up(t, t.TempDir(), noEnv)
	var people []*walker
	var batch []string
	for i := range 8 {
		w, ref := walks(t, s, fmt.Sprint("花子", i), []string{"ja", "en"}[i%2]), fmt.Sprint("walk_", i)
		w.watches(ref, fmt.Sprintf("普通 ***%04d", i))
		people = append(people, w)
		if i < 4 {
			batch = append(batch, walkEvent("debit", fmt.Sprint("d", i), fmt.Sprint("d", i), ref, 30000, `,"descriptor":"PAYPAY"`),
				walkEvent("charge_link.registered", fmt.Sprint("l", i), fmt.Sprint("l", i), ref, 0, `,"service":"paypay","descriptor":"PAYPAY"`))
		} else {
			batch = append(batch, walkEvent("debit.reversed", fmt.Sprint("r", i), fmt.Sprint("d", i), ref, 30000, walkDocomo), walkEvent("debit", fmt.Sprint("d", i), fmt.Sprint("d", i), ref, 30000, walkDocomo))
		}
	}
	n := map[*walker]int{}
	for _, w := range people {
		n[w] = len(w.heard())
	}
	s.reports(t, batch...)
	for i, w := range people {
		eventually(t, s, fmt.Sprint(w.id, " hears"), func() bool { return len(w.heard()) > n[w] })
		first := w.heard()[n[w]]
		link := strings.Contains(first, "登録され") || strings.Contains(first, "harge link")
		if i < 4 && !link {
			t.Errorf("account %d hears of the debit first: %s", i, first)
		}
		for _, m := range w.heard()[n[w]:] {
			if i >= 4 && (strings.Contains(m, "緊急") || strings.Contains(m, "[Urgent]") || strings.Contains(m, "a=notmine")) {
				t.Errorf("account %d is asked about, or alarmed by, what is undone: %s", i, m)
			}
		}
	}
}

// A report ends the trust in the service on each account of its owner.
func TestAWalkThroughTrustOnTwoAccounts(t *testing.T) {
	t.Parallel()
	s := up(t, t.TempDir(), noEnv)
	w := walks(t, s, "花子", "ja")
	w.watches("walk_1", "普通 ***1111")
	w.watches("walk_2", "普通 ***2222")
	s.reports(t, walkEvent("debit", "a", "a", "walk_1", 30000, walkDocomo))
	alert := w.hears("the alert", "30,000円", "***1111", "a=notmine")
	w.taps(alert, "a=mine")
	w.taps(w.hears("the offer", "90日間は知らせない"), "a=trust")
	w.hears("it is trusted", "お知らせの設定を変更しました")
	s.reports(t, walkEvent("debit", "b", "b", "walk_2", 40000, walkDocomo))
	other := w.hears("the other account's alert", "40,000円", "***2222", "a=notmine")
	// Both have the same service: the buttons, and what the chat shows as said, name the account.
	for m, number := range map[string]string{alert: "***1111", other: "***2222"} {
		if strings.Count(m, `"label":"身に覚えがない 七十七銀行 `+number) == 0 || !strings.Contains(m, number+"）\"") {
			t.Errorf("the buttons do not say which account: %s", m)
		}
	}
	w.taps(other, "a=notmine")
	w.hears("the receipt", "KZ-", "***2222")
	eventually(t, s, "the bank hears", func() bool { return len(s.disputes()) == 1 })
	if d := s.disputes()[0]; d.AccountRef != "walk_2" {
		t.Errorf("the dispute is of %s", d.AccountRef)
	}
	s.reports(t, walkEvent("debit", "c", "c", "walk_1", 29000, walkDocomo)) // it was trusted up to 30,000
	w.hears("the trust has ended", "29,000円", "***1111")
}

// A guardian reports; the owner's 心当たりがある takes nothing back, and 取り消す takes two
// steps, of which the guardian hears. The guardian reads English.
func TestAWalkWithAGuardian(t *testing.T) {
	t.Parallel()
	s := up(t, t.TempDir(), func(name string) string { return map[string]string{"KOZAMORI_ESCALATE_AFTER": "1s"}[name] })
	owner, guardian := walks(t, s, "花子", "ja"), walks(t, s, "Bob", "en")
	owner.watches("walk_1", "普通 ***1111")
	owner.invites(guardian, "長女")
	ref := ""
	for b, err := range s.System.Store.Bindings(t.Context(), guardian.id) {
		if err == nil && b.Account.Bank == "0125" { // the first of the owner's
			ref = b.Account.Ref
		}
	}
	s.reports(t, walkEvent("charge_link.registered", "l", "l", ref, 0, `,"service":"paypay","descriptor":"PAYPAY"`))
	alert := owner.hears("the alert", "登録され", "a=notmine")
	for every, end := time.NewTicker(100*time.Millisecond), time.Now().Add(20*time.Second); !strings.Contains(strings.Join(guardian.heard(), ""), "a=notmine") && time.Now().Before(end); <-every.C {
		if _, err := s.System.Sweep().Sweep(t.Context()); err != nil { // as each minute
			t.Fatal(err)
		}
	}
	guardian.taps(guardian.hears("the call", "They have not answered yet", "a=notmine"), "a=notmine")
	guardian.hears("the receipt", "KZ-", "We have your report")
	owner.hears("the news", "長女が「身に覚えがない」と回答しました")
	owner.taps(alert, "a=mine")
	owner.hears("nothing is taken back", "すでに回答があります", "KZ-")
	eventually(t, s, "the bank hears the dispute", func() bool { return len(s.disputes()) > 0 })
	if d := s.disputes(); len(d) != 1 || d[0].Status != "opened" {
		t.Fatalf("%+v", d)
	}
	undo := strings.Replace(alert, "a=notmine", "a=undo", 1)
	owner.taps(undo, "a=undo")
	owner.taps(owner.hears("the second step", "取り消しますか", "KZ-", "a=undo"), "a=undo")
	owner.hears("it is taken back", "取り消しました")
	guardian.hears("the guardian hears", "took back the answer", "KZ-")
	eventually(t, s, "the bank hears", func() bool { return s.disputes()[0].Status == "withdrawn" })
}

// LINE takes no more this month: alerts, receipts and news come by mail, where the
// page answers.
func TestAWalkWithoutLINE(t *testing.T) {
	t.Parallel()
	s := up(t, t.TempDir(), noEnv)
	owner, second := walks(t, s, "花子", "ja"), walks(t, s, "Taro", "en")
	owner.watches("walk_1", "普通 ***1111")
	second.watches("walk_1", "普通 ***1111")
	if _, err := s.System.Store.UpdateAccount(t.Context(), watch.AccountKey{Bank: "0125", Ref: "walk_1"}, func(a *watch.Account) ([]store.Write, error) {
		for i := range a.Watchers {
			a.Watchers[i].Channels = append(a.Watchers[i].Channels, watch.Channel{Kind: watch.Email, Address: fmt.Sprint("w", a.Watchers[i].Lang, "@example.jp")})
		}
		return nil, nil
	}); err != nil {
		t.Fatal(err)
	}
	s.LINE.Fail(1000, sim.QuotaSpent)
	s.reports(t, walkEvent("debit", "a", "a", "walk_1", 30000, walkDocomo))
	mail := func(to string, parts ...string) (found sim.Mail) {
		t.Helper()
		eventually(t, s, fmt.Sprint("a mail to ", to, parts), func() bool {
			for _, m := range s.Mail.Messages() {
				if m.To == to && !slices.ContainsFunc(parts, func(p string) bool { return !strings.Contains(m.Subject+m.Text, p) }) {
					found = m
					return true
				}
			}
			return false
		})
		return found
	}
	mail("wja@example.jp", "d払い", "30,000円", "内容を見て回答する")
	alert := mail("wen@example.jp", "¥30,000", "See details and answer")
	if strings.ContainsAny(alert.Subject, "¥") || strings.Contains(alert.Subject, "1111") {
		t.Errorf("the subject shows %q", alert.Subject)
	}
	second.shows(second.browser.Get(regexp.MustCompile(`http\S+/a/\S+`).FindString(alert.Text)))
	second.presses("notmine", nil)
	if !strings.Contains(second.html, "KZ-") {
		t.Errorf("the page says %s", second.html)
	}
	mail("wja@example.jp", "口座の名義人が「身に覚えがない」と回答しました", "KZ-")
	s.reports(t, walkEvent("debit", "b", "b", "walk_1", 20000, walkDocomo))
	late := mail("wen@example.jp", "¥20,000", "KZ-")
	if strings.Contains(late.Text, "See details and answer") {
		t.Errorf("what a report covers asks: %s", late.Text)
	}
}
