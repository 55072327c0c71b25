package detect_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/detect"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/testkit/tabletest"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// blocked is a table on which one account's writes wait.
type blocked struct {
	store.Table
	ref string
	let chan struct{}
	at  chan struct{} // nil, or told of each that waits
}

func (b *blocked) Write(ctx context.Context, writes ...store.Write) error {
	for _, w := range writes {
		if strings.Contains(w.Item.Key.PK+string(w.Item.Body), b.ref) {
			if b.at != nil {
				b.at <- struct{}{}
			}
			<-b.let
			break
		}
	}
	return b.Table.Write(ctx, writes...)
}

// An account with very many alerts keeps others from nothing: theirs are told
// while it is worked on, and it has two of a process's calls at most.
func TestOneAccountWithManyAlertsDelaysNoOther(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	busy := watch.AccountKey{Bank: "0125", Ref: "acc_busy"}
	h.Put(store.PutAccount(worldtest.Account(busy, worldtest.Owner("w2", "U00000000000000000000000000000002", worldtest.ByLINE))))
	slow := &blocked{Table: h.store.Table, ref: busy.Ref, let: make(chan struct{})}
	c := h.Config
	c.Store = store.New(slow)
	var calls atomic.Int64
	c.Now = func() time.Time { return received.Add(time.Duration(calls.Add(1)) * 60 * time.Millisecond) }
	h.Stage = detect.New(c)
	n := 0
	message := func(refs ...string) queue.Message {
		var events []jsontext.Value
		for _, ref := range refs {
			n++
			events = append(events, debit(ref, fmt.Sprint("t", n), n, 1000, "ﾄﾞｺﾓｺｳｻﾞ", ""))
		}
		return queue.Message{ID: fmt.Sprint("m", n), Receives: 1, Body: wire.EncodeBatch("0125", received, events, 1<<20)[0]}
	}
	verdicts := make(chan queue.Verdict, 3)
	handle := func(m queue.Message) { verdicts <- h.Handle(context.Background(), []queue.Message{m})[0] }
	go handle(message("acc_busy", "acc_busy", "acc_1", "acc_busy"))
	told, err := h.queue.Receive(t.Context(), queue.LINE, 10, 20*time.Second)
	if err != nil || len(told) != 1 {
		t.Fatalf("while one account is worked on, of another %d are queued, %v", len(told), err)
	}
	go handle(message("acc_busy"))
	go handle(message("acc_busy"))
	if v := <-verdicts; v.Done || v.DeadLetter != "" || v.Delay != 500*time.Millisecond {
		t.Errorf("the third for the account is %+v", v)
	}
	// A line that only another version reads waits for that one, not for its turn.
	unread := message("acc_busy")
	unread.Body, unread.Receives = append(unread.Body, "{\n"...), 3
	if v := h.Handle(t.Context(), []queue.Message{unread})[0]; v.Done || v.DeadLetter != "" || v.Delay < 10*time.Second {
		t.Errorf("the account's with a line that cannot be read is %+v", v)
	}
	if v := h.Handle(t.Context(), []queue.Message{message("acc_1")}); !v[0].Done {
		t.Errorf("another account's is %+v", v[0])
	}
	close(slow.let)
	for range 2 {
		if v := <-verdicts; !v.Done {
			t.Errorf("one of the account's is %+v", v)
		}
	}
	if got := len(h.History(busy)); got != 4 {
		t.Errorf("%d records of the account, want 4", got)
	}
}

// held is a table on which all writes wait.
type held struct {
	store.Table
	waiting atomic.Int64
	let     chan struct{}
}

func (h *held) Write(ctx context.Context, writes ...store.Write) error {
	h.waiting.Add(1)
	<-h.let
	return h.Table.Write(ctx, writes...)
}

// A call may be about more accounts than are worked on at a time: those wait for a
// place, and each has one.
func TestACallIsAboutAnyNumberOfAccountsAndWorksOnSixteen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const accounts, atATime = 40, 16
		h := newHouseOn(t, tabletest.Embedded)
		var events []jsontext.Value
		for i := range accounts {
			ref := fmt.Sprint("acc_many", i)
			h.Put(store.PutAccount(worldtest.Account(watch.AccountKey{Bank: "0125", Ref: ref}, worldtest.Owner("w1", lineUser, worldtest.ByLINE))))
			events = append(events, debit(ref, fmt.Sprint("t", i), 1, 5000, "PAYPAY", ""))
		}
		slow := &held{Table: h.Table, let: make(chan struct{})}
		config := h.Config
		config.Store = store.New(slow)
		h.Stage = detect.New(config)
		done := make(chan struct{})
		go func() { h.send(t, events...); close(done) }()
		synctest.Wait()
		if n := slow.waiting.Load(); n != atATime {
			t.Errorf("%d are worked on at a time", n)
		}
		close(slow.let)
		<-done
		if got := len(h.deliveries(t)); got != accounts {
			t.Errorf("%d of %d accounts are told", got, accounts)
		}
	})
}
