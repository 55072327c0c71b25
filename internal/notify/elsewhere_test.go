package notify_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// What is said of an answer or of a report × each way in which LINE fails ×
// where the person reads mail: it arrives once over one channel, or is a dead
// letter.
func TestWhatTheBankDidAndWhatAnotherAnsweredHaveAWay(t *testing.T) {
	t.Parallel()
	const elsewhere = "elsewhere@example.jp"
	mine := &watch.Answer{Value: watch.Mine, Watcher: "g1", Via: watch.ViaLINE, At: begin}
	kinds := map[string]struct {
		kind watch.DeliveryKind
		seq  int
		is   string
	}{
		"a bank's status":          {watch.TellDispute, 2, "引き落としを止めました"},
		"a report by a guardian":   {watch.TellAnswer, 1, "身に覚えがない"},
		"a guardian's own is mine": {watch.TellAnswer, 0, "回答しました"},
	}
	fails := map[string]func(w *world){
		"quota spent":  func(w *world) { w.line.Fail(999, sim.QuotaSpent) },
		"refused":      func(w *world) { w.line.Fail(999, sim.BadRequest) },
		"out of order": func(w *world) { w.line.Fail(9999, sim.ServerError) },
		"blocked": func(w *world) {
			w.account(func(a *watch.Account) { a.Watchers[0].Channels[0].UnreachableSince = begin })
		},
	}
	mails := map[string]string{"no mail": "", "mail": mailTo, "mail of another account": elsewhere}
	for what, say := range kinds {
		for how, fail := range fails {
			for where, address := range mails {
				t.Run(what+"; "+how+"; "+where, func(t *testing.T) {
					t.Parallel()
					w := newWorld(t)
					other := watch.AccountKey{Bank: "0125", Ref: "acc_other"}
					b := watch.Watcher{ID: "w9", Role: watch.Owner, LineUser: lineUser, Lang: watch.Japanese, Channels: []watch.Channel{{Kind: watch.LINE}}}
					if address == elsewhere {
						b.Channels = append(b.Channels, watch.Channel{Kind: watch.Email, Address: elsewhere})
					}
					w.account(func(a *watch.Account) {
						a.Watchers[0].DropChannel(watch.Email)
						if address == mailTo {
							a.Watchers[0].SetChannel(watch.Channel{Kind: watch.Email, Address: mailTo})
						}
					})
					key := watch.AccountKey{Bank: "0125", Ref: ref}
					opened := watch.DisputeChange{Seq: 1, Status: watch.DisputeOpened, At: begin, By: watch.Guardian, Watcher: "g1", Via: watch.ViaLINE}
					if err := w.store.Write(context.Background(), store.PutAccount(&watch.Account{AccountKey: other, Watchers: []watch.Watcher{b}}),
						store.PutBinding(lineUser, store.Binding{OnAccount: watch.On(key), Watcher: "w1"}),
						store.PutBinding(lineUser, store.Binding{OnAccount: watch.On(other), Watcher: "w9"}),
						w.store.PutDispute(&watch.Dispute{ID: "d1", Reference: "KZ-7F3K-9Q4M", Record: "r1", OnAccount: watch.On(key), Kind: watch.Debit, Txn: "t1", Amount: 100000,
							OccurredAt: begin, ReceivedAt: begin, AnsweredAt: begin, AnsweredBy: watch.Guardian, Watcher: "g1", Status: watch.DisputeFrozen,
							Changes: []watch.DisputeChange{opened, {Seq: 2, Status: watch.DisputeFrozen, At: begin}}})); err != nil {
						t.Fatal(err)
					}
					fail(w)
					w.seq = say.seq
					w.alert(say.kind, watch.LINE, w.Now(), func(r *watch.Record) {
						r.Dispute = "d1"
						r.Answer = &watch.Answer{Value: watch.NotMine, Watcher: "g1", Via: watch.ViaLINE, At: begin}
						if say.seq == 0 {
							r.Answer = mine
						}
					})
					w.settle()
					w.pass(21*time.Hour, 20*time.Minute)
					letters := w.dead(queue.LINE) + w.dead(queue.Email)
					sent := w.mail.Messages()
					switch {
					case address == "" && (letters != 1 || len(sent) != 0):
						t.Errorf("%d dead letters, %d mails: %s", letters, len(sent), w.states())
					case address != "" && len(sent) != 1:
						t.Fatalf("%d mails: %s", len(sent), w.states())
					case address != "" && (sent[0].To != address || !strings.Contains(sent[0].Text, say.is) || !strings.Contains(sent[0].Subject, "案件")):
						t.Errorf("to %s: %s: %s", sent[0].To, sent[0].Subject, sent[0].Text)
					case address == elsewhere && strings.Contains(sent[0].Text, "/stop/"):
						t.Error("its link would end another account's mails")
					}
					if n := len(w.line.Messages()); n > 0 {
						t.Errorf("LINE took %d", n)
					}
				})
			}
		}
	}
}

func TestAnAlertKeepsToTheChannelsOfItsAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := watch.AccountKey{Bank: "0125", Ref: "acc_other"}
	w.account(func(a *watch.Account) { a.Watchers[0].DropChannel(watch.Email) })
	if err := w.store.Write(context.Background(), store.PutAccount(&watch.Account{AccountKey: other, Watchers: []watch.Watcher{
		{ID: "w9", Role: watch.Owner, LineUser: lineUser, Channels: []watch.Channel{{Kind: watch.Email, Address: "elsewhere@example.jp"}}}}}),
		store.PutBinding(lineUser, store.Binding{OnAccount: watch.On(other), Watcher: "w9"})); err != nil {
		t.Fatal(err)
	}
	w.line.Fail(999, sim.QuotaSpent)
	w.alert(watch.TellAlert, watch.LINE, w.Now(), nil)
	w.settle()
	if s := w.states(); s != "alert-line undelivered, unreachable-bank accepted" || len(w.mail.Messages()) != 0 {
		t.Error(s)
	}
}
