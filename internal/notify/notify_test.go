package notify_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"kozamori/internal/channel"
	"kozamori/internal/queue"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

func TestADeliveryEndsOnRecord(t *testing.T) {
	mark := func(kind watch.ChannelKind) func(*watch.Account) {
		return func(a *watch.Account) {
			for i := range a.Watchers[0].Channels {
				if c := &a.Watchers[0].Channels[i]; c.Kind == kind {
					c.UnreachableSince = begin
				}
			}
		}
	}
	for name, c := range map[string]struct {
		account func(*watch.Account)
		line    []sim.Fault
		mail    []sim.MailFault
		want    string
		line1   int // messages that LINE took
		mails   int
		bank    int // callbacks
		dead    int
	}{
		"LINE takes it": {want: "alert-line accepted", line1: 1},
		"an answer of 409 is an acceptance": {line: []sim.Fault{sim.AcceptThenDrop},
			want: "alert-line accepted", line1: 1},
		"a server error is tried again": {line: []sim.Fault{sim.ServerError, sim.ServerError},
			want: "alert-line accepted", line1: 1},
		"a spent quota turns to mail": {line: []sim.Fault{sim.QuotaSpent},
			want: "alert-line undelivered, alert-email accepted", mails: 1},
		"a message that LINE refuses turns to mail, and is kept as a dead letter": {line: []sim.Fault{sim.BadRequest, sim.BadRequest, sim.BadRequest},
			want: "alert-line undelivered, alert-email accepted", mails: 1, dead: 1},
		"somebody who unfollowed in the meantime gets a mail": {account: mark(watch.LINE),
			want: "alert-line undelivered, alert-email accepted", mails: 1},
		"somebody without LINE user gets a mail": {account: func(a *watch.Account) { a.Watchers[0].LineUser = "" },
			want: "alert-line undelivered, alert-email accepted", mails: 1},
		"when no channel is left the bank is told": {account: mark(watch.Email), line: []sim.Fault{sim.BadRequest, sim.BadRequest, sim.BadRequest},
			want: "alert-line undelivered, unreachable-bank accepted", bank: 1, dead: 1},
		"when every channel failed the bank is told": {line: []sim.Fault{sim.QuotaSpent}, mail: []sim.MailFault{sim.MailBadAddress},
			want: "alert-line undelivered, alert-email undelivered, unreachable-bank accepted", bank: 1},
		"somebody who stopped watching is not told": {account: func(a *watch.Account) { a.Watchers = a.Watchers[1:] },
			want: "alert-line cancelled"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			if c.account != nil {
				w.account(c.account)
			}
			for _, f := range c.line {
				w.line.Fail(1, f)
			}
			for _, f := range c.mail {
				w.mail.Fail(1, f)
			}
			w.alert(watch.TellAlert, watch.LINE, w.Now(), nil)
			w.settle()
			w.pass(30*time.Second, 5*time.Second)
			if got := w.states(); got != c.want {
				t.Errorf("%s\nwant %s", got, c.want)
			}
			if l, m, b, d := len(w.line.Messages()), len(w.mail.Messages()), len(w.bank.callbacks()), w.dead(queue.LINE); l != c.line1 || m != c.mails || b != c.bank || d != c.dead {
				t.Errorf("LINE %d, mails %d, callbacks %d, dead letters %d; want %d, %d, %d, %d", l, m, b, d, c.line1, c.mails, c.bank, c.dead)
			}
			if r := w.record(); !r.Due.IsZero() {
				t.Errorf("the record is still due at %v", r.Due)
			}
		})
	}
}

func TestAnAcceptedDeliveryKnowsWhenAndUnderWhichID(t *testing.T) {
	w := newWorld(t)
	w.line.Fail(1, sim.AcceptThenDrop)
	w.alert(watch.TellAlert, watch.LINE, w.Now(), nil)
	w.settle()
	w.pass(10*time.Second, 2*time.Second)
	d := w.record().Deliveries[0]
	if d.ProviderID != w.line.Messages()[0].ID || d.AcceptedAt.IsZero() || d.Attempts != 1 || d.Problem != "" {
		t.Errorf("%+v", d)
	}
}

func TestAUserThatLINECannotHaveIsMarkedOnTheAccount(t *testing.T) {
	w := newWorld(t)
	w.account(func(a *watch.Account) { a.Watchers[0].LineUser = "not-a-user" })
	w.alert(watch.TellAlert, watch.LINE, w.Now(), nil)
	w.settle()
	w.account(func(a *watch.Account) {
		if a.Watchers[0].Channels[0].UnreachableSince.IsZero() || !a.Watchers[0].Channels[1].UnreachableSince.IsZero() {
			t.Errorf("channels %+v", a.Watchers[0].Channels)
		}
	})
}

func TestTheUnreachableCallbackNamesNobody(t *testing.T) {
	w := newWorld(t)
	w.account(func(a *watch.Account) { a.Watchers[0].Channels = a.Watchers[0].Channels[:1] })
	w.line.Fail(3, sim.BadRequest)
	w.alert(watch.TellAlert, watch.LINE, w.Now(), nil)
	w.settle()
	got := w.bank.callbacks()
	if len(got) != 1 || got[0]["type"] != "watcher.unreachable" || got[0]["account_ref"] != ref || got[0]["transaction_id"] != "t1" {
		t.Fatalf("%v", got)
	}
	if s := fmt.Sprint(got); strings.Contains(s, lineUser) || strings.Contains(s, mailTo) {
		t.Errorf("the bank is told %s", s)
	}
}

func TestAnOutageOfLINE(t *testing.T) {
	w := newWorld(t)
	w.line.Fail(10_000, sim.ServerError)
	w.alert(watch.TellAlert, watch.LINE, w.Now(), nil)
	w.settle()
	if got := w.states(); got != "alert-line queued" {
		t.Fatalf("at once: %s", got)
	}
	w.pass(5*time.Minute, 10*time.Second)
	if got := w.states(); got != "alert-line queued, alert-email accepted" || len(w.mail.Messages()) != 1 {
		t.Fatalf("after five minutes: %s, %d mails", got, len(w.mail.Messages()))
	}
	w.pass(19*time.Hour, 5*time.Minute)
	if got := w.states(); got != "alert-line queued, alert-email accepted" {
		t.Fatalf("after 19 hours: %s", got)
	}
	w.pass(2*time.Hour, 5*time.Minute)
	if got := w.states(); got != "alert-line undelivered, alert-email accepted" || w.dead(queue.LINE) != 1 {
		t.Errorf("after 21 hours: %s, %d dead letters", got, w.dead(queue.LINE))
	}
	r := w.record()
	if d := r.Deliveries[0]; !r.IsAlert() || d.Problem != "LINE answered 500" || d.Attempts < 40 || d.Attempts > 120 {
		t.Errorf("the alert is no longer visible as undelivered: %+v", d)
	}
	if len(w.bank.callbacks()) != 0 || len(w.mail.Messages()) != 1 {
		t.Errorf("%d callbacks, %d mails", len(w.bank.callbacks()), len(w.mail.Messages()))
	}
}

func TestAMailIsLeasedBeforeItIsSent(t *testing.T) {
	w := newWorld(t)
	w.replace(watch.Email, func(s channel.Sender) channel.Sender { return &crash{Sender: s, times: 1} })
	w.alert(watch.TellAlert, watch.Email, w.Now(), nil)
	w.settle()
	if got := w.states(); got != "alert-email sending" || len(w.mail.Messages()) != 1 {
		t.Fatalf("after the crash: %s, %d mails", got, len(w.mail.Messages()))
	}
	w.pass(50*time.Second, 5*time.Second)
	if n := len(w.mail.Messages()); n != 1 {
		t.Fatalf("within the lease %d mails were sent", n)
	}
	w.pass(time.Minute, 5*time.Second)
	if got := w.states(); got != "alert-email accepted" || len(w.mail.Messages()) != 2 {
		t.Errorf("after the lease: %s, %d mails", got, len(w.mail.Messages()))
	}
	if n := strings.Count(w.log.String(), "a message whose outcome is unknown is sent again"); n != 1 {
		t.Errorf("counted %d times", n)
	}
}

func TestManyWorkersSendOneMail(t *testing.T) {
	w := newWorld(t)
	w.alert(watch.TellAlert, watch.Email, w.Now(), nil)
	id := w.record().Deliveries[0].ID
	b, _ := json.Marshal(watch.Job{Record: "r1", Delivery: id})
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			w.stage.Handle(context.Background(), []queue.Message{{ID: fmt.Sprint(i), Body: b, Receives: 1}})
		})
	}
	wg.Wait()
	if got := w.states(); got != "alert-email accepted" || len(w.mail.Messages()) != 1 {
		t.Errorf("%s, %d mails", got, len(w.mail.Messages()))
	}
}

func TestACrashAfterLINEAcceptedDoublesNothing(t *testing.T) {
	w := newWorld(t)
	w.replace(watch.LINE, func(s channel.Sender) channel.Sender { return &crash{Sender: s, times: 3} })
	w.alert(watch.TellAlert, watch.LINE, w.Now(), nil)
	w.settle()
	w.pass(time.Minute, 5*time.Second)
	if got := w.states(); got != "alert-line accepted" || len(w.line.Messages()) != 1 {
		t.Errorf("%s, %d messages", got, len(w.line.Messages()))
	}
}

func TestQuietHoursHoldADelivery(t *testing.T) {
	w := newWorld(t)
	w.alert(watch.TellAlert, watch.LINE, w.Now().Add(time.Hour), nil)
	w.settle()
	w.pass(2*time.Hour, 10*time.Minute)
	if got := w.states(); got != "alert-line held" || len(w.line.Messages()) != 0 {
		t.Fatalf("notify sent what only sweep may release: %s", got)
	}
	// Sweep releases it.
	_, err := w.store.UpdateRecord(context.Background(), "r1", func(r *watch.Record) error {
		r.Deliveries[0].State = watch.Queued
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	w.job(watch.LINE, w.record().Deliveries[0].ID)
	w.job(watch.LINE, w.record().Deliveries[0].ID) // and once more
	w.settle()
	if got := w.states(); got != "alert-line accepted" || len(w.line.Messages()) != 1 {
		t.Errorf("%s, %d messages", got, len(w.line.Messages()))
	}
}

func TestAnErasedRecordEndsItsJobs(t *testing.T) {
	w := newWorld(t)
	w.alert(watch.TellAlert, watch.LINE, w.Now(), nil)
	if err := w.store.Write(context.Background(), store.DeleteRecord(&watch.Record{ID: "r1"})...); err != nil {
		t.Fatal(err)
	}
	w.settle()
	d, err := w.queue.Depth(context.Background(), queue.LINE)
	if err != nil || d.Waiting+d.InFlight+d.Dead != 0 || len(w.line.Messages()) != 0 {
		t.Errorf("%+v %v, %d messages", d, err, len(w.line.Messages()))
	}
}

func TestWhatIsNoJobIsDeadLetteredAndAJobOfANewerProgramWaits(t *testing.T) {
	w := newWorld(t)
	v := w.stage.Handle(context.Background(), []queue.Message{{Body: []byte("not JSON"), Receives: 1}, {Body: []byte(`{"incident":"i"}`), Receives: 1}})
	if v[0].DeadLetter == "" || v[1].Done || v[1].DeadLetter != "" || v[1].Delay <= 0 {
		t.Errorf("%+v", v)
	}
}
