package folder

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"

	"kozamori/internal/engine"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// former lays out a folder as version 87f51fc of November 2026 left it: one
// bank and one account with a watcher; of three messages to LINE one waits, one
// was received twice, one is dead.
func former(t *testing.T) string {
	t.Helper()
	path := t.TempDir()
	for _, name := range []string{storeFile, queueFile, secretsFile} {
		f, err := os.Open(filepath.Join("testdata", "former", name+".gz"))
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		_ = f.Close()
		if err := os.WriteFile(filepath.Join(path, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(path, lockFile), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func checkTakenOver(t *testing.T, d *Data) {
	t.Helper()
	ctx := t.Context()
	a, err := store.New(d.Table).Account(ctx, watch.AccountKey{Bank: "0125", Ref: "acc_1"})
	if err != nil || len(a.Watchers) != 1 || a.Version != 2 {
		t.Errorf("%+v %v", a, err)
	}
	if b, err := store.New(d.Table).Bank(ctx, "0125"); err != nil || b.Name != "七十七銀行" {
		t.Errorf("%+v %v", b, err)
	}
	depth, err := d.Queue.Depth(ctx, queue.LINE)
	if err != nil || depth.Waiting != 2 || depth.Dead != 1 {
		t.Errorf("%+v %v", depth, err)
	}
	receives := map[string]int{}
	for range 2 {
		ms, err := d.Queue.Receive(ctx, queue.LINE, 1, 0)
		if err != nil || len(ms) != 1 {
			t.Fatalf("%+v %v", ms, err)
		}
		receives[string(ms[0].Body)] = ms[0].Receives
	}
	if receives["waits"] != 1 || receives["twice"] != 3 {
		t.Errorf("%v", receives)
	}
	dead, err := d.Queue.Dead(ctx, queue.LINE, 10)
	if err != nil || len(dead) > 1 {
		t.Errorf("%+v %v", dead, err)
	}
}

func TestAFolderOfTheFormerFormatIsTakenOverOnce(t *testing.T) {
	path := former(t)
	said := 0
	f, err := Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	d, err := f.Data(engine.Options{Reserve: 4096}, func(string, ...any) { said++ })
	if err != nil || said != 2 {
		t.Fatalf("%d sentences, %v", said, err)
	}
	checkTakenOver(t, d)
	if d.Secrets.Banks["0125"].Webhook != "whsec_former" {
		t.Errorf("%+v", d.Secrets)
	}
	if _, err := d.Close(), f.Close(); err != nil {
		t.Fatal(err)
	}
	aside, _ := filepath.Glob(filepath.Join(path, "before-engine-*", "*.db"))
	if len(aside) != 2 {
		t.Errorf("set aside: %v", aside)
	}
	used(t, path, func(_ *Folder, d *Data) {
		if depth, err := d.Queue.Depth(t.Context(), queue.LINE); err != nil || depth.Waiting != 2 {
			t.Errorf("%+v %v", depth, err)
		}
	})
}

func TestATakingOverThatDiedIsFinished(t *testing.T) {
	for name, leave := range map[string]func(t *testing.T, path string){
		"before the engine was whole": func(t *testing.T, path string) {
			db, err := engine.Open(filepath.Join(path, storeDir+".new"), engine.Options{Reserve: 4096})
			if err != nil || db.Close() != nil {
				t.Fatal(err)
			}
		},
		"before the engine was in its place": func(t *testing.T, path string) {
			taken := former(t)
			used(t, taken, func(*Folder, *Data) {})
			copyTree(t, filepath.Join(taken, storeDir), filepath.Join(path, storeDir+".new"))
			copyTree(t, filepath.Join(taken, secretsFile), filepath.Join(path, secretsFile))
		},
		"before the former files were set aside": func(t *testing.T, path string) {
			taken := former(t)
			used(t, taken, func(*Folder, *Data) {})
			copyTree(t, filepath.Join(taken, storeDir), filepath.Join(path, storeDir))
			copyTree(t, filepath.Join(taken, secretsFile), filepath.Join(path, secretsFile))
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := former(t)
			leave(t, path)
			used(t, path, func(_ *Folder, d *Data) { checkTakenOver(t, d) })
			if _, err := os.Stat(filepath.Join(path, storeFile)); err == nil {
				t.Error("the former files are still in their place")
			}
		})
	}
}

func TestAFormerFolderThatIsNotWholeIsRefusedAndNotTouched(t *testing.T) {
	for _, name := range []string{storeFile, queueFile, secretsFile} {
		for how, spoil := range map[string]func(string) error{
			"missing": os.Remove,
			"empty":   func(p string) error { return os.Truncate(p, 0) },
			"damaged": func(p string) error {
				i, err := os.Stat(p)
				if err != nil {
					return err
				}
				return os.WriteFile(p, make([]byte, i.Size()), 0o600)
			},
		} {
			t.Run(name+" is "+how, func(t *testing.T) {
				path := former(t)
				if err := spoil(filepath.Join(path, name)); err != nil {
					t.Fatal(err)
				}
				f, err := Open(path, nil)
				if err != nil {
					t.Fatal(err)
				}
				before := state(t, path)
				d, err := f.Data(engine.Options{Reserve: 4096}, t.Logf)
				if err == nil {
					_ = d.Close()
					t.Error("it is opened")
				}
				_ = f.Close()
				now := state(t, path)
				for p, was := range before {
					if now[p] != was {
						t.Errorf("%s was touched", p)
					}
				}
			})
		}
	}
}
