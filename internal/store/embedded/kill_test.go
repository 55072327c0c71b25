package embedded_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	queues "kozamori/internal/queue/embedded"
	"kozamori/internal/store"
	"kozamori/internal/store/embedded"
	"kozamori/internal/testkit/crashtest"
	"kozamori/internal/testkit/disktest"
)

func TestMain(m *testing.M) {
	crashtest.Main(map[string]func(){"writer": writer})
	os.Exit(m.Run())
}

// writer is the child: four writers put, change and delete items in
// transactions of three, and say what was acknowledged.
func writer() {
	disk, err := disktest.Open(os.Getenv("FILE"), queues.Options{})
	if err != nil {
		crashtest.Say("error %v", err)
		return
	}
	tab := disk.Table
	run := os.Getenv("RUN")
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range 100_000 {
				id := fmt.Sprintf("%s.%d.%06d", run, w, i)
				if err := tab.Write(context.Background(), triple(id)...); err != nil {
					crashtest.Say("error %v", err)
					return
				}
				crashtest.Say("put %s", id)
				if i%3 == 0 {
					if err := tab.Write(context.Background(), store.Write{Item: store.Item{Key: left(id)}, If: store.At(1), Delete: true},
						store.Write{Item: store.Item{Key: right(id)}, If: store.At(1), Delete: true}); err != nil {
						crashtest.Say("error %v", err)
						return
					}
					crashtest.Say("deleted %s", id)
				}
			}
		})
	}
	wg.Wait()
}

func left(id string) store.Key  { return store.Key{PK: "LEFT", SK: id} }
func right(id string) store.Key { return store.Key{PK: "RIGHT#" + id, SK: "R"} }

// triple is two items that belong together, and a third that every
// transaction of the run changes.
func triple(id string) []store.Write {
	body, _ := json.Marshal(id + strings.Repeat("口", 300))
	w := []store.Write{
		{Item: store.Item{Key: left(id), Body: body}, If: store.Absent},
		{Item: store.Item{Key: right(id), Body: body, History: store.Key{PK: "H", SK: id}}, If: store.Absent},
		{Item: store.Item{Key: store.Key{PK: "COUNT", SK: "C"}, Body: body}, If: store.Any},
	}
	return w
}

func TestWhatWasAcknowledgedOutlivesKillMinus9(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store")
	rng := rand.New(rand.NewPCG(1, 2))
	put, deleted := map[string]bool{}, map[string]bool{}
	read := func(lines ...string) {
		for _, l := range lines {
			switch what, id, _ := strings.Cut(l, " "); what {
			case "put":
				put[id] = true
			case "deleted":
				deleted[id] = true
			default:
				t.Fatal(l)
			}
		}
	}
	for run := range 8 {
		c := crashtest.Start(t, "writer", "FILE="+path, fmt.Sprint("RUN=", run))
		for range 1 + rng.IntN(400) {
			l, ok := c.Line()
			if !ok {
				t.Fatal("the child died by itself")
			}
			read(l)
		}
		read(c.Kill()...)
		disk, err := disktest.Open(path, queues.Options{})
		if err != nil {
			t.Fatalf("after kill %d: %v", run, err)
		}
		checkPairs(t, disk.Table, put, deleted)
		if err := disk.Close(); err != nil {
			t.Fatal(err)
		}
		if t.Failed() {
			t.Fatalf("after kill %d", run)
		}
	}
}

func checkPairs(t *testing.T, tab *embedded.Table, put, deleted map[string]bool) {
	t.Helper()
	found := map[string]bool{}
	walk := func(q store.Query, id func(store.Item) string) map[string]string {
		out := map[string]string{}
		for q.Limit = 500; ; {
			page, err := tab.Query(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, it := range page.Items {
				out[id(it)] = string(it.Body)
			}
			if q.Cursor = page.Cursor; q.Cursor == "" {
				return out
			}
		}
	}
	lefts := walk(store.Query{PK: "LEFT"}, func(it store.Item) string { return it.SK })
	rights := walk(store.Query{Index: store.History, PK: "H"}, func(it store.Item) string { return strings.TrimPrefix(it.PK, "RIGHT#") })
	for id, body := range lefts {
		found[id] = true
		if rights[id] != body || !strings.HasPrefix(body, `"`+id) {
			t.Errorf("%s is half there", id)
		}
		if deleted[id] {
			t.Errorf("%s was deleted, and is there", id)
		}
	}
	if len(rights) != len(lefts) {
		t.Errorf("%d left halves and %d right ones", len(lefts), len(rights))
	}
	last := map[string]string{} // of each writer of each run
	for id := range put {
		if w := id[:strings.LastIndex(id, ".")]; id > last[w] {
			last[w] = id
		}
	}
	for id := range put {
		// The last one may have been deleted without an answer.
		if !found[id] && !deleted[id] && id != last[id[:strings.LastIndex(id, ".")]] {
			t.Errorf("%s was acknowledged, and is gone", id)
		}
	}
	got, err := tab.Get(context.Background(), store.Key{PK: "COUNT", SK: "C"})
	if err != nil {
		t.Fatal(err)
	}
	if n := got[store.Key{PK: "COUNT", SK: "C"}].Version; n < int64(len(put)) || n > int64(len(put))+4*8 {
		t.Errorf("%d transactions counted, %d acknowledged", n, len(put))
	}
}
