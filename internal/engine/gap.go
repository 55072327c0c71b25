package engine

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/cockroachdb/pebble/v2/batchrepr"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/wal"
)

// gap refuses data of which commits in the middle are not there. Each commit
// carries the number after that of the one before: the logs must go on where
// the tables end. They do not if the last record of the list of files is
// damaged, which looks like one that a power failure cut. Pebble then takes the
// list as it was before, whose logs may be gone, and reads the later ones.
func (db *DB) gap() error {
	peb, err := db.openToRead(dataDir, tables{db.fs})
	if err != nil {
		return db.explain(err)
	}
	at, err := readMoment(peb)
	if err := errors.Join(err, peb.Close()); err != nil {
		return db.explain(err)
	}
	logs, err := wal.Scan(wal.Dir{FS: db.fs, Dirname: db.path(dataDir)})
	if err != nil {
		return db.explain(err)
	}
	for _, log := range logs {
		err := eachMoment(log, func(next uint64) error {
			if next > at+1 {
				return fmt.Errorf("%w: of %s the commits %d to %d are not there, and later ones are. Restore a backup", ErrDamaged, db.path(dataDir), at+1, next-1)
			}
			at = max(at, next)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// eachMoment calls f with the number of each commit of a log, as far as it can
// be read: what is wrong with a log, Pebble and DB.log say.
func eachMoment(log wal.LogicalLog, f func(uint64) error) (err error) {
	r := log.OpenForRead()
	defer func() { _ = r.Close() }()
	var b bytes.Buffer
	for {
		record, _, err := r.NextRecord()
		if err != nil {
			return nil // the log ends here
		}
		b.Reset()
		if _, err := io.Copy(&b, record); err != nil {
			return nil // and here
		}
		if _, ok := batchrepr.ReadHeader(b.Bytes()); !ok {
			continue
		}
		changes := batchrepr.Read(b.Bytes())
		for {
			_, key, value, ok, err := changes.Next()
			if err != nil || !ok {
				break
			}
			if bytes.Equal(key, momentKey) && len(value) == 8 {
				if err := f(binary.BigEndian.Uint64(value)); err != nil {
					return err
				}
			}
		}
	}
}

// tables is a file system without logs.
type tables struct{ vfs.FS }

func (t tables) List(dir string) ([]string, error) {
	names, err := t.FS.List(dir)
	return slices.DeleteFunc(names, func(n string) bool { return strings.HasSuffix(n, ".log") }), err
}

// marked is a file system on which no log goes before the mark says what it
// held: so a list of files that goes back to what was before is noticed also
// when no log follows.
type marked struct {
	vfs.FS
	db *DB
}

func (m marked) Remove(name string) error {
	m.db.beforeGone(name)
	return m.FS.Remove(name)
}

func (m marked) ReuseForWrite(was, is string, c vfs.DiskWriteCategory) (vfs.File, error) {
	m.db.beforeGone(was)
	return m.FS.ReuseForWrite(was, is, c)
}

func (db *DB) beforeGone(name string) {
	if !strings.HasSuffix(name, ".log") {
		return
	}
	if err := db.mark(); err != nil { // the data is whole: go on
		db.warn(err)
	}
}
