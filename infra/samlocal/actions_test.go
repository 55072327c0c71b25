package samlocal_test

import (
	"go/ast"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/go/callgraph"
	"golang.org/x/tools/go/callgraph/rta"
	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"
)

// never is what the code of a function could do and never does: an account that is
// left without a watcher is deleted as it is updated, and these take no watcher away.
var never = map[string]string{"notify": "DeleteItem", "feedback": "DeleteItem", "lookback": "DeleteItem"}

// works are the rooms that each function works with; what they import they bring.
var works = map[string][]string{
	"ingest": {"ingest"}, "detect": {"detect"}, "notify": {"notify"}, "sweep": {"sweep", "audit", "membership"}, "chat": {"chat", "session"},
	"web": {"web"}, "lookback": {"web"}, "bankapi": {"bankapi", "ingest"}, "intake": {"ingest"}, "feedback": {"notify"}, "linehook": {"linehook"}, "desk": {"desk", "ingest"},
}

const ours = "kozamori/internal/"

// A role allows the actions by which the function's code writes, on whatever path,
// and no other. The scenarios find an action that is missing only where they come by.
func TestARoleAllowsTheActionsThatItsCodeReaches(t *testing.T) {
	t.Parallel()
	template, err := os.ReadFile("../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	load, err := packages.Load(&packages.Config{Mode: packages.LoadAllSyntax, Dir: "../.."}, "./functions/...")
	if err != nil || packages.PrintErrors(load) > 0 {
		t.Fatal(err)
	}
	program, mains := ssautil.AllPackages(load, ssa.InstantiateGenerics)
	program.Build()
	w := &writes{store: program.ImportedPackage(ours + "store")}
	checked := 0
	for i, m := range mains {
		if m == nil || m.Func("main") == nil {
			continue
		}
		name := path.Base(m.Pkg.Path())
		_, role, ok := strings.Cut(strings.ToLower(string(template)), "\n  "+name+"role:\n")
		if !ok || works[name] == nil {
			t.Fatalf("%s has no role, or it is not known what it works with", name)
		}
		role, _, _ = strings.Cut(role, "\n\n")
		may := map[string]bool{}
		for _, a := range []string{"PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"} {
			if regexp.MustCompile(`dynamodb:` + strings.ToLower(a) + `\b`).MatchString(role) {
				may[a] = true
			}
		}
		needs := w.reached(load[i], m)
		delete(needs, never[name])
		if d := cmp.Diff(slices.Sorted(maps.Keys(needs)), slices.Sorted(maps.Keys(may))); d != "" {
			t.Errorf("%s needs (-) and may (+):\n%s", name, d)
		}
		checked += len(needs)
	}
	if checked < 20 {
		t.Errorf("only %d actions of %d functions were found", checked, len(mains))
	}
}

// writes finds the actions by which functions write into the store.
type writes struct{ store *ssa.Package }

// reached are those of what runs in a program, from its main on. Calls of values are
// taken for calls of all functions of their type, but of no stage that the program
// has no hold of.
func (w *writes) reached(p *packages.Package, m *ssa.Package) map[string]bool {
	graph := rta.Analyze([]*ssa.Function{m.Func("main"), m.Func("init")}, true).CallGraph
	other := others(p, path.Base(m.Pkg.Path()))
	out, seen := map[string]bool{}, map[*callgraph.Node]bool{}
	var from func(n *callgraph.Node)
	from = func(n *callgraph.Node) {
		if n == nil || seen[n] || n.Func == nil || n.Func.Pkg == w.store || n.Func.Pkg != nil && other[n.Func.Pkg.Pkg.Path()] {
			return
		}
		seen[n] = true
		f := n.Func
		if f.Pkg != nil && strings.HasPrefix(f.Pkg.Pkg.Path(), ours) {
			for c := range calls(f) {
				maps.Copy(out, w.does(c, map[*ssa.Function]bool{}))
			}
		}
		for _, e := range n.Out {
			if e.Callee.Func.Parent() == nil { // a closure runs where what makes it does
				from(e.Callee)
			}
		}
		for _, a := range f.AnonFuncs {
			from(graph.Nodes[a])
		}
	}
	from(graph.Nodes[m.Func("main")])
	return out
}

// others are the rooms of the project that a function does not work with: its main links
// them, for all functions are put together in one place.
func others(p *packages.Package, name string) map[string]bool {
	all := map[string]*packages.Package{}
	packages.Visit([]*packages.Package{p}, nil, func(p *packages.Package) { all[p.PkgPath] = p })
	out := map[string]bool{}
	for at := range all {
		out[at] = strings.HasPrefix(at, ours) && at != ours+"app" && at != ours+"lambda"
	}
	seen := map[string]bool{}
	var use func(at string)
	use = func(at string) {
		if all[at] == nil || seen[at] {
			return
		}
		seen[at] = true
		delete(out, at)
		for i := range all[at].Imports {
			use(i)
		}
	}
	for _, r := range works[name] {
		use(ours + r)
	}
	return out
}

// does are the actions of a function of the store, itself or by others of the store: a
// write without condition is an update, which counts the version up, and any other that
// neither deletes nor checks is a put.
func (w *writes) does(f *ssa.Function, seen map[*ssa.Function]bool) map[string]bool {
	out := map[string]bool{}
	if f.Pkg != w.store || seen[f] || f.Syntax() == nil {
		return out
	}
	seen[f] = true
	conditional := false
	ast.Inspect(f.Syntax(), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			if a := action(n); a != "" {
				out[a] = true
			}
		case *ast.AssignStmt:
			switch s, _ := n.Lhs[0].(*ast.SelectorExpr); {
			case s != nil && s.Sel.Name == "If":
				conditional = true
			case s != nil && s.Sel.Name == "Check":
				out["ConditionCheckItem"] = true
			}
		}
		return true
	})
	for c := range calls(f) {
		for a := range w.does(c, seen) {
			if conditional && a == "UpdateItem" {
				a = "PutItem"
			}
			out[a] = true
		}
	}
	return out
}

// action is what a store.Write that is made on the spot comes to; "" for anything else.
func action(lit *ast.CompositeLit) string {
	a := ""
	for _, e := range lit.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		value, _ := kv.Value.(*ast.Ident)
		switch key, _ := kv.Key.(*ast.Ident); {
		case key == nil:
		case key.Name == "If" && a == "":
			a = "PutItem"
			if value != nil && value.Name == "Any" {
				a = "UpdateItem"
			}
		case key.Name == "Delete":
			a = "DeleteItem"
		}
	}
	return a
}

// calls are the functions that one calls by their names, in itself or in its closures.
func calls(f *ssa.Function) map[*ssa.Function]bool {
	out := map[*ssa.Function]bool{}
	for _, b := range f.Blocks {
		for _, i := range b.Instrs {
			if c, ok := i.(ssa.CallInstruction); ok {
				if s := c.Common().StaticCallee(); s != nil && s.Origin() != nil {
					out[s.Origin()] = true
				} else if s != nil {
					out[s] = true
				}
			}
		}
	}
	for _, a := range f.AnonFuncs {
		maps.Copy(out, calls(a))
	}
	return out
}
