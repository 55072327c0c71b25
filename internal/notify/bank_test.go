package notify_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// disputed stores a dispute with changes that the bank is to be told.
func (w *world) disputed(changes ...watch.DisputeStatus) *watch.Dispute {
	w.t.Helper()
	d := &watch.Dispute{ID: "d1", Reference: "KZ-7F3K-9Q2M", Record: "r1", OnAccount: watch.On(watch.AccountKey{Bank: "0125", Ref: ref}),
		Kind: watch.Debit, Txn: "t1", OccurredAt: begin, ReceivedAt: begin, AnsweredAt: begin, AnsweredBy: watch.Owner}
	for i, s := range changes {
		d.Changes = append(d.Changes, watch.DisputeChange{Seq: i + 1, Status: s, At: w.Now(), By: watch.Guardian, TellBank: true})
	}
	if err := w.store.Write(context.Background(), w.store.PutDispute(d)); err != nil {
		w.t.Fatal(err)
	}
	b, _ := json.Marshal(watch.Job{Dispute: "d1"})
	if err := w.queue.Send(context.Background(), queue.Bank, queue.Outgoing{Body: b, Group: "0125"}); err != nil {
		w.t.Fatal(err)
	}
	return d
}

func (w *world) dispute() *watch.Dispute {
	w.t.Helper()
	d, err := w.store.Dispute(context.Background(), "d1")
	if err != nil {
		w.t.Fatal(err)
	}
	return d
}

func TestABankHearsEveryChangeInOrder(t *testing.T) {
	w := newWorld(t)
	w.bank.setDown(true)
	w.disputed(watch.DisputeOpened, watch.DisputeWithdrawn)
	w.settle()
	w.pass(6*time.Hour, 10*time.Minute)
	w.bank.setDown(false)
	w.pass(2*time.Hour, 10*time.Minute)
	var types []string
	for _, v := range w.bank.callbacks() {
		types = append(types, v["type"].(string))
	}
	if got := strings.Join(types, " "); got != "dispute.opened dispute.withdrawn" {
		t.Errorf("the bank heard %q", got)
	}
	// One id for each change, however often it was tried.
	if d := w.dispute(); d.Changes[0].Failed != nil || len(w.bank.ids) != 2 || d.Changes[0].ToldAt.IsZero() || d.Changes[0].Attempts < 5 || !d.Due.IsZero() {
		t.Errorf("ids %v, dispute %+v", w.bank.ids, d)
	}
}

func TestABankThatNeverAnswersIsGivenUpAfter72Hours(t *testing.T) {
	w := newWorld(t)
	w.bank.setDown(true)
	w.disputed(watch.DisputeOpened)
	w.settle()
	w.pass(71*time.Hour, 30*time.Minute)
	if d := w.dispute(); !d.Changes[0].GaveUpAt.IsZero() || w.dead(queue.Bank) != 0 {
		t.Fatalf("given up too early: %+v", d.Changes[0])
	}
	if f := w.dispute().Changes[0].Failed; f == nil || f.Reason != "answered" || f.Status != http.StatusServiceUnavailable || f.At.IsZero() {
		t.Errorf("why the last attempt failed is kept as %+v", f)
	}
	w.pass(90*time.Minute, 30*time.Minute)
	// A probe does not give up: what it was for would be no dead letter. The sweep finds it.
	if err := w.queue.Send(t.Context(), queue.Bank, queue.Outgoing{Body: []byte(`{"dispute":"d1"}`)}); err != nil {
		t.Fatal(err)
	}
	w.settle()
	if d := w.dispute(); d.Changes[0].GaveUpAt.IsZero() || w.dead(queue.Bank) != 1 {
		t.Errorf("%+v, %d dead letters", d.Changes[0], w.dead(queue.Bank))
	}
}

func TestAnUnreachableCallbackIsTriedUntilTheBankTakesIt(t *testing.T) {
	w := newWorld(t)
	w.bank.setDown(true)
	w.account(func(a *watch.Account) { a.Watchers[0].Channels = a.Watchers[0].Channels[:1] })
	w.line.Fail(3, sim.BadRequest)
	w.alert(watch.TellAlert, watch.LINE, w.Now(), nil)
	w.settle()
	w.pass(3*time.Hour, 10*time.Minute)
	if got := w.states(); got != "alert-line undelivered, unreachable-bank queued" {
		t.Fatal(got)
	}
	w.bank.setDown(false)
	w.pass(2*time.Hour, 10*time.Minute)
	if got := w.states(); got != "alert-line undelivered, unreachable-bank accepted" || len(w.bank.callbacks()) != 1 || len(w.bank.ids) != 1 {
		t.Errorf("%s, %d callbacks under %d ids", got, len(w.bank.callbacks()), len(w.bank.ids))
	}
}

func TestTheOwnerIsToldWhatAGuardianAnswered(t *testing.T) {
	answer := func(v watch.AnswerValue) func(*watch.Record) {
		return func(r *watch.Record) { r.Answer = &watch.Answer{Value: v, Watcher: "g1", At: begin} }
	}
	for name, c := range map[string]struct {
		record  func(*watch.Record)
		seq     int
		changes []watch.DisputeStatus
		want    string
		shows   string
	}{
		"mine": {record: answer(watch.Mine), want: "answer-line accepted", shows: "見守り家族が「本人の利用です」と回答しました"},
		"not mine, with the reference": {seq: 1, record: func(r *watch.Record) { answer(watch.NotMine)(r); r.Dispute = "d1" },
			changes: []watch.DisputeStatus{watch.DisputeOpened}, want: "answer-line accepted", shows: "KZ-7F3K-9Q2M"},
		"not mine, and taken back since: the same words as before": {seq: 1, record: func(r *watch.Record) { r.Dispute = "d1" },
			changes: []watch.DisputeStatus{watch.DisputeOpened, watch.DisputeWithdrawn}, want: "answer-line accepted", shows: "KZ-7F3K-9Q2M"},
		"an answer taken back, under its own number": {record: func(r *watch.Record) { r.Dispute = "d1" }, seq: 2,
			changes: []watch.DisputeStatus{watch.DisputeOpened, watch.DisputeWithdrawn}, want: "answer-line accepted", shows: "取り消しました"},
		"nothing, when the answer was taken back":      {want: "answer-line cancelled"},
		"nothing, when another answer has replaced it": {record: answer(watch.NotMine), want: "answer-line cancelled"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			if c.changes != nil {
				w.disputed(c.changes...)
			}
			w.seq = c.seq
			w.alert(watch.TellAnswer, watch.LINE, w.Now(), c.record)
			w.settle()
			if got := w.states(); got != c.want {
				t.Fatalf("%s, want %s", got, c.want)
			}
			if c.shows == "" {
				return
			}
			if m := w.line.Messages(); len(m) != 1 || !strings.Contains(string(m[0].Messages[0]), c.shows) {
				t.Errorf("the phone shows %+v", m)
			}
		})
	}
}

// What happened before an account was called otherwise is told by the name that it had
// then, in each attempt; what happens after, by the new one.
func TestACallbackNamesTheAccountAsItWasCalledThen(t *testing.T) {
	w := newWorld(t)
	w.bank.setDown(true)
	w.disputed(watch.DisputeOpened)
	w.settle()
	w.Add(time.Minute)
	k := watch.AccountKey{Bank: "0125", Ref: ref}
	names, err := w.store.Names(t.Context(), k)
	if err == nil {
		err = w.store.Write(t.Context(), store.ReplaceName(names, store.Name{Ref: "acc_later", Since: w.Now()})...)
	}
	if err != nil {
		t.Fatal(err)
	}
	w.Add(time.Minute)
	if _, err := w.store.UpdateDispute(t.Context(), "d1", func(d *watch.Dispute) error {
		d.Changes = append(d.Changes, watch.DisputeChange{Seq: 2, Status: watch.DisputeWithdrawn, At: w.Now(), By: watch.Owner, TellBank: true})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	w.bank.setDown(false)
	w.pass(2*time.Hour, 10*time.Minute)
	var told []any
	for _, v := range w.bank.callbacks() {
		told = append(told, v["account_ref"])
	}
	if len(told) != 2 || told[0] != ref || told[1] != "acc_later" {
		t.Errorf("the bank is told of %v", told)
	}
}
