package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"kozamori/internal/app"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

var mailSum = map[string]*regexp.Regexp{"ja": regexp.MustCompile(`合計: (\d+)件`), "en": regexp.MustCompile(`So far: (\d+) debits`)}

// Somebody who is told by mail, because that is all they have or because LINE takes
// nothing more, hears of an incident as one does over LINE: in order, each thing
// once, with a true sum; they report all of it on the page, what follows joins the
// report and asks nothing, taking it back takes two steps, and the list in the chat
// is the same as ever.
func TestAnIncidentByMail(t *testing.T) {
	t.Parallel()
	words := map[string]struct{ asks, looks, last, back, list string }{
		"ja": {"内容を見て回答する", "くわしく見る", "8件・36,000円", "取り消しますか", "一覧"},
		"en": {"See details and answer", "See details", "8 debits, ¥36,000", "Take this report back?", "list"},
	}
	for lang, say := range words {
		for _, has := range []string{"mail", "LINE and mail"} {
			for _, fault := range []sim.MailFault{"", sim.MailServerError, sim.MailThrottled} {
				t.Run(fmt.Sprint(lang, ", ", has, ", ", fault), func(t *testing.T) {
					t.Parallel()
					box := &sim.Mailbox{}
					h := newTownOn(t, func(m *app.Means) { m.MailHTTP, box.Now = &http.Client{Transport: served{box}}, m.Now })
					h.alone("acc_1") // who hears of the report
					p := h.person("Taro", lang)
					p.says(h.call(http.MethodPost, "/codes", `{"account_ref":"acc_1","account_mask":"普通 ***4005"}`)["code"].(string))
					if _, err := h.store.UpdateAccount(t.Context(), watch.AccountKey{Bank: "0125", Ref: "acc_1"}, func(a *watch.Account) ([]store.Write, error) {
						w, _ := a.WatcherOf(p.id)
						if has == "mail" {
							w.Channels = nil
						}
						w.Channels = append(w.Channels, watch.Channel{Kind: watch.Email, Address: "taro@example.jp"})
						return nil, nil
					}); err != nil {
						t.Fatal(err)
					}
					chat := p.count()
					if has != "mail" {
						h.line.Fail(1000, sim.QuotaSpent)
					}
					for i := range 8 {
						if i == 2 && fault != "" {
							box.Fail(1, fault)
						}
						h.sends(h.debit(fmt.Sprint("t", i), 1000*int64(i+1)))
						h.goes(3 * time.Second)
					}
					h.goes(4 * time.Minute)
					debits := 0
					for _, m := range box.Messages() {
						so := 1
						if sum := mailSum[lang].FindStringSubmatch(m.Text); sum != nil {
							_, _ = fmt.Sscan(sum[1], &so)
						}
						if so <= debits || !strings.Contains(m.Text, say.asks) {
							t.Errorf("after %d debits come %d: %s", debits, so, m.Text)
						}
						debits = so
						if strings.ContainsAny(m.Subject, "¥円") || strings.Contains(m.Subject, "4005") {
							t.Errorf("the subject is %q", m.Subject)
						}
					}
					mails := box.Messages()
					if last := mails[len(mails)-1]; !strings.Contains(last.Text, say.last) || len(p.since(chat)) > 0 {
						t.Errorf("the last one is not the last: %s; the chat has %v", last.Text, p.since(chat))
					}
					p.shows(p.browser.Get(answerLink.FindString(mails[0].Text))) // of the first, which told of one
					if len(p.boxes()) != 8 {
						t.Errorf("the page shows %d", len(p.boxes()))
					}
					p.submits("notmine", url.Values{"part": p.boxes()})
					h.goes(7 * time.Second)
					number := regexp.MustCompile(`KZ-[0-9A-Z]{4}-[0-9A-Z]{4}`).FindString(p.html)
					if opened := h.bank.callbacks("dispute.opened"); len(opened) != 1 || len(opened[0]["transactions"].([]any)) != 8 || number == "" || opened[0]["reference"] != number {
						t.Fatalf("the bank hears %v, the page says %s", opened, p.html)
					}
					n := len(box.Messages())
					h.sends(h.debit("late", 9000))
					h.goes(12 * time.Second)
					late := box.Messages()[n:]
					if len(late) != 1 || !strings.Contains(late[0].Text, number) || strings.Contains(late[0].Text, say.asks) || !strings.Contains(late[0].Text, say.looks) {
						t.Errorf("after the report come %+v", late)
					}
					p.shows(p.browser.Get(answerLink.FindString(mails[0].Text)))
					p.submits("undo", nil)
					if h.bank.callbacks("dispute.withdrawn") != nil || !strings.Contains(p.html, number) || !strings.Contains(p.html, say.back) {
						t.Errorf("it is taken back in one step: %s", p.html)
					}
					p.submits("undo", nil)
					h.goes(7 * time.Second)
					if back := h.bank.callbacks("dispute.withdrawn"); len(back) != 1 {
						t.Errorf("the bank hears %v: %s", back, p.html)
					}
					p.says(say.list) // a reply costs nothing of the quota
					p.reads("9", "45,000", "a=ask", "a=mine")
				})
			}
		}
	}
}
