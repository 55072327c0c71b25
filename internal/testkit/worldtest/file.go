package worldtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"

	"kozamori/internal/kv"
	"kozamori/internal/store"
	"kozamori/internal/testkit/kvtest"
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

// Stamp is the table's; 0 of one that is not store.Steady.
func (a *Asked) Stamp() uint64 {
	if s, ok := a.Table.(store.Steady); ok {
		return s.Stamp()
	}
	return 0
}

// Unwritten is the table's.
func (a *Asked) Unwritten(k store.Key, since uint64) bool {
	s, ok := a.Table.(store.Steady)
	return ok && s.Unwritten(k, since)
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

// engines are those that lie in memory, by the name of the file that they
// stand for.
var engines sync.Map

// engineIn is the engine that a file stands for; it is closed with the test.
func engineIn(t testing.TB, file string) *kvtest.Memory {
	t.Helper()
	db := &kvtest.Memory{}
	engines.Store(file, db)
	t.Cleanup(func() {
		engines.CompareAndDelete(file, db)
		_ = db.Close()
	})
	return db
}

func read(t testing.TB, file string) map[string][]byte {
	t.Helper()
	db, ok := engines.Load(file)
	if !ok {
		t.Fatalf("%s is no store of this test", file)
	}
	out := map[string][]byte{}
	err := db.(*kvtest.Memory).View(func(r kv.Reader) error {
		return r.Walk([]byte("q"), []byte("t"), false, func(k, v []byte) (bool, error) {
			out[string(k)] = bytes.Clone(v)
			return true, nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

var (
	places   = strings.NewReplacer("s/i/", "items ", "s/h/", "history ", "s/d/", "due ", "\x00", " ")
	ofQueues = regexp.MustCompile(`^q/([^/]+)/([^/]+)/`)
)

// Everything reads the whole of a store, or of queues, as place and key →
// value: what their own methods would never show is seen too. Nothing may be
// writing.
func Everything(t testing.TB, file string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for k, v := range read(t, file) {
		out[ofQueues.ReplaceAllString(places.Replace(k), "$1.$2 ")] = string(v)
	}
	return out
}

// Saved is everything that a file held.
type Saved map[string][]byte

// Bytes is the store as it is, to restore it from.
func Bytes(t testing.TB, file string) Saved { t.Helper(); return read(t, file) }

// Restore makes the store what it was. Nothing may be reading or writing.
func Restore(t testing.TB, file string, was Saved) {
	t.Helper()
	is := read(t, file)
	db, _ := engines.Load(file)
	err := db.(*kvtest.Memory).Commit(context.Background(), kv.Part{Stage: func(w kv.Writer) {
		for k, v := range was {
			if now, ok := is[k]; !ok || !bytes.Equal(now, v) {
				w.Set([]byte(k), v)
			}
		}
		for k := range is {
			if _, ok := was[k]; !ok {
				w.Delete([]byte(k))
			}
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
}
