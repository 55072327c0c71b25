package engine

import (
	"errors"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"kozamori/internal/kv"
)

// ErrFull says that the disk is full. What was acknowledged is kept, and
// writing goes on by itself once there is room.
var ErrFull = kv.ErrFull

const reserveFile = "reserve"

// watched is a file system on which a full disk costs the reserve and not the
// process, so what is under way is finished and no new call is taken; and on
// which no log goes before the mark says what it held.
func (db *DB) watched() vfs.FS {
	return marked{FS: vfs.OnDiskFull(db.fs, func() {
		db.full.Store(true)
		_ = db.fs.Remove(db.fs.PathJoin(db.dir, reserveFile))
	}), db: db}
}

// room tells whether anything can be written. After the disk was full that is
// so again once the reserve could be laid aside.
func (db *DB) room() bool {
	if !db.full.Load() {
		return true
	}
	if time.Since(db.checked) < time.Second {
		return false
	}
	db.checked = time.Now()
	if use, err := db.fs.GetDiskUsage(db.dir); err == nil && use.AvailBytes < 2*uint64(db.o.Reserve) {
		return false
	}
	if db.reserve() != nil {
		return false
	}
	db.full.Store(false)
	return true
}

// Room is how much of a folder's disk is free, in bytes, and whether commits are
// refused because it is full.
func (db *DB) Room() (free uint64, full bool, err error) {
	use, err := db.fs.GetDiskUsage(db.dir)
	return use.AvailBytes, db.full.Load(), err
}

// reserve lays room aside.
func (db *DB) reserve() error {
	if db.o.Scratch {
		return nil
	}
	name := db.fs.PathJoin(db.dir, reserveFile)
	if s, err := db.fs.Stat(name); err == nil && s.Size() == db.o.Reserve {
		return nil
	}
	f, err := db.fs.Create(name, vfs.WriteCategoryUnspecified)
	if err != nil {
		return err
	}
	err = fill(f, db.o.Reserve)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		_ = db.fs.Remove(name)
	}
	return err
}

func fill(f vfs.File, n int64) error {
	zeros := make([]byte, 1<<20)
	for n > 0 {
		part := zeros[:min(n, int64(len(zeros)))]
		if _, err := f.Write(part); err != nil {
			return err
		}
		n -= int64(len(part))
	}
	return nil
}
