package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/cockroachdb/errors/oserror"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// mark is what stands next to the data and tells whether it is whole.
type mark struct {
	Identity string `json:"identity"`
	Format   int    `json:"format"`
	Moment   uint64 `json:"moment"` // the data is at this one or a later one
}

// mark writes down what the data is at least.
func (db *DB) mark() error {
	db.marking.Lock()
	defer db.marking.Unlock()
	if db.id == "" {
		return nil // nothing of ours is in it yet
	}
	b, err := json.Marshal(mark{db.id, Format, db.moment.Load()})
	if err != nil {
		return err
	}
	if err := db.replace(db.path(markFile), append(b, '\n')); err != nil || db.o.Outside == "" {
		return err
	}
	return db.replace(db.o.Outside, append(b, '\n'))
}

// replace writes a file so that a power failure leaves what was there or what
// is written.
func (db *DB) replace(path string, body []byte) error {
	next := path + ".new"
	f, err := db.fs.Create(next, vfs.WriteCategoryUnspecified)
	if err != nil {
		return err
	}
	_, err = f.Write(body)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := db.fs.Rename(next, path); err != nil {
		return err
	}
	return db.syncDir(db.fs.PathDir(path))
}

// markEvery is how often the mark is written while there are commits: a log that
// is lost or cut is noticed but for what it held of so long before.
const markEvery = time.Second

// marks writes the mark while there are commits.
func (db *DB) marks() {
	if db.o.Scratch {
		return
	}
	tick := time.NewTicker(markEvery)
	defer tick.Stop()
	for marked := db.Moment(); ; {
		select {
		case <-tick.C:
			if db.Moment() == marked {
				continue
			}
		case <-db.closed:
			return
		}
		at := db.Moment()
		if err := db.mark(); err != nil {
			db.warn(err)
		} else {
			marked = at
		}
	}
}

// outside compares the data with the mark outside the folder. One of another
// identity was left by a version that did not know of it.
func (db *DB) outside(identity string, at uint64) error {
	if db.o.Outside == "" {
		return nil
	}
	b, err := readFile(db.fs, db.o.Outside)
	if oserror.IsNotExist(err) {
		return nil // a version before wrote none
	}
	if err != nil {
		return err
	}
	var m mark
	switch err := json.Unmarshal(b, &m); {
	case err != nil || m.Identity == "":
		return fmt.Errorf("%w: %s is empty or damaged. Put it back, or restore a backup; it can be removed if %s is the newest", ErrMissing, db.o.Outside, db.dir)
	case m.Identity == identity && at < m.Moment:
		return fmt.Errorf("%w: %s ends at commit %d, and it had reached %d. Put the newest one back, or restore a backup; if the older one is meant, remove %s", ErrOlder, db.dir, at, m.Moment, db.o.Outside)
	}
	return nil
}
