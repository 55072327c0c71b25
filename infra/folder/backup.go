package folder

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"kozamori/internal/engine"
	"kozamori/internal/health"
	qembedded "kozamori/internal/queue/embedded"
	"kozamori/internal/store/embedded"
)

// Backup copies the store, the queues and the secrets, as they are at one
// moment, into a new folder, and reads the copy back. Everything goes on
// meanwhile. What the outside keeps (phones, mails, the banks' books) is not
// ours, and not in it.
func (d *Data) Backup(ctx context.Context, dir string, progress engine.Progress) (engine.Backup, error) {
	b, err := d.Engine.Backup(ctx, dir, func() (map[string][]byte, error) {
		secrets, err := os.ReadFile(d.secretsPath)
		return map[string][]byte{secretsFile: secrets}, err
	}, progress)
	if err != nil {
		return b, err
	}
	if err := CheckBackup(ctx, dir, nil); err != nil {
		return b, err
	}
	return b, d.Engine.Commit(ctx, engine.Part{Stage: func(w engine.Writer) {
		w.Set(backupKey, []byte(b.At.Format(time.RFC3339)))
	}})
}

// backupKey is where the engine has the time of the last backup that was read
// back.
var backupKey = []byte("m/backup")

// LastBackup is when the last backup was taken that could be read back; the zero
// time if there never was one.
func (d *Data) LastBackup(context.Context) (at time.Time, err error) {
	err = d.Engine.View(func(r engine.Reader) error {
		v, err := r.Get(backupKey)
		if v == nil || err != nil {
			return err
		}
		at, err = time.Parse(time.RFC3339, string(v))
		return err
	})
	return at, err
}

// Disk is how much is left for the folder.
func (d *Data) Disk(context.Context) (health.Disk, error) {
	free, full, err := d.Engine.Room()
	return health.Disk{Free: free, Full: full}, err
}

// Check reads everything that is stored, and says how many entries there are.
// engine.ErrDamaged names the first that is wrong.
func (d *Data) Check(ctx context.Context, progress engine.Progress) (int64, error) {
	return d.Engine.Check(ctx, progress, embedded.Inspect, qembedded.Inspect)
}

// Compact removes what has expired and gives back its room. It says how many
// bytes are taken before and after.
func (d *Data) Compact(ctx context.Context) (before, after int64, err error) {
	if _, err := d.Table.Purge(ctx); err != nil {
		return 0, 0, err
	}
	if _, err := d.Queue.Purge(ctx); err != nil {
		return 0, 0, err
	}
	return d.Engine.Compact(ctx)
}

// CheckBackup reads a backup through as Check does a folder.
func CheckBackup(ctx context.Context, backup string, progress engine.Progress) error {
	if _, err := engine.ReadBackup(ctx, backup, progress); err != nil {
		return err
	}
	db, err := engine.Open(backup, engine.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	_, err = db.Check(ctx, progress, embedded.Inspect, qembedded.Inspect)
	return errors.Join(err, db.Close())
}

// Restore makes a folder what it was when a backup was taken. What is there now
// is set aside, in the place that is returned (empty if there was nothing).
// ErrInUse while a stack runs.
func Restore(ctx context.Context, path, backup string, progress engine.Progress) (b engine.Backup, aside string, err error) {
	if err := CheckBackup(ctx, backup, nil); err != nil {
		return b, "", err
	}
	f, err := Open(path, nil)
	if err != nil {
		return b, "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	next := f.former(restoredDir)
	if err := os.RemoveAll(next); err != nil {
		return b, "", err
	}
	b, others, err := engine.Restore(ctx, backup, next, progress)
	if err != nil {
		return b, "", err
	}
	secrets, ok := others[secretsFile]
	if !ok {
		return b, "", fmt.Errorf("%w: %s of the backup", engine.ErrMissing, secretsFile)
	}
	if f.Holds() {
		aside = f.before("restore")
		// The mark goes first: what is restored is older than it says.
		err := setAside(aside, f.outside(), f.Store(), f.former(storeFile), f.former(queueFile), filepath.Join(path, secretsFile))
		if err != nil {
			return b, aside, err
		}
	}
	err = os.Rename(next, f.Store())
	if err = errors.Join(err, engine.SyncDir(path)); err != nil {
		return b, aside, err
	}
	return b, aside, writeBytes(filepath.Join(path, secretsFile), secrets)
}
