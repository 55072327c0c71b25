package infra_test

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// boundElsewhere are clients and servers without a time limit of their own, by their
// package, and what bounds them.
var boundElsewhere = map[string]string{
	"internal/email/ses": "each call has a context that email.Send ends",

	"internal/bucket/s3": "its reader ends what does not come",
	"infra/operator":     "a socket of this user, where a backup takes what it takes",
	"infra/ctl":          "listens to a stream until it is stopped",
	"infra/agent":        "plays the server in the same process",
	"internal/sim":       "plays what is outside",
	"infra/local":        "the operator's socket, of this user alone",
	"internal/testkit":   "tests",
	"infra/samlocal":     "tests",
	"infra/bench":        "measures",
	"infra/guide/go":     "an example that waits for its bank's own server",
}

func bounded(pkg string) bool {
	for p := range boundElsewhere {
		if pkg == p || strings.HasPrefix(pkg, p+"/") {
			return true
		}
	}
	return false
}

// Nothing waits for the outside for ever: each HTTP client has a time limit, and each
// server one for headers, requests and answers, unless something else bounds it.
func TestEachCallOutAndInHasADeadline(t *testing.T) {
	t.Parallel()
	n := 0
	for pkg, r := range rooms(t) {
		for name, f := range r.files {
			ast.Inspect(f, func(node ast.Node) bool {
				switch x := node.(type) {
				case *ast.SelectorExpr:
					if of, ok := x.X.(*ast.Ident); ok && of.Name == "http" && slices.Contains([]string{"DefaultClient", "Get", "Post", "Head", "PostForm"}, x.Sel.Name) && !bounded(pkg) {
						t.Errorf("%s: http.%s waits for ever", name, x.Sel.Name)
					}
				case *ast.CompositeLit:
					of, ok := x.Type.(*ast.SelectorExpr)
					if !ok {
						break
					}
					from, ok := of.X.(*ast.Ident)
					if !ok || from.Name != "http" {
						break
					}
					var wants []string
					switch of.Sel.Name {
					case "Client":
						wants = []string{"Timeout"}
					case "Server":
						wants = []string{"ReadHeaderTimeout", "ReadTimeout", "WriteTimeout", "IdleTimeout"}
					default:
						return true
					}
					n++
					for _, want := range wants {
						if !slices.ContainsFunc(x.Elts, func(e ast.Expr) bool {
							kv, ok := e.(*ast.KeyValueExpr)
							if !ok {
								return false
							}
							key, ok := kv.Key.(*ast.Ident)
							return ok && key.Name == want
						}) && !bounded(pkg) {
							t.Errorf("%s: an http.%s without %s", name, of.Sel.Name, want)
						}
					}
				}
				return true
			})
		}
	}
	if n < 10 {
		t.Errorf("only %d clients and servers were found", n)
	}
}
