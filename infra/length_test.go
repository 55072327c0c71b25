package infra_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// No file needs scrolling for long: past 400 lines there is a second idea in it.
func TestNoFileHasMoreThan400Lines(t *testing.T) {
	t.Parallel()
	const most = 400
	files := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		files++
		b, err := os.ReadFile(path)
		if n := bytes.Count(b, []byte("\n")); n > most {
			t.Errorf("%s has %d lines", path, n)
		}
		return err
	})
	if err != nil || files < 500 {
		t.Errorf("%d files: %v", files, err)
	}
}
