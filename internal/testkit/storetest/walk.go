package storetest

import (
	"context"
	"fmt"
	"strconv"
	"testing"
	"time"

	"kozamori/internal/store"
)

// Walk holds a walk of a whole table to its promise: all that lives under a prefix and
// nothing else, each item once and as it is written, over any number of pages.
func Walk(t *testing.T, table store.Table, walk func(ctx context.Context, prefix, cursor string) (store.Page, error)) {
	t.Helper()
	var writes []store.Write
	for i := range 2100 {
		it := store.Item{Key: store.Key{PK: fmt.Sprintf("%s#%d", []string{"U", "A", "UX"}[i%3], i/30), SK: fmt.Sprintf("S%d", i)}, Body: []byte(fmt.Sprint(i))}
		if i%2 == 0 {
			it.History = store.Key{PK: "H", SK: it.SK}
		}
		if i%50 == 0 {
			it.Expires = time.Unix(1, 0).UTC()
		}
		if writes = append(writes, store.Write{Item: it, If: store.Any}); len(writes) == store.MaxWrites {
			if err := table.Write(t.Context(), writes...); err != nil {
				t.Fatal(err)
			}
			writes = writes[:0]
		}
	}
	for prefix, want := range map[string]int{"U#": 700 - 14, "": 2100 - 42, "V": 0} {
		got, pages := map[store.Key]store.Item{}, 0
		for cursor := ""; ; {
			page, err := walk(t.Context(), prefix, cursor)
			if err != nil {
				t.Fatal(err)
			}
			for _, it := range page.Items {
				i, err := strconv.Atoi(string(it.Body))
				if _, twice := got[it.Key]; twice || err != nil || (it.History == store.Key{PK: "H", SK: it.SK}) != (i%2 == 0) {
					t.Fatalf("%+v %s, before: %t", it.Key, it.Body, twice)
				}
				got[it.Key] = it
			}
			if pages++; page.Cursor == "" {
				break
			}
			cursor = page.Cursor
		}
		if len(got) != want || pages < want/1001 {
			t.Errorf("%q: %d items on %d pages, want %d", prefix, len(got), pages, want)
		}
	}
	if _, err := walk(t.Context(), "U#", "no cursor"); err == nil {
		t.Error("what is no cursor is taken for one")
	}
}
