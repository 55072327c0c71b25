package engine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// small is a disk that is full after some bytes.
type small struct {
	vfs.FS
	mu   sync.Mutex
	left int64
}

func (s *small) take(n int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.left < int64(n) {
		return &os.PathError{Op: "write", Err: syscall.ENOSPC}
	}
	s.left -= int64(n)
	return nil
}

func (s *small) Create(name string, c vfs.DiskWriteCategory) (vfs.File, error) {
	f, err := s.FS.Create(name, c)
	return &smallFile{f, s, filepath.Base(name)}, err
}

func (s *small) ReuseForWrite(was, is string, c vfs.DiskWriteCategory) (vfs.File, error) {
	f, err := s.FS.ReuseForWrite(was, is, c)
	return &smallFile{f, s, filepath.Base(is)}, err
}

func (s *small) Remove(name string) error {
	if i, err := s.Stat(name); err == nil {
		s.mu.Lock()
		s.left += i.Size()
		s.mu.Unlock()
	}
	return s.FS.Remove(name)
}

func (s *small) GetDiskUsage(string) (vfs.DiskUsage, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return vfs.DiskUsage{AvailBytes: uint64(max(0, s.left))}, nil
}

type smallFile struct {
	vfs.File
	disk *small
	name string
}

func (f *smallFile) Write(p []byte) (int, error) {
	if err := f.disk.take(len(p)); err != nil {
		return 0, err
	}
	return f.File.Write(p)
}

func (f *smallFile) Preallocate(int64, int64) error { return nil }

func TestAFullDiskCostsWhatComesAndNothingElse(t *testing.T) {
	disk := &small{FS: vfs.NewMem(), left: 4 << 20}
	db, err := Open("data", Options{fs: disk, Reserve: 1 << 20})
	must(t, err)
	acked := map[string]string{}
	refused := 0
	for i := 0; refused < 5; i++ {
		k := fmt.Sprintf("k%06d", i)
		v := value(k, i) + strings.Repeat("x", 10_000)
		switch err := db.Commit(ctx, set(k, v)); {
		case err == nil:
			acked[k] = v
		case errors.Is(err, ErrFull):
			refused++
		default:
			t.Fatal(err)
		}
	}
	got, err := read(db)
	must(t, err)
	if len(got) != len(acked) {
		t.Errorf("%d entries, %d acknowledged", len(got), len(acked))
	}
	disk.mu.Lock()
	disk.left += 64 << 20
	disk.mu.Unlock()
	db.checked = db.checked.Add(-2e9)
	must(t, db.Commit(ctx, set("k", "again")))
	must(t, db.Close())
	db, err = Open("data", Options{fs: disk, Reserve: 1 << 20})
	must(t, err)
	got, err = read(db)
	must(t, err)
	if len(got) != len(acked)+1 {
		t.Errorf("after it: %d entries, %d acknowledged", len(got), len(acked)+1)
	}
	must(t, db.Close())
}
