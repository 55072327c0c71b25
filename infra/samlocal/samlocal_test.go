package samlocal_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// scenario is something that people, banks and LINE do, and what must come of
// it. Each has people and accounts of its own.
type scenario struct {
	name string
	run  func(context.Context, *town) error
}

var scenarios = []scenario{
	{"a catalogue that no known key signed is refused, and alerts go out", forged}, // the first: programs look when they start
	{"a debit rings the phone and not mine reaches the bank", disputed},
	{"the same transaction rings once", duplicated},
	{"an unreadable message is dead-lettered", poisoned},
	{"a message that is received too often goes to the dead letters by itself", worn},
	{"an outage of LINE delays one message", outage},
	{"what LINE takes from nobody waits for a probe, and goes when LINE is back", down},
	{"a spent quota of LINE turns to mail, answered on its page", byMail},
	{"a mail that bounced makes its address unreachable", bounced},
	{"an unanswered critical alert goes to the next channel", unanswered},
	{"settings are changed on their pages", settings},
	{"a bank reads what is its own and has an account forgotten", bankReads},
	{"a bank calls an account otherwise, and its owner notices nothing", renamed},
	{"somebody joins by account link, and leaves", joinsAndLeaves},
	{"a guardian answers, and the owner hears of it wherever they are reached", family},
	{"the bank is told of a watcher that nothing reaches", nobodyReached},
	{"an owner erases everything on the page, the guardian hears of it, and a week later it is gone", erasedOnPage},
	{"an account that was written to while it was erased is erased again", erasedAgain},
	{"what a queue lost is queued again", lost},
	{"a look that comes early waits, and what is none is a dead letter", looks},
	{"a dispute that its bank does not take is given up after three days", notTaken},
	{"a mail that may or may not have gone out is sent again", half},
	{"a bank that sends nothing is noticed, and a number to call that was checked long ago", silent},
	{"people are told of a bank that is silent for hours, and of its end", toldOfSilence},
	{"an event of LINE that cannot be kept is refused", webhookLost},
	{"four debits in a second are one incident, which one tap reports", incident},
	{"what a bank says too often of one debit is kept in quarantine", refusedLater},
	{"what the chat answers goes by mail if LINE takes nothing", answeredByMail},
	{"a pause is told to the mailbox, which sets it back", setBack},
	{"somebody without LINE is enrolled by mail, reports, and invites a guardian without LINE", withoutLINE},
	{"a clerk signs in by their bank, works on reports, and decides on what was noticed", deskWorks}, // after what it works on
	{"an owner whose settings keep debits from them is reminded", exposed},
	{"what the bank did goes by mail if LINE does not bring it", statusByMail},
	{"what may be an attack rings, for its bank", enMasse},
}

func TestTheTemplateStoodUpDoesWhatTheLocalSystemDoes(t *testing.T) {
	dynamoDB, moto := emulators(t)
	w, err := newTown(t.Context(), "kozamori", dynamoDB, moto)
	if w != nil {
		t.Cleanup(w.done)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			if err := s.run(t.Context(), w); err != nil {
				t.Fatalf("%v\n%s", err, w.Logs())
			}
		})
	}
	if err := errors.Join(w.Problems()...); err != nil {
		t.Error(err)
	}
	if v := slices.Concat(w.line.Violations(), w.bank.Violations()); len(v) > 0 {
		t.Error(v)
	}
	logs := w.Logs()
	for _, secret := range []string{"acc_", "@example.jp", "ﾄﾞｺﾓｺｳｻﾞ", "channel-token", "channel-secret", clientSecret, "佐藤 真由", "whsec_", w.bank.APIKey} {
		if strings.Contains(logs, secret) {
			t.Errorf("%q is in the logs", secret)
		}
	}
	for _, u := range w.line.Users() {
		if strings.Contains(logs, u.ID) {
			t.Errorf("%s is in the logs", u.Name)
		}
	}
	for _, u := range w.Unused() {
		t.Errorf("%s, and no scenario needs it", u)
	}
	alarms(t, w)
}

func disputed(ctx context.Context, w *town) error {
	user, err := w.person("disputed")
	if err != nil {
		return err
	}
	if err := w.binds(ctx, user, "acc_disputed", ""); err != nil {
		return err
	}
	if err := w.debit(ctx, "d1", "acc_disputed", 100000); err != nil {
		return err
	}
	if err := w.shows(user, "100,000円", "身に覚えがない"); err != nil {
		return err
	}
	if err := w.press(user, "notmine"); err != nil {
		return err
	}
	if err := w.shows(user, "受付番号："); err != nil {
		return err
	}
	var told sim.BankDispute
	if err := w.until("the bank hears of the dispute", func() bool { return w.heard("acc_disputed", &told) }); err != nil {
		return err
	}
	if !strings.Contains(w.newest(user), told.Reference) || told.Transaction != "d1" {
		return fmt.Errorf("the bank heard of %s, %s", told.Transaction, told.Reference)
	}
	if _, err := w.ask(ctx, http.MethodPost, "/disputes/"+told.DisputeID+"/status", `{"status":"frozen","text":"連携を止めました。"}`, http.StatusOK); err != nil {
		return err
	}
	return w.shows(user, "連携を止めました。", told.Reference)
}

// heard finds a dispute in the bank's books by its account.
func (w *town) heard(account string, to *sim.BankDispute) bool {
	for _, d := range w.bank.Disputes() {
		if d.AccountRef == account {
			*to = d
			return true
		}
	}
	return false
}

func duplicated(ctx context.Context, w *town) error {
	user, err := w.person("duplicated")
	if err != nil {
		return err
	}
	if err := w.binds(ctx, user, "acc_twice", ""); err != nil {
		return err
	}
	for _, d := range []struct {
		txn string
		yen int
	}{{"t1", 1111}, {"t1", 1111}, {"t2", 2222}} {
		if err := w.debit(ctx, d.txn, "acc_twice", d.yen); err != nil {
			return err
		}
		if err := w.until("the phone rings", func() bool { return w.alerts(user, "1,111円") == 1 }); err != nil {
			return err
		}
	}
	if err := w.rings(user, "2,222円"); err != nil {
		return err
	}
	if n := w.alerts(user, "1,111円"); n != 1 {
		return fmt.Errorf("one transaction rang %d times", n)
	}
	return nil
}

// queueOf is the address of a queue of the template.
func (w *town) send(ctx context.Context, queue, body string) error {
	u, err := w.Ref(queue)
	if err != nil {
		return err
	}
	_, err = w.Call(ctx, "AmazonSQS.SendMessage", map[string]any{"QueueUrl": u, "MessageBody": body})
	return err
}

// dead takes a letter out of a queue of dead letters; empty if there is none.
func (w *town) dead(ctx context.Context, queue string) string {
	u, _ := w.Ref(queue)
	res, err := w.Call(ctx, "AmazonSQS.ReceiveMessage", map[string]any{"QueueUrl": u, "MaxNumberOfMessages": 1})
	list, _ := res["Messages"].([]any)
	if err != nil || len(list) != 1 {
		return ""
	}
	m := list[0].(map[string]any)
	_, _ = w.Call(ctx, "AmazonSQS.DeleteMessage", map[string]any{"QueueUrl": u, "ReceiptHandle": m["ReceiptHandle"]})
	return text(m["Body"])
}

func poisoned(ctx context.Context, w *town) error {
	for queue, dead := range map[string]string{"EventsQueue": "EventsDead", "LineQueue": "LineDead", "EmailQueue": "EmailDead", "BankQueue": "BankDead", "ChatQueue": "ChatDead"} {
		if err := w.send(ctx, queue, "poison for "+queue); err != nil {
			return err
		}
		if err := w.until(queue+"'s poison is a dead letter", func() bool { return w.dead(ctx, dead) == "poison for "+queue }); err != nil {
			return err
		}
	}
	return nil
}

// worn receives a message as often as it may be, as if its function died each
// time. It uses a queue of its own stack that nothing polls.
func worn(ctx context.Context, w *town) error {
	resume := w.Pause("BankQueue")
	defer resume()
	if err := w.send(ctx, "BankQueue", "worn"); err != nil {
		return err
	}
	u, err := w.Ref("BankQueue")
	if err != nil {
		return err
	}
	for range 200 {
		if _, err := w.Call(ctx, "AmazonSQS.ReceiveMessage", map[string]any{"QueueUrl": u, "VisibilityTimeout": 0}); err != nil {
			return err
		}
		if w.dead(ctx, "BankDead") == "worn" {
			return nil
		}
	}
	return errors.New("a message is received 200 times and comes again")
}

func outage(ctx context.Context, w *town) error {
	user, err := w.person("outage")
	if err != nil {
		return err
	}
	if err := w.binds(ctx, user, "acc_outage", ""); err != nil {
		return err
	}
	w.line.Fail(1, sim.ServerError)
	w.line.Fail(1, sim.AcceptThenDrop)
	if err := w.debit(ctx, "o1", "acc_outage", 3333); err != nil {
		return err
	}
	if err := w.until("the phone rings after all", func() bool { return w.alerts(user, "3,333円") > 0 }); err != nil {
		return err
	}
	// The one whose answer was lost is asked for again, and LINE knows it.
	if err := w.until("the delivery is known to be accepted", func() bool { return w.accepted(ctx, "acc_outage", watch.LINE) }); err != nil {
		return err
	}
	if n := w.alerts(user, "3,333円"); n != 1 {
		return fmt.Errorf("the phone rang %d times", n)
	}
	return nil
}

// down is an outage of LINE for everybody.
func down(ctx context.Context, w *town) error {
	var users []string
	for i := range 4 {
		user, err := w.person(fmt.Sprint("down ", i))
		if err != nil {
			return err
		}
		if err := w.binds(ctx, user, fmt.Sprint("acc_down", i), ""); err != nil {
			return err
		}
		users = append(users, user)
	}
	w.line.Fail(1000, sim.ServerError)
	for i := range users {
		if err := w.debit(ctx, fmt.Sprint("down", i), fmt.Sprint("acc_down", i), 6600+i); err != nil {
			return err
		}
	}
	open := func() bool {
		b, err := w.store.Breaker(ctx, string(watch.LINE))
		return err == nil && b.Open
	}
	err := w.until("LINE is known to be down", open)
	w.line.Works()
	if err != nil {
		return err
	}
	return w.until("each phone has rung and LINE is known to be back", func() bool {
		for i, user := range users {
			if w.alerts(user, fmt.Sprintf("6,60%d円", i)) != 1 {
				return false
			}
		}
		return !open()
	})
}

// record is the newest record of an account; nil if there is none.
func (w *town) record(ctx context.Context, account string) *watch.Record {
	list, err := store.First(w.store.History(ctx, watch.AccountKey{Bank: "0125", Ref: account}, time.Time{}, time.Time{}), 1)
	if err != nil || len(list) == 0 {
		return nil
	}
	return list[0]
}

func (w *town) accepted(ctx context.Context, account string, kind watch.ChannelKind) bool {
	r := w.record(ctx, account)
	return r != nil && slices.ContainsFunc(r.Deliveries, func(d watch.Delivery) bool { return d.Channel == kind && d.State == watch.Accepted })
}

// mailTo finds the newest mail to an address.
func (w *town) mailTo(address string, to *sim.Mail) bool {
	for _, m := range slices.Backward(w.mail.Messages()) {
		if m.To == address {
			*to = m
			return true
		}
	}
	return false
}
