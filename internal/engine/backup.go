package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/cockroachdb/pebble/v2"
)

// Backup is what a backup says of itself. It is written last: a backup without
// it was not finished.
type Backup struct {
	Identity string            `json:"identity"`
	Format   int               `json:"format"`
	Moment   uint64            `json:"moment"`
	At       time.Time         `json:"at"`
	Files    map[string]string `json:"files"` // SHA-256 by path
}

// Progress hears how much of something is done, in bytes or entries; all is 0
// if that is not known.
type Progress func(done, all int64)

const backupFile = "backup.json"

// Backup copies the engine, as it is at one moment, into a new folder while
// everything goes on; other files, which are asked for right after that moment,
// go with it by name. The copy shares no byte
// with the original. It is read back before it is said to be one.
func (db *DB) Backup(ctx context.Context, dir string, others func() (map[string][]byte, error), progress Progress) (Backup, error) {
	b := Backup{Identity: db.id, Format: Format, At: time.Now().UTC(), Files: map[string]string{}}
	if names, err := os.ReadDir(dir); err == nil && len(names) > 0 {
		return b, fmt.Errorf("%s is not empty; name a new folder for the backup", dir)
	}
	if err := os.MkdirAll(filepath.Join(dir, dataDir), 0o700); err != nil {
		return b, err
	}
	thaw, err := db.freeze()
	if err != nil {
		return b, err
	}
	defer thaw()
	with, err := others()
	if err != nil {
		return b, err
	}
	copied := &DB{o: Options{ReadOnly: true}, fs: db.fs, dir: db.dir}
	_, at, err := copied.peekAt(frozenDir)
	if err != nil {
		return b, err
	}
	b.Moment = at
	if err := copyAll(ctx, db.path(frozenDir), filepath.Join(dir, dataDir), &b, progress); err != nil {
		return b, err
	}
	m, err := json.Marshal(mark{b.Identity, b.Format, b.Moment})
	if err != nil {
		return b, err
	}
	with[markFile] = m
	for name, body := range with {
		if err := b.put(dir, name, body); err != nil {
			return b, err
		}
	}
	list, err := json.MarshalIndent(b, "", "  ")
	if err == nil {
		err = writeSynced(filepath.Join(dir, backupFile), list)
	}
	if err == nil {
		err = errors.Join(SyncDir(dir), SyncDir(filepath.Dir(dir)))
	}
	if err == nil {
		_, err = ReadBackup(ctx, dir, nil)
	}
	return b, err
}

// frozenDir is where the data lies as it was at one moment, while that is read.
const frozenDir = "frozen"

// freeze makes links to the files of this moment. thaw removes them.
func (db *DB) freeze() (thaw func(), err error) {
	db.freezing.Lock()
	thaw = func() {
		_ = db.fs.RemoveAll(db.path(frozenDir)) // the next start does it otherwise
		db.freezing.Unlock()
	}
	err = db.fs.RemoveAll(db.path(frozenDir))
	if err == nil {
		err = db.peb.Checkpoint(db.path(frozenDir), pebble.WithFlushedWAL())
	}
	if err != nil {
		thaw()
		return nil, damage(err)
	}
	return thaw, nil
}

// ReadBackup reads a backup through, and returns what it says of itself.
// ErrMissing, ErrDamaged.
func ReadBackup(ctx context.Context, dir string, progress Progress) (Backup, error) {
	var b Backup
	list, err := os.ReadFile(filepath.Join(dir, backupFile))
	if errors.Is(err, os.ErrNotExist) {
		return b, fmt.Errorf("%w: %s is no backup, or one that was not finished", ErrMissing, dir)
	}
	if err != nil {
		return b, err
	}
	if err := json.Unmarshal(list, &b); err != nil || b.Identity == "" {
		return b, fmt.Errorf("%w: %s. Take another backup", ErrDamaged, filepath.Join(dir, backupFile))
	}
	if b.Format > Format {
		return b, fmt.Errorf("%w: %s has format %d, and this version knows up to %d", ErrNewer, dir, b.Format, Format)
	}
	done := int64(0)
	for name, want := range b.Files {
		if err := ctx.Err(); err != nil {
			return b, err
		}
		got, n, err := hashOf(filepath.Join(dir, filepath.FromSlash(name)))
		if errors.Is(err, os.ErrNotExist) {
			return b, fmt.Errorf("%w: %s of the backup. Take another backup", ErrMissing, filepath.Join(dir, name))
		}
		if err != nil {
			return b, err
		}
		if got != want {
			return b, fmt.Errorf("%w: %s of the backup. Take another backup", ErrDamaged, filepath.Join(dir, name))
		}
		done += n
		progress.tell(done, 0)
	}
	return b, nil
}

func (p Progress) tell(done, all int64) {
	if p != nil {
		p(done, all)
	}
}

func hashOf(path string) (string, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", 0, err
	}
	defer func() { _ = f.Close() }()
	h := sha256.New()
	n, err := io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), n, err
}

func writeSynced(path string, body []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(body)
	return errors.Join(err, f.Sync(), f.Close())
}

func (b *Backup) put(dir, name string, body []byte) error {
	sum := sha256.Sum256(body)
	b.Files[name] = hex.EncodeToString(sum[:])
	return writeSynced(filepath.Join(dir, name), body)
}

func copyAll(ctx context.Context, from, to string, b *Backup, progress Progress) error {
	files, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	var all, done int64
	for _, f := range files {
		if i, err := f.Info(); err == nil {
			all += i.Size()
		}
	}
	for _, f := range files {
		if f.Name() == "LOCK" {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		sum, n, err := copyFile(filepath.Join(from, f.Name()), filepath.Join(to, f.Name()))
		if err != nil {
			return err
		}
		b.Files[dataDir+"/"+f.Name()] = sum
		done += n
		progress.tell(done, all)
	}
	return SyncDir(to)
}

func copyFile(from, to string) (sum string, n int64, err error) {
	in, err := os.Open(from)
	if err != nil {
		return "", 0, err
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", 0, err
	}
	h := sha256.New()
	n, err = io.Copy(io.MultiWriter(out, h), in)
	return hex.EncodeToString(h.Sum(nil)), n, errors.Join(err, out.Sync(), out.Close())
}

// Restore puts a backup's engine into a new folder, and returns the other files
// that it holds by their names.
func Restore(ctx context.Context, backup, dir string, progress Progress) (Backup, map[string][]byte, error) {
	b, err := ReadBackup(ctx, backup, nil)
	if err != nil {
		return b, nil, err
	}
	if err := os.MkdirAll(filepath.Join(dir, dataDir), 0o700); err != nil {
		return b, nil, err
	}
	made := Backup{Files: map[string]string{}}
	if err := copyAll(ctx, filepath.Join(backup, dataDir), filepath.Join(dir, dataDir), &made, progress); err != nil {
		return b, nil, err
	}
	others := map[string][]byte{}
	for name := range b.Files {
		if filepath.Dir(filepath.FromSlash(name)) != "." {
			continue
		}
		if others[name], err = os.ReadFile(filepath.Join(backup, name)); err != nil {
			return b, nil, err
		}
	}
	err = writeSynced(filepath.Join(dir, markFile), others[markFile])
	delete(others, markFile)
	return b, others, errors.Join(err, SyncDir(dir), SyncDir(filepath.Dir(dir)))
}

// Inspector judges an entry; what it does not know it leaves to others.
type Inspector func(r Reader, k, v []byte) error

// Check reads everything, so that the checksums of all of it are compared, and
// has inspectors judge each entry. It says how many there are. The first entry
// that is wrong ends it: ErrDamaged.
func (db *DB) Check(ctx context.Context, progress Progress, inspectors ...Inspector) (n int64, err error) {
	check := func(r Reader) (err error) { n, err = walked(ctx, r, progress, inspectors); return err }
	if db.o.ReadOnly || db.o.Scratch {
		err := db.View(check)
		return n, err
	}
	// A process that runs has blocks in memory that it would not read again.
	thaw, err := db.freeze()
	if err != nil {
		return 0, err
	}
	defer thaw()
	peb, err := db.openToRead(frozenDir, db.fs)
	if err != nil {
		return 0, db.explain(err)
	}
	err = damage(check(reader{peb}))
	return n, errors.Join(err, peb.Close())
}

func walked(ctx context.Context, r Reader, progress Progress, inspectors []Inspector) (n int64, err error) {
	err = r.Walk([]byte{0}, []byte{0xff}, false, func(k, v []byte) (bool, error) {
		if n++; n%1000 == 0 {
			progress.tell(n, 0)
			if err := ctx.Err(); err != nil {
				return false, err
			}
		}
		for _, inspect := range inspectors {
			if err := inspect(r, slices.Clone(k), v); err != nil {
				return false, err
			}
		}
		return true, nil
	})
	return n, err
}

// Compact gives back the room of what was deleted and replaced, and says how
// many bytes the folder takes before and after. Everything goes on meanwhile.
func (db *DB) Compact(ctx context.Context) (before, after int64, err error) {
	before = db.size()
	if err := db.peb.Flush(); err != nil {
		return before, before, err
	}
	if err := db.peb.Compact(ctx, []byte{0}, []byte{0xff}, false); err != nil {
		return before, before, damage(err)
	}
	return before, db.size(), nil
}

func (db *DB) size() int64 {
	m := db.peb.Metrics()
	return int64(m.DiskSpaceUsage()) //nolint:gosec // a disk is smaller than that
}
