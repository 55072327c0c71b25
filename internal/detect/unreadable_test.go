package detect_test

import (
	"context"
	"testing"

	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

func TestAnAccountThatCannotBeReadCostsItsOwnEventsOnly(t *testing.T) {
	for name, spoil := range map[string]func(k watch.AccountKey) store.Write{
		"the account":  func(k watch.AccountKey) store.Write { return store.PutAccount(&watch.Account{AccountKey: k}) },
		"its activity": func(k watch.AccountKey) store.Write { return store.PutActivity(k, &watch.Activity{}) },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			ctx := context.Background()
			bad := watch.AccountKey{Bank: "0125", Ref: "acc_bad"}
			w := spoil(bad)
			w.Item.Body = []byte(`[]`)
			for _, w := range []store.Write{mended(bad), w} {
				w.If = store.Any
				if err := h.store.Write(ctx, w); err != nil {
					t.Fatal(err)
				}
			}
			body := wire.EncodeBatch("0125", received, append(four[:1:1], debit("acc_bad", "9", 9, 5000, "PAYPAY", "")), 1<<20)[0]
			handle := func(receives int) queue.Verdict {
				return h.Handle(ctx, []queue.Message{{ID: "m", Body: body, Receives: receives}})[0]
			}
			for receives := 1; receives < 6; receives++ {
				if v := handle(receives); v.Done || v.DeadLetter != "" {
					t.Errorf("the message is %+v; its unreadable event is nowhere yet", v)
				}
				if n := len(h.history(t)); n != 1 {
					t.Fatalf("%d records of the other account, want 1", n)
				}
			}
			w = mended(bad)
			w.If = store.Any
			if err := h.store.Write(ctx, w); err != nil {
				t.Fatal(err)
			}
			if err := h.store.Write(ctx, store.Write{Item: store.Item{Key: store.PutActivity(bad, &watch.Activity{}).Item.Key}, If: store.Any, Delete: true}); err != nil {
				t.Fatal(err)
			}
			if v := handle(7); !v.Done {
				t.Errorf("the message is %+v once the account is mended", v)
			}
			h.key = bad
			if n := len(h.history(t)); n != 1 {
				t.Errorf("%d records of the mended account, want 1", n)
			}
		})
	}
}

func mended(k watch.AccountKey) store.Write {
	return store.PutAccount(&watch.Account{AccountKey: k, Watchers: []watch.Watcher{{ID: "w1", Role: watch.Owner, LineUser: lineUser,
		Lang: watch.Japanese, Channels: []watch.Channel{{Kind: watch.LINE}}, Rules: watch.DefaultRules()}}})
}

func TestMoreThanIsKeptOfATransactionIsKeptOnceAsTheBankWroteIt(t *testing.T) {
	h := newHouse(t)
	for i := range watch.MaxEntries {
		h.send(t, debit("acc_1", "1", 1, int64(5000+i), "PAYPAY", ""))
	}
	again := debit("acc_1", "1", 1, 9000, "PAYPAY", "")
	h.send(t, again)
	h.send(t, again)
	kept, err := store.First(h.store.Quarantine(t.Context(), "0125"), 10)
	if err != nil || len(kept) != 1 || kept[0].Raw != string(again) || !kept[0].At.Equal(received) {
		t.Fatalf("quarantine holds %+v, %v", kept, err)
	}
	if read, err := wire.ReadBody(kept[0].Bytes(), "0125", received); err != nil || len(read.Events) != 1 || read.Events[0].Refused() {
		t.Errorf("it cannot be replayed: %+v, %v", read, err)
	}
}
