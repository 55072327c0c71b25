package audit_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kozamori/internal/audit"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

const bank = "0168"

type world struct {
	*worldtest.Clock
	t    *testing.T
	list *audit.List
	st   *store.Store
}

func newWorld(t *testing.T, kind worldtest.Kind) *world {
	t.Helper()
	w := &world{t: t, Clock: worldtest.NewClock(worldtest.Start)}
	w.st = store.New(worldtest.TableOn(t, kind, w.Now))
	w.list = &audit.List{Store: w.st, Now: w.Now, Logger: slog.New(slog.DiscardHandler)}
	return w
}

// did keeps an act that was done.
func (w *world) did(id, what string) {
	w.t.Helper()
	a := &audit.Act{ID: id, Bank: bank, At: w.Now(), Actor: audit.Actor{Kind: audit.Key, ID: "k1"}, What: what, Objects: []string{audit.Object("account", id)}, Result: audit.Done, Status: 201}
	if err := audit.Keep(w.t.Context(), w.st, a); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) step(id string) {
	w.t.Helper()
	s := &watch.Step{ID: id, OnAccount: watch.On(watch.AccountKey{Bank: bank, Ref: "acc_1"}), At: w.Now(), Kind: watch.StepSettings, Way: watch.WayPage, By: "w1", ByRole: watch.Guardian, Lowered: true}
	if err := w.st.Write(w.t.Context(), w.st.PutStep(s)); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) chain() int {
	w.t.Helper()
	n, err := w.list.Chain(w.t.Context(), bank)
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

func (w *world) check(remembered ...audit.Head) *audit.Check {
	w.t.Helper()
	c, err := w.list.Verify(w.t.Context(), bank, remembered...)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func (w *world) head() audit.Head {
	w.t.Helper()
	h, err := w.list.Head(w.t.Context(), bank)
	if err != nil {
		w.t.Fatal(err)
	}
	return h
}

// entries are those of the list, by what they say.
func (w *world) entries() []audit.Entry {
	w.t.Helper()
	list, err := w.list.Read(w.t.Context(), bank, 0, 100_000)
	if err != nil {
		w.t.Fatal(err)
	}
	var out []audit.Entry
	for _, l := range list {
		var e audit.Entry
		if err := json.Unmarshal(l.Entry, &e); err != nil {
			w.t.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}

func TestWhatWasDoneStandsInTheListOnce(t *testing.T) {
	t.Parallel()
	worldtest.OnEach(t, func(t *testing.T, kind worldtest.Kind) {
		w := newWorld(t, kind)
		if w.chain() != 0 || w.check().Last != 0 {
			t.Error("something stands in an empty list")
		}
		w.did("r1", "code.issue")
		w.Add(time.Second)
		w.step("s1")
		w.Add(time.Second)
		w.did("r2", "key.end")
		if n := w.chain(); n != 3 {
			t.Errorf("%d were put into the list", n)
		}
		if n := w.chain(); n != 0 {
			t.Errorf("%d were put there again", n)
		}
		w.Add(time.Second)
		w.did("r3", "key.end")
		w.chain()
		got := ""
		for _, e := range w.entries() {
			got += fmt.Sprintf("%d %s %s %s %s\n", e.Seq, e.ID, e.Actor.Kind, e.What, e.Result)
			if len(e.Objects) != 1 || len(e.Objects[0]) != 64 {
				t.Errorf("the objects are %v", e.Objects)
			}
		}
		want := "1 r1 key code.issue done\n2 s1 watcher trail.settings done\n3 r2 key key.end done\n4 r3 key key.end done\n"
		if got != want {
			t.Errorf("got\n%swant\n%s", got, want)
		}
		if c := w.check(); len(c.Faults) > 0 || c.First != 1 || c.Last != 4 || c.Head.Hash == "" {
			t.Errorf("%+v", c)
		}
		page, err := w.list.Read(t.Context(), bank, 2, 1)
		if err != nil || len(page) != 1 || page[0].Seq != 3 {
			t.Errorf("the page after 2: %v %v", page, err)
		}
		if s, err := w.st.Step(t.Context(), "s1"); err != nil || s.By != "w1" {
			t.Errorf("the step is not in its trail: %v %v", s, err)
		}
		if page, _ := w.list.Read(t.Context(), "0125", 0, 9); len(page) > 0 {
			t.Error("it stands in another bank's list")
		}
	})
}

// An act that was begun and never ended is in the list as that, once nothing can
// come of it any more; what comes of it all the same stands there, too.
func TestAnActThatWasBegunIsNotForgotten(t *testing.T) {
	t.Parallel()
	w := newWorld(t, worldtest.Embedded)
	a := &audit.Act{ID: "r1", Bank: bank, At: w.Now(), Actor: audit.Actor{Kind: audit.Key, ID: "k1"}, What: "account.erase"}
	keep := func() {
		t.Helper()
		if err := audit.Keep(t.Context(), w.st, a); err != nil {
			t.Fatal(err)
		}
	}
	keep()
	w.did("r2", "code.issue")
	if n := w.chain(); n != 1 {
		t.Errorf("%d are in the list, while one is being done", n)
	}
	w.Add(audit.Abandoned)
	if n := w.chain(); n != 1 {
		t.Errorf("%d of what was abandoned", n)
	}
	a.Result, a.Status = audit.Done, 204
	keep()
	w.chain()
	got := ""
	for _, e := range w.entries() {
		got += e.ID + " " + string(e.Result) + "\n"
	}
	if want := "r2 done\nr1 unknown\nr1 done\n"; got != want || len(w.check().Faults) > 0 {
		t.Errorf("got\n%swant\n%s%v", got, want, w.check().Faults)
	}
}

func TestManyWritersAndManyWhoChainLoseAndDoubleNothing(t *testing.T) {
	t.Parallel()
	worldtest.OnEach(t, func(t *testing.T, kind worldtest.Kind) {
		w := newWorld(t, kind)
		const writers, each = 4, 60
		var wg sync.WaitGroup
		for n := range writers {
			wg.Go(func() {
				for i := range each {
					id := fmt.Sprintf("r%d-%d", n, i)
					w.did(id, "code.issue")
					w.step("s" + id)
				}
			})
		}
		stop := make(chan struct{})
		var chains sync.WaitGroup
		for range 3 {
			chains.Go(func() {
				for {
					if _, err := w.list.Chain(context.Background(), bank); err != nil {
						t.Error(err)
						return
					}
					select {
					case <-stop:
						return
					default:
					}
				}
			})
		}
		wg.Wait()
		close(stop)
		chains.Wait()
		w.chain()
		seen := map[string]int{}
		for _, e := range w.entries() {
			seen[e.ID]++
		}
		for id, n := range seen {
			if n != 1 {
				t.Errorf("%s stands there %d times", id, n)
			}
		}
		if c := w.check(); len(seen) != 2*writers*each || len(c.Faults) > 0 || c.Last != 2*writers*each {
			t.Errorf("%d of %d, %+v", len(seen), 2*writers*each, c)
		}
	})
}

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
		again := newWorld(t, worldtest.Embedded)
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
			w := newWorld(t, worldtest.Embedded)
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
	worldtest.OnEach(t, func(t *testing.T, kind worldtest.Kind) {
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
