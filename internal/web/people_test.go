package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"kozamori/internal/membership"
	"kozamori/internal/queue"
	"kozamori/internal/quote"
	"kozamori/internal/session"
	"kozamori/internal/settings"
	"kozamori/internal/store"
	"kozamori/internal/token"
	"kozamori/internal/watch"
)

// visitor is somebody who comes to the pages with whatever they hold. What is
// theirs is the account, a record of it, and their watching of it.
type visitor struct {
	name, user, id string
	role           watch.Role
	hidden         bool // may see no amounts
	account        watch.AccountKey
	record         string
	watches        bool   // still
	inside         bool   // their session lives
	session        string // secret of the cookie
	door, claim    string // secrets of the links to a session and to confirm an address
	step           string // which lowered what they are told
	invitation     string // an owner's open one
	enrolment      string // secret of a mail that asks whether they want to watch
	paper          string // its code
	marks          []string
}

// Accounts of the table: those of others, and none.
var (
	sameBanks    = watch.AccountKey{Bank: account.Bank, Ref: "other"}
	anotherBanks = watch.AccountKey{Bank: "0001", Ref: account.Ref}
	noAccount    = watch.AccountKey{Bank: account.Bank, Ref: "none"}
)

// holding is what there is of an account: an address of it names these.
type holding struct {
	account          watch.AccountKey
	record, id, user string
	yen              int64
	marks            []string // words that only its watchers may read
}

var holdings = []holding{
	{account: account, record: "r1", id: "w1", user: accountOwner, yen: 100000, marks: []string{"***4567", "100,000", "100000", "4,321"}},
	{account: sameBanks, record: "o1", id: "w9", user: sameBank, yen: 90009, marks: []string{"***9009", "90,009"}},
	{account: anotherBanks, record: "e1", id: "w5", user: anotherBank, yen: 50005, marks: []string{"***5005", "50,005"}},
	{account: noAccount, record: "r7", id: "w7", user: "U77"},
}

// amounts of the account, which not every guardian may see.
var amounts = holdings[0].marks[1:]

// visitors brings everybody who may come into the world, each with all the
// links that there could be for them.
func (w *world) visitors() []*visitor {
	w.t.Helper()
	ctx := context.Background()
	must := func(err error) {
		w.t.Helper()
		if err != nil {
			w.t.Fatal(err)
		}
	}
	members := &membership.Service{Store: w.store, Keys: w.keys, Now: w.now, Logger: w.logger}
	all := []*visitor{
		{name: "somebody whose session is over", user: "U8", id: "g8", role: watch.Guardian},
		{name: "the owner", user: accountOwner, id: "w1", role: watch.Owner},
		{name: "a guardian", user: "U3", id: "g2", role: watch.Guardian},
		{name: "a guardian who may see no amounts", user: guardian, id: "g1", role: watch.Guardian, hidden: true},
		{name: "somebody who left one account", user: "U6", id: "g6", role: watch.Guardian},
		{name: "somebody who left", user: "U9", id: "g7", role: watch.Guardian},
		{name: "a guardian by mail alone", user: watch.MailPerson("fumi"), id: "g5", role: watch.Guardian},
		{name: "an owner at the same bank", user: sameBank, id: "w9", role: watch.Owner, account: sameBanks, record: "o1"},
		{name: "an owner at another bank", user: anotherBank, id: "w5", role: watch.Owner, account: anotherBanks, record: "e1"},
		{name: "a stranger", user: stranger, id: "none"},
		{name: "nobody", id: "none"},
	}
	for bank := range map[string]bool{holdings[0].account.Bank: true, anotherBanks.Bank: true} {
		must(w.store.Write(ctx, store.PutBank(&store.Bank{Code: bank, Callback: "https://bank.example/", Controls: watch.ControlKinds()})))
	}
	for _, h := range holdings[:3] {
		a := &watch.Account{AccountKey: h.account, Mask: quote.Text("普通 " + h.marks[0])}
		if stored, err := w.store.Account(ctx, h.account); err == nil {
			a.Version = stored.Version
		}
		var binds []store.Write
		for _, v := range all {
			if v.account.Ref == "" {
				v.account, v.record = account, "r1"
			}
			if v.account != h.account || v.role == "" {
				continue
			}
			v.watches = true
			a.Watchers = append(a.Watchers, watch.Watcher{ID: v.id, Role: v.role, LineUser: v.user, Lang: watch.Japanese, HideAmount: v.hidden,
				Since: w.now(), Rules: watch.DefaultRules(),
				Channels: []watch.Channel{{Kind: watch.LINE}, {Kind: watch.Email, Address: v.id + "@example.jp"}}})
			if x := &a.Watchers[len(a.Watchers)-1]; watch.ByMail(v.user) {
				x.Channels = x.Channels[1:]
			}
			binds = append(binds, store.PutBinding(v.user, store.Binding{OnAccount: watch.On(h.account), Watcher: v.id}))
		}
		w.put(append(binds, store.PutAccount(a))...)
		if h.account != account {
			r := w.record(h.record, h.yen)
			r.Account, r.Mask = h.account, a.Mask
			r.Notices = []watch.Notice{{Watcher: h.id, Reasons: watch.Because(watch.ServiceDebit)}}
			w.put(store.PutRecord(r))
		}
		w.put(store.PutActivity(h.account, &watch.Activity{
			Services: map[string]*watch.ServiceActivity{"paypay": {FirstAt: w.now(), LastAt: w.now(), Debits: 1, LastAmount: h.yen}},
			Recent:   []watch.RecentDebit{{Record: h.record, Service: "paypay"}}}))
	}
	r, err := w.store.Record(ctx, "r1")
	must(err)
	for _, v := range all[2:7] {
		r.Notices = append(r.Notices, watch.Notice{Watcher: v.id, Reasons: watch.Because(watch.ServiceDebit)})
	}
	w.put(store.PutRecord(r))
	// A person who left one account still watches another.
	still := watch.AccountKey{Bank: account.Bank, Ref: "still"}
	w.put(store.PutAccount(&watch.Account{AccountKey: still, Mask: "普通 ***6006", Watchers: []watch.Watcher{{ID: "w6", Role: watch.Owner, LineUser: "U6", Lang: watch.Japanese}}}),
		store.PutBinding("U6", store.Binding{OnAccount: watch.On(still), Watcher: "w6"}))
	for _, v := range all {
		if v.role == watch.Owner {
			_, _, err := members.Invite(ctx, v.user, v.account, "", false)
			must(err)
			open, err := members.OpenInvitations(ctx, v.user, v.account)
			must(err)
			v.invitation = open[0].ID
		}
		if v.user == "" {
			continue
		}
		v.enrolment, v.paper = w.enrolled(v)
		door, err := w.sessions.Door(ctx, v.user, watch.Japanese)
		must(err)
		v.session, _, err = w.sessions.Enter(ctx, door)
		must(err)
		if v.name == "somebody whose session is over" {
			w.add(session.Life)
		} else {
			v.inside = true
		}
		v.door, err = w.sessions.Door(ctx, v.user, watch.Japanese)
		must(err)
		if v.watches {
			v.claim, _, err = members.ClaimMail(ctx, v.user, v.account, "new-"+v.id+"@example.jp")
			must(err)
		}
		if v.watches {
			_, err := settings.New(w.store, nil).Change(ctx, v.account, settings.Who{Watcher: v.id, Way: watch.WayPage, At: w.now()}, func(c *settings.Change) error {
				c.Watcher.Rules.FirstSeen = false
				return nil
			})
			must(err)
			for step, err := range w.store.Trail(ctx, v.account) {
				must(err)
				if step.Of == v.id {
					v.step = step.ID
				}
			}
		}
		if strings.HasPrefix(v.name, "somebody who left") {
			_, err := members.Unbind(ctx, v.user, account, watch.WayChat)
			must(err)
			v.watches, v.inside = false, v.name != "somebody who left"
		}
	}
	for _, v := range all {
		for _, h := range holdings {
			if h.account != v.account || !v.watches {
				v.marks = append(v.marks, h.marks...)
			}
		}
		if v.hidden {
			v.marks = append(v.marks, amounts...)
		}
	}
	w.table.Taken()
	return all
}

// secrets keeps the secret of the mail that was queued last.
type secrets struct{ last string }

func (s *secrets) Send(_ context.Context, _ queue.Name, msgs ...queue.Outgoing) error {
	var n watch.NewsMessage
	err := json.Unmarshal(msgs[0].Body, &n)
	s.last = n.News.Secret
	return err
}

// enrolled has a bank enrol somebody by mail, for an account that is not watched.
func (w *world) enrolled(v *visitor) (secret, paper string) {
	w.t.Helper()
	mails := &secrets{}
	members := &membership.Service{Store: w.store, Keys: w.keys, Queue: mails, Now: w.now, Logger: w.logger}
	e, err := members.Enrol(context.Background(), v.account.Bank, membership.EnrolRequest{Role: watch.Owner, Email: v.id + "@new.example",
		Accounts: []membership.CodeRequest{{AccountRef: "new-" + v.id}}})
	if err != nil {
		w.t.Fatal(err)
	}
	return mails.last, e.Code
}

// visit is one request, with exactly these cookies and nothing remembered: its
// answer, and what the store was asked for.
func (w *world) visit(v *visitor, method, path, cookies string, f url.Values, header ...string) (page, string) {
	w.t.Helper()
	b := w.browser()
	b.Jar = nil
	b.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if cookies != "" {
		header = append(header, "Cookie", cookies)
	}
	address, body := w.srv.URL+path, f
	if method != http.MethodPost {
		address, body = address+"?"+f.Encode(), nil
	}
	w.table.Taken()
	got := b.do(method, address, body, header...)
	reads := w.table.Taken()
	what := fmt.Sprintf("%s, %s %s do=%q", v.name, method, path, f.Get("do"))
	w.closed(what, got)
	for _, mark := range v.marks {
		if strings.Contains(got.main(), mark) {
			w.t.Errorf("%s: reads %q, which is not theirs", what, mark)
		}
	}
	return got, reads
}

// closed fails unless an answer, whatever it is, keeps scripts, frames,
// caches and other sites out.
func (w *world) closed(what string, p page) {
	w.t.Helper()
	for k, want := range map[string]string{"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
		"X-Robots-Tag": "noindex, nofollow", "Cross-Origin-Opener-Policy": "same-origin", "Strict-Transport-Security": "max-age=31536000"} {
		if got := p.header.Values(k); !slices.Equal(got, []string{want}) {
			w.t.Errorf("%s: %d: %s is %q", what, p.status, k, got)
		}
	}
	policy := p.header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'; ", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"} {
		if !strings.Contains(policy, want) {
			w.t.Errorf("%s: %d: the policy %q lacks %q", what, p.status, policy, want)
		}
	}
	for _, bad := range []string{"script-src", "unsafe", "http", "*", "data:"} {
		if strings.Contains(policy, bad) {
			w.t.Errorf("%s: %d: the policy %q has %q", what, p.status, policy, bad)
		}
	}
}

// sign is a token of a link, and handle the name of its page.
func (w *world) sign(purpose, record, watcher string) string {
	return w.keys.Sign(purpose, token.AnswerSubject(record, watcher), w.now().Add(time.Hour))
}

func (w *world) handle(purpose, tok string) string {
	return w.keys.Hash("page\x00"+purpose, tok)[:22]
}

// room is the handle of an account for a LINE user.
func (w *world) room(user string, k watch.AccountKey) string {
	return w.keys.Hash("account", user+"\x00"+k.Bank+"#"+k.Ref)[:22]
}

// lowered is the token of a pause that a watcher of the account made.
func (w *world) lowered(id string) string {
	w.t.Helper()
	_, err := settings.New(w.store, nil).Change(context.Background(), account, settings.Who{Watcher: id, Way: watch.WayPage, At: w.now()}, func(c *settings.Change) error {
		c.Watcher.Rules.PausedUntil = w.now().Add(time.Hour)
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	for step, err := range w.store.Trail(context.Background(), account) {
		if err != nil {
			w.t.Fatal(err)
		}
		if step.Of == id && step.Lowered {
			return w.sign(token.PurposeRestore, step.ID, id)
		}
	}
	w.t.Fatal("no step is in the trail")
	return ""
}
