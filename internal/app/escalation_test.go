package app_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"kozamori/internal/app"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// served is a client of a handler, without a network.
type served struct{ http.Handler }

func (s served) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	res := w.Result()
	res.Request = r
	return res, nil
}

// mailed is a family where the owner has a mail address next to LINE.
func mailed(t *testing.T) (h *town, owner, guardian *person, box *sim.Mailbox) {
	t.Helper()
	box = &sim.Mailbox{}
	h = newTownOn(t, func(m *app.Means) { m.MailHTTP, box.Now = &http.Client{Transport: served{box}}, m.Now })
	owner, guardian = h.family()
	if _, err := h.store.UpdateAccount(context.Background(), watch.AccountKey{Bank: "0125", Ref: "acc_1"}, func(a *watch.Account) ([]store.Write, error) {
		for i := range a.Watchers {
			if w := &a.Watchers[i]; w.Role == watch.Owner {
				w.Channels = append(w.Channels, watch.Channel{Kind: watch.Email, Address: "hanako@example.jp"})
			} else {
				w.Rules = watch.Rules{} // what happens is none of theirs until they are called
			}
		}
		return nil, nil
	}); err != nil {
		t.Fatal(err)
	}
	return h, owner, guardian, box
}

// Each message of an escalation says why its reader is told, and when who has not
// answered was; and the pages say when that was, and why the family was called.
func TestAnEscalationSaysWhyAndWhen(t *testing.T) {
	t.Parallel()
	h, owner, guardian, box := mailed(t)
	n := guardian.count()
	h.sends(h.reported(watch.LinkRegistered, "l", "acc_1", "ﾄﾞｺﾓｺｳｻﾞ", 0))
	told := h.Now().In(watch.JST).Format("15:04")
	h.goes(16 * time.Minute)
	mails := box.Messages()
	if len(mails) != 1 || !strings.Contains(mails[0].Text, told+"にお知らせしましたが、まだ回答がありません") {
		t.Fatalf("%d mails: %+v", len(mails), mails)
	}
	mail := mails[0].At.In(watch.JST).Format("15:04")
	if got := guardian.since(n); len(got) != 1 || !strings.Contains(got[0], "They have not answered yet") || !strings.Contains(got[0], told) {
		t.Errorf("the guardian reads %v", got)
	}
	called := h.Now()
	for _, d := range h.deliveries("acc_1") {
		if d.Called == watch.CallUnanswered {
			called = d.AcceptedAt
		}
	}
	link := regexp.MustCompile(`http\S+/a/\S+`).FindString(mails[0].Text)
	res, err := owner.browser.Get(link)
	owner.shows(res, err)
	at := func(p *person, what, when string) {
		t.Helper()
		plain := regexp.MustCompile(`<[^>]*>`).ReplaceAllString(p.html, " ")
		i := strings.Index(plain, what)
		if i < 0 || !strings.Contains(plain[max(0, i-60):i], when) {
			t.Errorf("%q of %s is not on the page: %s", what, when, plain[max(0, len(plain)-900):])
		}
	}
	at(owner, "LINEであなたにお知らせしました", told)
	at(owner, "まだ回答がないので、メールでもお知らせしました", mail)
	at(owner, "まだ回答がないので、見守り家族にお知らせしました", called.In(watch.JST).Format("15:04"))
	link = regexp.MustCompile(`"uri":"(http[^"]*/a/[^"]*)"`).FindStringSubmatch(guardian.heard()[guardian.count()-1])[1]
	res, err = guardian.browser.Get(strings.ReplaceAll(link, `\u0026`, "&"))
	guardian.shows(res, err)
	at(guardian, "They had not answered: we told you by LINE", called.In(watch.JST).Format("15:04"))

	// An answer leaves none of that in what comes after it.
	owner.taps("a=mine")
	h.sends(h.reported(watch.LinkRegistered, "l2", "acc_1", "KYASH", 0))
	h.goes(10 * time.Second)
	if m := owner.reads("Kyash"); strings.Contains(m, "まだ回答") {
		t.Error(m)
	}
}

// deliveries are all that were made about an account.
func (h *town) deliveries(ref string) (out []watch.Delivery) {
	h.t.Helper()
	for r, err := range h.store.History(context.Background(), watch.AccountKey{Bank: "0125", Ref: ref}, time.Time{}, time.Time{}) {
		if err != nil {
			h.t.Fatal(err)
		}
		out = append(out, r.Deliveries...)
	}
	return out
}
