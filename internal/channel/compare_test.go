package channel_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// kinds are the constants of the channels.
var kinds = []string{"LINE", "Email", "Bank"}

// names tells whether an expression of a package is a channel's kind by its name.
func names(pkg string, e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return pkg == "watch" && slices.Contains(kinds, e.Name)
	case *ast.SelectorExpr:
		p, ok := e.X.(*ast.Ident)
		return ok && p.Name == "watch" && slices.Contains(kinds, e.Sel.Name)
	}
	return false
}

// mayName are the packages that may name a channel at all: the vocabulary, and the
// channels' own. What tests, pictures and loads are made of names them, too.
var mayName = []string{"watch", "line", "email"}

// What one channel does otherwise than another is said where it is registered.
func TestNothingAsksWhichChannelItHas(t *testing.T) {
	files := token.NewFileSet()
	read := 0
	for _, root := range []string{"..", "../../infra", "../../functions"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			read++
			f, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			names := func(e ast.Expr) bool { return names(f.Name.Name, e) }
			ast.Inspect(f, func(n ast.Node) bool {
				asks := false
				switch n := n.(type) {
				case *ast.SelectorExpr:
					asks = n.Sel.Name != "Bank" && names(n) && !slices.Contains(mayName, f.Name.Name) && !strings.Contains(path, "testkit") && !strings.Contains(path, "infra/pictures") && !strings.Contains(path, "infra/bench")
				case *ast.BinaryExpr:
					asks = (n.Op == token.EQL || n.Op == token.NEQ) && (names(n.X) || names(n.Y))
				case *ast.CaseClause:
					asks = slices.ContainsFunc(n.List, names)
				case *ast.KeyValueExpr:
					_, field := n.Key.(*ast.Ident) // of a struct
					asks = !field && names(n.Key)
				}
				if asks {
					t.Errorf("%s asks which channel it has", files.Position(n.Pos()))
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if read < 100 {
		t.Errorf("%d files were read", read)
	}
}
