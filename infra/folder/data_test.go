package folder

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/engine"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	_ "kozamori/internal/testkit/roomy" // its folders are in memory
)

// used opens a folder and does something in it.
func used(t *testing.T, path string, do func(*Folder, *Data)) {
	t.Helper()
	f, err := Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	d, err := f.Data(engine.Options{Reserve: 4096}, t.Logf, "0125")
	if err != nil {
		t.Fatal(err)
	}
	do(f, d)
	if err := errors.Join(d.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
}

func item(n int) store.Write {
	return store.Write{Item: store.Item{Key: store.Key{PK: "P", SK: fmt.Sprintf("%04d", n)}, Body: fmt.Appendf(nil, "%d", n)}, If: store.Any}
}

// filled is a folder in which something was kept.
func filled(t *testing.T) string {
	t.Helper()
	path := t.TempDir()
	used(t, path, func(_ *Folder, d *Data) { more(t, d) })
	return path
}

func more(t *testing.T, d *Data) {
	t.Helper()
	for n := range 20 {
		if err := d.Table.Write(t.Context(), item(n)); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Queue.Send(t.Context(), queue.LINE, queue.Outgoing{Body: []byte("x"), Group: "g"}); err != nil {
		t.Fatal(err)
	}
}

// state is every file of a folder with a hash of what it holds.
func state(t *testing.T, path string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == lockFile || d.Name() == "LOCK" {
			return err
		}
		b, err := os.ReadFile(p)
		out[p] = fmt.Sprintf("%d %x", len(b), sha256.Sum256(b))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func copyTree(t *testing.T, from, to string) {
	t.Helper()
	if err := os.RemoveAll(to); err != nil {
		t.Fatal(err)
	}
	if i, err := os.Stat(from); err == nil && !i.IsDir() {
		b, err := os.ReadFile(from)
		if err = errors.Join(err, os.WriteFile(to, b, 0o600)); err != nil {
			t.Fatal(err)
		}
		return
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

func emptied(t *testing.T, path string) {
	t.Helper()
	i, err := os.Stat(path)
	if err == nil && i.IsDir() {
		err = errors.Join(os.RemoveAll(path), os.Mkdir(path, 0o700))
	} else if err == nil {
		err = os.Truncate(path, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestAFolderThatIsNotWholeIsRefusedAndNotTouched(t *testing.T) {
	parts := []string{"secrets.json", "store", "store/data", "store/mark.json"}
	whole, other := filled(t), filled(t)
	older := filepath.Join(t.TempDir(), "older")
	copyTree(t, whole, older)
	used(t, whole, func(f *Folder, d *Data) {
		more(t, d)
		for range 3 {
			if err := f.Vault(d.Secrets).PutSecret(t.Context(), "banks/0125/webhook", "whsec_a"); err != nil {
				t.Fatal(err)
			}
		}
	})
	for _, part := range parts {
		for how, spoil := range map[string]func(to string){
			"missing":       func(to string) { _ = os.RemoveAll(to) },
			"empty":         func(to string) { emptied(t, to) },
			"another's":     func(to string) { copyTree(t, filepath.Join(other, part), to) },
			"from a backup": func(to string) { copyTree(t, filepath.Join(older, part), to) },
		} {
			if part == "store/mark.json" && how == "from a backup" {
				continue // the data is at a later moment than it says, as after a crash
			}
			t.Run(part+" is "+how, func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "it")
				copyTree(t, whole, path)
				spoil(filepath.Join(path, part))
				before := state(t, path)
				for range 2 { // the second start must not take what the first left
					f, err := Open(path, nil)
					if err != nil {
						t.Fatal(err)
					}
					d, err := f.Data(engine.Options{Reserve: 4096}, t.Logf, "0125")
					if err == nil {
						_ = d.Close()
						t.Error("it is opened")
					} else if s := err.Error(); !strings.Contains(s, "Put the") && !strings.Contains(s, "Put it back") || !strings.Contains(s, "restore a backup") || strings.Contains(s, "\n") {
						t.Errorf("it says %s", s)
					}
					if err := f.Close(); err != nil {
						t.Fatal(err)
					}
				}
				if diff := cmp.Diff(before, state(t, path)); diff != "" {
					t.Errorf("it was touched:\n%s", diff)
				}
			})
		}
	}
	used(t, whole, func(_ *Folder, d *Data) {
		if got, err := d.Table.Get(t.Context(), item(19).Item.Key); err != nil || len(got) != 1 {
			t.Errorf("%v %v", got, err)
		}
	})
}

// Store and secrets together may be what they were, or gone, and the folder is
// not what it was.
func TestAnOlderStoreAndAnEmptiedFolderAreRefused(t *testing.T) {
	whole := filled(t)
	older := filepath.Join(t.TempDir(), "older")
	copyTree(t, whole, older)
	used(t, whole, func(_ *Folder, d *Data) { more(t, d) })
	backup := filepath.Join(t.TempDir(), "backup")
	used(t, older, func(_ *Folder, d *Data) {
		if _, err := d.Backup(t.Context(), backup, nil); err != nil {
			t.Fatal(err)
		}
	})
	for name, c := range map[string]struct {
		spoil func(path string)
		want  error
	}{
		"an older store": {func(path string) { copyTree(t, filepath.Join(older, storeDir), filepath.Join(path, storeDir)) }, engine.ErrOlder},
		"an older store and secrets": {func(path string) {
			for _, part := range []string{storeDir, secretsFile} {
				copyTree(t, filepath.Join(older, part), filepath.Join(path, part))
			}
		}, engine.ErrOlder},
		"no store and no secrets": {func(path string) {
			_ = os.RemoveAll(filepath.Join(path, storeDir))
			_ = os.Remove(filepath.Join(path, secretsFile))
		}, engine.ErrMissing},
		"an empty mark": {func(path string) { emptied(t, filepath.Join(path, outsideFile)) }, engine.ErrMissing},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "it")
			copyTree(t, whole, path)
			c.spoil(path)
			before := state(t, path)
			for range 2 {
				f, err := Open(path, nil)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := f.Data(engine.Options{Reserve: 4096}, t.Logf, "0125"); !errors.Is(err, c.want) || !strings.Contains(err.Error(), "restore a backup") {
					t.Errorf("it says %v", err)
				}
				if err := f.Close(); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(before, state(t, path)); diff != "" {
				t.Errorf("it was touched:\n%s", diff)
			}
			// A restore is a way out, and goes back behind the mark.
			if _, _, err := Restore(t.Context(), path, backup, nil); err != nil {
				t.Fatal(err)
			}
			used(t, path, func(*Folder, *Data) {})
		})
	}
	t.Run("by a version that knows of no mark", func(t *testing.T) {
		// It began with nothing and left the mark: there is nothing to refuse.
		path, other := filepath.Join(t.TempDir(), "it"), filled(t)
		copyTree(t, whole, path)
		for _, part := range []string{storeDir, secretsFile} {
			copyTree(t, filepath.Join(other, part), filepath.Join(path, part))
		}
		used(t, path, func(*Folder, *Data) {})
		if err := os.Remove(filepath.Join(path, outsideFile)); err != nil {
			t.Fatal(err)
		}
		used(t, path, func(_ *Folder, d *Data) { more(t, d) })
	})
}

func TestAFirstStartThatDiedIsBegunOnceMore(t *testing.T) {
	path := t.TempDir()
	used(t, path, func(*Folder, *Data) {})
	if err := os.Remove(filepath.Join(path, secretsFile)); err != nil {
		t.Fatal(err)
	}
	// Before the secrets were kept nothing was counted.
	if err := os.RemoveAll(filepath.Join(path, storeDir)); err != nil {
		t.Fatal(err)
	}
	db, err := engine.Open(filepath.Join(path, storeDir), engine.Options{Reserve: 4096})
	if err != nil || db.Close() != nil {
		t.Fatal(err)
	}
	used(t, path, func(_ *Folder, d *Data) {
		if d.Secrets.Identity != d.Engine.Identity() || d.Secrets.Banks["0125"].Webhook == "" {
			t.Errorf("%+v", d.Secrets)
		}
	})
}

func TestARestoreThatDiedStartsNoEmptySystem(t *testing.T) {
	path, backup := filled(t), filepath.Join(t.TempDir(), "backup")
	used(t, path, func(_ *Folder, d *Data) {
		if _, err := d.Backup(t.Context(), backup, nil); err != nil {
			t.Fatal(err)
		}
	})
	if _, _, err := engine.Restore(t.Context(), backup, filepath.Join(path, restoredDir), nil); err != nil {
		t.Fatal(err)
	}
	used(t, path, func(*Folder, *Data) {})                 // nothing was moved yet: the folder is whole
	for _, part := range []string{storeDir, secretsFile} { // the order in which they are set aside
		if err := os.Rename(filepath.Join(path, part), filepath.Join(t.TempDir(), part)); err != nil {
			t.Fatal(err)
		}
		before := state(t, path)
		f, err := Open(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Data(engine.Options{Reserve: 4096}, t.Logf, "0125"); !errors.Is(err, engine.ErrMissing) || !strings.Contains(err.Error(), "once more") {
			t.Errorf("without %s: %v", part, err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, state(t, path)); diff != "" {
			t.Error(diff)
		}
	}
	if _, _, err := Restore(t.Context(), path, backup, nil); err != nil {
		t.Fatal(err)
	}
	used(t, path, func(_ *Folder, d *Data) {
		if got, err := d.Table.Get(t.Context(), item(19).Item.Key); err != nil || len(got) != 1 {
			t.Errorf("%v %v", got, err)
		}
	})
}

// Secrets that change while the engine counts nothing, as on a full disk, must
// not make the folder look as if its store were old.
func TestSecretsAreNeverMoreThanOneChangeAhead(t *testing.T) {
	path := t.TempDir()
	used(t, path, func(f *Folder, d *Data) {
		f.count = func(int) error { return engine.ErrFull }
		v := f.Vault(d.Secrets)
		for _, s := range []string{"whsec_a", "whsec_b", "whsec_c"} {
			if err := v.PutSecret(t.Context(), "banks/0125/webhook", s); !errors.Is(err, engine.ErrFull) {
				t.Error(err)
			}
		}
	})
	used(t, path, func(*Folder, *Data) {})
}
