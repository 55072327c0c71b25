package embedded_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/store/embedded"
	"kozamori/internal/store/storetest"
)

func TestTable(t *testing.T) {
	storetest.Run(t, func(t *testing.T, now func() time.Time) store.Table {
		tab, err := embedded.Open(filepath.Join(t.TempDir(), "store"), embedded.Options{Now: now})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = tab.Close() })
		return tab
	})
}

func TestAFileIsForOneProcessAndSurvivesIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store")
	a, err := embedded.Open(path, embedded.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := embedded.Open(path, embedded.Options{}); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("a second opening: %v", err)
	}
	k := store.Key{PK: "P", SK: "S"}
	if err := a.Write(context.Background(), store.Write{Item: store.Item{Key: k, Body: []byte(`1`)}}); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := embedded.Open(path, embedded.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if got, err := b.Get(context.Background(), k); err != nil || len(got) != 1 {
		t.Errorf("after reopening: %v %v", got, err)
	}
}
