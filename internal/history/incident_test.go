package history_test

import (
	"fmt"
	"testing"
	"time"

	"kozamori/internal/history"
	"kozamori/internal/membership"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

// An incident is listed once, with the parts that its reader is told of, and
// stands as its lead does: also for who was called without a rule of their own,
// and when it began before the time that is asked for.
func TestAnIncidentIsListedOnce(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 30, 14, 59, 0, 0, time.UTC) // a minute before December in Japan
	w := worldtest.New(t, worldtest.At(at))
	k := watch.AccountKey{Bank: "0125", Ref: "acc_1"}
	owner, called, other := worldtest.Owner("w1", "U1", worldtest.ByLINE), worldtest.Guardian("g1", "U2", worldtest.ByLINE), worldtest.Guardian("g2", "U3", worldtest.ByLINE)
	account := worldtest.Account(k, owner, called, other)
	record := func(id string, after time.Duration) *watch.Record {
		return &watch.Record{ID: id, OnAccount: watch.On(k), Kind: watch.Debit, Txn: id, Amount: 1000, Service: "docomo", Complete: true, OccurredAt: at.Add(after),
			ReceivedAt: at.Add(after), RecordedAt: at.Add(after), Notices: []watch.Notice{{Watcher: "w1", Reasons: watch.Because(watch.ServiceDebit)}}}
	}
	lead := record("r0", 0)
	var members []*watch.Record
	for i := 1; i < 4; i++ {
		m := record(fmt.Sprint("r", i), time.Duration(i)*40*time.Second)
		lead.Join(m)
		members = append(members, m)
	}
	lead.Notices = append(lead.Notices, watch.Notice{Watcher: "g1", Called: watch.CallUnanswered})
	alone := record("r9", 48*time.Hour)
	w.Put(store.PutAccount(account), store.PutRecord(lead), store.PutRecord(alone))
	for _, m := range members {
		w.Put(store.PutRecord(m))
	}
	december := at.Add(time.Minute)
	for name, c := range map[string]struct {
		who  watch.Watcher
		from time.Time
		want string
	}{
		"the owner":                       {owner, time.Time{}, "r9:r9 r0:r3,r2,r1,r0 "},
		"the owner, of the month after":   {owner, december, "r9:r9 r0:r3,r2 "},
		"a guardian who was called":       {called, time.Time{}, "r0:r3,r2,r1,r0 "},
		"a guardian who was told nothing": {other, time.Time{}, ""},
	} {
		alerts, more, err := history.Alerts(t.Context(), w.Store, membership.Bound{Account: account, Watcher: c.who}, c.from, time.Time{}, 10, 100)
		if err != nil || more {
			t.Fatal(err, more)
		}
		got := ""
		for _, a := range alerts {
			got += a.Record.ID + ":"
			for i, p := range a.Parts {
				if i > 0 {
					got += ","
				}
				got += p.ID
			}
			got += " "
		}
		if got != c.want {
			t.Errorf("%s reads %q, want %q", name, got, c.want)
		}
	}
}
