// Package storetest holds the promises of store.Table as tests, to be run
// against every implementation.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"kozamori/internal/store"
)

// Run tests a table. open makes an empty one that compares expiry with now.
func Run(t *testing.T, open func(t *testing.T, now func() time.Time) store.Table) {
	ctx := context.Background()
	at := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	key := func(i int) store.Key { return store.Key{PK: "P", SK: fmt.Sprintf("%04d", i)} }
	put := func(k store.Key, body string, c store.Condition) store.Write {
		return store.Write{Item: store.Item{Key: k, Body: []byte(body)}, If: c}
	}
	fixed := func() time.Time { return at }
	must := func(t *testing.T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}

	t.Run("a transaction happens whole or not at all, and says which condition failed", func(t *testing.T) {
		tab := open(t, fixed)
		must(t, tab.Write(ctx, put(key(1), `1`, store.Absent)))
		err := tab.Write(ctx, put(key(2), `2`, store.Absent), put(key(1), `9`, store.Absent), put(key(3), `3`, store.At(4)))
		c, ok := store.AsCondition(err)
		if !ok || c.On(0) || !c.On(1) || !c.On(2) {
			t.Fatalf("error %v", err)
		}
		got, err := tab.Get(ctx, key(1), key(2), key(3))
		must(t, err)
		if len(got) != 1 || string(got[key(1)].Body) != "1" || got[key(1)].Version != 1 {
			t.Errorf("stored %v", got)
		}
		must(t, tab.Write(ctx, put(key(1), `2`, store.At(1)), store.Write{Item: store.Item{Key: key(7)}, If: store.Absent, Check: true}))
		if got, _ = tab.Get(ctx, key(1), key(7)); got[key(1)].Version != 2 || len(got) != 1 {
			t.Errorf("stored %v", got)
		}
		must(t, tab.Write(ctx, store.Write{Item: store.Item{Key: key(1)}, If: store.At(2), Delete: true}))
		if got, _ = tab.Get(ctx, key(1)); len(got) != 0 {
			t.Errorf("deleted, and still there: %v", got)
		}
	})

	t.Run("of 50 racers exactly one wins each round", func(t *testing.T) {
		tab := open(t, fixed)
		for round := range 3 {
			var wg sync.WaitGroup
			var mu sync.Mutex
			won := 0
			for range 50 {
				wg.Go(func() {
					err := tab.Write(ctx, put(key(1), `{}`, store.At(int64(round))), put(store.Key{PK: "Q", SK: fmt.Sprint(round)}, `{}`, store.Absent))
					mu.Lock()
					defer mu.Unlock()
					if err == nil {
						won++
					} else if _, lost := store.AsCondition(err); !lost {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if won != 1 {
				t.Errorf("round %d: %d winners", round, won)
			}
		}
	})

	t.Run("an expired item is absent to reads and conditions from its second on", func(t *testing.T) {
		now := at
		tab := open(t, func() time.Time { return now })
		w := put(key(1), `1`, store.Absent)
		w.Item.Expires = at.Add(10 * time.Second)
		w.Item.Due = store.Key{PK: "DUE", SK: "x"}
		must(t, tab.Write(ctx, w))
		now = at.Add(9 * time.Second)
		if got, _ := tab.Get(ctx, key(1)); len(got) != 1 {
			t.Error("gone too early")
		}
		now = at.Add(10 * time.Second)
		if got, _ := tab.Get(ctx, key(1)); len(got) != 0 {
			t.Error("still there")
		}
		for _, q := range []store.Query{{PK: "P", Limit: 10}, {Index: store.Due, PK: "DUE", Limit: 10}} {
			if page, err := tab.Query(ctx, q); err != nil || len(page.Items) != 0 {
				t.Errorf("a query still finds it: %v %v", page, err)
			}
		}
		if _, lost := store.AsCondition(tab.Write(ctx, put(key(1), `2`, store.At(1)))); !lost {
			t.Error("its version still counts")
		}
		must(t, tab.Write(ctx, put(key(1), `2`, store.Absent)))
	})

	for _, reverse := range []bool{false, true} {
		t.Run(fmt.Sprintf("paging finds each of hundreds once while others come (reverse %v)", reverse), func(t *testing.T) {
			tab := open(t, fixed)
			for i := 0; i < 300; i += 50 {
				var ws []store.Write
				for j := i; j < i+50; j++ {
					ws = append(ws, put(key(2*j), `{}`, store.Absent))
				}
				must(t, tab.Write(ctx, ws...))
			}
			q := store.Query{PK: "P", From: "0100", To: "0399", Limit: 7, Reverse: reverse}
			var got []string
			for n := 0; ; n++ {
				page, err := tab.Query(ctx, q)
				must(t, err)
				for _, it := range page.Items {
					if it.SK[3]%2 == 0 {
						got = append(got, it.SK)
					}
				}
				must(t, tab.Write(ctx, put(key(2*n+1), `{}`, store.Any)))
				if q.Cursor = page.Cursor; q.Cursor == "" {
					break
				}
			}
			if len(got) != 150 {
				t.Fatalf("%d items, want 150", len(got))
			}
			for i, sk := range got {
				want := fmt.Sprintf("%04d", 100+2*i)
				if reverse {
					want = fmt.Sprintf("%04d", 398-2*i)
				}
				if sk != want {
					t.Fatalf("item %d is %s, want %s", i, sk, want)
				}
			}
			q.Cursor = "nonsense"
			if _, err := tab.Query(ctx, q); !errors.Is(err, store.ErrCursor) {
				t.Errorf("a foreign cursor: %v", err)
			}
		})
	}

	t.Run("an index follows its item", func(t *testing.T) {
		tab := open(t, fixed)
		w := put(key(1), `{"a":1}`, store.Absent)
		w.Item.Due, w.Item.History = store.Key{PK: "DUE", SK: "1"}, store.Key{PK: "H", SK: "1"}
		must(t, tab.Write(ctx, w))
		find := func(ix store.Index, pk string) []store.Item {
			page, err := tab.Query(ctx, store.Query{Index: ix, PK: pk, Limit: 10})
			must(t, err)
			return page.Items
		}
		wait := func(what string, ok func() bool) {
			t.Helper()
			for end := time.Now().Add(5 * time.Second); !ok(); time.Sleep(10 * time.Millisecond) {
				if time.Now().After(end) {
					t.Fatal(what)
				}
			}
		}
		wait("the indexes do not find the item", func() bool {
			d, h := find(store.Due, "DUE"), find(store.History, "H")
			return len(d) == 1 && d[0].Key == key(1) && d[0].Body == nil && len(h) == 1 && string(h[0].Body) == `{"a":1}`
		})
		w.If, w.Item.Due = store.At(1), store.Key{}
		w.Item.History = store.Key{PK: "H2", SK: "1"}
		must(t, tab.Write(ctx, w))
		wait("the item did not move", func() bool {
			return len(find(store.Due, "DUE")) == 0 && len(find(store.History, "H")) == 0 && len(find(store.History, "H2")) == 1
		})
		must(t, tab.Write(ctx, store.Write{Item: store.Item{Key: key(1)}, If: store.Any, Delete: true}))
		wait("the item is still found", func() bool { return len(find(store.History, "H2")) == 0 })
	})

	t.Run("what is too much is refused", func(t *testing.T) {
		tab := open(t, fixed)
		many := make([]store.Write, 101)
		for i := range many {
			many[i] = put(key(i), `{}`, store.Any)
		}
		for name, ws := range map[string][]store.Write{
			"101 writes":    many,
			"one key twice": {put(key(1), `1`, store.Any), put(key(1), `2`, store.Any)},
			"a huge body":   {put(key(1), `"`+strings.Repeat("a", 301<<10)+`"`, store.Any)},
			"an empty key":  {put(store.Key{PK: "P"}, `1`, store.Any)},
		} {
			if err := tab.Write(ctx, ws...); err == nil {
				t.Errorf("%s: taken", name)
			}
		}
		if page, err := tab.Query(ctx, store.Query{PK: "P", Limit: 10}); err != nil || len(page.Items) != 0 {
			t.Errorf("something was written: %v %v", page, err)
		}
	})
}
