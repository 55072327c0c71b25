package infra_test

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// unplain are words that comments, log lines and faults say plainly instead:
// "no caller", "the user", "again", "also", "next to".
var unplain = regexp.MustCompile(`(?i)\b(nobody|whoever|whomever|anew|likewise|beside|spoils|henceforth|thereof|hereby|toThose)\b`)

// foreignNames are names of ours for what the field calls otherwise.
var foreignNames = regexp.MustCompile(`(?i)^(bury|buried|burial|safely|toThose)$|cameBack`)

// headless is a sentence of a comment that names no one: "Who sleeps …". What is
// itself called Who begins its comment so.
var headless = regexp.MustCompile(`(^|[.:] )Who [a-z]`)

// darkRooms are names of packages of which a stranger cannot tell what is in them.
var darkRooms = regexp.MustCompile(`^(door|look|enrol|util|utils|common|helpers|misc|types|handlers|domain|models)$`)

// Comments, texts of programs and names are in the words of an ordinary
// engineer. Sentences to people have their own rules, in wording.
func TestProgramsAreInPlainWords(t *testing.T) {
	t.Parallel()
	skip := map[string]bool{"testdata": true}
	read := 0
	for _, root := range []string{"../events", "../functions", "../infra", "../internal"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && skip[d.Name()]:
				return filepath.SkipDir
			case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
				return nil
			}
			read++
			body, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			set := token.NewFileSet()
			var s scanner.Scanner
			s.Init(set.AddFile(path, -1, len(body)), body, nil, scanner.ScanComments)
			for {
				pos, tok, text := s.Scan()
				if tok == token.EOF {
					break
				}
				if w := unplain.FindString(text); w != "" && (tok == token.COMMENT || tok == token.STRING && !strings.Contains(path, "/wording/") && strings.Contains(strings.Trim(text, "\"` "), " ")) {
					t.Errorf("%s says %q: %s", set.Position(pos), w, text)
				}
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, body, parser.SkipObjectResolution|parser.ParseComments)
			if err != nil {
				return err
			}
			called := map[token.Pos]bool{} // ends of comments of what is called Who
			for n := range ast.Preorder(file) {
				switch n := n.(type) {
				case *ast.GenDecl:
					if t, ok := n.Specs[0].(*ast.TypeSpec); ok && t.Name.Name == "Who" && n.Doc != nil {
						called[n.Doc.End()] = true
					}
				case *ast.Field:
					if n.Doc != nil && len(n.Names) > 0 && n.Names[0].Name == "Who" {
						called[n.Doc.End()] = true
					}
				case *ast.FuncDecl:
					if n.Name.Name == "Who" && n.Doc != nil {
						called[n.Doc.End()] = true
					}
				}
			}
			for _, c := range file.Comments {
				text := strings.ReplaceAll(c.Text(), "\n", " ")
				if s := headless.FindString(text); s != "" && !called[c.End()] {
					t.Errorf("%s says %q without a noun: %s", path, s, text)
				}
			}
			if darkRooms.MatchString(file.Name.Name) {
				t.Errorf("%s: a package is named %s", path, file.Name.Name)
			}
			for n := range ast.Preorder(file) {
				if id, ok := n.(*ast.Ident); ok && (foreignNames.MatchString(id.Name) || unplain.MatchString(id.Name)) {
					t.Errorf("%s: something is named %s", path, id.Name)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if read < 300 {
		t.Errorf("only %d files were read", read)
	}
}
