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

// names tells whether an expression is a channel's kind by its name.
func names(e ast.Expr) bool {
	s, ok := e.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	p, ok := s.X.(*ast.Ident)
	return ok && p.Name == "watch" && slices.Contains([]string{"LINE", "Email", "Bank"}, s.Sel.Name)
}

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
			ast.Inspect(f, func(n ast.Node) bool {
				asks := false
				switch n := n.(type) {
				case *ast.BinaryExpr:
					asks = (n.Op == token.EQL || n.Op == token.NEQ) && (names(n.X) || names(n.Y))
				case *ast.CaseClause:
					asks = slices.ContainsFunc(n.List, names)
				case *ast.KeyValueExpr:
					asks = names(n.Key)
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
