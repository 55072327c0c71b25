package storetest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"kozamori/internal/store"
)

// large is a JSON document of about n bytes.
func large(n int) string { return `"` + strings.Repeat("a", n-2) + `"` }

func writes(t *testing.T, open Opener) {
	t.Run("a transaction happens whole or not at all, and says which condition failed", func(t *testing.T) {
		tab := open(t, fixed)
		must(t, tab.Write(ctx, put(key(1), `1`, store.Absent)))
		lost(t, "two of three", tab.Write(ctx, put(key(2), `2`, store.Absent), put(key(1), `9`, store.Absent), put(key(3), `3`, store.At(4))), 1, 2)
		lost(t, "a lost check", tab.Write(ctx, put(key(2), `2`, store.Any), checkOnly(key(1), store.At(7)), del(key(4), store.Any)), 1)
		got, err := tab.Get(ctx, key(1), key(2), key(3))
		must(t, err)
		if len(got) != 1 || got[key(1)].Version != 1 {
			t.Errorf("stored %v", got)
		}
		same(t, "what was there", got[key(1)].Body, `1`)
	})

	// Each condition against an item that is absent, and one at version 2.
	for _, c := range []struct {
		name            string
		cond            store.Condition
		absent, present bool
	}{
		{"any", store.Any, true, true},
		{"absent", store.Absent, true, false},
		{"at the version", store.At(2), false, true},
		{"at an older version", store.At(1), false, false},
		{"at a newer version", store.At(3), false, false},
	} {
		for _, do := range []struct {
			name  string
			write func(store.Key, store.Condition) store.Write
		}{
			{"put", func(k store.Key, c store.Condition) store.Write { return put(k, `{"new":true}`, c) }},
			{"delete", del}, {"check", checkOnly},
		} {
			for _, company := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, %s, in company %v", do.name, c.name, company), func(t *testing.T) {
					tab := open(t, fixed)
					must(t, tab.Write(ctx, put(key(2), `{}`, store.Absent)))
					must(t, tab.Write(ctx, put(key(2), `{}`, store.At(1))))
					for i, holds := range map[int]bool{1: c.absent, 2: c.present} {
						ws := []store.Write{do.write(key(i), c.cond)}
						other := key(10 + i)
						if company {
							ws = append(ws, put(other, `{}`, store.Absent))
						}
						err := tab.Write(ctx, ws...)
						if holds {
							must(t, err)
						} else {
							lost(t, "the write", err, 0)
						}
						if _, ok := get(t, tab, other); ok != (holds && company) {
							t.Errorf("the other item is there: %v", ok)
						}
						it, ok := get(t, tab, key(i))
						want := i == 2
						if holds && do.name != "check" {
							want = do.name == "put"
						}
						if ok != want {
							t.Errorf("item %d is there: %v, want %v", i, ok, want)
						}
						if holds && do.name == "put" {
							same(t, "the item put", it.Body, `{"new":true}`)
							if v := map[int]int64{1: 1, 2: 3}[i]; it.Version != v {
								t.Errorf("version %d, want %d", it.Version, v)
							}
						} else if ok && it.Version != 2 {
							t.Errorf("version %d, want 2 as before", it.Version)
						}
					}
				})
			}
		}
	}

	t.Run("a body comes back as it was written", func(t *testing.T) {
		tab := open(t, fixed)
		for i, body := range []string{`{"a":"<ドコモ&口座>\u2028 \"","n":100000000000001,"z":null,"l":[1,2.5]}`, `[]`, `"` + strings.Repeat("口", 100_000) + `"`} {
			must(t, tab.Write(ctx, put(key(i), body, store.Absent)))
			it, _ := get(t, tab, key(i))
			same(t, "body "+fmt.Sprint(i), it.Body, body)
		}
	})

	t.Run("many keys are read together, some twice, some absent", func(t *testing.T) {
		tab := open(t, fixed)
		for i := 0; i < 250; i += 50 {
			var ws []store.Write
			for j := i; j < i+50; j++ {
				ws = append(ws, put(key(j), fmt.Sprint(j), store.Absent))
			}
			must(t, tab.Write(ctx, ws...))
		}
		var ks []store.Key
		for i := range 300 {
			ks = append(ks, key(i), key(i/2))
		}
		got, err := tab.Get(ctx, ks...)
		must(t, err)
		if len(got) != 250 {
			t.Errorf("%d items, want 250", len(got))
		}
		for i := range 250 {
			same(t, "an item", got[key(i)].Body, fmt.Sprint(i))
		}
		if none, err := tab.Get(ctx); err != nil || len(none) != 0 {
			t.Errorf("no keys: %v %v", none, err)
		}
	})

	t.Run("a write whose answer is lost happened whole or not at all", func(t *testing.T) {
		tab := open(t, fixed)
		for i := range 30 {
			a, b := key(i), key(1000+i)
			short, cancel := context.WithTimeout(ctx, time.Duration(i)*100*time.Microsecond)
			err := tab.Write(short, put(a, `1`, store.Absent), put(b, `1`, store.Absent))
			cancel()
			// A writer that got no answer writes again, and learns what became of it.
			again := tab.Write(ctx, put(a, `2`, store.Absent), put(b, `2`, store.Absent))
			if err == nil || again != nil {
				lost(t, fmt.Sprintf("try %d", i), again, 0, 1)
			}
			got, err := tab.Get(ctx, a, b)
			must(t, err)
			if len(got) != 2 || string(got[a].Body) != string(got[b].Body) {
				t.Fatalf("try %d: half of it: %v", i, got)
			}
		}
	})
}

func racers(t *testing.T, open Opener) {
	t.Run("of 50 racers exactly one wins each round, whole", func(t *testing.T) {
		tab := open(t, fixed)
		for round := range 3 {
			var wg sync.WaitGroup
			var mu sync.Mutex
			var won []int
			own := func(i int) store.Key { return store.Key{PK: "OWN", SK: fmt.Sprintf("%d.%02d", round, i)} }
			for i := range 50 {
				wg.Go(func() {
					err := tab.Write(ctx, put(own(i), `{}`, store.Absent), put(key(1), fmt.Sprint(i), store.At(int64(round))),
						put(store.Key{PK: "Q", SK: fmt.Sprint(round)}, `{}`, store.Absent))
					mu.Lock()
					defer mu.Unlock()
					if err == nil {
						won = append(won, i)
					} else if _, lost := store.AsCondition(err); !lost {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if len(won) != 1 {
				t.Fatalf("round %d: %d winners", round, len(won))
			}
			it, _ := get(t, tab, key(1))
			same(t, "the winner's mark", it.Body, fmt.Sprint(won[0]))
			for i := range 50 {
				if _, ok := get(t, tab, own(i)); ok != (i == won[0]) {
					t.Errorf("round %d: racer %d of which %d won left an item: %v", round, i, won[0], ok)
				}
			}
		}
	})

	t.Run("50 who read, change and write at the version lose no change", func(t *testing.T) {
		tab := open(t, fixed)
		must(t, tab.Write(ctx, put(key(1), `1`, store.Absent)))
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				for {
					got, err := tab.Get(ctx, key(1))
					if err != nil {
						t.Error(err)
						return
					}
					v := got[key(1)].Version
					err = tab.Write(ctx, put(key(1), fmt.Sprint(v+1), store.At(v)))
					if err == nil {
						return
					}
					if _, lost := store.AsCondition(err); !lost {
						t.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
		it, _ := get(t, tab, key(1))
		same(t, "the count", it.Body, `51`)
		if it.Version != 51 {
			t.Errorf("version %d, want 51", it.Version)
		}
	})
}

func limits(t *testing.T, open Opener) {
	t.Run("what is too much is refused", func(t *testing.T) {
		tab := open(t, fixed)
		many := make([]store.Write, 101)
		var heavy []store.Write
		for i := range many {
			many[i] = put(key(i), `{}`, store.Any)
		}
		for i := range 15 {
			heavy = append(heavy, put(key(i), large(290<<10), store.Any))
		}
		for name, ws := range map[string][]store.Write{
			"101 writes":     many,
			"more than 4 MB": heavy,
			"one key twice":  {put(key(1), `1`, store.Any), put(key(1), `2`, store.Any)},
			"a huge body":    {put(key(1), large(301<<10), store.Any)},
			"no JSON":        {put(key(1), `{"a":`, store.Any)},
			"an empty PK":    {put(store.Key{SK: "S"}, `1`, store.Any)},
			"an empty SK":    {put(store.Key{PK: "P"}, `1`, store.Any)},
		} {
			if err := tab.Write(ctx, ws...); err == nil {
				t.Errorf("%s: taken", name)
			}
		}
		if items := collect(t, tab, store.Query{PK: "P", Limit: 10}); len(items) != 0 {
			t.Errorf("%d items were written", len(items))
		}
		must(t, tab.Write(ctx, many[:100]...))
		must(t, tab.Write(ctx, put(key(500), large(300<<10), store.Any)))
		if items := collect(t, tab, store.Query{PK: "P", Limit: 1000}); len(items) != 101 {
			t.Errorf("%d items at the limits, want 101", len(items))
		}
	})
}
