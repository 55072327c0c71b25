package infra_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// top is what stands at the top of the repository, next to files and folders that begin
// with a dot.
var top = []string{"LICENSE", "README.md", "events", "functions", "go.mod", "go.sum", "infra", "internal", "samconfig.toml", "template.yaml"}

// mostBytes is the size of a file of the repository: what is larger was built, not written.
const mostBytes = 2 << 20

// Nothing that was built stands in the repository, and nothing stands at its top that has
// no business there: `go build ./infra/ctl` leaves 50 MB, and `git add -A` takes them.
func TestTheRepositoryHoldsWhatWasWritten(t *testing.T) {
	t.Parallel()
	git := exec.Command("git", "ls-files", "-z")
	git.Dir = ".."
	out, err := git.Output()
	files := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
	if err != nil {
		t.Logf("no git repository here (%v): looking at the folder itself", err)
		files = folder(t)
	}
	if len(files) < 1000 {
		t.Fatalf("only %d files", len(files))
	}
	for _, name := range files {
		first, _, _ := strings.Cut(name, "/")
		if !strings.HasPrefix(first, ".") && !slices.Contains(top, first) {
			t.Errorf("%s stands at the top of the repository", first)
		}
		if is, err := os.Lstat(filepath.Join("..", name)); err == nil && is.Size() > mostBytes { // it may be gone, and not committed yet
			t.Errorf("%s has %d bytes", name, is.Size())
		}
	}
}

// folder lists the files of the folder of the repository, but for what .ci and sam build.
func folder(t *testing.T) (files []string) {
	t.Helper()
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(filepath.ToSlash(path), "../")
		switch {
		case d.IsDir() && slices.Contains([]string{".git", ".aws-sam", "dist"}, name):
			return filepath.SkipDir
		case !d.IsDir():
			files = append(files, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
