package notify_test

import (
	"context"
	"encoding/json"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/callback"
	"kozamori/internal/feed"
	"kozamori/internal/queue"
	"kozamori/internal/radar"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// kindsOfCallbacks bring about one callback of each kind.
var kindsOfCallbacks = map[string]func(w *world){
	"dispute.opened": func(w *world) { w.disputed(watch.DisputeOpened) },
	"watcher.unreachable": func(w *world) {
		w.account(func(a *watch.Account) { a.Watchers[0].Channels = a.Watchers[0].Channels[:1] })
		w.line.Fail(50, sim.BadRequest)
		w.alert(watch.TellAlert, watch.LINE, w.Now(), nil)
	},
	"intake.finished": func(w *world) { w.filed() },
	"feed.gap": func(w *world) {
		w.put(store.PutFeedHealth(&feed.Health{Bank: "0125", News: []feed.News{{Seq: 3, Type: feed.TypeGap, At: w.Now(), From: 7, To: 9}}}))
		w.tell(func(j *queue.Jobs) { j.TellFeed("0125") })
	},
	"campaign.suspected": func(w *world) {
		c := radar.Open(&radar.Test{Bank: "0125", Service: "paypay", Kind: radar.Refused, From: begin.Add(-time.Hour), To: begin, Seen: 9, Expected: 0.01, First: []radar.Seen{{Txn: "att_1", At: begin}}}, w.Now())
		s := &radar.Standing{Bank: "0125"}
		s.Note(c)
		w.put(store.PutCampaign(c), store.PutStanding(s))
		w.tell(func(j *queue.Jobs) { j.TellFeed("0125") })
	},
}

func (w *world) tell(add func(*queue.Jobs)) {
	w.t.Helper()
	var jobs queue.Jobs
	add(&jobs)
	if err := jobs.Send(context.Background(), w.queue); err != nil {
		w.t.Fatal(err)
	}
}

// logged is the log of the one callback that there is.
func (w *world) logged() *store.Callback {
	w.t.Helper()
	list, cursor, err := w.store.Callbacks(context.Background(), "0125", 10, "")
	if err != nil || cursor != "" || len(list) != 1 {
		w.t.Fatalf("%d callbacks in the log, cursor %q, %v", len(list), cursor, err)
	}
	if others, _, err := w.store.Callbacks(context.Background(), "0168", 10, ""); err != nil || len(others) != 0 {
		w.t.Errorf("another bank has %d, %v", len(others), err)
	}
	if _, err := w.store.Callback(context.Background(), "0168", list[0].ID); err == nil {
		w.t.Error("another bank reads it by its id")
	}
	return list[0]
}

// resend is what a bank does that asks for it once more.
func (w *world) resend(is *store.Callback) *store.Callback {
	w.t.Helper()
	again := callback.Resender{Store: w.store, Queue: w.queue, Now: w.Now, Dispute: func(ctx context.Context, _, id string, seq int) error {
		_, err := w.store.UpdateDispute(ctx, id, func(d *watch.Dispute) error {
			d.Changes[seq-1].ToldAt, d.Changes[seq-1].GaveUpAt = time.Time{}, time.Time{}
			return nil
		})
		w.tell(func(j *queue.Jobs) { j.TellBank(w.dispute()) }) // as the sweep does
		return err
	}}
	asked, err := again.Resend(context.Background(), "0125", is.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := again.Resend(context.Background(), "0168", is.ID); err == nil {
		w.t.Error("another bank may ask for it")
	}
	return asked
}

// A callback of any kind is in the log with what came of each attempt, and comes again
// when its bank asks for it: under its id, with its body, and for as long as the first
// time.
func TestACallbackOfAnyKindIsInTheLogAndComesAgain(t *testing.T) {
	for kind, brings := range kindsOfCallbacks {
		t.Run(kind, func(t *testing.T) {
			w := newWorld(t)
			w.bank.setDown(true)
			brings(w)
			w.settle()
			w.pass(time.Hour, 5*time.Minute)
			is := w.logged()
			if is.Type != kind || !is.Waits() || is.Attempts < 3 || len(is.Latest) != min(is.Attempts, store.MaxAttempts) || is.Latest[0].Status != 503 || is.Latest[0].Reason != "answered" || is.Latest[0].Taken() {
				t.Fatalf("while its endpoint is down: %+v", is)
			}
			if !w.bank.ids[is.ID] || len(w.bank.ids) != 1 {
				t.Errorf("%s is in the log, and the bank was called under %v", is.ID, w.bank.ids)
			}
			w.bank.setDown(false)
			w.resend(is) // it waits, and need not for longer than until the endpoint is looked at
			w.pass(31*time.Second, time.Second)
			is = w.logged()
			if last := is.Latest[len(is.Latest)-1]; is.ToldAt.IsZero() || !last.Taken() || last.At.After(w.Now()) {
				t.Errorf("after the bank took it: %+v", is)
			}
			w.pass(2*time.Hour, 30*time.Minute)
			if n := len(w.bank.callbacks()); n != 1 { // also where two jobs come at once
				t.Errorf("the bank took it %d times", n)
			}

			w.bank.setDown(true)
			w.pass(100*time.Hour, 50*time.Hour)
			if asked := w.resend(w.logged()); !asked.Waits() || asked.AskedAt.IsZero() {
				t.Errorf("asked for: %+v", asked)
			}
			w.settle()
			w.pass(70*time.Hour, 30*time.Minute)
			if is = w.logged(); !is.Waits() || len(is.Latest) != store.MaxAttempts || is.Attempts <= store.MaxAttempts {
				t.Fatalf("given up before its time, or too much is kept: %+v", is)
			}
			w.bank.setDown(false)
			w.pass(90*time.Minute, 10*time.Minute)
			all := w.bank.callbacks()
			if is = w.logged(); is.ToldAt.IsZero() || len(w.bank.ids) != 1 {
				t.Errorf("%+v, ids %v", is, w.bank.ids)
			}
			if d := cmp.Diff(all[0], all[len(all)-1]); d != "" {
				t.Errorf("it came with another body:\n%s", d)
			}

			w.bank.setDown(true)
			w.resend(is)
			w.settle()
			w.pass(74*time.Hour, 30*time.Minute)
			if is = w.logged(); is.GaveUpAt.IsZero() || !is.ToldAt.IsZero() {
				t.Errorf("it is tried for ever: %+v", is)
			}
		})
	}
}

// Where the process dies makes no callback be lost, and none be listed as waiting that
// the bank took.
func TestWhereverTheProcessDiesTheLogSaysInTheEndWhatTheBankTook(t *testing.T) {
	for kind, brings := range kindsOfCallbacks {
		t.Run(kind, func(t *testing.T) {
			for at := range 12 { // before each of the writes
				w := newWorld(t)
				brings(w)
				var writes atomic.Int64
				w.table.dies = func(store.Key) bool { return writes.Add(1) == int64(at+1) }
				w.settle()
				w.pass(4*time.Hour, 10*time.Minute)
				is := w.logged()
				if n := len(w.bank.callbacks()); n == 0 || n > 2 || len(w.bank.ids) != 1 || is.ToldAt.IsZero() || is.Attempts == 0 || is.Attempts > n {
					t.Errorf("dead before write %d: the bank took it %d times under %d ids, and the log has %+v", at, n, len(w.bank.ids), is)
				}
				if writes.Load() <= int64(at) { // it did not die
					if at == 0 {
						t.Error("nothing was written")
					}
					return
				}
			}
		})
	}
}

// What stands in the log names nobody, and what is kept of a body neither.
func TestTheLogOfCallbacksNamesNobody(t *testing.T) {
	for kind, brings := range kindsOfCallbacks {
		w := newWorld(t)
		brings(w)
		w.settle()
		is := w.logged()
		text, _ := json.Marshal(is)
		body, err := w.store.CallbackBody(t.Context(), is.ID)
		if kept := err == nil; kept != (is.Dispute == "" && is.Record == "") {
			t.Errorf("%s: is its body kept? %v", kind, err)
		}
		for _, secret := range []string{ref, lineUser, mailTo, "***4567", "ﾄﾞｺﾓｺｳｻﾞ"} {
			if strings.Contains(string(text)+string(body), secret) {
				t.Errorf("%s: %s is in %s %s", kind, secret, text, body)
			}
		}
	}
}

// Of an account that was erased nothing can be sent again, and that is said.
func TestACallbackAboutWhatWasErasedIsGivenUp(t *testing.T) {
	w := newWorld(t)
	kindsOfCallbacks["watcher.unreachable"](w)
	w.settle()
	is := w.logged()
	if is.ToldAt.IsZero() {
		t.Fatalf("%+v", is)
	}
	w.put(store.DeleteRecord(w.record())...)
	w.resend(is)
	w.settle()
	if is = w.logged(); is.GaveUpAt.IsZero() || is.Attempts != 1 {
		t.Errorf("%+v", is)
	}
}
