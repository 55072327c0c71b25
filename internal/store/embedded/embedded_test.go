package embedded_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	queues "kozamori/internal/queue/embedded"
	"kozamori/internal/store"
	"kozamori/internal/testkit/disktest"
	_ "kozamori/internal/testkit/roomy" // its folders are in memory
	"kozamori/internal/testkit/storetest"
)

func open(t *testing.T, path string, now func() time.Time) *disktest.Disk {
	t.Helper()
	disk, err := disktest.Open(path, queues.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = disk.Close() })
	return disk
}

func TestTable(t *testing.T) {
	storetest.Run(t, func(t *testing.T, now func() time.Time) store.Table { return open(t, t.TempDir(), now).Table })
}

func TestTheWholeTableIsWalked(t *testing.T) {
	t.Parallel()
	table := open(t, t.TempDir(), time.Now).Table
	storetest.Walk(t, table, table.Walk)
}

func TestAFileIsForOneProcessAndSurvivesIt(t *testing.T) {
	path := t.TempDir()
	a := open(t, path, time.Now)
	if _, err := disktest.Open(path, queues.Options{}); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("a second opening: %v", err)
	}
	k := store.Key{PK: "P", SK: "S"}
	if err := a.Table.Write(context.Background(), store.Write{Item: store.Item{Key: k, Body: []byte(`1`)}}); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := open(t, path, time.Now).Table.Get(context.Background(), k); err != nil || len(got) != 1 {
		t.Errorf("after reopening: %v %v", got, err)
	}
}

func TestWhatHasExpiredLeavesTheFile(t *testing.T) {
	ctx := context.Background()
	now := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	tab := open(t, t.TempDir(), func() time.Time { return now }).Table
	var writes []store.Write
	for i := range 4500 {
		it := store.Item{Key: store.Key{PK: fmt.Sprintf("P%d", i/100), SK: fmt.Sprintf("%04d", i)}, Body: []byte(`1`), Due: store.Key{PK: "DUE", SK: "x"}}
		if i%3 == 0 {
			it.Expires = now.Add(time.Minute)
		}
		writes = append(writes, store.Write{Item: it, If: store.Absent})
		if len(writes) == 100 {
			if err := tab.Write(ctx, writes...); err != nil {
				t.Fatal(err)
			}
			writes = nil
		}
	}
	for _, want := range []int{0, 1500, 0} {
		if n, err := tab.Purge(ctx); err != nil || n != want {
			t.Errorf("%d items purged, want %d, %v", n, want, err)
		}
		if want == 0 {
			now = now.Add(time.Minute)
		}
	}
	left := 0
	for q := (store.Query{Index: store.Due, PK: "DUE", Limit: 1000}); ; {
		page, err := tab.Query(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		left += len(page.Items)
		if q.Cursor = page.Cursor; q.Cursor == "" {
			break
		}
	}
	if left != 3000 {
		t.Errorf("%d items left, want 3000", left)
	}
}
