package app_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kozamori/internal/quote"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/testkit/breadth"
	"kozamori/internal/watch"
)

// shaky is a table of which some writes are not answered, as if the process that made
// them had died: some are done before that.
type shaky struct {
	store.Table
	mu    sync.Mutex
	from  int // of the writes, from 1; 0 is none
	count int
	lost  int // how many writes are not answered
	done  bool
}

var errNotAnswered = errors.New("not answered")

func (s *shaky) Write(ctx context.Context, writes ...store.Write) error {
	s.mu.Lock()
	s.count++
	shakes := s.from > 0 && s.count >= s.from && s.count < s.from+s.lost
	s.mu.Unlock()
	if !shakes {
		return s.Table.Write(ctx, writes...)
	}
	if s.done {
		if err := s.Table.Write(ctx, writes...); err != nil {
			return err
		}
	}
	return errNotAnswered
}

func (s *shaky) shake(from, lost int, done bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.from, s.count, s.lost, s.done = from, 0, lost, done
}

// households gives the person of a world a second account, and a guardian by mail who
// may not see amounts, and has them watch since long ago.
func (w *world) households() {
	w.t.Helper()
	w.swept("2026-10-27 12:00")
	for _, ref := range []string{"acc_1", "acc_2"} {
		k := watch.AccountKey{Bank: "0125", Ref: ref}
		a := &watch.Account{AccountKey: k, Mask: map[string]quote.Text{"acc_1": "普通 ***4567", "acc_2": "普通 ***9876"}[ref],
			Watchers: []watch.Watcher{
				{ID: "w_" + ref, Role: watch.Owner, LineUser: lineUser, Lang: watch.Japanese, Channels: []watch.Channel{{Kind: watch.LINE}, {Kind: watch.Email, Address: "owner@example.jp"}}, Rules: watch.DefaultRules(), Since: w.Now()},
				{ID: "g_" + ref, Role: watch.Guardian, HideAmount: true, Lang: watch.Japanese, Channels: []watch.Channel{{Kind: watch.Email, Address: "guardian@example.jp"}}, Rules: watch.DefaultRules(), Since: w.Now()}}}
		if was, err := w.store.Account(w.t.Context(), k); err == nil {
			a.Version = was.Version
		}
		if err := w.store.Write(w.t.Context(), store.PutAccount(a), store.PutBinding(lineUser, store.Binding{OnAccount: watch.On(k), Watcher: "w_" + ref})); err != nil {
			w.t.Fatal(err)
		}
	}
}

// ofFile is a row of a night's file.
func ofFile(txn, ref, text string, yen int) string {
	return fmt.Sprintf(`{"id":"e_%s","type":"debit","transaction_id":%q,"account_ref":%q,"occurred_on":"2026-11-27","amount":%d,"currency":"JPY","descriptor":%q}`, txn, txn, ref, yen, text)
}

// night is a file about two accounts and three services, and how many incidents it is.
var night = []string{ofFile("1", "acc_1", "PAYPAY", 1000), ofFile("2", "acc_1", "PAYPAY", 2000), ofFile("3", "acc_1", "ﾒﾙﾍﾟｲ", 4000), ofFile("4", "acc_2", "PAYPAY", 8000)}

const nightIncidents = 3

// told are the deliveries to the owner of all incidents, by channel and state.
func (w *world) told() map[string]int {
	w.t.Helper()
	out := map[string]int{}
	for _, ref := range []string{"acc_1", "acc_2"} {
		for r, err := range w.store.History(w.t.Context(), watch.AccountKey{Bank: "0125", Ref: ref}, time.Time{}, time.Time{}) {
			if err != nil {
				w.t.Fatal(err)
			}
			for _, d := range r.Deliveries {
				if strings.HasPrefix(d.Watcher, "w_") {
					out[fmt.Sprint(d.Channel, " ", d.State)]++
				}
			}
		}
	}
	return out
}

func TestAPersonIsToldOfANightInOneMessage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.households()
	w.swept("2026-11-28 02:00")
	w.file(night...)
	w.swept("2026-11-28 07:30")
	all := w.phone()
	if len(all) != 1 {
		t.Fatalf("%d messages: %q", len(all), all)
	}
	for _, say := range []string{"昨日（11/27）の引き落としです", "15,000円", "4件", "***4567", "***9876", "PayPay", "メルペイ", "PayPay 2件・3,000円", "4,000円", "8,000円", "【確認】"} {
		if !strings.Contains(all[0], say) {
			t.Errorf("it does not say %s: %s", say, all[0])
		}
	}
	if n := strings.Count(all[0], `"data":"a=notmine`); n != nightIncidents {
		t.Errorf("%d times 身に覚えがない", n)
	}
	if got := w.told(); got["line accepted"] != nightIncidents || len(got) != 1 {
		t.Errorf("%v", got)
	}
	// What changes afterwards is told of its own record, and only that.
	w.swept("2026-11-28 09:00")
	w.happen(`{"id":"r","type":"debit.reversed","transaction_id":"4","account_ref":"acc_2","occurred_at":"2026-11-28T09:00:00+09:00"}`)
	if all = w.phone(); len(all) != 2 || !strings.Contains(all[1], "***9876") || strings.Contains(all[1], "メルペイ") {
		t.Errorf("%d messages: %q", len(all), all[1:])
	}
	if n := len(slices.DeleteFunc(w.mails, func(to string) bool { return to != "guardian@example.jp" })); n != 3 {
		t.Errorf("the guardian has %d mails", n) // an account each, and what changed
	}
}

// Whatever LINE answers, and wherever a process dies, each of a night's incidents is told
// once over a channel that takes it, and none is left.
func TestANightIsToldOnceWhateverFails(t *testing.T) {
	t.Parallel()
	pass := func(w *world, d time.Duration) {
		for end := w.Now().Add(d); w.Now().Before(end); {
			w.swept(w.Now().Add(5 * time.Minute).In(watch.JST).Format("2006-01-02 15:04"))
		}
	}
	for _, c := range []struct {
		fault sim.Fault
		times int
		told  map[string]int
		lines int // messages that LINE took
	}{
		{sim.ServerError, 2, map[string]int{"line accepted": 3, "email accepted": 3}, 1}, // it is tried again minutes later
		{sim.AcceptThenDrop, 1, map[string]int{"line accepted": 3}, 1},
		{sim.ServerError, 10_000, map[string]int{"line undelivered": 3, "email accepted": 3}, 0},
	} {
		t.Run(fmt.Sprint(c.fault, c.times), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.households()
			w.swept("2026-11-28 02:00")
			w.file(night...)
			w.line.Fail(c.times, c.fault)
			w.swept("2026-11-28 07:30")
			pass(w, 26*time.Hour)
			if got := w.told(); fmt.Sprint(got) != fmt.Sprint(c.told) || len(w.phone()) != c.lines {
				t.Errorf("%v, %d messages", got, len(w.phone()))
			}
		})
	}
	for _, done := range []bool{false, true} {
		for from := 1; from <= 16; from += breadth.Of(3, 1) {
			t.Run(fmt.Sprint("a write is lost ", from, done), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				w.households()
				w.swept("2026-11-28 02:00")
				w.file(night...)
				w.table.shake(from, 2, done)
				w.Set(time.Date(2026, 11, 28, 7, 30, 0, 0, watch.JST))
				_, _ = w.sweep.Sweep(t.Context()) // of which a write may be lost
				w.settle()
				pass(w, 3*time.Hour)
				got := w.told()
				if got["line accepted"] != nightIncidents || len(w.phone()) > nightIncidents || len(got) != 1 {
					t.Errorf("%v, %d messages", got, len(w.phone()))
				}
				said := 0
				for _, m := range w.phone() {
					said += strings.Count(m, `"data":"a=notmine`) - strings.Count(m, `"quickReply"`)*strings.Count(m[:strings.Index(m, "altText")], `"data":"a=notmine`)
				}
				if said != nightIncidents {
					t.Errorf("%d incidents are told: %v", said, w.phone())
				}
			})
		}
	}
}
