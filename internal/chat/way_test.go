package chat_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"kozamori/internal/button"
	"kozamori/internal/queue"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

// Everything that the chat says × each way in which LINE fails × where the
// person reads mail: it arrives once over one channel, or is a dead letter.
func TestEverythingThatIsSaidHasAWay(t *testing.T) {
	t.Parallel()
	const elsewhere = "elsewhere@example.jp"
	said := map[string]struct {
		do    func(w *world) // alice is told of it
		token bool           // there is a reply token
		is    string         // stands in the words
	}{
		"an answer":  {func(w *world) { _ = w.line.Say(alice, "使い方") }, true, "このトークでできること"},
		"a list":     {func(w *world) { _ = w.line.Say(alice, "一覧") }, true, "回答をお待ちしているお知らせ"},
		"a receipt":  {func(w *world) { _ = w.line.Tap(alice, "a=notmine&r=r1&w=w-1", "") }, true, "KZ-"},
		"a joining":  {func(w *world) { w.news(watch.NewsJoined) }, false, "見守り家族が加わりました"},
		"a leaving":  {func(w *world) { w.news(watch.NewsLeft) }, false, "見守り"},
		"a hiding":   {func(w *world) { w.news(watch.NewsAgain) }, false, "すでに見守り家族です"},
		"an erasure": {func(w *world) { w.news(watch.NewsForgotten) }, false, "口座"},
	}
	fails := map[string]struct {
		do     func(w *world)
		text   bool // LINE still brings it, as text
		always bool // LINE brings nothing more
	}{
		"nothing":                    {func(*world) {}, false, false},
		"token over":                 {func(w *world) { w.line.FailAt(sim.Reply, 9, sim.BadRequest) }, false, false},
		"quota spent":                {func(w *world) { w.line.Fail(999, sim.QuotaSpent) }, false, true},
		"token over and quota spent": {func(w *world) { w.line.FailAt(sim.Reply, 9, sim.BadRequest); w.line.Fail(999, sim.QuotaSpent) }, false, true},
		"drawing":                    {func(w *world) { w.line.FailAt(sim.Reply, 1, sim.BadRequest); w.line.Fail(1, sim.BadRequest) }, true, false},
		"all refused":                {func(w *world) { w.line.FailAt(sim.Reply, 9, sim.BadRequest); w.line.Fail(9, sim.BadRequest) }, false, true},
		"out of order":               {func(w *world) { w.line.FailAt(sim.Reply, 99, sim.RateLimited); w.line.Fail(9999, sim.ServerError) }, false, true},
	}
	mails := map[string]string{"no mail": "", "mail": "hanako@example.jp", "mail of another account": elsewhere}
	for what, say := range said {
		for how, fail := range fails {
			for where, address := range mails {
				t.Run(what+"; "+how+"; "+where, func(t *testing.T) {
					t.Parallel()
					w := newWorld(t)
					other := watch.AccountKey{Bank: "0168", Ref: "acc_2"}
					w.own(alice, account, func(a *watch.Account) {
						if address != "" && address != elsewhere {
							a.Watchers[0].SetChannel(worldtest.ByMail(address))
						}
					})
					w.own(alice, other, func(a *watch.Account) {
						if address == elsewhere {
							a.Watchers[0].SetChannel(worldtest.ByMail(address))
						}
					})
					w.alert("r1", account)
					fail.do(w)
					say.do(w)
					for range 60 {
						w.settle()
						w.Add(time.Minute)
					}
					for _, m := range w.mail.Messages() {
						if b, err := w.store.Mailed(context.Background(), m.Tags["delivery"]); err != nil || b.Watcher == "" {
							t.Errorf("if it came back, we would not know whose it was: %v", err)
						}
					}
					w.Add(23 * time.Hour)
					w.settle()
					lost := fail.always && (!say.token || how != "quota spent")
					line, mail, dead := 1, 0, 0
					switch {
					case lost && address != "":
						line, mail = 0, 1
					case lost:
						line, dead = 0, 1
					}
					letters, err := w.queue.Dead(context.Background(), queue.Chat, 10)
					if err != nil {
						t.Fatal(err)
					}
					if l, m, d := len(w.shown(alice)), len(w.mail.Messages()), len(letters); l != line || m != mail || d != dead {
						t.Fatalf("LINE %d, mails %d, dead letters %d; want %d, %d, %d", l, m, d, line, mail, dead)
					}
					if mail == 1 {
						m := w.mail.Messages()[0]
						if m.To != address || !strings.Contains(m.Text, say.is) {
							t.Errorf("to %s: %s", m.To, m.Text)
						}
						if numbered := strings.Contains(m.Subject, "案件"); numbered != (what == "a receipt") {
							t.Errorf("the subject is %s", m.Subject)
						}
						if says := strings.Contains(m.Text, "このメールにないボタンは"); says != (what == "a receipt" || what == "a list") {
							t.Errorf("says where its buttons are: %v: %s", says, m.Text)
						}
					}
					if line == 1 && !fail.text && !strings.Contains(w.newest(alice), say.is) {
						t.Error(w.newest(alice))
					}
					if line == 1 && fail.text == strings.Contains(w.newest(alice), `"type":"flex"`) {
						t.Error("the form is wrong: " + w.newest(alice))
					}
					if v := w.line.Violations(); len(v) > 0 {
						t.Error(v)
					}
				})
			}
		}
	}
}

// news tells alice of a guardian who is there as the news says.
func (w *world) news(kind watch.NewsKind) {
	w.t.Helper()
	n := watch.News{Kind: kind, Bank: account.Bank, Mask: "普通 ***4567", To: watch.NewsTo{LineUser: alice, Watcher: "w-1", Lang: ja},
		Guardian: watch.NewsOf{LineUser: bob, Watcher: "g-1", Name: "娘"}}
	if kind == watch.NewsJoined || kind == watch.NewsAgain {
		w.Change(account, func(a *watch.Account) { guardian(bob)(a) })
		w.Put(store.PutBinding(bob, store.Binding{OnAccount: watch.On(account), Watcher: "g-1"}))
	}
	body, err := json.Marshal(map[string]any{"news": n})
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.queue.Send(context.Background(), queue.Chat, queue.Outgoing{Body: body}); err != nil {
		w.t.Fatal(err)
	}
}

func TestWhoBlockedUsReadsByMail(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"", "hanako@example.jp"} {
		w := newWorld(t)
		w.own(alice, account, func(a *watch.Account) {
			if address != "" {
				a.Watchers[0].SetChannel(worldtest.ByMail(address))
			}
		})
		if err := w.line.Block(alice); err != nil {
			t.Fatal(err)
		}
		w.settle()
		w.news(watch.NewsLeft)
		w.settle()
		letters, err := w.queue.Dead(context.Background(), queue.Chat, 10)
		if err != nil || len(w.mail.Messages())+len(letters) != 1 || (len(letters) == 0) != (address != "") {
			t.Errorf("%d mails, %d dead letters, %v", len(w.mail.Messages()), len(letters), err)
		}
	}
}

// Two urgent alerts that somebody else called theirs are told apart: by mail in the
// subject, which has neither amount nor account, and everywhere by their service.
func TestNewsOfAnAnswerSaysOfWhichIncidentItIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.own(alice, account, func(a *watch.Account) {
		a.Watchers[0].SetChannel(worldtest.ByMail("hanako@example.jp"))
		a.Watchers = append(a.Watchers, watch.Watcher{ID: "w-2", Role: watch.Owner, LineUser: bob, Lang: watch.Japanese,
			Channels: []watch.Channel{{Kind: watch.LINE}}, Rules: watch.DefaultRules()})
	})
	for _, id := range []string{"r1", "r2"} {
		w.alert(id, account, func(r *watch.Record) {
			for i := range r.Notices {
				r.Notices[i].Reasons = watch.Because(watch.NewLink)
			}
		})
		w.tap(bob, button.Press{Verb: button.Mine, Record: id, Watcher: "w-2"}.Data())
		w.reads(alice, "緊急のお知らせに", "PayPay")
	}
	mails := w.mail.Messages()
	if len(mails) != 2 {
		t.Fatalf("%d mails", len(mails))
	}
	for _, m := range mails {
		if !strings.Contains(m.Subject, "案件") || strings.ContainsAny(m.Subject, "円*") {
			t.Errorf("the subject is %q", m.Subject)
		}
	}
	if mails[0].Subject == mails[1].Subject {
		t.Errorf("both subjects are %q", mails[0].Subject)
	}
}
