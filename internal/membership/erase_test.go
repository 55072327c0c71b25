package membership_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/dispute"
	"kozamori/internal/membership"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/sweep"
	"kozamori/internal/watch"
)

// full gives an account one of everything that is kept of accounts.
func full(w *world) {
	ctx := context.Background()
	b := w.mustRedeem(alice, w.issue(membership.CodeRequest{Mask: "普通 ***4567", Email: "owner@example.jp"}))
	w.join()
	w.issue(membership.CodeRequest{Email: "owner@example.jp"})
	w.invite(false)
	w.write(store.PutActivity(account, &watch.Activity{}), bills(w, account))
	var records []store.Write
	for i := range 130 {
		r := w.record(fmt.Sprint("t", i))
		r.Deliver(watch.TellAlert, &b.Watcher, watch.LINE, 0, w.Now(), w.Now())
		records = append(records, store.PutRecord(r))
		w.Add(time.Second)
	}
	w.write(records[:65]...)
	w.write(records[65:]...)
	desk := dispute.Service{Store: w.store, Queue: nowhere{}, Now: w.Now, Logger: slog.New(slog.DiscardHandler)}
	if _, err := desk.Answer(ctx, w.record("t7").ID, dispute.Answerer{LineUser: alice}, watch.NotMine, watch.ViaLINE); err != nil {
		w.t.Fatal(err)
	}
	for i, raw := range []string{
		`{"id":"e1","account_ref":"acc_8f3k","amount":0}`,
		`{"id":"e2","account_ref":"acc\u005f8f3k"}`,
		`{"id":"e3","account_ref":"acc_8f3k",`,
		`{"id":"e4","account_ref":"acc_8f3k2"}`, // another account
	} {
		w.write(store.PutRefused(&store.Refused{ID: fmt.Sprint("q", i), Bank: account.Bank, At: w.Now(), Problem: "amount", Raw: raw})...)
	}
	w.write(ofKindsToCome(account)...)
	// What must stay: another account, also alice's, and another bank's of the same name.
	w.mustRedeem(alice, w.issue(membership.CodeRequest{AccountRef: "acc_8f3k2"}))
	w.write(store.PutAccount(&watch.Account{AccountKey: watch.AccountKey{Bank: "0125", Ref: account.Ref}}))
	w.write(ofKindsToCome(watch.AccountKey{Bank: account.Bank, Ref: "acc_8f3k2"})...)
}

// bills are one that an account had today.
func bills(w *world, k watch.AccountKey) store.Write {
	b := &watch.Bills{}
	b.Add("PAYPAYカ", w.Now(), 21_987)
	return store.PutBills(k, b)
}

// ofKindsToCome are items of kinds that only a newer version knows, in an
// account's partition and in each of its lists, and one of a known kind whose
// body this version does not read.
func ofKindsToCome(k watch.AccountKey) (out []store.Write) {
	id := k.Bank + "#" + k.Ref
	put := func(it store.Item) {
		it.Body = fmt.Appendf(nil, `{"account":7,"of":%q}`, k.Ref)
		out = append(out, store.Write{Item: it, If: store.Any})
	}
	for _, sk := range []string{"!NEW", "PROFILE#NEW", "NEW#1"} {
		put(store.Item{Key: store.Key{PK: "A#" + id, SK: sk}})
	}
	for _, list := range []string{"A#" + id, "CODES#" + id, "TICKETS#ACCOUNT#" + id} {
		put(store.Item{Key: store.Key{PK: "NEW#" + list, SK: "NEW"}, History: store.Key{PK: list, SK: "2026"}})
	}
	put(store.Item{Key: store.Key{PK: "R#unreadable " + k.Ref, SK: "R"}, History: store.Key{PK: "A#" + id, SK: "2027"}})
	return out
}

type nowhere struct{}

func (nowhere) Send(context.Context, queue.Name, ...queue.Outgoing) error { return nil }

func checkErased(t *testing.T, w *world) {
	t.Helper()
	var kept []string
	for item, body := range w.everything() {
		all := item + " " + body
		switch {
		case strings.Contains(all, "owner@example.jp"), strings.Contains(all, bob):
			t.Errorf("%s still says who it was: %s", item, body)
		case !strings.Contains(all, `acc_8f3k`+`"`) && !strings.Contains(all, "acc_8f3k "):
		case strings.HasPrefix(item, "items E#"), strings.HasPrefix(item, "due "):
			// That it was erased, until the second look.
		case strings.HasPrefix(item, "items D#"):
			kept = append(kept, "dispute")
			if strings.Contains(all, alice) {
				t.Errorf("a dispute says who it was: %s", body)
			}
		case strings.HasPrefix(item, "items L#"), strings.HasPrefix(item, "history TRAIL#"):
			if strings.Contains(all, alice) {
				t.Errorf("the trail says who it was: %s", body)
			}
		case strings.Contains(item, "A#0125#"):
			kept = append(kept, "another bank's")
		default:
			t.Errorf("%s is left: %s", item, body)
		}
	}
	if diff := cmp.Diff(map[string]int{"dispute": 1, "another bank's": 1}, count(kept)); diff != "" {
		t.Errorf("kept:\n%s", diff)
	}
	neighbour := 0
	for item, body := range w.everything() {
		if strings.HasPrefix(item, "items ") && strings.Contains(body, `"of":"acc_8f3k2"`) {
			neighbour++
		}
	}
	if neighbour != 7 {
		t.Errorf("%d of 7 items of kinds to come are left of another account", neighbour)
	}
	list, err := w.members.Accounts(context.Background(), alice)
	if err != nil || len(list) != 1 || list[0].Account.Ref != "acc_8f3k2" {
		t.Errorf("alice's other account: %+v, %v", list, err)
	}
	q, err := store.First(w.store.Quarantine(context.Background(), account.Bank), 10)
	if err != nil || len(q) != 1 || q[0].ID != "q3" {
		t.Errorf("quarantine: %+v, %v", q, err)
	}
}

func count(list []string) map[string]int {
	out := map[string]int{}
	for _, s := range list {
		out[s]++
	}
	return out
}

func TestWhoAsksToBeForgottenIs(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	eachDeath(t, func(w *world) {
		full(w)
		w.mustRedeem(carol, w.issue(membership.CodeRequest{AccountRef: "acc_8f3k2"}))
		for i, it := range []store.Item{{Key: store.Key{PK: "U#" + alice, SK: "NEW#1"}},
			{Key: store.Key{PK: "NEW#9", SK: "NEW"}, History: store.Key{PK: "TICKETS#" + store.PersonTickets(alice), SK: "2026"}}} {
			it.Body = fmt.Appendf(nil, `{"bob's":"%s %d"}`, bob, i)
			w.write(store.Write{Item: it, If: store.Any})
		}
	}, func(d *membership.Service) error { _, err := d.Forget(ctx, alice, watch.WayChat); return err }, func(w *world) {
		w.Add(watch.RestoreFor + membership.EraseAgain)
		w.sweep()
		for item, body := range w.everything() {
			switch all := item + " " + body; {
			case w.held(item), strings.HasSuffix(item, " C"): // over by now; an expired item is not read, and is removed within days
			case strings.Contains(all, "owner@example.jp"), strings.Contains(all, bob):
				t.Errorf("%s says who it was: %s", item, body)
			case strings.Contains(all, alice) && !strings.HasPrefix(item, "items U#"+alice):
				t.Errorf("%s is left: %s", item, body)
			case strings.HasPrefix(item, "items R#") && !strings.Contains(item, "acc_8f3k2"):
				t.Errorf("%s is left", item)
			}
		}
		if list, err := w.members.Accounts(ctx, carol); err != nil || len(list) != 1 {
			t.Errorf("who watches with them lost %v, %v", list, err)
		}
		w.Add(2 * time.Hour)
		if p, err := w.store.Person(ctx, alice); err != nil || p.Version != 0 {
			t.Errorf("%+v, %v", p, err)
		}
	})
}

func TestErasureLeavesDisputesAndNobodysName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	full(w)
	for range 2 {
		if err := w.members.Erase(context.Background(), account.Bank, account.Ref); err != nil {
			t.Fatal(err)
		}
		checkErased(t, w)
	}
}

func TestWhatTheFirstPassMissedGoesWithTheSecondLook(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := newWorld(t)
	full(w)
	if err := w.members.Erase(ctx, account.Bank, account.Ref); err != nil {
		t.Fatal(err)
	}
	// An alert that was in the making, and a customer who comes back.
	theirs := store.Key{PK: "A#0168#acc_8f3k", SK: "NEW"}
	w.write(store.Write{Item: store.Item{Key: theirs, Body: []byte(`{}`)}, If: store.Any})
	w.write(store.PutRecord(w.record("late")), store.PutActivity(account, &watch.Activity{}), bills(w, account))
	w.Add(time.Minute)
	code := w.issue(membership.CodeRequest{KeepOthers: true})
	back := w.mustRedeem(carol, w.issue(membership.CodeRequest{KeepOthers: true}))
	w.write(store.PutRecord(w.record("new")))
	stage := sweep.New(sweep.Config{Store: w.store, Queue: nowhere{}, Erase: w.members.EraseRest, Now: w.Now, Logger: slog.New(slog.DiscardHandler)})
	for _, late := range []bool{true, false} {
		if _, err := stage.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := w.store.Record(ctx, w.record("late").ID); (err == nil) != late {
			t.Errorf("the late record: %v", err)
		}
		w.Add(14 * time.Minute)
	}
	if _, err := w.store.Record(ctx, w.record("new").ID); err != nil {
		t.Errorf("the new record is gone: %v", err)
	}
	if a := w.account(); a == nil || len(a.Watchers) != 1 || a.Watchers[0].ID != back.Watcher.ID {
		t.Errorf("%+v", a)
	}
	if got, err := w.store.Get(ctx, theirs); err != nil || len(got) != 1 {
		t.Errorf("what may be the new customer's is gone: %v", err)
	}
	if _, err := w.store.Erasure(ctx, account); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the erasure is still noted: %v", err)
	}
	if _, err := w.redeem(alice, code); !errors.Is(err, membership.ErrExpired) {
		t.Errorf("the code that came after the erasure: %v", err)
	}
}

func TestAnErasureThatDiedIsEndedBySweep(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for _, after := range []bool{false, true} {
		for n := 2; ; n++ {
			w := newWorld(t)
			full(w)
			table := &dying{Table: w.table, n: n, after: after}
			mortal := *w.members
			mortal.Store = store.New(table)
			_ = mortal.Erase(ctx, account.Bank, account.Ref)
			w.Add(15 * time.Minute)
			if err := w.members.EraseRest(ctx, account); err != nil {
				t.Fatal(err)
			}
			checkErased(t, w)
			if !table.dead {
				break
			}
		}
	}
}
