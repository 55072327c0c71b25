package message_test

import (
	"go/build"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "kozamori/"

// reached adds every package of ours that a package imports, tests apart.
func reached(t *testing.T, from string, seen map[string]bool) {
	t.Helper()
	p, err := build.ImportDir(filepath.Join("..", "..", filepath.FromSlash(from)), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range p.Imports {
		if to, ours := strings.CutPrefix(i, module); ours && !seen[to] {
			seen[to] = true
			reached(t, to, seen)
		}
	}
}

func TestChannelsDrawWithoutTheSentences(t *testing.T) {
	const sentences, forms = "internal/wording", "internal/message"
	for _, name := range []string{"internal/line", "internal/email"} {
		seen := map[string]bool{}
		reached(t, name, seen)
		if seen[sentences] || !seen[forms] {
			t.Errorf("%s reaches the sentences: %t, the forms of messages: %t", name, seen[sentences], seen[forms])
		}
	}
	for _, name := range []string{forms, "internal/sim"} {
		seen := map[string]bool{}
		if reached(t, name, seen); seen[sentences] {
			t.Errorf("%s reaches the sentences", name)
		}
	}
	p, err := build.ImportDir(".", 0)
	if err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(p.Imports, func(i string) bool { return strings.HasPrefix(i, module) }) {
		t.Errorf("what a message consists of depends on %q", p.Imports)
	}
}
