// Package storetest holds the promises of store.Table as tests, to be run
// against every implementation.
package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"kozamori/internal/store"
)

// Opener makes an empty table that compares expiry with now.
type Opener = func(t *testing.T, now func() time.Time) store.Table

// Run tests a table.
func Run(t *testing.T, open Opener) {
	t.Run("writes", func(t *testing.T) { writes(t, open) })
	t.Run("racers", func(t *testing.T) { racers(t, open) })
	t.Run("expiry", func(t *testing.T) { expiry(t, open) })
	t.Run("queries", func(t *testing.T) { queries(t, open) })
	t.Run("paging", func(t *testing.T) { paging(t, open) })
	t.Run("indexes", func(t *testing.T) { indexes(t, open) })
	t.Run("limits", func(t *testing.T) { limits(t, open) })
}

var (
	ctx = context.Background()
	at  = time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
)

func fixed() time.Time { return at }

func key(i int) store.Key { return store.Key{PK: "P", SK: fmt.Sprintf("%04d", i)} }

func put(k store.Key, body string, c store.Condition) store.Write {
	return store.Write{Item: store.Item{Key: k, Body: []byte(body)}, If: c}
}

func del(k store.Key, c store.Condition) store.Write {
	return store.Write{Item: store.Item{Key: k}, If: c, Delete: true}
}

func checkOnly(k store.Key, c store.Condition) store.Write {
	return store.Write{Item: store.Item{Key: k}, If: c, Check: true}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// get reads one item; false if it is absent.
func get(t *testing.T, tab store.Table, k store.Key) (store.Item, bool) {
	t.Helper()
	got, err := tab.Get(ctx, k)
	must(t, err)
	it, ok := got[k]
	return it, ok
}

// same compares bodies by what they say: a table may store JSON in its own way.
func same(t *testing.T, what string, got []byte, want string) {
	t.Helper()
	var g, w any
	if err := json.Unmarshal(got, &g); err != nil {
		t.Errorf("%s: the body does not decode: %v", what, err)
		return
	}
	must(t, json.Unmarshal([]byte(want), &w))
	if !reflect.DeepEqual(g, w) {
		t.Errorf("%s: a body of %d bytes came back as %d other ones", what, len(want), len(got))
	}
}

// lost wants err to be a ConditionError about exactly these writes.
func lost(t *testing.T, what string, err error, want ...int) {
	t.Helper()
	c, ok := store.AsCondition(err)
	if !ok {
		t.Errorf("%s: error %v, want a condition that did not hold", what, err)
		return
	}
	if !reflect.DeepEqual(c.Failed, want) {
		t.Errorf("%s: the conditions of %v did not hold, want those of %v", what, c.Failed, want)
	}
}

// collect follows the cursors of a query to its end. A table whose pages never
// end is stopped.
func collect(t *testing.T, tab store.Table, q store.Query) []store.Item {
	t.Helper()
	var out []store.Item
	for range 10_000 {
		page, err := tab.Query(ctx, q)
		must(t, err)
		if len(page.Items) > q.Limit {
			t.Fatalf("a page of %d items, limit %d", len(page.Items), q.Limit)
		}
		out = append(out, page.Items...)
		if q.Cursor = page.Cursor; q.Cursor == "" {
			return out
		}
	}
	t.Fatal("the pages never end")
	return nil
}

func sortKeys(items []store.Item) []string {
	out := make([]string, len(items))
	for i, it := range items {
		out[i] = it.SK
	}
	return out
}

// eventually waits for an index to follow.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal(what)
		}
	}
}

func expiry(t *testing.T, open Opener) {
	t.Run("an expired item is absent to reads and conditions from its second on", func(t *testing.T) {
		now := at
		tab := open(t, func() time.Time { return now })
		w := put(key(1), `1`, store.Absent)
		w.Item.Expires = at.Add(10 * time.Second)
		w.Item.Due = store.Key{PK: "DUE", SK: "x"}
		must(t, tab.Write(ctx, w))
		eventually(t, "the index does not find the item", func() bool {
			return len(collect(t, tab, store.Query{Index: store.Due, PK: "DUE", Limit: 10})) == 1
		})
		now = at.Add(10*time.Second - time.Millisecond)
		if it, ok := get(t, tab, key(1)); !ok || !it.Expires.Equal(at.Add(10*time.Second)) {
			t.Errorf("gone too early, or with another time: %v %v", ok, it.Expires)
		}
		now = at.Add(10 * time.Second)
		if _, ok := get(t, tab, key(1)); ok {
			t.Error("still there")
		}
		for _, q := range []store.Query{{PK: "P", Limit: 10}, {Index: store.Due, PK: "DUE", Limit: 10}} {
			if items := collect(t, tab, q); len(items) != 0 {
				t.Errorf("a query still finds %v", items)
			}
		}
		lost(t, "its version", tab.Write(ctx, put(key(1), `2`, store.At(1))), 0)
		lost(t, "a check of its version", tab.Write(ctx, checkOnly(key(1), store.At(1))), 0)
		must(t, tab.Write(ctx, checkOnly(key(1), store.Absent)))
		must(t, tab.Write(ctx, put(key(1), `2`, store.Absent)))
		if it, ok := get(t, tab, key(1)); !ok || it.Version != 1 || !it.Expires.IsZero() {
			t.Errorf("put again: %v version %d expires %v", ok, it.Version, it.Expires)
		}
	})

	t.Run("a write moves or removes the time", func(t *testing.T) {
		now := at
		tab := open(t, func() time.Time { return now })
		for i := range 3 {
			w := put(key(i), `1`, store.Absent)
			w.Item.Expires = at.Add(time.Minute)
			must(t, tab.Write(ctx, w))
		}
		longer := put(key(1), `1`, store.At(1))
		longer.Item.Expires = at.Add(time.Hour)
		must(t, tab.Write(ctx, longer, put(key(2), `1`, store.At(1))))
		for i, want := range []time.Duration{time.Minute, time.Hour, 1000 * time.Hour} {
			now = at.Add(want - time.Second)
			if _, ok := get(t, tab, key(i)); !ok {
				t.Errorf("item %d is gone before %v", i, want)
			}
		}
		now = at.Add(time.Hour)
		if _, ok := get(t, tab, key(1)); ok {
			t.Error("the second time does not count")
		}
	})

	t.Run("paging goes on behind expired items", func(t *testing.T) {
		now := at
		tab := open(t, func() time.Time { return now })
		for i := range 60 {
			w := put(key(i), `1`, store.Absent)
			if i >= 10 && i < 50 {
				w.Item.Expires = at.Add(time.Minute)
			}
			must(t, tab.Write(ctx, w))
		}
		now = at.Add(time.Minute)
		if got := collect(t, tab, store.Query{PK: "P", Limit: 5}); len(got) != 20 {
			t.Errorf("%d items, want 20", len(got))
		}
	})
}

func queries(t *testing.T, open Opener) {
	t.Run("bounds are inclusive and belong to one partition", func(t *testing.T) {
		tab := open(t, fixed)
		for i := range 6 {
			must(t, tab.Write(ctx, put(key(i), `1`, store.Absent),
				put(store.Key{PK: "P0", SK: key(i).SK}, `1`, store.Absent), put(store.Key{PK: "O", SK: key(i).SK}, `1`, store.Absent)))
		}
		for _, c := range []struct {
			from, to string
			want     []string
		}{
			{"", "", []string{"0000", "0001", "0002", "0003", "0004", "0005"}},
			{"0002", "0004", []string{"0002", "0003", "0004"}},
			{"0004", "", []string{"0004", "0005"}},
			{"", "0001", []string{"0000", "0001"}},
			{"00011", "0003~", []string{"0002", "0003"}},
			{"0003", "0003", []string{"0003"}},
			{"0004", "0002", []string{}},
			{"0009", "", []string{}},
		} {
			for _, limit := range []int{1, 3, 1000} {
				q := store.Query{PK: "P", From: c.from, To: c.to, Limit: limit}
				if got := sortKeys(collect(t, tab, q)); !reflect.DeepEqual(got, c.want) {
					t.Errorf("from %q to %q: %v, want %v", c.from, c.to, got, c.want)
				}
				q.Reverse = true
				back := sortKeys(collect(t, tab, q))
				for i := range back {
					if len(back) != len(c.want) || back[i] != c.want[len(back)-1-i] {
						t.Fatalf("from %q to %q backwards: %v", c.from, c.to, back)
					}
				}
				if len(back) != len(c.want) {
					t.Errorf("from %q to %q backwards: %v", c.from, c.to, back)
				}
			}
		}
		if got := collect(t, tab, store.Query{PK: "nobody", Limit: 10}); len(got) != 0 {
			t.Errorf("an empty partition holds %v", got)
		}
	})

	t.Run("a limit is from 1 to 1000", func(t *testing.T) {
		tab := open(t, fixed)
		for _, limit := range []int{-1, 0, 1001} {
			if _, err := tab.Query(ctx, store.Query{PK: "P", Limit: limit}); err == nil {
				t.Errorf("a limit of %d is taken", limit)
			}
		}
	})

	t.Run("large items end a page early but none is lost", func(t *testing.T) {
		tab := open(t, fixed)
		for i := range 8 {
			must(t, tab.Write(ctx, put(key(i), large(250<<10), store.Absent)))
		}
		got := collect(t, tab, store.Query{PK: "P", Limit: 100})
		if len(got) != 8 {
			t.Fatalf("%d items, want 8", len(got))
		}
		for _, it := range got {
			same(t, it.SK, it.Body, large(250<<10))
		}
	})

	t.Run("a cancelled call says so", func(t *testing.T) {
		tab := open(t, fixed)
		gone, cancel := context.WithCancel(ctx)
		cancel()
		if _, err := tab.Query(gone, store.Query{PK: "P", Limit: 1}); !errors.Is(err, context.Canceled) {
			t.Errorf("a query: %v", err)
		}
		if _, err := tab.Get(gone, key(1)); !errors.Is(err, context.Canceled) {
			t.Errorf("a read: %v", err)
		}
		if err := tab.Write(gone, put(key(1), `1`, store.Any)); !errors.Is(err, context.Canceled) {
			t.Errorf("a write: %v", err)
		}
	})
}
