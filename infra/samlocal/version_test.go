package samlocal_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A function is built as for a deployment: what it says there is the commit.
func TestEachFunctionTellsWhichCommitItWasBuiltFrom(t *testing.T) {
	git := exec.Command("git", "rev-parse", "HEAD")
	git.Dir = root()
	head, err := git.Output()
	if err != nil {
		t.Skip("no git repository here: nothing records a commit")
	}
	dir, err := programs()
	if err != nil {
		t.Fatal(err)
	}
	functions, err := os.ReadDir(dir)
	if err != nil || len(functions) < 10 {
		t.Fatalf("%d functions built, %v", len(functions), err)
	}
	for _, f := range functions {
		out, err := exec.Command(filepath.Join(dir, f.Name()), "-version").CombinedOutput()
		if err != nil || !strings.Contains(string(out), "commit "+string(head[:12])) {
			t.Errorf("%s: %v %q", f.Name(), err, out)
		}
	}
}
