package infra_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestEveryProgramTellsItsVersion(t *testing.T) {
	t.Parallel()
	programs := 0
	for _, pattern := range []string{"../functions/*/main.go", "*/main.go", "*/*/main.go"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range found {
			if name == "guide/go/main.go" {
				continue // a sample of a bank's own program
			}
			if name == "floor/main.go" {
				continue // is compared with the product, and shares no code with it
			}
			programs++
			if lines := strings.Count(read(t, name), "\n"); strings.HasPrefix(name, "../functions/") && lines > 14 {
				t.Errorf("%s has %d lines", name, lines)
			}
			if source := read(t, name); !strings.Contains(source, "version.Printed(") && !strings.Contains(source, `("version", false,`) && !strings.Contains(source, "os.Exit(lambda.Serve") {
				t.Errorf("%s does not know -version", name)
			}
		}
	}
	if functions, err := filepath.Glob("../functions/*"); err != nil || programs < len(functions)+4 {
		t.Errorf("%d programs found, of %d functions and four others (%v)", programs, len(functions), err)
	}
}

// What tells a newcomer where to go names files; each must be there.
func TestTheGuidesNameFilesThatExist(t *testing.T) {
	t.Parallel()
	path := regexp.MustCompile("`((?:internal|infra|functions|events|\\.ci|\\.github)/[A-Za-z0-9_./*-]+)`")
	for _, guide := range []string{"../README.md", "../.github/CONTRIBUTING.md", "../.github/SECURITY.md"} {
		named := path.FindAllStringSubmatch(read(t, guide), -1)
		for _, n := range named {
			if found, err := filepath.Glob(filepath.Join("..", strings.TrimSuffix(n[1], "/..."))); err != nil || len(found) == 0 {
				t.Errorf("%s names %s, which is not there", guide, n[1])
			}
		}
		if guide != "../.github/SECURITY.md" && len(named) < 5 {
			t.Errorf("%s names %d files", guide, len(named))
		}
	}
	if _, err := os.Stat("../LICENSE"); err != nil {
		t.Error(err)
	}
}
