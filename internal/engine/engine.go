// Package engine is what lies under the embedded store and the embedded
// queues: one folder with one identity, in which a call of either, or of both
// together, is one commit. It knows nothing of items and messages.
//
// Pebble does the work: a log that is synced once for all calls that came
// meanwhile, checksums over each block and each record of the log, checkpoints
// while it runs, and compaction by itself.
package engine

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// Options of an engine; the zero value is sensible.
type Options struct {
	// Scratch keeps everything in memory: for tests.
	Scratch bool
	// ReadOnly changes nothing, and refuses commits.
	ReadOnly bool
	// Accept judges what is in the folder, if it is not new, before anything in
	// it is changed; nil accepts.
	Accept func(identity string, r Reader) error
	// Fatal hears of an error after which the process cannot write any more,
	// such as a disk that fails. It must end the process; nil panics.
	Fatal func(error)
	// Warn hears of what an operator should know: a disk that is full, a file
	// that is damaged. It must not block; nil is not told.
	Warn func(error)

	// Reserve is how many bytes are laid aside for what is under way when the
	// disk is full; 0 is 32 MiB.
	Reserve int64

	// Memory is how many bytes of what is written are kept in memory, and laid aside
	// in the log, before they become a table; 0 is 16 MiB.
	Memory int64

	// Outside names a file outside the folder in which the mark is written as
	// well: by it an older copy of the whole folder is noticed. Empty is none.
	Outside string

	fs vfs.FS // of tests
}

const (
	memTable = 16 << 20
	// cache holds blocks of tables, ready to be read: those of some 100,000 accounts.
	cache      = 32 << 20
	indexBlock = 256 << 10 // more than a table of 2 MiB ever needs
	reserve    = 32 << 20
)

// DB is an open engine. Only one process can hold a folder.
type DB struct {
	o    Options
	fs   vfs.FS // without the watch for a full disk
	dir  string
	peb  *pebble.DB
	id   string
	full atomic.Bool

	calls  chan *call
	soon   chan struct{} // rings when a Lazy has something
	lazyAt atomic.Int64  // when that is to be durable, in Unix nanoseconds; 0 is nothing
	closed chan struct{}
	ended  chan struct{} // no commit is done any more
	once   sync.Once
	done   sync.WaitGroup
	lazies []Lazy

	freezing sync.Mutex // one frozen copy at a time
	marking  sync.Mutex // one mark is written at a time
	warning  sync.Mutex
	warned   map[string]time.Time // when what was told last; guarded by warning

	stamps  *stamps
	moment  atomic.Uint64 // of the last durable commit
	viewing sync.Mutex
	view    *view
	checked time.Time // when the room on a full disk was last looked at
}

// view is what is durable: reads must not see what a power cut could undo.
type view struct {
	snap *pebble.Snapshot
	refs int // guarded by DB.viewing; one is the DB's own
}

var momentKey = []byte("m/moment")

// Close ends the engine after the commits under way, and leaves a log that
// need not be read again.
func (db *DB) Close() error {
	var err error
	db.once.Do(func() {
		close(db.closed)
		db.done.Wait()
		db.viewing.Lock()
		db.release(db.view)
		db.view = nil
		db.viewing.Unlock()
		if !db.o.Scratch && !db.o.ReadOnly && !db.full.Load() {
			err = db.peb.Flush()
		}
		err = errors.Join(err, db.peb.Close())
		if err == nil && !db.o.Scratch && !db.o.ReadOnly {
			err = db.mark()
		}
	})
	return err
}

// Identity names the folder: its parts carry the same.
func (db *DB) Identity() string { return db.id }

// Moment counts the durable commits.
func (db *DB) Moment() uint64 { return db.moment.Load() }

// look takes a new view of what is durable by now.
func (db *DB) look() {
	v := &view{snap: db.peb.NewSnapshot(), refs: 1}
	db.viewing.Lock()
	old := db.view
	db.view = v
	db.release(old)
	db.viewing.Unlock()
	db.stamps.show()
}

func (db *DB) release(v *view) {
	if v == nil {
		return
	}
	if v.refs--; v.refs == 0 {
		_ = v.snap.Close() // never fails
	}
}

// View reads what is durable, all of it from one moment.
func (db *DB) View(read func(Reader) error) error {
	db.viewing.Lock()
	v := db.view
	if v == nil {
		db.viewing.Unlock()
		return ErrClosed
	}
	v.refs++
	db.viewing.Unlock()
	defer func() {
		db.viewing.Lock()
		db.release(v)
		db.viewing.Unlock()
	}()
	return damage(read(reader{v.snap}))
}

// reader reads keys and values.
type reader struct{ from pebble.Reader }

// Get reads a value, which the caller may keep; nil if there is none.
func (r reader) Get(key []byte) ([]byte, error) {
	v, closer, err := r.from.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, damage(err)
	}
	out := make([]byte, len(v))
	copy(out, v)
	return out, closer.Close()
}

// Walk visits the keys from one on and before another, in their order or
// backwards, until f wants no more. Key and value are f's only while it runs.
func (r reader) Walk(from, before []byte, backwards bool, f func(k, v []byte) (more bool, err error)) (err error) {
	it, err := r.from.NewIter(&pebble.IterOptions{LowerBound: from, UpperBound: before})
	if err != nil {
		return damage(err)
	}
	defer func() { err = errors.Join(err, damage(it.Close())) }()
	var ok bool
	if backwards {
		ok = it.Last()
	} else {
		ok = it.First()
	}
	for ok {
		v, err := it.ValueAndErr()
		if err != nil {
			return damage(err)
		}
		more, err := f(it.Key(), v)
		if err != nil || !more {
			return err
		}
		if backwards {
			ok = it.Prev()
		} else {
			ok = it.Next()
		}
	}
	return damage(it.Error())
}

// writer gathers what a commit changes.
type writer struct {
	batch  *pebble.Batch
	stamps *stamps
}

// Set puts a value under a key.
func (w writer) Set(key, value []byte) {
	w.stamps.write(key)
	_ = w.batch.Set(key, value, nil) // fails only after Commit
}

// Delete removes a key.
func (w writer) Delete(key []byte) {
	w.stamps.write(key)
	_ = w.batch.Delete(key, nil)
}

func encodeMoment(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

func readMoment(r pebble.Reader) (uint64, error) {
	v, err := reader{r}.Get(momentKey)
	if err != nil || len(v) != 8 {
		return 0, err
	}
	return binary.BigEndian.Uint64(v), nil
}

// quiet keeps the engine's own log out of ours; what ends the process is told.
type quiet struct{ fatal func(error) }

func (quiet) Infof(string, ...any)  {}
func (quiet) Errorf(string, ...any) {}

// Fatalf is called when nothing can be written any more.
func (q quiet) Fatalf(format string, args ...any) {
	err := fmt.Errorf("the store cannot go on: "+format, args...)
	if q.fatal != nil {
		q.fatal(err)
	}
	panic(err)
}

var _ io.Closer = (*DB)(nil)
