package notify_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
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

// counted is a table whose calls are counted. A read that names poison fails
// as a whole, as DynamoDB's does when it refuses one of the keys.
type counted struct {
	store.Table
	poison store.Key
	down   bool // writes fail
	// dies is asked before each write whether the process dies just then.
	dies func(key store.Key) bool

	mu           sync.Mutex
	reads, puts  int
	items        int // that were asked for
	lostToOthers int
	largest      int // of the records that were written
}

func (c *counted) Get(ctx context.Context, keys ...store.Key) (map[store.Key]store.Item, error) {
	c.mu.Lock()
	c.reads++
	c.items += len(keys)
	c.mu.Unlock()
	if slices.Contains(keys, c.poison) {
		return nil, errors.New("a key is not valid")
	}
	return c.Table.Get(ctx, keys...)
}

func (c *counted) Write(ctx context.Context, ws ...store.Write) error {
	if c.down {
		return errors.New("the table is down")
	}
	if c.dies != nil && c.dies(ws[0].Item.Key) {
		panic("the process died")
	}
	err := c.Table.Write(ctx, ws...)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.puts++
	for i := range ws {
		if it := &ws[i].Item; strings.HasPrefix(it.PK, "R#") {
			c.largest = max(c.largest, sizeOf(it))
		}
	}
	if _, lost := store.AsCondition(err); lost {
		c.lostToOthers++
	}
	return err
}

// sizeOf is what DynamoDB counts of an item, as package dynamo writes it: the names of
// its attributes, too, and numbers at two digits a byte.
func sizeOf(it *store.Item) int {
	n := len(it.Body) + len("PKSKbodyvttlw") + 2 + 6 + 16
	for name, k := range map[string]store.Key{"": it.Key, "GSI1PKGSI1SK": it.History, "GSI2PKGSI2SK": it.Due} {
		if k != (store.Key{}) {
			n += len(name) + len(k.PK) + len(k.SK)
		}
	}
	return n
}

// What an alert costs hangs on it: of a record beyond a KiB each write pays for two,
// and for as many again in the index of its account.
func TestTheRecordOfAnAlertIsShorterThanAKiB(t *testing.T) {
	w := newWorld(t)
	k := watch.AccountKey{Bank: "0125", Ref: "7f3e2a10-5c4b-4d2e-9a61-000000000084"}
	owner := watch.Watcher{ID: "w1", Role: watch.Owner, LineUser: lineUser, Lang: watch.Japanese, Rules: watch.DefaultRules(), Channels: []watch.Channel{{Kind: watch.LINE}}}
	w.put(store.PutAccount(&watch.Account{AccountKey: k, Mask: "普通 ***4567", Watchers: []watch.Watcher{owner}}))
	balance := int64(120000)
	w.alert(watch.TellAlert, watch.LINE, w.Now(), func(r *watch.Record) {
		r.ID, r.OnAccount = "k12d2zta1tpq422ygkr3wryt84", watch.On(k)
		r.Event, r.Txn, r.Amount, r.Balance, r.Status = "evt_01JD0000000000000000000504", "20261124-000504", 30000, &balance, watch.Posted
		r.Confidence, r.Edition = "seen", "2026-11-30.0a10e3"
		r.ReceivedAt, r.RecordedAt = r.ReceivedAt.Add(782*time.Millisecond), r.RecordedAt.Add(811*time.Millisecond)
	})
	if n := done(w.stage.Handle(t.Context(), []queue.Message{queued("k12d2zta1tpq422ygkr3wryt84", "alert-w1-line")})); n != 1 || len(w.line.Messages()) != 1 {
		t.Fatalf("%d done, %d messages", n, len(w.line.Messages()))
	}
	if w.table.largest < 900 || w.table.largest > 1024 {
		t.Errorf("%d bytes", w.table.largest)
	}
}

// calls is what was counted since it was last asked.
func (c *counted) calls() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := fmt.Sprintf("%d reads, %d writes, %d lost", c.reads, c.puts, c.lostToOthers)
	c.reads, c.puts, c.lostToOthers = 0, 0, 0
	return s
}

// batch is messages about alerts of as many accounts, each with one watcher,
// over a channel.
func (w *world) batch(n int, ch watch.ChannelKind) (msgs []queue.Message) {
	w.t.Helper()
	for i := range n {
		id := fmt.Sprintf("b%d", i)
		user := w.line.AddUser(sim.User{Name: id, Following: true})
		owner := watch.Watcher{ID: "w1", Role: watch.Owner, LineUser: user, Lang: watch.Japanese, Rules: watch.DefaultRules(),
			Channels: []watch.Channel{{Kind: watch.LINE}, {Kind: watch.Email, Address: mailTo}}}
		a := &watch.Account{AccountKey: watch.AccountKey{Bank: "0125", Ref: "acc_" + id}, Mask: "普通 ***4567", Watchers: []watch.Watcher{owner}}
		r := &watch.Record{ID: id, OnAccount: watch.On(a.AccountKey), Kind: watch.Debit, OccurredAt: w.Now(), ReceivedAt: w.Now(), RecordedAt: w.Now(), Amount: 3000,
			Service: "docomo", Complete: true, Notices: []watch.Notice{{Watcher: "w1", Reasons: watch.Because(watch.ServiceDebit)}}}
		d, _ := r.Deliver(watch.TellAlert, &owner, ch, 0, w.Now(), w.Now())
		r.ComputeDue()
		if err := w.store.Write(context.Background(), store.PutAccount(a), store.PutRecord(r)); err != nil {
			w.t.Fatal(err)
		}
		msgs = append(msgs, queued(r.ID, d.ID))
	}
	w.table.calls()
	return msgs
}

func queued(record, delivery string) queue.Message {
	b, _ := json.Marshal(watch.Job{Record: record, Delivery: delivery})
	return queue.Message{ID: record + delivery, Body: b, Receives: 1}
}

// done counts the verdicts that end their message.
func done(vs []queue.Verdict) (n int) {
	for _, v := range vs {
		if v.Done {
			n++
		}
	}
	return n
}

func TestABatchOfDeliveriesSharesItsReads(t *testing.T) {
	for ch, want := range map[watch.ChannelKind]string{
		// Records, accounts, the provider's breaker, the bank's name; that a call is
		// made and its outcome, each.
		watch.LINE:  "4 reads, 20 writes, 0 lost",
		watch.Email: "4 reads, 20 writes, 0 lost",
	} {
		t.Run(string(ch), func(t *testing.T) {
			w := newWorld(t)
			msgs := w.batch(10, ch)
			if n := done(w.stage.Handle(context.Background(), msgs)); n != 10 || len(w.line.Messages())+len(w.mail.Messages()) != 10 {
				t.Errorf("%d done, %d messages, %d mails", n, len(w.line.Messages()), len(w.mail.Messages()))
			}
			if got := w.table.calls(); got != want {
				t.Errorf("%s, want %s", got, want)
			}
			w.stage.Handle(context.Background(), msgs)
			if got := w.table.calls(); got != "2 reads, 0 writes, 0 lost" {
				t.Errorf("when they come again: %s", got)
			}
			for i := range 10 {
				r, err := w.store.Record(context.Background(), fmt.Sprintf("b%d", i))
				if err != nil || r.Deliveries[0].State != watch.Accepted || !r.Due.IsZero() {
					t.Errorf("%+v %v", r, err)
				}
			}
		})
	}
}

func TestDeliveriesOfOneRecordInABatchDoNotFight(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	msgs := w.batch(1, watch.LINE)
	a, err := w.store.Account(ctx, watch.AccountKey{Bank: "0125", Ref: "acc_b0"})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		g := watch.Watcher{ID: fmt.Sprintf("g%d", i), Role: watch.Guardian, LineUser: w.line.AddUser(sim.User{Following: true}), Lang: watch.Japanese, Channels: []watch.Channel{{Kind: watch.LINE}}}
		a.Watchers = append(a.Watchers, g)
		if _, err := w.store.UpdateRecord(ctx, "b0", func(r *watch.Record) error {
			d, _ := r.Deliver(watch.TellAlert, &g, watch.LINE, 0, w.Now(), w.Now())
			msgs = append(msgs, queued("b0", d.ID))
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.store.Write(ctx, store.PutAccount(a)); err != nil {
		t.Fatal(err)
	}
	w.table.calls()
	if n := done(w.stage.Handle(ctx, msgs)); n != 6 {
		t.Errorf("%d of 6 done", n)
	}
	if got := w.table.calls(); got != "4 reads, 12 writes, 0 lost" {
		t.Error(got)
	}
	r, err := w.store.Record(ctx, "b0")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range r.Deliveries {
		if d.State != watch.Accepted {
			t.Errorf("%s %s", d.ID, d.State)
		}
	}
}

func TestWhatSomebodyElseWritesWhileAMessageIsSentStays(t *testing.T) {
	for _, ch := range []watch.ChannelKind{watch.LINE, watch.Email} {
		t.Run(string(ch), func(t *testing.T) {
			w := newWorld(t)
			ctx := context.Background()
			msgs := w.batch(1, ch)
			w.replace(ch, func(send channel.Sender) channel.Sender {
				return around{send, func(ctx context.Context, at channel.Address, drawn []byte) watch.Outcome {
					_, err := w.store.UpdateRecord(ctx, "b0", func(r *watch.Record) error {
						r.Answer = &watch.Answer{Value: watch.NotMine, Watcher: "w1"}
						return nil
					})
					if err != nil {
						t.Error(err)
					}
					return send.Send(ctx, at, drawn)
				}}
			})
			w.stage.Handle(ctx, msgs)
			r, err := w.store.Record(ctx, "b0")
			if err != nil || r.Answer == nil || r.Deliveries[0].State != watch.Accepted {
				t.Errorf("%+v %v", r, err)
			}
		})
	}
}

func TestAPoisonMessageCostsOnlyItself(t *testing.T) {
	ctx := context.Background()
	bad := store.Key{PK: "R#bad", SK: "R"}
	for name, spoil := range map[string]func(*world){
		"a record that does not decode": func(w *world) {
			if err := w.store.Write(ctx, store.Write{Item: store.Item{Key: bad, Body: []byte(`{"id":5}`)}}); err != nil {
				w.t.Fatal(err)
			}
		},
		"a key that spoils the read of all": func(w *world) { w.table.poison = bad },
		"an account that does not decode": func(w *world) {
			k := watch.AccountKey{Bank: "0125", Ref: "acc_bad"}
			r := &watch.Record{ID: "bad", OnAccount: watch.On(k), RecordedAt: w.Now(), Complete: true}
			r.Deliver(watch.TellAlert, &watch.Watcher{ID: "w1"}, watch.LINE, 0, w.Now(), w.Now())
			account := store.PutAccount(&watch.Account{AccountKey: k})
			account.Item.Body = []byte(`{"watchers":5}`)
			if err := w.store.Write(ctx, store.PutRecord(r), account); err != nil {
				w.t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			msgs := slices.Insert(w.batch(9, watch.LINE), 4, queued("bad", "alert-w1-line"))
			spoil(w)
			vs := w.stage.Handle(ctx, msgs)
			if n := done(vs); n != 9 || vs[4].Done || vs[4].Delay == 0 || len(w.line.Messages()) != 9 {
				t.Errorf("%d done, the poison %+v, %d messages", n, vs[4], len(w.line.Messages()))
			}
		})
	}
}
