package engine

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/cockroachdb/errors/oserror"
	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/vfs"

	"kozamori/internal/kv"
)

// Format is the version of what the engine and those above it write. A folder
// of a higher one is not opened.
const Format = 1

// pebbleFormat is that of Pebble's files. Named, so that a newer Pebble does not
// write what the build before cannot read: raised one release after the Pebble
// that knows it, and never lowered.
const pebbleFormat = pebble.FormatValueSeparation

// What can be wrong with a folder. The text of such an error says what to do.
var (
	// ErrInUse says that another process has the folder.
	ErrInUse = errors.New("in use by another process")
	// ErrMissing says that a part of the folder is not there or is empty.
	ErrMissing = errors.New("a part is missing")
	// ErrForeign says that the parts of the folder do not belong together.
	ErrForeign = errors.New("the parts do not belong together")
	// ErrOlder says that a part was replaced by an older one.
	ErrOlder = errors.New("a part is older than the rest")
	// ErrNewer says that a newer version wrote the folder.
	ErrNewer = errors.New("written by a newer version")
	// ErrDamaged says that bytes are not what was written.
	ErrDamaged = kv.ErrDamaged
)

const (
	dataDir  = "data"
	markFile = "mark.json"
)

var identityKey = []byte("m/identity")

// Exists tells whether an engine, or a part of one, is in a folder.
func Exists(dir string) bool {
	for _, name := range []string{dataDir, markFile} {
		if _, err := vfs.Default.Stat(vfs.Default.PathJoin(dir, name)); err == nil {
			return true
		}
	}
	return false
}

// Open opens the engine in a folder, or makes one if there is no part of any.
// Nothing is changed in a folder that is not whole: ErrInUse, ErrMissing,
// ErrForeign, ErrOlder, ErrNewer, ErrDamaged.
func Open(dir string, o Options) (_ *DB, err error) {
	if o.Reserve == 0 {
		o.Reserve = reserve
	}
	db := &DB{o: o, fs: o.fs, dir: dir, calls: make(chan *call, maxGroup), soon: make(chan struct{}, 1),
		closed: make(chan struct{}), ended: make(chan struct{}), stamps: newStamps()}
	if db.fs == nil {
		db.fs = vfs.Default
	}
	if o.Scratch {
		db.fs = vfs.NewMem()
	}
	if !o.ReadOnly {
		if err := db.fs.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("the folder %s cannot be made: %w", dir, err)
		}
		if err := db.syncDir(db.fs.PathDir(dir)); err != nil {
			return nil, fmt.Errorf("the folder %s cannot be made: %w", dir, err)
		}
	}
	was, err := db.whole()
	if err != nil {
		return nil, err
	}
	if o.ReadOnly && was.Identity == "" {
		return nil, fmt.Errorf("%w: %s holds nothing of ours", ErrMissing, dir)
	}
	if !o.ReadOnly {
		if err := db.fs.RemoveAll(db.path(frozenDir)); err != nil { // of a backup that a crash ended
			return nil, err
		}
		db.full.Store(db.reserve() != nil)
	}
	opts := db.options()
	opts.FS, opts.ReadOnly = db.watched(), o.ReadOnly
	db.id = was.Identity
	db.moment.Store(was.Moment)
	if db.peb, err = pebble.Open(db.path(dataDir), opts); err != nil {
		return nil, db.explain(err)
	}
	if db.id == "" {
		err = db.found()
	} else if was.Format == 0 && !o.ReadOnly {
		err = db.mark()
	}
	if err != nil {
		return nil, errors.Join(err, db.peb.Close())
	}
	m, err := readMoment(db.peb)
	if err != nil {
		return nil, errors.Join(db.explain(err), db.peb.Close())
	}
	db.moment.Store(m)
	db.look()
	if !o.ReadOnly {
		db.done.Go(db.commits)
		db.done.Go(db.marks)
	}
	return db, nil
}

func (db *DB) path(name string) string { return db.fs.PathJoin(db.dir, name) }

func (db *DB) options() *pebble.Options {
	o := &pebble.Options{
		FS: db.fs, FormatMajorVersion: pebbleFormat, Logger: quiet{db.o.Fatal},
		MemTableSize: uint64(cmp.Or(db.o.Memory, memTable)), MemTableStopWritesThreshold: 4, CacheSize: cache, MaxOpenFiles: 200,
		BytesPerSync: 1 << 20,
	}
	// Most reads are of one key, and many of one that is not there: a filter of 10 bits
	// a key answers those, and one block of an index leads to any place in a table.
	for i := range o.Levels {
		o.Levels[i].FilterPolicy, o.Levels[i].IndexBlockSize = bloom.FilterPolicy(10), indexBlock
	}
	o.EventListener = &pebble.EventListener{
		DataCorruption:  func(i pebble.DataCorruptionInfo) { db.warn(fmt.Errorf("%w: %s", ErrDamaged, i.Path)) },
		BackgroundError: func(err error) { db.warn(damage(err)) },
	}
	return o
}

// warnEvery is how often the same thing is told: a full disk fails many times a
// second.
const warnEvery = time.Minute

func (db *DB) warn(err error) {
	if db.o.Warn == nil {
		return
	}
	text, now := err.Error(), time.Now()
	db.warning.Lock()
	last := db.warned[text]
	told := !last.IsZero() && now.Sub(last).Abs() < warnEvery
	if !told {
		if db.warned == nil || len(db.warned) > 100 {
			db.warned = map[string]time.Time{}
		}
		db.warned[text] = now
	}
	db.warning.Unlock()
	if !told {
		db.o.Warn(err)
	}
}

// found gives a new engine its identity.
func (db *DB) found() error {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails
	id := hex.EncodeToString(b)
	batch := db.peb.NewBatch()
	w := writer{batch, db.stamps}
	w.Set(identityKey, []byte(id))
	w.Set(momentKey, encodeMoment(0))
	if err := batch.Commit(pebble.Sync); err != nil {
		return err
	}
	db.marking.Lock() // Pebble removes files already
	db.id = id
	db.marking.Unlock()
	if db.o.Scratch {
		return nil
	}
	if err := db.mark(); err != nil {
		return err
	}
	// The first log was begun before the format was known: its chunks do not say
	// how far it was synced.
	return db.peb.Flush()
}

func (db *DB) syncDir(dir string) error { return syncDir(db.fs, dir) }

// SyncDir makes what was made, renamed or removed in a folder outlive a power
// failure.
func SyncDir(dir string) error { return syncDir(vfs.Default, dir) }

func syncDir(fs vfs.FS, dir string) error {
	d, err := fs.OpenDir(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// whole looks at a folder without changing it. An empty mark says that there is
// no engine in it yet.
func (db *DB) whole() (mark, error) {
	var m mark
	b, err := db.read(markFile)
	marked := err == nil
	if err != nil && !oserror.IsNotExist(err) {
		return m, err
	}
	names, err := db.fs.List(db.path(dataDir))
	there := err == nil && len(names) > 0
	switch {
	case !marked && !there:
		return m, nil
	case !marked:
		return db.unmarked(names)
	}
	if err := json.Unmarshal(b, &m); err != nil || m.Identity == "" {
		return m, fmt.Errorf("%w: %s is empty or damaged. Put it back, or restore a backup", ErrMissing, db.path(markFile))
	}
	switch {
	case m.Format > Format:
		return m, fmt.Errorf("%w: %s has format %d, and this version knows up to %d. Use the newer version", ErrNewer, db.dir, m.Format, Format)
	case !there:
		return m, fmt.Errorf("%w: %s is not there. Put it back, or restore a backup", ErrMissing, db.path(dataDir))
	}
	if err := db.manifest(names); err != nil {
		return m, err
	}
	if err := db.log(names); err != nil {
		return m, err
	}
	id, at, err := db.peek()
	if err != nil {
		return m, err
	}
	switch {
	case id == "":
		return m, fmt.Errorf("%w: %s holds nothing of ours. Put the right one back, or restore a backup", ErrMissing, db.path(dataDir))
	case id != m.Identity:
		return m, fmt.Errorf("%w: %s is of another folder than %s. Put the right one back, or restore a backup", ErrForeign, db.path(dataDir), db.path(markFile))
	case at < m.Moment:
		return m, fmt.Errorf("%w: %s ends at commit %d, and it had reached %d. Put the newest one back, or restore a backup", ErrOlder, db.path(dataDir), at, m.Moment)
	}
	if err := db.outside(id, at); err != nil {
		return m, err
	}
	m.Moment = at
	return m, db.gap()
}

// peek reads what the data says of itself, and changes nothing.
func (db *DB) peek() (identity string, moment uint64, err error) { return db.peekAt(dataDir) }

func (db *DB) peekAt(name string) (identity string, moment uint64, err error) {
	peb, err := db.openToRead(name, db.fs)
	if err != nil {
		return "", 0, db.explain(err)
	}
	id, err := reader{peb}.Get(identityKey)
	at, err2 := readMoment(peb)
	if err := errors.Join(err, err2); err != nil {
		return "", 0, db.explain(errors.Join(err, peb.Close()))
	}
	if db.o.Accept != nil && len(id) > 0 {
		err = db.o.Accept(string(id), reader{peb})
	}
	return string(id), at, errors.Join(err, peb.Close())
}

// openToRead opens data for reading alone.
func (db *DB) openToRead(name string, fs vfs.FS) (*pebble.DB, error) {
	o := db.options()
	o.FS, o.ReadOnly, o.ErrorIfNotExists = fs, true, true
	o.EventListener = &pebble.EventListener{DataCorruption: func(pebble.DataCorruptionInfo) {}} // nil would end the process
	return pebble.Open(db.path(name), o)
}

// unmarked judges data without a mark: the first start may have ended before
// it wrote one.
func (db *DB) unmarked(names []string) (m mark, err error) {
	missing := fmt.Errorf("%w: %s is not there. Put it back, or restore a backup", ErrMissing, db.path(markFile))
	for _, n := range names {
		if strings.HasSuffix(n, ".sst") {
			return m, missing
		}
	}
	if d, err := pebble.Peek(db.path(dataDir), db.fs); err != nil || !d.Exists {
		return m, err
	}
	id, at, err := db.peek()
	if err == nil && at > 0 {
		err = missing
	}
	m.Identity = id
	return m, err
}

func (db *DB) read(name string) ([]byte, error) { return readFile(db.fs, db.path(name)) }

func readFile(fs vfs.FS, path string) ([]byte, error) {
	f, err := fs.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(f)
}

// explain says what an error of opening means.
func (db *DB) explain(err error) error {
	switch text := err.Error(); {
	case errors.Is(err, ErrDamaged):
		return err
	case strings.Contains(text, "lock held") || strings.Contains(text, "resource temporarily unavailable"):
		return fmt.Errorf("%s is %w", db.dir, ErrInUse)
	case pebble.IsCorruptionError(err), strings.Contains(text, "pebble"):
		return fmt.Errorf("%w: %s does not fit together (%s). Restore a backup", ErrDamaged, db.path(dataDir), short(err))
	case oserror.IsNotExist(err):
		return fmt.Errorf("%w: a file of %s is not there (%s). Put it back, or restore a backup", ErrMissing, db.path(dataDir), short(err))
	}
	return fmt.Errorf("%s cannot be opened: %w", db.path(dataDir), err)
}

func short(err error) string {
	text, _, _ := strings.Cut(err.Error(), "\n")
	return strings.TrimPrefix(text, "pebble: ")
}

// damage marks an error of reading that says that bytes are not what was
// written.
func damage(err error) error {
	if err == nil || errors.Is(err, ErrDamaged) || !pebble.IsCorruptionError(err) {
		return err
	}
	return fmt.Errorf("%w: %s. Restore a backup", ErrDamaged, short(err))
}
