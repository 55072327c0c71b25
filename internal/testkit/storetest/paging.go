package storetest

import (
	"errors"
	"fmt"
	"testing"

	"kozamori/internal/store"
)

func paging(t *testing.T, open Opener) {
	for _, reverse := range []bool{false, true} {
		t.Run(fmt.Sprintf("paging finds each of hundreds once while others come and go (reverse %v)", reverse), func(t *testing.T) {
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
				if len(page.Items) > 0 {
					// The item that the cursor stands on goes: paging goes on.
					must(t, tab.Write(ctx, del(page.Items[len(page.Items)-1].Key, store.Any)))
				}
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
		})
	}

	t.Run("a cursor fits only its own query", func(t *testing.T) {
		tab := open(t, fixed)
		for i := range 9 {
			w := put(key(i), `{}`, store.Absent)
			w.Item.History = store.Key{PK: "P", SK: key(i).SK}
			must(t, tab.Write(ctx, w, put(store.Key{PK: "P2", SK: key(i).SK}, `{}`, store.Absent)))
		}
		q := store.Query{PK: "P", Limit: 3}
		page, err := tab.Query(ctx, q)
		must(t, err)
		if page.Cursor == "" {
			t.Fatal("no cursor on the first of three pages")
		}
		for name, other := range map[string]store.Query{
			"another partition": {PK: "P2", Limit: 3, Cursor: page.Cursor},
			"another direction": {PK: "P", Limit: 3, Reverse: true, Cursor: page.Cursor},
			"another index":     {Index: store.History, PK: "P", Limit: 3, Cursor: page.Cursor},
			"nonsense":          {PK: "P", Limit: 3, Cursor: "nonsense"},
			"a cut cursor":      {PK: "P", Limit: 3, Cursor: page.Cursor[:len(page.Cursor)/2]},
		} {
			if _, err := tab.Query(ctx, other); !errors.Is(err, store.ErrCursor) {
				t.Errorf("%s: error %v, want ErrCursor", name, err)
			}
		}
		// The limit is no part of what a cursor belongs to.
		q.Cursor, q.Limit = page.Cursor, 100
		if got := collect(t, tab, q); len(got) != 6 {
			t.Errorf("%d items after the first page, want 6", len(got))
		}
	})
}

func indexes(t *testing.T, open Opener) {
	t.Run("an index follows its item", func(t *testing.T) {
		tab := open(t, fixed)
		w := put(key(1), `{"a":1}`, store.Absent)
		w.Item.Due, w.Item.History = store.Key{PK: "DUE", SK: "1"}, store.Key{PK: "H", SK: "1"}
		must(t, tab.Write(ctx, w))
		find := func(ix store.Index, pk string) []store.Item {
			return collect(t, tab, store.Query{Index: ix, PK: pk, Limit: 10})
		}
		eventually(t, "the indexes do not find the item", func() bool {
			d, h := find(store.Due, "DUE"), find(store.History, "H")
			return len(d) == 1 && d[0].Key == key(1) && len(d[0].Body) == 0 && len(h) == 1 && string(h[0].Body) == `{"a":1}` && h[0].Version == 1
		})
		w.If, w.Item.Due = store.At(1), store.Key{}
		w.Item.History = store.Key{PK: "H2", SK: "1"}
		must(t, tab.Write(ctx, w))
		eventually(t, "the item did not move", func() bool {
			return len(find(store.Due, "DUE")) == 0 && len(find(store.History, "H")) == 0 && len(find(store.History, "H2")) == 1
		})
		if it, _ := get(t, tab, key(1)); it.History != w.Item.History || it.Due != w.Item.Due {
			t.Errorf("the item says it is at %v and %v", it.History, it.Due)
		}
		must(t, tab.Write(ctx, del(key(1), store.Any)))
		eventually(t, "the item is still found", func() bool { return len(find(store.History, "H2")) == 0 })
	})

	for _, ix := range []store.Index{store.History, store.Due} {
		t.Run(fmt.Sprintf("items that share a key of index %d are each found once", ix), func(t *testing.T) {
			tab := open(t, fixed)
			var ws []store.Write
			for i := range 40 {
				w := put(store.Key{PK: fmt.Sprintf("R%02d", i), SK: "R"}, `{}`, store.Absent)
				k := store.Key{PK: "X", SK: fmt.Sprintf("%d", i/10)}
				if ix == store.History {
					w.Item.History = k
				} else {
					w.Item.Due = k
				}
				ws = append(ws, w)
			}
			must(t, tab.Write(ctx, ws...))
			for _, q := range []store.Query{
				{Index: ix, PK: "X", Limit: 3}, {Index: ix, PK: "X", Limit: 3, Reverse: true},
				{Index: ix, PK: "X", Limit: 7, From: "1", To: "2"}, {Index: ix, PK: "X", Limit: 7, From: "1", To: "2", Reverse: true},
			} {
				want := 40
				if q.From != "" {
					want = 20
				}
				eventually(t, fmt.Sprintf("%+v does not find %d", q, want), func() bool {
					seen := map[string]bool{}
					got := collect(t, tab, q)
					for _, it := range got {
						seen[it.PK] = true
					}
					return len(got) == want && len(seen) == want
				})
			}
		})
	}
}
