package engine

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"kozamori/internal/testkit/breadth"
)

// moments is a disk of which a copy is taken before and after each change of
// its folders.
type moments struct {
	*vfs.MemFS
	take func(what string)
	// changes is held shared by a change and alone by a copy: within some changes
	// the disk takes its own lock twice, and a copy that waits in between would have
	// both wait for ever.
	changes sync.RWMutex
}

func (m *moments) around(what, name string, do func() error) error {
	what += " " + name[strings.LastIndex(name, "/")+1:]
	m.take("before " + what)
	m.changes.RLock()
	err := do()
	m.changes.RUnlock()
	m.take("after " + what)
	return err
}

func (m *moments) Remove(name string) error {
	return m.around("remove", name, func() error { return m.MemFS.Remove(name) })
}

func (m *moments) Rename(was, is string) error {
	return m.around("rename to", is, func() error { return m.MemFS.Rename(was, is) })
}

func (m *moments) ReuseForWrite(was, is string, c vfs.DiskWriteCategory) (f vfs.File, err error) {
	err = m.around("reuse as", is, func() error { f, err = m.MemFS.ReuseForWrite(was, is, c); return err })
	return f, err
}

// The last record of the list of files may be damaged at any moment: without it
// Pebble goes back to what was there before, of which logs may be gone since.
func TestADamagedLastRecordOfTheListOfFilesServesNothingOlder(t *testing.T) {
	t.Parallel()
	type copied struct {
		what  string
		acked uint64
		power bool // failed, rather than the process
		disk  *vfs.MemFS
	}
	var (
		mu     sync.Mutex
		copies []copied
		acked  atomic.Uint64
		rng    = rand.New(rand.NewPCG(1, 2))
	)
	disk := &moments{MemFS: vfs.NewCrashableMem()}
	disk.take = func(what string) {
		mu.Lock()
		defer mu.Unlock()
		disk.changes.Lock()
		defer disk.changes.Unlock()
		n := acked.Load()
		copies = append(copies, copied{what, n, false, disk.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: 100, RNG: rng})})
		copies = append(copies, copied{what, n, true, disk.CrashClone(vfs.CrashCloneCfg{RNG: rng})})
	}
	for range breadth.Of(2, 4) {
		db, err := Open("data", Options{fs: disk, Reserve: 4096})
		must(t, err)
		for range 5 {
			for range 4 {
				v := binary.BigEndian.AppendUint64(nil, acked.Load()+1)
				must(t, db.Commit(ctx, set("k/a", string(v)), set(fmt.Sprintf("k/%x", v), string(v))))
				acked.Add(1)
			}
			must(t, db.peb.Flush())
		}
		_, _, err = db.Compact(ctx)
		must(t, err)
		must(t, db.Close())
	}
	refused := 0
	for _, c := range copies {
		for i, harm := range []func([]byte) []byte{
			func(b []byte) []byte { return b },
			func(b []byte) []byte { b[len(b)-1] ^= 4; return b },
			func(b []byte) []byte { b[lastRecord(b)] ^= 1; return b },
			func(b []byte) []byte { return b[:len(b)-1] },
			func(b []byte) []byte { return b[:lastRecord(b)] },
		} {
			if c.power && i > 0 {
				continue
			}
			harmed := c.disk.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: 100, RNG: rng})
			whole := harmManifest(t, harmed, harm)
			db, err := Open("data", Options{fs: harmed, Reserve: 4096})
			if err != nil {
				if whole {
					t.Errorf("%s, %d acknowledged: it does not start after a kill or a power failure (%v): %v", c.what, c.acked, c.power, err)
				}
				if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrMissing) && !errors.Is(err, ErrOlder) {
					t.Errorf("%s: it says %v", c.what, err)
				}
				refused++
				continue
			}
			var at uint64
			n := 0
			must(t, db.View(func(r Reader) error {
				v, err := r.Get([]byte("k/a"))
				if len(v) == 8 {
					at = binary.BigEndian.Uint64(v)
				}
				return errors.Join(err, r.Walk([]byte("k/"), []byte("k0"), false, func([]byte, []byte) (bool, error) { n++; return true, nil }))
			}))
			if at < c.acked || n != int(at)+min(1, n) { //nolint:gosec // a few
				t.Errorf("%s: %d acknowledged, and it serves %d with %d entries", c.what, c.acked, at, n)
			}
			must(t, db.Close())
		}
	}
	t.Log(len(copies), "copies,", refused, "refused")
	if refused == 0 {
		t.Error("no damage was refused")
	}
}

// harmManifest changes the current list of files; whole says that nothing was
// changed.
func harmManifest(t *testing.T, disk *vfs.MemFS, harm func([]byte) []byte) (whole bool) {
	t.Helper()
	names, err := disk.List("data/data")
	if err != nil {
		return true
	}
	name := ""
	for _, n := range names {
		if _, after, ok := strings.Cut(n, "marker.manifest."); ok {
			_, name, _ = strings.Cut(after, ".")
		}
	}
	if name == "" {
		return true
	}
	name = "data/data/" + name
	f, err := disk.Open(name)
	must(t, err)
	b, err := io.ReadAll(f)
	must(t, errors.Join(err, f.Close()))
	if len(b) == 0 {
		return true
	}
	was := string(b)
	b = harm(b)
	f, err = disk.Create(name, vfs.WriteCategoryUnspecified)
	must(t, err)
	_, err = f.Write(b)
	must(t, errors.Join(err, f.Sync(), f.Close()))
	return string(b) == was
}

// lastRecord is where the last record of a list of files begins: each begins
// with a checksum, a length and a kind.
func lastRecord(b []byte) int {
	at := 0
	for {
		next := at + 7 + int(binary.LittleEndian.Uint16(b[at+4:]))
		if next+7 > len(b) {
			return at
		}
		at = next
	}
}
