package worldtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"kozamori/internal/store"
	"kozamori/internal/store/embedded"
)

// Asked is a table that notes what it is asked: each read of items by how many
// they are, each walk as "q". It can be made to fail.
type Asked struct {
	store.Table
	mu    sync.Mutex
	reads []string
	down  bool
}

var errDown = errors.New("the table is down")

func (a *Asked) note(read string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.reads = append(a.reads, read)
	if a.down {
		return errDown
	}
	return nil
}

// Get notes the read.
func (a *Asked) Get(ctx context.Context, keys ...store.Key) (map[store.Key]store.Item, error) {
	if err := a.note(fmt.Sprint(len(keys))); err != nil {
		return nil, err
	}
	return a.Table.Get(ctx, keys...)
}

// Query notes the walk.
func (a *Asked) Query(ctx context.Context, q store.Query) (store.Page, error) {
	if err := a.note("q"); err != nil {
		return store.Page{}, err
	}
	return a.Table.Query(ctx, q)
}

// Taken is what was noted since it was last asked for.
func (a *Asked) Taken() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := strings.Join(a.reads, " ")
	a.reads = nil
	return out
}

// Fail makes every read fail from now on, or none.
func (a *Asked) Fail(down bool) { a.mu.Lock(); defer a.mu.Unlock(); a.down = down }

// Everything reads a whole file of a store, or of queues, as bucket/key →
// value: what their own methods would never show is seen too. Nothing may be
// writing.
func Everything(t testing.TB, file string) map[string]string {
	t.Helper()
	copied := filepath.Join(t.TempDir(), "copy")
	if err := os.WriteFile(copied, Bytes(t, file), 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := bbolt.Open(copied, 0o600, &bbolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	out := map[string]string{}
	err = db.View(func(tx *bbolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bbolt.Bucket) error {
			return b.ForEach(func(k, v []byte) error {
				out[string(name)+" "+string(bytes.ReplaceAll(k, []byte{0}, []byte(" ")))] = string(v)
				return nil
			})
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Bytes is the store's file as it is, to restore it from.
func Bytes(t testing.TB, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Restore makes the store what it was, and returns a new table. Nothing may
// be reading or writing.
func Restore(t testing.TB, table store.Table, file string, was []byte, now func() time.Time) store.Table {
	t.Helper()
	if err := table.(*embedded.Table).Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, was, 0o600); err != nil {
		t.Fatal(err)
	}
	return TableIn(t, file, now)
}
