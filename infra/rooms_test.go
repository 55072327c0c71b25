package infra_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// room is a package of the product, without its tests.
type room struct {
	imports map[string]bool
	files   map[string]*ast.File
}

// rooms are the packages under the house's folders, by their path: internal/watch.
func rooms(t *testing.T) map[string]*room {
	t.Helper()
	out := map[string]*room{}
	for _, root := range []string{"../events", "../functions", "../infra", "../internal"} {
		err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.Contains(name, "testdata") {
				return err
			}
			f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			at := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(name)), "../")
			r := out[at]
			if r == nil {
				r = &room{map[string]bool{}, map[string]*ast.File{}}
				out[at] = r
			}
			r.files[name] = f
			for _, i := range f.Imports {
				p, err := strconv.Unquote(i.Path.Value)
				if err != nil {
					return err
				}
				r.imports[strings.TrimPrefix(p, "kozamori/")] = true
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(out) < 60 {
		t.Fatalf("%d packages were found", len(out))
	}
	return out
}

// within tells whether a package is one of some folders, or in one of them.
func within(p string, folders ...string) bool {
	return slices.ContainsFunc(folders, func(f string) bool { return p == f || strings.HasPrefix(p, f+"/") })
}

// measures are programs that play the world around the product, like tests.
var measures = []string{"infra/bench", "infra/samlocal", "infra/pictures"}

const testkit = "internal/testkit"

// What only tests use stands in testkit, and no program that is deployed has a part
// of it.
func TestOnlyTestsUseTheTestkit(t *testing.T) {
	t.Parallel()
	all := rooms(t)
	used := map[string]bool{}
	var use func(p string)
	use = func(p string) {
		if used[p] || all[p] == nil {
			return
		}
		used[p] = true
		for i := range all[p].imports {
			use(i)
		}
	}
	for p := range all {
		if within(p, "functions", "infra") {
			use(p)
		}
	}
	for p, r := range all {
		switch {
		case within(p, testkit):
		case !used[p]:
			t.Errorf("%s is used by tests alone, and does not stand in testkit", p)
		case within(p, measures...):
		case r.imports["testing"]:
			t.Errorf("%s imports testing", p)
		default:
			for i := range r.imports {
				if within(i, testkit) {
					t.Errorf("%s imports %s", p, i)
				}
			}
		}
	}
}

// A change to one stage stays in its room.
func TestNoStageImportsAStage(t *testing.T) {
	t.Parallel()
	all := rooms(t)
	stages := []string{"internal/ingest", "internal/detect", "internal/notify", "internal/chat", "internal/sweep", "internal/web", "internal/bankapi", "internal/desk"}
	for _, s := range stages {
		if all[s] == nil {
			t.Errorf("there is no stage %s", s)
			continue
		}
		seen := map[string]bool{}
		var walk func(p string)
		walk = func(p string) {
			for i := range all[p].imports {
				if slices.Contains(stages, i) {
					t.Errorf("%s imports %s, by way of %s", s, i, p)
				}
				if all[i] != nil && !seen[i] {
					seen[i] = true
					walk(i)
				}
			}
		}
		walk(s)
	}
}

// What runs at a bank has no store, no queue and no provider in it.
func TestTheAgentHasNothingThatABankNeedsNot(t *testing.T) {
	t.Parallel()
	all := rooms(t)
	seen := map[string]bool{}
	var walk func(p string)
	walk = func(p string) {
		for i := range all[p].imports {
			if within(i, "internal/engine", "internal/kv", "internal/store", "internal/queue", "internal/lambda", "internal/app", "github.com/aws", "github.com/line", "github.com/cockroachdb") {
				t.Errorf("%s imports %s", p, i)
			}
			if all[i] != nil && !seen[i] {
				seen[i] = true
				walk(i)
			}
		}
	}
	walk("infra/agent")
	if len(seen) < 5 {
		t.Errorf("only %v", seen)
	}
}

// What AWS and LINE call things stops at the adapters.
func TestTheTypesOfProvidersStopAtTheirAdapters(t *testing.T) {
	t.Parallel()
	allowed := map[string][]string{
		"github.com/aws/":  {"internal/app", "internal/bucket/s3", "internal/email", "internal/email/ses", "internal/lambda", "internal/queue/sqs", "internal/secrets", "internal/store/dynamo", "infra/operator", testkit, "infra/samlocal"},
		"github.com/line/": {"internal/line"},
		// What an identity provider says is judged in one room, and read in no other.
		"github.com/coreos/go-oidc": {"internal/clerk"},
		"golang.org/x/oauth2":       {"internal/clerk"},
	}
	found := map[string]int{}
	for p, r := range rooms(t) {
		for i := range r.imports {
			for maker, where := range allowed {
				if !strings.HasPrefix(i, maker) {
					continue
				}
				if found[maker]++; !within(p, where...) {
					t.Errorf("%s imports %s", p, i)
				}
			}
		}
	}
	if found["github.com/aws/"] < 10 || found["github.com/line/"] < 1 || found["github.com/coreos/go-oidc"] < 1 || found["golang.org/x/oauth2"] < 1 {
		t.Errorf("found %v", found)
	}
}

// Some things are done in one room alone, so that what holds for them holds
// everywhere: a function or a type by its package, or a text. Who writes accounts is
// held by a test of settings.
var onlyIn = map[string][]string{
	// What notify does next is queued by queue.Jobs; the other queues have one
	// sender of each of their messages.
	"queue.Outgoing": {"internal/queue", "internal/ingest", "internal/bankapi", "internal/news", "internal/chat", "internal/bucket/folder"},
	"message.job":    {"internal/queue"},
	// What a watcher wants is changed by settings, and the trail says it; what a
	// report ended stands next to the report.
	"watch.Compare": {"internal/settings", "internal/dispute", "internal/watch"},
	// What a button carries is read by button, and acted on by the chat.
	"button.Parse": {"internal/chat"},
	// There is one problem document.
	"application/problem+json": {"internal/problem"},
}

func TestWhatIsDoneInOneRoomIsDoneNowhereElse(t *testing.T) {
	t.Parallel()
	found := map[string]map[string]bool{}
	note := func(what, p string) {
		where, ok := onlyIn[what]
		if !ok || within(p, testkit) {
			return
		}
		if found[what] == nil {
			found[what] = map[string]bool{}
		}
		found[what][p] = true
		if !within(p, append(where, measures...)...) {
			t.Errorf("%s has %s, which stands in %q alone", p, what, where)
		}
	}
	for p, r := range rooms(t) {
		for _, f := range r.files {
			for n := range ast.Preorder(f) {
				switch n := n.(type) {
				case *ast.CallExpr:
					note(name(p, n.Fun), p)
				case *ast.CompositeLit:
					note(name(p, n.Type), p)
				case *ast.BasicLit:
					if s, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING {
						note(s, p)
					}
				}
			}
		}
	}
	for what := range onlyIn {
		if len(found[what]) == 0 {
			t.Errorf("%s was found nowhere", what)
		}
	}
}

// name is what a package calls something of its own or of another: store.PutAccount.
func name(p string, e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return path.Base(p) + "." + e.Name
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok {
			return x.Name + "." + e.Sel.Name
		}
	}
	return ""
}

// Messages and pages are drawn without the sentences that they hold.
func TestWhatDrawsKnowsNoSentences(t *testing.T) {
	t.Parallel()
	all := rooms(t)
	for _, p := range []string{"internal/message", "internal/markup", "internal/line", "internal/email", "internal/channel"} {
		if all[p] == nil || all[p].imports["internal/wording"] {
			t.Errorf("%s is not there, or imports wording", p)
		}
	}
}

// A test builds its world by worldtest, which knows all that a world needs; only the
// adapters' own tests open a store or a queue by themselves.
func TestWorldsAreBuiltInOnePlace(t *testing.T) {
	t.Parallel()
	read := 0
	for _, root := range []string{"../functions", "../infra", "../internal"} {
		err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
			at := strings.TrimPrefix(filepath.ToSlash(file), "../")
			if err != nil || d.IsDir() || !strings.HasSuffix(file, "_test.go") || within(at, append(measures, "internal/store/embedded", "internal/queue/embedded")...) {
				return err
			}
			read++
			f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			for n := range ast.Preorder(f) {
				if call, ok := n.(*ast.CallExpr); ok {
					if x, _, _ := strings.Cut(name("", call.Fun), "."); strings.HasSuffix(x, "embedded") {
						t.Errorf("%s opens a store or a queue of its own", at)
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if read < 300 {
		t.Errorf("%d files were read", read)
	}
}
