package detect_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/detect"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// counted is a table and a sender that note what is asked of them.
type counted struct {
	store.Table
	queue.Sender
	mu     sync.Mutex
	read   []store.Key
	writes int
	wrote  []store.Key
	sends  []int
}

func (c *counted) Get(ctx context.Context, keys ...store.Key) (map[store.Key]store.Item, error) {
	c.mu.Lock()
	c.read = append(c.read, keys...)
	c.mu.Unlock()
	return c.Table.Get(ctx, keys...)
}

func (c *counted) Write(ctx context.Context, writes ...store.Write) error {
	c.mu.Lock()
	c.writes++
	for _, w := range writes {
		c.wrote = append(c.wrote, w.Item.Key)
	}
	c.mu.Unlock()
	return c.Table.Write(ctx, writes...)
}

func (c *counted) Send(ctx context.Context, to queue.Name, msgs ...queue.Outgoing) error {
	c.mu.Lock()
	c.sends = append(c.sends, len(msgs))
	c.mu.Unlock()
	return c.Sender.Send(ctx, to, msgs...)
}

// counting puts a house on what notes it.
func (h *house) counting() *counted {
	c := &counted{Table: h.Table, Sender: h.queue}
	config := h.Config
	config.Store, config.Queue = store.New(c), c
	h.Stage = detect.New(config)
	return c
}

// Nineteen of twenty events are about no payment service: for those the account
// is read, and nothing more of it.
func TestOnlyWhatNeedsTheActivityReadsIt(t *testing.T) {
	activity := store.PutActivity(watch.AccountKey{Bank: "0125", Ref: "acc_1"}, &watch.Activity{}).Item.Key
	for name, c := range map[string]struct {
		event jsontext.Value
		reads bool
	}{
		"a debit of a shop":            {debit("acc_1", "1", 1, 5000, "NTTﾄﾞｺﾓ", ""), false},
		"a card's bill":                {debit("acc_1", "1", 1, 5000, "PAYPAYｶ-ﾄﾞ", ""), false},
		"a payment service's":          {debit("acc_1", "1", 1, 5000, "ﾄﾞｺﾓｺｳｻﾞ", ""), true},
		"a link, of no known service":  {linked("acc_1", "l", 1, ""), true},
		"a reversal that names no one": {reversal("1"), true},
	} {
		h := newHouse(t)
		asked := h.counting()
		h.send(t, c.event)
		if got := slices.Contains(asked.read, activity); got != c.reads {
			t.Errorf("%s: the activity is read: %v, want %v", name, got, c.reads)
		}
	}
}

// What the alerts of a call leave to be told is queued together, unless the call
// takes long: a queue is paid and waited for by the call.
func TestTheDeliveriesOfACallAreQueuedTogether(t *testing.T) {
	h := newHouse(t)
	var events []jsontext.Value
	for i := range 7 {
		ref := fmt.Sprint("acc_many", i)
		h.Put(store.PutAccount(worldtest.Account(watch.AccountKey{Bank: "0125", Ref: ref}, worldtest.Owner("w1", lineUser, worldtest.ByLINE))))
		events = append(events, debit(ref, fmt.Sprint("t", i), 1, 5000, "PAYPAY", ""))
	}
	c := h.counting()
	h.send(t, events...)
	if !slices.Equal(c.sends, []int{7}) {
		t.Errorf("seven deliveries were queued as %v", c.sends)
	}
	if n := h.Turns(); n != 0 {
		t.Errorf("of %d accounts it is kept who works on them once the call is over", n)
	}
}

// A message that says since when an account's past is known, and holds no event,
// waits like one that holds some: for an account that cannot be read, and for its
// turn at one that other calls work on.
func TestAPastWithoutEventsWaitsForItsAccount(t *testing.T) {
	past := func(ref string) queue.Message {
		h := wire.History{Bank: "0125", Account: ref, From: received.AddDate(-1, 0, 0)}
		return queue.Message{ID: "past", Receives: 1, Body: wire.EncodeHistory(h, received, nil, 1<<20)[0]}
	}
	h := newHouse(t)
	bad := watch.AccountKey{Bank: "0125", Ref: "acc_bad"}
	spoilt := mended(bad)
	spoilt.Item.Body, spoilt.If = []byte(`[]`), store.Any
	h.Put(spoilt)
	if v := h.Handle(t.Context(), []queue.Message{past("acc_bad")})[0]; v.Done || v.DeadLetter != "" {
		t.Errorf("of an account that cannot be read it is %+v", v)
	}

	slow := &blocked{Table: h.Table, ref: h.key.Ref, let: make(chan struct{}), at: make(chan struct{}, 10)}
	config := h.Config
	config.Store = store.New(slow)
	h.Stage = detect.New(config)
	done := make(chan queue.Verdict, 2)
	for i := range 2 {
		m := queue.Message{ID: "m", Receives: 1, Body: wire.EncodeBatch("0125", received, []jsontext.Value{debit("acc_1", fmt.Sprint(i), i, 5000, "PAYPAY", "")}, 1<<20)[0]}
		go func() { done <- h.Handle(context.Background(), []queue.Message{m})[0] }()
		if i == 0 {
			<-slow.at
		}
	}
	for h.At(h.key) < 2 { // the second one waits
		runtime.Gosched()
	}
	if v := h.Handle(t.Context(), []queue.Message{past("acc_1")})[0]; v.Done || v.DeadLetter != "" || v.Delay <= 0 {
		t.Errorf("while two others work on its account it is %+v", v)
	}
	close(slow.let)
	for range 2 {
		if v := <-done; !v.Done {
			t.Errorf("one of the others is %+v", v)
		}
	}
}
