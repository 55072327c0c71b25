package detect_test

import (
	"context"
	"testing"

	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
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
			for _, w := range []store.Write{store.PutAccount(&watch.Account{AccountKey: bad}), w} {
				w.If = store.Any
				if err := h.store.Write(ctx, w); err != nil {
					t.Fatal(err)
				}
			}
			body := watch.EncodeBatch("0125", received, append(four[:1:1], debit("acc_bad", "9", 9, 5000, "PAYPAY", "")), 1<<20)[0]
			handle := func(receives int) queue.Verdict {
				return h.Handle(ctx, []queue.Message{{ID: "m", Body: body, Receives: receives}})[0]
			}
			if v := handle(1); v.Done || v.Bury != "" {
				t.Errorf("the message is %+v; its spoilt event is nowhere yet", v)
			}
			if n := len(h.history(t)); n != 1 {
				t.Fatalf("%d records of the other account, want 1", n)
			}
			if v := handle(4); !v.Done {
				t.Errorf("the message is %+v in the end", v)
			}
			if v := handle(5); !v.Done {
				t.Errorf("the message is %+v when it comes again", v)
			}
			kept, _, err := h.store.Quarantine(ctx, "0125", 10, "")
			if err != nil || len(kept) != 1 || kept[0].EventID != "evt_9" {
				t.Errorf("quarantine holds %v, %v", kept, err)
			}
			if n := len(h.history(t)); n != 1 {
				t.Errorf("%d records of the other account, want 1", n)
			}
		})
	}
}
