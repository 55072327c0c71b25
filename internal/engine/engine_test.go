package engine

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"kozamori/internal/testkit/breadth"
	_ "kozamori/internal/testkit/roomy"
)

var ctx = context.Background()

func open(t *testing.T, dir string, o Options) *DB {
	t.Helper()
	if o.Reserve == 0 {
		o.Reserve = 4096
	}
	db, err := Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func set(k, v string) Part {
	return Part{Stage: func(w Writer) { w.Set([]byte(k), []byte(v)) }, Size: len(v)}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// value says of itself to which key it belongs, and is no value of another.
func value(k string, n int) string { return fmt.Sprintf("%s=%06d %s", k, n, strings.Repeat(k, 20)) }

func read(db *DB) (map[string]string, error) {
	out := map[string]string{}
	err := db.View(func(r Reader) error {
		return r.Walk([]byte("k"), []byte("l"), false, func(k, v []byte) (bool, error) {
			out[string(k)] = string(v)
			return true, nil
		})
	})
	return out, err
}

func TestPartsAreDoneTogetherOrNotAtAll(t *testing.T) {
	db := open(t, t.TempDir(), Options{})
	refuse := errors.New("no")
	must(t, db.Commit(ctx, set("k1", "a"), set("k2", "a")))
	if err := db.Commit(ctx, set("k1", "b"), Part{Check: func(Reader) error { return refuse }}, set("k2", "b")); !errors.Is(err, refuse) {
		t.Errorf("%v", err)
	}
	var wg sync.WaitGroup
	for i := range 50 { // of one commit, some are refused
		wg.Go(func() {
			var v []byte
			_ = db.Commit(ctx, Part{
				Check: func(r Reader) (err error) {
					if v, err = r.Get([]byte("n")); err == nil && i%5 == 0 {
						err = refuse
					}
					return err
				},
				Stage: func(w Writer) { w.Set([]byte("n"), append(v, 'x')) },
			})
		})
	}
	wg.Wait()
	err := db.View(func(r Reader) error {
		a, _ := r.Get([]byte("k1"))
		b, _ := r.Get([]byte("k2"))
		n, err := r.Get([]byte("n"))
		if string(a)+string(b) != "aa" || len(n) != 40 {
			t.Errorf("%s %s %d", a, b, len(n))
		}
		return err
	})
	must(t, err)
}

// A power failure takes what was not synced, in any part: what was acknowledged
// is there, what was read was not taken back, and a commit is whole.
func TestWhatWasAcknowledgedOutlivesAPowerFailure(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	disk := vfs.NewCrashableMem()
	acked := uint64(0)
	for life := range 25 {
		db, err := Open("data", Options{fs: disk, Reserve: 4096})
		if err != nil {
			t.Fatalf("after power failure %d: %v", life, err)
		}
		at := func() (a, b uint64) {
			must(t, db.View(func(r Reader) error {
				for k, n := range map[string]*uint64{"k/a": &a, "k/b": &b} {
					v, err := r.Get([]byte(k))
					if err != nil {
						return err
					}
					if v != nil {
						*n = binary.BigEndian.Uint64(v)
					}
				}
				return nil
			}))
			return a, b
		}
		a, b := at()
		if a != b || a < acked {
			t.Fatalf("after power failure %d: %d and %d, acknowledged %d", life, a, b, acked)
		}
		n := 1 + rng.IntN(40)
		seen := make(chan uint64, 1)
		var cut *vfs.MemFS
		for i := range n {
			next := a + 1 + uint64(i)
			v := binary.BigEndian.AppendUint64(nil, next)
			must(t, db.Commit(ctx, Part{Stage: func(w Writer) {
				w.Set([]byte("k/a"), v)
				w.Set(fmt.Appendf(nil, "z/%06d", next), make([]byte, rng.IntN(4000)))
			}}, Part{Stage: func(w Writer) { w.Set([]byte("k/b"), v) }}))
			acked = next
		}
		if life%3 == 0 {
			must(t, db.peb.Flush())
		}
		// One more is under way while the power fails.
		v := binary.BigEndian.AppendUint64(nil, acked+1)
		go func() {
			_ = db.Commit(ctx, Part{Stage: func(w Writer) { w.Set([]byte("k/a"), v); w.Set([]byte("k/b"), v) }})
			close(seen)
		}()
		x, _ := at()
		cut = disk.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: []int{0, 50, 100}[life%3], RNG: rng})
		acked = max(acked, x)
		<-seen
		must(t, db.Close())
		disk = cut
	}
}

// A byte that is not what was written is named at the start or when it is read,
// wherever it is; nothing else is served in its place.
func TestADamagedByteIsNamedAndNothingWrongIsServed(t *testing.T) {
	whole := t.TempDir()
	want := map[string]string{}
	fill := func(db *DB, from, to int) {
		for i := from; i < to; i++ {
			k := fmt.Sprintf("k%04d", i%150)
			want[k] = value(k, i)
			must(t, db.Commit(ctx, set(k, want[k])))
		}
	}
	db := open(t, whole, Options{})
	fill(db, 0, 200)
	must(t, db.Close())
	db = open(t, whole, Options{})
	fill(db, 200, 300)
	must(t, db.peb.Flush())
	fill(db, 300, 400)
	// As a process leaves it that is killed: the log is still needed.
	killed := killed(t, db)
	must(t, db.Close())
	closed := whole
	rng := rand.New(rand.NewPCG(7, 8))
	for _, from := range []string{killed, closed} {
		files, err := filepath.Glob(filepath.Join(from, "data", "*"))
		must(t, err)
		files = append(files, filepath.Join(from, markFile))
		for _, file := range files {
			name, err := filepath.Rel(from, file)
			must(t, err)
			size := fileSize(t, file)
			if size == 0 || strings.Contains(name, "OPTIONS") { // what is said there, Open says itself
				continue
			}
			for try := range breadth.Of(4, 10) {
				dir := filepath.Join(t.TempDir(), "it")
				must(t, os.CopyFS(dir, os.DirFS(from)))
				at, n := rng.Int64N(size), int64(1)
				if try%3 == 0 { // a page
					at, n = at/4096*4096, 4096
				}
				damageFile(t, filepath.Join(dir, name), at, min(n, size-at), try%2 == 0)
				checkServed(t, fmt.Sprintf("%s: %d bytes at %d of %d, %s", name, n, at, size, filepath.Base(from)), dir, want, strings.HasSuffix(name, ".log"))
			}
		}
	}
}

// killed is a copy of a folder as a process leaves it that is killed.
func killed(t *testing.T, db *DB) string {
	t.Helper()
	db.marking.Lock() // no mark is half written
	defer db.marking.Unlock()
	for {
		dir := filepath.Join(t.TempDir(), "killed")
		err := os.CopyFS(dir, os.DirFS(db.dir))
		if errors.Is(err, os.ErrNotExist) { // Pebble removed a file while it was copied
			continue
		}
		must(t, err)
		return dir
	}
}

func fileSize(t *testing.T, file string) int64 {
	t.Helper()
	i, err := os.Stat(file)
	must(t, err)
	return i.Size()
}

func damageFile(t *testing.T, file string, at, n int64, zero bool) {
	t.Helper()
	b, err := os.ReadFile(file)
	must(t, err)
	for i := at; i < at+n; i++ {
		if zero {
			b[i] = 0
		} else {
			b[i] ^= byte(1 << (i % 8))
		}
	}
	must(t, os.WriteFile(file, b, 0o600))
}

// checkServed opens what was damaged. The end of a log is like one that was
// being written: what it held may be gone, and only that.
func checkServed(t *testing.T, what, dir string, want map[string]string, log bool) {
	t.Helper()
	db, err := Open(dir, Options{Reserve: 4096})
	if err != nil {
		if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrMissing) && !errors.Is(err, ErrOlder) && !errors.Is(err, ErrForeign) && !errors.Is(err, ErrNewer) {
			t.Errorf("%s: it says %v", what, err)
		}
		return
	}
	defer func() { _ = db.Close() }()
	got, err := read(db)
	if err != nil {
		if !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: a read says %v", what, err)
		}
		return
	}
	for k, v := range got {
		if v != want[k] && !(log && strings.HasPrefix(v, k+"=")) {
			t.Errorf("%s: %s is %.20s", what, k, v)
			return
		}
	}
	if len(got) != len(want) && !log {
		t.Errorf("%s: %d entries of %d, and no error", what, len(got), len(want))
	}
}

func TestABackupIsOfOneMomentAndIsReadBack(t *testing.T) {
	db := open(t, t.TempDir(), Options{})
	stop, done := make(chan struct{}), make(chan struct{})
	go func() { // both keys always say the same
		defer close(done)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				_ = db.Commit(ctx, set("k1", fmt.Sprint(i)), set("k2", fmt.Sprint(i)))
			}
		}
	}()
	for range 5 {
		dir := filepath.Join(t.TempDir(), "backup")
		b, err := db.Backup(ctx, dir, func() (map[string][]byte, error) { return map[string][]byte{"other": []byte("o")}, nil }, nil)
		must(t, err)
		next := filepath.Join(t.TempDir(), "restored")
		_, others, err := Restore(ctx, dir, next, nil)
		must(t, err)
		again := open(t, next, Options{})
		got, err := read(again)
		must(t, err)
		if got["k1"] != got["k2"] || again.Identity() != db.Identity() || again.Moment() != b.Moment || string(others["other"]) != "o" {
			t.Errorf("%v %v", got, others)
		}
		for name := range b.Files {
			spoilt := filepath.Join(t.TempDir(), "spoilt")
			must(t, os.CopyFS(spoilt, os.DirFS(dir)))
			file := filepath.Join(spoilt, name)
			if size := fileSize(t, file); size > 0 {
				damageFile(t, file, size/2, 1, false)
				if _, err := ReadBackup(ctx, spoilt, nil); !errors.Is(err, ErrDamaged) {
					t.Errorf("%s is damaged: %v", name, err)
				}
			}
			must(t, os.Remove(file))
			if _, err := ReadBackup(ctx, spoilt, nil); !errors.Is(err, ErrMissing) {
				t.Errorf("%s is missing: %v", name, err)
			}
		}
	}
	close(stop)
	<-done
}
