package folder

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"kozamori/internal/engine"
)

// The former format: the store and the queues in a bbolt file each.

// takeOver makes an engine of the files of the former format, and sets them
// aside. What a crash leaves half done is begun again, or finished.
func (f *Folder) takeOver(kept *Secrets, say func(string, ...any)) error {
	say("This folder is of a former version; its store and queues are being moved into %s …", f.Store())
	next := f.Store() + ".new"
	if err := os.RemoveAll(next); err != nil {
		return err
	}
	db, err := engine.Open(next, engine.Options{})
	if err != nil {
		return err
	}
	n := 0
	for _, name := range []string{storeFile, queueFile} {
		moved, err := moveOver(db, f.former(name))
		if err != nil {
			return errors.Join(fmt.Errorf("%s cannot be taken over, and was not changed: %w", f.former(name), err), db.Close())
		}
		n += moved
	}
	kept.Identity = db.Identity()
	if err := db.Close(); err != nil {
		return err
	}
	// From here on the secrets name the new engine, and finish can go on.
	if err := write(filepath.Join(f.path, secretsFile), kept); err != nil {
		return err
	}
	if err := f.finish(kept); err != nil {
		return err
	}
	say("Done: %d entries. The former files are kept in a folder next to it, named before-engine-….", n)
	return nil
}

// finish puts the engine that the secrets name in its place, and the former
// files aside.
func (f *Folder) finish(kept *Secrets) error {
	next := f.Store() + ".new"
	if engine.Exists(next) && !engine.Exists(f.Store()) {
		err := os.Rename(next, f.Store())
		if err = errors.Join(err, engine.SyncDir(f.path)); err != nil {
			return err
		}
	}
	if !engine.Exists(f.Store()) {
		return missing(f.Store())
	}
	for _, name := range []string{storeFile, queueFile} {
		if _, err := os.Lstat(f.former(name)); err == nil && kept.Identity != "" {
			return setAside(f.before("engine"), f.former(storeFile), f.former(queueFile))
		}
	}
	return nil
}

// moveOver copies a file of the former format into an engine, and says how many
// entries it held.
func moveOver(db *engine.DB, file string) (n int, err error) {
	defer func() {
		if p := recover(); p != nil { // bbolt's answer to a damaged file
			err = fmt.Errorf("it is damaged (%v)", p)
		}
	}()
	from, err := bbolt.Open(file, 0o600, &bbolt.Options{ReadOnly: true, Timeout: 200 * time.Millisecond})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	err = from.View(func(tx *bbolt.Tx) error {
		for err := range tx.Check() {
			return fmt.Errorf("it is damaged (%w)", err)
		}
		return tx.ForEach(func(name []byte, b *bbolt.Bucket) error {
			space, ok := spaceOf(string(name))
			if !ok {
				return fmt.Errorf("it holds %q, which this version does not know", name)
			}
			moved, err := moveBucket(db, space, b)
			n += moved
			return err
		})
	})
	return n, err
}

// spaceOf is where a bucket's entries lie in an engine: their keys and values
// are the same.
func spaceOf(bucket string) (string, bool) {
	switch bucket {
	case "items":
		return "s/i/", true
	case "history":
		return "s/h/", true
	case "due":
		return "s/d/", true
	}
	queue, what, ok := strings.Cut(bucket, ".")
	return "q/" + queue + "/" + what + "/", ok && (what == "head" || what == "body" || what == "dead")
}

func moveBucket(db *engine.DB, space string, b *bbolt.Bucket) (n int, err error) {
	const most = 1 << 20 // bytes of one commit
	type entry struct{ k, v []byte }
	var part []entry
	size := 0
	flush := func() error {
		err := db.Commit(context.Background(), engine.Part{Stage: func(w engine.Writer) {
			for _, e := range part {
				w.Set(append([]byte(space), e.k...), e.v)
			}
		}})
		n += len(part)
		part, size = part[:0], 0
		return err
	}
	err = b.ForEach(func(k, v []byte) error {
		part = append(part, entry{k, v})
		if size += len(k) + len(v); size < most {
			return nil
		}
		return flush()
	})
	if err == nil && len(part) > 0 {
		err = flush()
	}
	return n, err
}
