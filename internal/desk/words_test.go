package desk

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// Each sentence stands in both languages, and both take the same values.
func TestEachSentenceStandsInBothLanguages(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("words*.go")
	if err != nil {
		t.Fatal(err)
	}
	verbs, found := regexp.MustCompile(`%(\[\d\])?[a-z]`), 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok || len(lit.Elts) != 2 {
				return true
			}
			var both [2]string
			for i, e := range lit.Elts {
				if s, ok := e.(*ast.BasicLit); ok {
					both[i], _ = strconv.Unquote(s.Value) // the compiler has read it
				}
			}
			if both[0] == "" && both[1] == "" {
				return true
			}
			found++
			if both[0] == "" || both[1] == "" || len(verbs.FindAllString(both[0], -1)) != len(verbs.FindAllString(both[1], -1)) {
				t.Errorf("%s: %q and %q", set.Position(lit.Pos()), both[0], both[1])
			}
			if strings.ContainsFunc(both[1], func(r rune) bool { return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) }) {
				t.Errorf("%s: Japanese in English: %q", set.Position(lit.Pos()), both[1])
			}
			return true
		})
	}
	if found < 150 {
		t.Errorf("%d sentences were found", found)
	}
}
