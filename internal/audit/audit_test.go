package audit_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"kozamori/internal/audit"
	"kozamori/internal/store"
	"kozamori/internal/testkit/tabletest"
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

func newWorld(t *testing.T, kind tabletest.Kind) *world {
	t.Helper()
	w := &world{t: t, Clock: worldtest.NewClock(worldtest.Start)}
	w.st = store.New(tabletest.On(t, kind, w.Now))
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
	tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
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
	w := newWorld(t, tabletest.Embedded)
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
	tabletest.OnEach(t, func(t *testing.T, kind tabletest.Kind) {
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

func TestProtectionThatIsLoweredIsCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, tabletest.Embedded)
	var log bytes.Buffer
	w.list.Logger = slog.New(slog.NewTextHandler(&log, nil))
	w.did("a1", "code.issue")
	if w.chain(); strings.Contains(log.String(), audit.LogLowered) {
		t.Errorf("an act is counted: %s", log.String())
	}
	for n := range 3 {
		w.step(fmt.Sprint("s", n))
	}
	raised := &watch.Step{ID: "up", OnAccount: watch.On(watch.AccountKey{Bank: bank, Ref: "acc_1"}), At: w.Now(), Kind: watch.StepSettings, Way: watch.WayPage, By: "w1", ByRole: watch.Owner}
	if err := w.st.Write(t.Context(), w.st.PutStep(raised)); err != nil {
		t.Fatal(err)
	}
	for range 2 { // once each
		w.chain()
	}
	if line := audit.LogLowered + `" bank=` + bank + ` steps=3`; strings.Count(log.String(), line) != 1 || strings.Count(log.String(), audit.LogLowered) != 1 {
		t.Errorf("want one line that ends with %s: %s", line, log.String())
	}
}
