package audit_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kozamori/internal/audit"
	"kozamori/internal/store"
	"kozamori/internal/testkit/tabletest"
)

// tampered is one thing that somebody who can write the table does to a list.
type tampered struct {
	name string
	do   func(t *testing.T, w *world)
}

func (w *world) block(first int64) (store.Key, []json.RawMessage) {
	w.t.Helper()
	k := store.Key{PK: "CHAIN#" + bank, SK: fmt.Sprintf("%015d", first)}
	items, err := w.st.Get(w.t.Context(), k)
	if err != nil || len(items) != 1 {
		w.t.Fatal("there is no block", first, err)
	}
	var b struct{ Entries []json.RawMessage }
	if err := json.Unmarshal(items[k].Body, &b); err != nil {
		w.t.Fatal(err)
	}
	return k, b.Entries
}

func (w *world) rewrite(k store.Key, entries []json.RawMessage) {
	w.t.Helper()
	body, err := json.Marshal(map[string]any{"entries": entries})
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.st.Write(w.t.Context(), store.Write{Item: store.Item{Key: k, Body: body}, If: store.Any}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) remove(k store.Key) {
	w.t.Helper()
	if err := w.st.Write(w.t.Context(), store.Write{Item: store.Item{Key: k}, If: store.Any, Delete: true}); err != nil {
		w.t.Fatal(err)
	}
}

func TestWhatWasChangedRemovedOrMovedIsFound(t *testing.T) {
	t.Parallel()
	const perBlock, of = 4, 3 // entries of a block, blocks
	firsts := []int64{1, 1 + perBlock, 1 + 2*perBlock}
	var all []tampered
	for _, first := range firsts {
		for i := range perBlock {
			at := fmt.Sprintf("entry %d ", first+int64(i))
			all = append(all, tampered{at + "is removed", func(_ *testing.T, w *world) {
				k, es := w.block(first)
				w.rewrite(k, slices.Delete(es, i, i+1))
			}}, tampered{at + "is there twice", func(_ *testing.T, w *world) {
				k, es := w.block(first)
				w.rewrite(k, slices.Insert(es, i, es[i]))
			}}, tampered{at + "is no entry any more", func(_ *testing.T, w *world) {
				k, es := w.block(first)
				es[i] = json.RawMessage(`{}`)
				w.rewrite(k, es)
			}})
			for _, member := range []string{"seq", "prev", "prev_until", "id", "bank", "at", "actor", "act", "objects", "result", "status", "digest", "more"} {
				all = append(all, tampered{at + "has another " + member, func(_ *testing.T, w *world) {
					k, es := w.block(first)
					var e map[string]any
					if err := json.Unmarshal(es[i], &e); err != nil {
						w.t.Fatal(err)
					}
					switch was := e[member].(type) {
					case float64:
						e[member] = was + 1
					case map[string]any:
						e[member] = map[string]any{"kind": "key", "id": "another"}
					case []any:
						e[member] = []any{}
					default:
						e[member] = "2026-11-24T00:00:00Z"
					}
					es[i], _ = json.Marshal(e)
					w.rewrite(k, es)
				}})
			}
			if i+1 < perBlock {
				all = append(all, tampered{at + "has changed places with the next", func(_ *testing.T, w *world) {
					k, es := w.block(first)
					es[i], es[i+1] = es[i+1], es[i]
					w.rewrite(k, es)
				}})
			}
		}
		all = append(all, tampered{fmt.Sprintf("the block of %d is removed", first), func(_ *testing.T, w *world) {
			k, _ := w.block(first)
			w.remove(k)
		}}, tampered{fmt.Sprintf("the block of %d is moved", first), func(_ *testing.T, w *world) {
			k, es := w.block(first)
			w.remove(k)
			k.SK = k.SK[:14] + "3"
			w.rewrite(k, es)
		}}, tampered{fmt.Sprintf("the block of %d is empty", first), func(_ *testing.T, w *world) {
			k, _ := w.block(first)
			w.rewrite(k, nil)
		}}, tampered{fmt.Sprintf("step %d of the trail is changed", first), func(_ *testing.T, w *world) {
			k := store.Key{PK: fmt.Sprintf("L#s%d", first), SK: "L"}
			items, err := w.st.Get(w.t.Context(), k)
			if err != nil || len(items) != 1 {
				w.t.Fatal(err)
			}
			it := items[k]
			it.Body = []byte(strings.Replace(string(it.Body), `"lowered":true`, `"lowered":false`, 1))
			if err := w.st.Write(w.t.Context(), store.Write{Item: it, If: store.Any}); err != nil {
				w.t.Fatal(err)
			}
		}}, tampered{fmt.Sprintf("step %d of the trail is removed", first), func(_ *testing.T, w *world) {
			w.remove(store.Key{PK: fmt.Sprintf("L#s%d", first), SK: "L"})
		}})
	}
	all = append(all, tampered{"all blocks are removed", func(_ *testing.T, w *world) {
		for _, first := range firsts {
			k, _ := w.block(first)
			w.remove(k)
		}
	}}, tampered{"the end is removed", func(_ *testing.T, w *world) {
		w.remove(store.Key{PK: "CHAIN#" + bank, SK: "HEAD"})
	}}, tampered{"the list is written again, without its first entry", func(t *testing.T, w *world) {
		again := newWorld(t, tabletest.Embedded)
		again.did("r5", "code.issue")
		again.chain()
		for _, first := range firsts {
			k, _ := w.block(first)
			w.remove(k)
		}
		_, es := again.block(1)
		w.rewrite(store.Key{PK: "CHAIN#" + bank, SK: fmt.Sprintf("%015d", 1)}, es)
		head, _, err := again.st.AuditHead(t.Context(), bank)
		if err != nil {
			t.Fatal(err)
		}
		w.remove(store.Key{PK: "CHAIN#" + bank, SK: "HEAD"})
		if err := w.st.Write(t.Context(), store.PutAuditHead(bank, head, 0)); err != nil {
			t.Fatal(err)
		}
	}})
	if len(all) < 150 {
		t.Fatalf("only %d", len(all))
	}
	for _, c := range all {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, tabletest.Embedded)
			var remembered audit.Head
			for _, first := range firsts {
				w.step(fmt.Sprintf("s%d", first))
				for i := range perBlock - 1 {
					w.Add(time.Second)
					w.did(fmt.Sprintf("r%d", first+int64(i)), "code.issue")
				}
				w.Add(time.Second)
				if n := w.chain(); n != perBlock {
					t.Fatalf("%d in a block", n)
				}
				remembered = w.head()
			}
			if c := w.check(remembered); len(c.Faults) > 0 || c.Last != perBlock*of {
				t.Fatalf("before: %+v", c)
			}
			c.do(t, w)
			if got := w.check(remembered); len(got.Faults) == 0 {
				t.Errorf("it is not found: %+v", got)
			}
		})
	}
}

func TestWhatIsKeptNoLongerIsNotMissed(t *testing.T) {
	t.Parallel()
	tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
		w := newWorld(t, kind)
		w.st.KeepDispute = store.LeastKeepDispute
		for n := range 3 {
			w.did(fmt.Sprintf("r%d", n), "code.issue")
			w.chain()
			w.Add(20 * 24 * time.Hour)
		}
		// After 60 days the first two have gone, and nothing else may.
		if c := w.check(); len(c.Faults) > 0 || c.First != 3 || c.Last != 3 {
			t.Errorf("%+v", c)
		}
		w.did("r3", "code.issue")
		w.chain()
		if c := w.check(); len(c.Faults) > 0 || c.First != 3 || c.Last != 4 {
			t.Errorf("%+v", c)
		}
		w.remove(store.Key{PK: "CHAIN#" + bank, SK: fmt.Sprintf("%015d", 3)})
		if c := w.check(); len(c.Faults) == 0 {
			t.Errorf("what went before its time is not missed: %+v", c)
		}
		w.Add(365 * 24 * time.Hour)
		if c := w.check(); len(c.Faults) > 0 || c.First != 0 {
			t.Errorf("all are kept no longer: %+v", c)
		}
		w.did("r4", "code.issue")
		w.chain()
		if c := w.check(); len(c.Faults) > 0 || c.First != 5 {
			t.Errorf("it does not go on: %+v", c)
		}
	})
}
