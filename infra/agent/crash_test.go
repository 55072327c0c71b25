package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"kozamori/internal/detect"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/testkit/crashtest"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

func TestMain(m *testing.M) {
	crashtest.Main(map[string]func(){"agent": dyingAgent})
	os.Exit(m.Run())
}

// dyingAgent is the child: an agent that dies after some step of its.
func dyingAgent() {
	left, _ := strconv.Atoi(os.Getenv("DIE"))
	code := run(context.Background(), os.Stdout, os.Stdout, func(string) string { return "" }, strings.Split(os.Getenv("ARGS"), "\n"), func(a *agent) {
		a.chunk = 2
		a.wait = func(context.Context, time.Duration) error { return nil }
		a.wrote = func(string) {
			if left--; left == 0 {
				crashtest.Die()
			}
		}
	})
	crashtest.Say("ended %d", code)
}

// dies runs an agent that dies after a step; it tells whether it did.
func (b *bank) dies(t *testing.T, step int) bool {
	t.Helper()
	said := crashtest.Start(t, "agent", fmt.Sprint("DIE=", step), "ARGS="+strings.Join(b.args(), "\n")).Wait()
	if i := slices.IndexFunc(said, func(l string) bool { return strings.HasPrefix(l, "ended ") }); i >= 0 {
		if said[i] != "ended 0" {
			t.Fatal(said)
		}
		return false
	}
	return true
}

// Wherever the agent dies, and however often, each debit of overlapping files is
// one record in the end.
func TestAnAgentThatDiesAnywhereLosesNothingAndDoublesNothing(t *testing.T) {
	files := func(b *bank) watch.AccountKey {
		b.put("1.txt", nightly(testNumber, "081123", "081124", 100_000, slices.Concat(monday, tuesday)...))
		b.put("2.txt", nightly(testNumber, "081124", "081125", 346_500, slices.Concat(tuesday, wednesday)...))
		b.put("again.txt", nightly(testNumber, "081123", "081124", 100_000, slices.Concat(monday, tuesday)...))
		k := testKeeper(t)
		key := watch.AccountKey{Bank: sampleBank, Ref: k.ref(account{sampleBranch, "1", testNumber})}
		b.Put(store.PutAccount(worldtest.Account(key, worldtest.Owner("w1", "U1", worldtest.ByMail("a@example.jp")))))
		return key
	}
	const debits = 7
	look := func(t *testing.T, b *bank, key watch.AccountKey) {
		t.Helper()
		if len(b.events) != debits {
			t.Fatalf("%d events were sent", len(b.events))
		}
		stage := detect.New(detect.Config{Store: b.Store, Queue: b.Queue, Now: b.Now, Logger: b.Logger})
		b.Settle(map[queue.Name]queue.Handler{queue.Events: stage.Handle})
		records := b.History(key)
		yen := int64(0)
		for _, r := range records {
			yen += r.Amount
		}
		if len(records) != debits || yen != 3000+500+28000+3*500+700 {
			t.Errorf("%d records of %d yen", len(records), yen)
		}
		posts := b.posts
		if code, _, errs := b.agent(); code != 0 || b.posts != posts {
			t.Errorf("%d, %d requests more: %s", code, b.posts-posts, errs)
		}
	}
	steps := 0
	for step := 1; ; step++ {
		b := newBank(t)
		key := files(b)
		if !b.dies(t, step) {
			break
		}
		steps++
		if code, _, errs := b.agent(); code != 0 {
			t.Fatalf("after step %d: %s", step, errs)
		}
		look(t, b, key)
	}
	if steps < 30 {
		t.Errorf("it has only %d steps", steps)
	}
	// In one folder, again and again, a step further each time.
	b := newBank(t)
	key := files(b)
	deaths := 0
	for step := 2; b.dies(t, step); step = 2 + (step+1)%5 {
		if deaths++; deaths > 200 {
			t.Fatal("it never ends")
		}
	}
	if deaths < 5 {
		t.Errorf("it died %d times", deaths)
	}
	look(t, b, key)
}
