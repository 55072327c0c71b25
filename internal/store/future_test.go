package store_test

import (
	"fmt"
	"testing"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/testkit/codectest"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

// ofKindsToCome are items of kinds that only a newer version knows: before and
// behind each of these items, in its partition and in each index. Nothing in
// their bodies is what the kinds of this version have there.
func ofKindsToCome(items []store.Write) (out []store.Write) {
	body := []byte(`{"id":{},"account":1,"hash":[],"expires":"never","kind":7,"at":true,"code":{},"watcher":0}`)
	seen := map[store.Key]bool{}
	add := func(it store.Item) {
		if !seen[it.Key] {
			seen[it.Key] = true
			it.Body = body
			out = append(out, store.Write{Item: it, If: store.Any})
		}
	}
	for i := range items {
		it := items[i].Item
		for _, sk := range []string{"!NEW#", it.SK + "#NEW", it.SK + "#NEW#1", "~NEW#"} {
			add(store.Item{Key: store.Key{PK: it.PK, SK: sk}})
		}
		for n, sk := range []string{"0", it.History.SK + "#", "9"} {
			if it.History.PK != "" {
				add(store.Item{Key: store.Key{PK: fmt.Sprint("NEW#h", i, n), SK: "NEW"}, History: store.Key{PK: it.History.PK, SK: sk}})
			}
		}
		for n, sk := range []string{"0", it.Due.SK + "#"} {
			if it.Due.PK != "" {
				add(store.Item{Key: store.Key{PK: fmt.Sprint("NEW#d", i, n), SK: "NEW"}, Due: store.Key{PK: it.Due.PK, SK: sk}})
			}
		}
	}
	return out
}

func TestItemsOfKindsToComeAreInNoList(t *testing.T) {
	t.Parallel()
	items, of := itemsNow()
	everyWay(t, "", append(items, ofKindsToCome(items)...), of, func(t *testing.T, v any) {
		for _, l := range codectest.NotUnderstood(v) {
			t.Error(l)
		}
	})
}

func TestWhatOnlyANewerVersionDoesTakesNoPlaceOfWhatIsDue(t *testing.T) {
	t.Parallel()
	s := store.New(worldtest.Table(t, early))
	items, _ := itemsNow()
	for shard := range 8 {
		for n := range 30 {
			it := store.Item{Key: store.Key{PK: fmt.Sprint("NEW#", shard, "#", n), SK: "NEW"}, Body: []byte(`{}`),
				Due: store.Key{PK: fmt.Sprint("DUE#", shard), SK: fmt.Sprint("0", n)}}
			items = append(items, store.Write{Item: it, If: store.Any})
		}
	}
	writeAll(t, s, items)
	due, err := s.Due(t.Context(), early().Add(10*24*time.Hour), 7)
	if err != nil || len(due) != 6 {
		t.Errorf("%+v, %v; want a record, a dispute, an erasure, a round, an inquiry and an account", due, err)
	}
}

func TestPagesOfDisputesAreFullWhateverLiesBetween(t *testing.T) {
	t.Parallel()
	s := store.New(worldtest.Table(t, early))
	var writes []store.Write
	for n := range 40 {
		it := store.Item{Key: store.Key{PK: fmt.Sprint("NEW#", n), SK: "NEW"}, Body: []byte(`{}`),
			History: store.Key{PK: "B#0125", SK: fmt.Sprintf("20261103T0424%02d.000Z#", n)}}
		writes = append(writes, store.Write{Item: it, If: store.Any})
	}
	for _, second := range []int{5, 6, 20, 38} {
		d := s.PutDispute(&watch.Dispute{ID: fmt.Sprint("dis_", second), OnAccount: watch.On(watched),
			AnsweredAt: time.Date(2026, 11, 3, 4, 24, second, 0, time.UTC)})
		writes = append(writes, d)
	}
	if err := s.Write(t.Context(), writes...); err != nil {
		t.Fatal(err)
	}
	var pages []int
	cursor := ""
	for {
		list, next, err := s.Disputes(t.Context(), "0125", 3, cursor)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, len(list))
		if cursor = next; cursor == "" {
			break
		}
	}
	if pages[0] != 3 || len(pages) > 2 || pages[len(pages)-1] != 1 {
		t.Errorf("pages of %v, want 3 and 1", pages)
	}
}
