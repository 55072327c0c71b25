package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"kozamori/internal/testkit/breadth"
)

// A byte of the log that is not what was written, and was synced, is named at
// the start: Pebble alone would take the log to end there.
func TestALogThatIsDamagedInTheMiddleIsRefused(t *testing.T) {
	t.Parallel()
	for _, n := range []int{30, 600} { // within a block, and over several
		db := open(t, t.TempDir(), Options{})
		for i := range n {
			must(t, db.Commit(ctx, set(fmt.Sprintf("k%04d", i), value("k", i))))
		}
		killed := killed(t, db)
		logs, err := filepath.Glob(filepath.Join(killed, "data", "*.log"))
		must(t, err)
		log := logs[len(logs)-1]
		size := fileSize(t, log)
		rng := rand.New(rand.NewPCG(9, uint64(n)))
		for try := range breadth.Of(9, 30) {
			dir := filepath.Join(t.TempDir(), "it")
			must(t, os.CopyFS(dir, os.DirFS(killed)))
			at, many := rng.Int64N(size*9/10), int64(1)
			if try%3 == 0 {
				many = min(512, size*9/10-at)
			}
			damageFile(t, filepath.Join(dir, "data", filepath.Base(log)), at, many, try%2 == 0)
			db, err := Open(dir, Options{Reserve: 4096})
			if errors.Is(err, ErrDamaged) {
				continue
			}
			must(t, err)
			got, err := read(db)
			must(t, err)
			if len(got) != n { // zeroes over zeroes change nothing
				t.Errorf("%d bytes at %d of %d: %d entries of %d, and no error", many, at, size, len(got), n)
			}
			must(t, db.Close())
		}
	}
}

func TestACallWhileTheEngineClosesEnds(t *testing.T) {
	t.Parallel()
	for range 20 {
		db := open(t, t.TempDir(), Options{Scratch: true})
		var calls sync.WaitGroup
		for i := range 50 {
			calls.Go(func() {
				for {
					if err := db.Commit(context.Background(), set(fmt.Sprint("k", i), "v")); err != nil {
						if !errors.Is(err, ErrClosed) {
							t.Error(err)
						}
						return
					}
				}
			})
		}
		must(t, db.Close())
		calls.Wait()
	}
}

func TestACheckReadsWhatIsOnDiskAndNotWhatItRemembers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := open(t, dir, Options{})
	for i := range 300 {
		must(t, db.Commit(ctx, set(fmt.Sprintf("k%04d", i), value("k", i))))
	}
	_, _, err := db.Compact(ctx) // nothing puts other tables in the place of this one meanwhile
	must(t, err)
	if _, err := read(db); err != nil { // now it is in memory
		t.Fatal(err)
	}
	if n, err := db.Check(ctx, nil); err != nil || n < 300 {
		t.Fatalf("%d %v", n, err)
	}
	tables, err := filepath.Glob(filepath.Join(dir, "data", "*.sst"))
	must(t, err)
	f, err := os.OpenFile(tables[len(tables)-1], os.O_RDWR, 0)
	must(t, err)
	_, err = f.WriteAt([]byte{0xAA, 0x55, 0xAA, 0x55}, 300)
	must(t, errors.Join(err, f.Close()))
	if _, err := db.Check(ctx, nil); !errors.Is(err, ErrDamaged) {
		t.Errorf("%v", err)
	}
}

// A log that is gone, or cut, after a kill is missed at the start.
func TestALogThatIsLostAfterAKillIsMissed(t *testing.T) {
	t.Parallel()
	whole := t.TempDir()
	db := open(t, whole, Options{})
	must(t, db.Commit(ctx, set("k1", "v")))
	must(t, db.peb.Flush())
	must(t, db.Commit(ctx, set("k2", "v")))
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		b, err := os.ReadFile(filepath.Join(whole, markFile))
		must(t, err)
		var m mark
		must(t, json.Unmarshal(b, &m))
		if m.Moment == db.Moment() {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the mark is not written")
		}
	}
	killed := killed(t, db)
	logs, err := filepath.Glob(filepath.Join(killed, "data", "*.log"))
	must(t, err)
	for _, log := range logs {
		must(t, os.Remove(log))
	}
	if _, err := Open(killed, Options{Reserve: 4096}); !errors.Is(err, ErrOlder) {
		t.Errorf("it says %v", err)
	}
}

func TestAWarningIsToldOnceAMinute(t *testing.T) {
	t.Parallel()
	told := 0
	db := open(t, t.TempDir(), Options{Scratch: true, Warn: func(error) { told++ }})
	for range 1000 {
		db.warn(ErrFull)
	}
	db.warn(ErrDamaged)
	if told != 2 {
		t.Errorf("it is told %d times", told)
	}
}
