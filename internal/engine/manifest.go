package engine

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/cockroachdb/pebble/v2/record"
	"github.com/cockroachdb/pebble/v2/vfs/atomicfs"
)

// manifest reads the list of the data's files as far as Pebble would, and
// refuses one that goes on behind a record that does not fit: Pebble would take
// the list to end there, and delete what the rest of it names. Only the last
// record may be cut, by a power failure.
func (db *DB) manifest([]string) error {
	marker, name, err := atomicfs.LocateMarker(db.fs, db.path(dataDir), "manifest")
	if err != nil {
		return db.explain(err)
	}
	if err := marker.Close(); err != nil {
		return err
	}
	if name == "" {
		return fmt.Errorf("%w: %s has no list of its files. Restore a backup", ErrMissing, db.path(dataDir))
	}
	b, err := db.read(db.fs.PathJoin(dataDir, name))
	if err != nil {
		return db.explain(err)
	}
	rest := bytes.NewReader(b)
	list := record.NewReader(rest, 0)
	n := 0
	for {
		r, err := list.Next()
		if err == nil {
			_, err = io.Copy(io.Discard, r)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			if n > 0 && tail(b, list.Offset()) {
				break
			}
			return fmt.Errorf("%w: %s does not fit together. Restore a backup", ErrDamaged, db.path(db.fs.PathJoin(dataDir, name)))
		}
		n++
	}
	return nil
}

// tail tells whether no record is whole behind an offset.
func tail(b []byte, from int64) bool {
	for at := int(from) + 1; at+7 < len(b); at++ {
		if b[at+6] == 0 || b[at+6] > 4 {
			continue
		}
		r := record.NewReader(bytes.NewReader(b[at:]), 0)
		if next, err := r.Next(); err == nil {
			if m, err := io.Copy(io.Discard, next); err == nil && m > 0 {
				return false
			}
		}
	}
	return true
}
