package app_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/queue"
	"kozamori/internal/quote"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/testkit/breadth"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// village is some people with accounts, and what a bank's nights bring them.
type village struct {
	*world
	rand     *rand.Rand
	people   []string   // LINE users
	accounts [][]string // of each
	told     []int      // how many messages of the phones were counted
	rows     []string   // that were sent, to be sent again and corrected
	txn      int
}

// newVillage has everybody watch since two months, with hours and languages of their own on
// each account.
func newVillage(t *testing.T, seed uint64) *village {
	x := &village{world: newWorld(t), rand: rand.New(rand.NewPCG(seed, 18))}
	x.swept("2026-09-27 12:00")
	n := 0
	for p := range 1 + x.rand.IntN(3) {
		user := fmt.Sprintf("U%032x", 1000+p)
		x.line.AddUser(sim.User{ID: user, Following: true})
		x.people = append(x.people, user)
		var own []string
		for range 1 + x.rand.IntN(4)*x.rand.IntN(5) {
			n++
			ref := fmt.Sprint("acc_", 10+n)
			w := watch.Watcher{ID: "w_" + ref, Role: watch.Owner, LineUser: user, Lang: []watch.Lang{watch.Japanese, watch.English}[x.rand.IntN(5)/4], Rules: watch.DefaultRules(), Since: x.Now(),
				Channels: []watch.Channel{{Kind: watch.LINE}, {Kind: watch.Email, Address: "owner@example.jp"}}}
			if x.rand.IntN(3) == 0 {
				w.Rules.Quiet = &watch.Quiet{From: 22 * 60, To: 6*60 + 30*x.rand.IntN(4)}
			}
			k := watch.AccountKey{Bank: "0125", Ref: ref}
			a := &watch.Account{AccountKey: k, Mask: quote.Text(fmt.Sprintf("普通 ***%04d", n)), Watchers: []watch.Watcher{w}}
			if err := x.store.Write(t.Context(), store.PutAccount(a), store.PutBinding(user, store.Binding{OnAccount: watch.On(k), Watcher: w.ID})); err != nil {
				t.Fatal(err)
			}
			own = append(own, ref)
		}
		x.accounts = append(x.accounts, own)
		if _, err := x.store.UpdatePerson(t.Context(), user, func(*store.Person) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	x.told = make([]int, len(x.people))
	return x
}

// night is the file of a night: rows of yesterday and of the days before, of weeks ago,
// links that were removed by then, what came back, and rows of nights before that are
// another amount now.
func (x *village) night(day time.Time) (rows []string) {
	services := []string{"PAYPAY", "ﾒﾙﾍﾟｲ", "ﾄﾞｺﾓｺｳｻﾞ", "ﾗｸﾃﾝﾍﾟｲ", "ｲﾃﾞﾐﾂ", "ﾃﾞﾝｷﾀﾞｲ"}
	for range x.rand.IntN(40) {
		own := x.accounts[x.rand.IntN(len(x.accounts))]
		ref := own[x.rand.IntN(len(own))]
		x.txn++
		at := day.AddDate(0, 0, -1)
		switch x.rand.IntN(5) {
		case 0:
			at = day.AddDate(0, 0, -1-x.rand.IntN(6))
		case 1:
			at = day.AddDate(0, 0, -9-x.rand.IntN(20))
		}
		when := fmt.Sprintf(`"occurred_on":%q`, at.Format(time.DateOnly))
		if x.rand.IntN(3) == 0 {
			when = fmt.Sprintf(`"occurred_at":%q`, at.Add(time.Duration(x.rand.IntN(23*60))*time.Minute).Format(time.RFC3339))
		}
		row := fmt.Sprintf(`{"id":"e%d","type":"debit","transaction_id":"t%d","account_ref":%q,%s,"amount":%d,"currency":"JPY","descriptor":%q}`,
			x.txn, x.txn, ref, when, 100+x.rand.IntN(3000), services[x.rand.IntN(len(services))])
		rows = append(rows, row)
		switch x.rand.IntN(12) {
		case 0:
			rows = append(rows, fmt.Sprintf(`{"id":"r%d","type":"debit.reversed","transaction_id":"t%d","account_ref":%q,%s}`, x.txn, x.txn, ref, when))
		case 1:
			rows = append(rows, fmt.Sprintf(`{"id":"l%d","type":"charge_link.registered","transaction_id":"l%d","account_ref":%q,%s,"service":"merpay"}`, x.txn, x.txn, ref, when),
				fmt.Sprintf(`{"id":"m%d","type":"charge_link.removed","transaction_id":"l%d","account_ref":%q,%s,"service":"merpay"}`, x.txn, x.txn, ref, when))
		case 2:
			if len(x.rows) > 0 { // another amount of a row of before
				was := x.rows[x.rand.IntN(len(x.rows))]
				rows = append(rows, strings.NewReplacer(`{"id":"e`, fmt.Sprintf(`{"id":"c%d_`, x.txn), `"amount":`, `"amount":9`).Replace(was))
			}
		}
		x.rows = append(x.rows, row)
	}
	return rows
}

// parts has a file taken in two parts, the second of them some minutes after the first.
func (x *village) parts(at time.Time, parts ...[]string) {
	x.t.Helper()
	file := fmt.Sprint("file_", at.Unix())
	for i, rows := range parts {
		if len(rows) == 0 {
			continue
		}
		if i > 0 {
			for range x.rand.IntN(15) {
				x.swept(x.Now().Add(time.Minute).In(watch.JST).Format("2006-01-02 15:04"))
			}
		}
		var good []jsontext.Value
		for _, r := range rows {
			good = append(good, jsontext.Value(r))
		}
		for _, body := range wire.EncodeFile("0125", file, x.Now(), good, wire.MaxMessage) {
			if err := x.queue.Send(x.t.Context(), queue.Events, queue.Outgoing{Body: body, Group: "0125"}); err != nil {
				x.t.Fatal(err)
			}
		}
		x.settle()
	}
}

// rings counts the messages that a phone got since it was last asked: those of what is
// not urgent.
func (x *village) rings(p int) (calm int, all []string) {
	type rung struct {
		at   time.Time
		says string
	}
	var of []rung
	for _, m := range x.line.Messages() {
		if m.To == x.people[p] {
			of = append(of, rung{m.At.In(watch.JST), string(m.Messages[0])})
		}
	}
	for _, m := range of[x.told[p]:] {
		if !x.urgent(m.says) && !strings.Contains(m.says, `"緊急"`) && !strings.Contains(m.says, `"Urgent"`) {
			calm++
			if at := m.at.Hour()*60 + m.at.Minute(); at < 6*60 || at > 10*60 {
				x.t.Errorf("it rings at %s", m.at)
			}
			all = append(all, m.says[:strings.Index(m.says, `"contents"`)])
		}
	}
	x.told[p] = len(of)
	return calm, all
}

// ofRecord finds the record whose button a message has.
var ofRecord = regexp.MustCompile(`r=([a-z0-9]{26})`)

// urgent tells whether a message is of one incident of which something is urgent: what
// follows a link of which a phone rang is not called so again.
func (x *village) urgent(says string) bool {
	is := ofRecord.FindStringSubmatch(says)
	if is == nil || strings.Contains(says, "まとめて") || strings.Contains(says, "together") {
		return false
	}
	r, err := x.store.Record(x.t.Context(), is[1])
	if err != nil {
		x.t.Fatal(err)
	}
	return slices.ContainsFunc(r.Parts(), func(p *watch.Record) bool {
		return slices.ContainsFunc(p.Notices, func(n watch.Notice) bool { return n.Critical(p) })
	})
}

// waits are the deliveries that no channel has taken and none will.
func (x *village) waits() (out []string) {
	for _, own := range x.accounts {
		for _, ref := range own {
			for r, err := range x.store.History(x.t.Context(), watch.AccountKey{Bank: "0125", Ref: ref}, time.Time{}, time.Time{}) {
				if err != nil {
					x.t.Fatal(err)
				}
				for _, d := range r.Deliveries {
					if d.State != watch.Accepted && d.State != watch.Cancelled {
						out = append(out, fmt.Sprint(r.ID, " ", r.File, " ", d.ID, " ", d.State, " made ", d.CreatedAt.In(watch.JST).Format("02 15:04"), " hour ", d.After.In(watch.JST).Format("02 15:04"), " due ", d.Due.In(watch.JST).Format("02 15:04")))
					}
				}
			}
		}
	}
	return out
}

// However many accounts, services, days and corrections a night's file has for a person,
// they have one message of it, but for what is urgent, at an hour of theirs; and all of
// it is told.
func TestAPersonHasOneMessageOfAFile(t *testing.T) {
	t.Parallel()
	for seed := range uint64(breadth.Of(2, 25)) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			x := newVillage(t, seed)
			day := time.Date(2026, 11, 20, 0, 0, 0, 0, watch.JST)
			for n := range 4 {
				at := day.Add(time.Duration(5+x.rand.IntN(7*60)) * time.Minute)
				x.swept(at.Format("2006-01-02 15:04"))
				var rows []string
				if n < 3 { // and then a day without a file
					rows = x.night(day)
				}
				cut := len(rows)
				if x.rand.IntN(2) == 0 { // it is taken in two parts, some minutes one after the other
					cut = x.rand.IntN(len(rows) + 1)
				}
				x.parts(at, rows[:cut], rows[cut:])
				for at := x.Now(); at.Before(day.Add(25 * time.Hour)); at = at.Add(5 * time.Minute) {
					x.swept(at.In(watch.JST).Format("2006-01-02 15:04"))
				}
				for p := range x.people {
					if calm, all := x.rings(p); calm > 1 {
						t.Errorf("%s: %d messages to one with %d accounts: %s", day.Format(time.DateOnly), calm, len(x.accounts[p]), all)
					}
				}
				day = day.Add(24 * time.Hour)
				x.Set(day)
			}
			if left := x.waits(); len(left) > 0 {
				t.Errorf("not told: %v", left)
			}
		})
	}
}
