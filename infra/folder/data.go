package folder

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"kozamori/internal/engine"
	qembedded "kozamori/internal/queue/embedded"
	"kozamori/internal/store/embedded"
)

// Data is what a folder keeps, opened: the store and the queues in one engine,
// and the secrets. They belong together and tell so.
type Data struct {
	Engine  *engine.DB
	Table   *embedded.Table
	Queue   *qembedded.Queue
	Secrets *Secrets

	secretsPath string
}

// Close closes all of it.
func (d *Data) Close() error {
	var errs []error
	if d.Queue != nil {
		errs = append(errs, d.Queue.Close())
	}
	if d.Table != nil {
		errs = append(errs, d.Table.Close())
	}
	return errors.Join(append(errs, d.Engine.Close())...)
}

// Data opens what the folder keeps. In an empty folder it is made, with secrets
// for the given banks. A folder of the former format is taken over first, which
// say is told. If a part is missing, empty, of another folder or older than
// another part, nothing is changed and the error says what to do.
func (f *Folder) Data(o engine.Options, say func(format string, args ...any), banks ...string) (_ *Data, err error) {
	kept, err := f.settled(say)
	if err != nil {
		return nil, err
	}
	o.Accept = func(identity string, r engine.Reader) error { return f.belongs(kept, identity, r) }
	o.Outside = f.outside()
	db, err := engine.Open(f.Store(), o)
	if err != nil {
		return nil, err
	}
	d := &Data{Engine: db, secretsPath: filepath.Join(f.path, secretsFile)}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.Close())
		}
	}()
	if d.Secrets, err = f.secrets(db, kept, banks); err != nil {
		return nil, err
	}
	if d.Queue, err = qembedded.On(db, qembedded.Options{Now: f.Now}); err != nil {
		return nil, err
	}
	d.Table = embedded.On(db, embedded.Options{Now: f.Now})
	return d, nil
}

// settled looks at which parts there are, takes over those of the former format,
// and returns the secrets; nil if the folder is empty.
func (f *Folder) settled(say func(string, ...any)) (*Secrets, error) {
	kept, err := ReadSecrets(f.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	_, formerStore := os.Lstat(f.former(storeFile))
	_, formerQueue := os.Lstat(f.former(queueFile))
	former := formerStore == nil || formerQueue == nil
	_, restored := os.Lstat(f.former(restoredDir))
	switch {
	case restored == nil && (kept == nil || !engine.Exists(f.Store())) && !former:
		return nil, fmt.Errorf("%w: restoring a backup into %s did not end. Restore it once more; nothing was changed", engine.ErrMissing, f.path)
	case kept != nil && kept.Identity != "":
		return kept, f.finish(kept)
	case engine.Exists(f.Store()):
		return nil, f.unnamed(kept)
	case kept == nil && !former:
		if _, err := os.Lstat(f.outside()); err == nil {
			return nil, fmt.Errorf("%w: %s and %s are missing or empty, and were there. Put them back, or restore a backup; -fresh begins with nothing", engine.ErrMissing, f.Store(), filepath.Join(f.path, secretsFile))
		}
		return nil, nil
	case kept == nil:
		return nil, missing(filepath.Join(f.path, secretsFile))
	}
	for _, name := range []string{storeFile, queueFile} {
		if i, err := os.Stat(f.former(name)); err != nil || i.Size() == 0 {
			return nil, missing(f.former(name))
		}
	}
	return kept, f.takeOver(kept, say)
}

// unnamed judges an engine without secrets that name it: the first start may
// have ended before it kept them.
func (f *Folder) unnamed(kept *Secrets) error {
	db, err := engine.Open(f.Store(), engine.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	at := db.Moment()
	if err := db.Close(); err != nil {
		return err
	}
	switch {
	case at == 0 && kept == nil:
		return nil
	case kept == nil:
		return missing(filepath.Join(f.path, secretsFile))
	}
	return fmt.Errorf("%w: %s does not say to which folder it belongs. Put the right one back, or restore a backup", engine.ErrForeign, filepath.Join(f.path, secretsFile))
}

func missing(path string) error {
	return fmt.Errorf("%w: %s is missing or empty. Put it back, or restore a backup; nothing was changed", engine.ErrMissing, path)
}

// changesKey is where the engine counts the changes of the secrets.
var changesKey = []byte("m/secrets")

// belongs refuses an engine and secrets that are of two folders, or one of which
// is of an earlier time.
func (f *Folder) belongs(kept *Secrets, identity string, r engine.Reader) error {
	path := filepath.Join(f.path, secretsFile)
	v, err := r.Get(changesKey)
	if err != nil || kept == nil {
		return err
	}
	counted := 0
	if len(v) == 8 {
		counted = int(binary.BigEndian.Uint64(v)) //nolint:gosec // we wrote it, and count from 0
	}
	switch {
	case kept.Identity != identity:
		return fmt.Errorf("%w: %s and %s are of two folders. Put the right one back, or restore a backup; nothing was changed", engine.ErrForeign, path, f.Store())
	case kept.Changes < counted:
		return fmt.Errorf("%w: %s is older than %s. Put the newest one back, or restore a backup; nothing was changed", engine.ErrOlder, path, f.Store())
	case kept.Changes > counted+1: // one may not have been counted any more
		return fmt.Errorf("%w: %s is older than %s. Put the newest one back, or restore a backup; nothing was changed", engine.ErrOlder, f.Store(), path)
	}
	return nil
}

// secrets are those of the folder, complete, and counted from now on.
func (f *Folder) secrets(db *engine.DB, kept *Secrets, banks []string) (*Secrets, error) {
	if kept == nil {
		kept = fresh()
		kept.Identity = db.Identity()
	}
	f.count = func(changes int) error {
		return db.Commit(context.Background(), engine.Part{Stage: func(w engine.Writer) {
			w.Set(changesKey, binary.BigEndian.AppendUint64(nil, uint64(changes))) //nolint:gosec // it counts from 0
		}})
	}
	if !kept.complete(banks) {
		return kept, f.Keep(kept)
	}
	return kept, f.count(kept.Changes)
}

// before names a place within the folder for what is set aside.
func (f *Folder) before(what string) string {
	name := filepath.Join(f.path, "before-"+what+"-"+time.Now().UTC().Format("20060102T150405Z"))
	free := name
	for n := 2; ; n++ {
		if _, err := os.Lstat(free); errors.Is(err, fs.ErrNotExist) {
			return free
		}
		free = fmt.Sprint(name, "-", n) // twice within a second
	}
}

// setAside moves parts of the folder to a place in it. The secrets come last:
// until they are moved the folder does not look like a new one.
func setAside(to string, parts ...string) error {
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	for _, p := range parts {
		err := os.Rename(p, filepath.Join(to, filepath.Base(p)))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return errors.Join(engine.SyncDir(to), engine.SyncDir(filepath.Dir(to)))
}
