package embedded_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/queue/embedded"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// Jobs and writes that are one commit are there together or not at all, also after the
// process ended.
func TestWritesAndJobsAreOneCommit(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "store")
	disk := open(t, path, embedded.Options{Visibility: time.Minute})
	once := func(over watch.ChannelKind) error {
		var jobs queue.Jobs
		jobs.Letter(over, "key", "person")
		jobs.TellFeed("0125")
		w := store.PutBank(&store.Bank{Code: "0125", Name: "A"})
		w.If = store.Absent
		return disk.Queue.Together(disk.Table)(t.Context(), []store.Write{w}, &jobs)
	}
	look := func(when string, items, waiting int) {
		t.Helper()
		k := store.PutBank(&store.Bank{Code: "0125"}).Item.Key
		got, err := disk.Table.Get(t.Context(), k)
		must(t, err)
		for _, n := range []queue.Name{queue.LINE, queue.Bank} {
			d, err := disk.Queue.Depth(t.Context(), n)
			must(t, err)
			if d.Waiting != waiting {
				t.Errorf("%s: %d messages wait in %s, want %d", when, d.Waiting, n, waiting)
			}
		}
		if len(got) != items {
			t.Errorf("%s: there are %d items, want %d", when, len(got), items)
		}
	}
	if err := once("telephone"); !errors.Is(err, queue.ErrNoQueue) {
		t.Errorf("jobs of a channel that is not known: %v", err)
	}
	look("without a queue", 0, 0)
	before := disk.Moment()
	must(t, once(watch.LINE))
	if n := disk.Moment() - before; n != 1 {
		t.Errorf("it took %d commits", n)
	}
	look("once", 1, 1)
	if _, lost := store.AsCondition(once(watch.LINE)); !lost {
		t.Error("it is done again")
	}
	look("again", 1, 1)
	must(t, disk.Close())
	disk = open(t, path, embedded.Options{Visibility: time.Minute})
	look("after the end", 1, 1)
}
