package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kozamori/infra/folder"
	qembedded "kozamori/internal/queue/embedded"
	"kozamori/internal/store"
)

// onFolder runs a command on a folder, and returns its code and what it said.
func onFolder(t *testing.T, data string, args ...string) (int, string) {
	t.Helper()
	var out bytes.Buffer
	c := &console{In: strings.NewReader(""), Out: &out, Err: &out, Env: func(string) string { return "" }}
	code := run(context.Background(), c, append([]string{args[0], "-data", data}, args[1:]...))
	return code, out.String()
}

func TestABackupBringsBackWhatWas(t *testing.T) {
	data, use := house(t)
	kept := filepath.Join(t.TempDir(), "backup")
	names := func() (out []string) {
		use(func(_ *folder.Folder, s *store.Store, _ *qembedded.Queue) {
			for _, code := range []string{"0125", "0168"} {
				if _, err := s.Bank(t.Context(), code); err == nil {
					out = append(out, code)
				}
			}
		})
		return out
	}
	works := func(want string, args ...string) {
		t.Helper()
		if code, said := onFolder(t, data, args...); code != 0 || !strings.Contains(said, want) {
			t.Fatalf("%v: %d %s", args, code, said)
		}
	}
	works("there never was a backup", "status")
	works("was read back", "backup", kept)
	works("the last backup is of", "status")
	works("GB of the disk are free\n", "status")
	if code, said := onFolder(t, data, "backup", kept); code != 1 || !strings.Contains(said, "is not empty") {
		t.Errorf("over a backup: %d %s", code, said)
	}
	use(func(_ *folder.Folder, s *store.Store, _ *qembedded.Queue) {
		if err := s.Write(t.Context(), store.PutBank(&store.Bank{Code: "0168"})); err != nil {
			t.Fatal(err)
		}
	})
	works("entries are whole", "check")
	works("is whole", "check", kept)
	works("MB are now", "compact")
	works("is as it was", "restore", kept)
	if got := strings.Join(names(), " "); got != "0125" {
		t.Errorf("banks %s", got)
	}
	if aside, _ := filepath.Glob(filepath.Join(data, "before-restore-*", "store", "mark.json")); len(aside) != 1 {
		t.Error("what was there is not set aside")
	}
	if err := os.WriteFile(filepath.Join(kept, "secrets.json"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"check", "restore"} {
		if code, said := onFolder(t, data, command, kept); code != 1 || !strings.Contains(said, "Damaged: ") {
			t.Errorf("%s of a damaged backup: %d %s", command, code, said)
		}
	}
	if got := strings.Join(names(), " "); got != "0125" {
		t.Errorf("banks %s after a backup that was refused", got)
	}
}
