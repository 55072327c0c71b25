package watch_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	_ "kozamori/internal/testkit/roomy"
	"kozamori/internal/watch"
)

// TestNamesThatWereWrittenAreStillKnown reads testdata/names.txt: names that
// lie in tables and queues, each with its type. They are never taken out of
// the file; new ones are added at its end.
func TestNamesThatWereWrittenAreStillKnown(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("testdata/names.txt")
	if err != nil {
		t.Fatal(err)
	}
	kept := strings.Split(strings.TrimSpace(string(b)), "\n")
	now := namesOf(t, "Kind", "Status", "Confidence", "Role", "Lang", "ChannelKind", "DeliveryKind", "DeliveryState", "AnswerValue", "Via", "DisputeStatus", "NewsKind", "Call", "StepKind", "Way", "ControlKind", "ControlState", "InquiryState", "InquiryReason")
	for _, name := range (^watch.Reason(0)).Names() {
		now = append(now, "Reason "+name)
	}
	for _, row := range watch.Table() {
		now = append(now, "Rule "+row.Name)
	}
	for _, name := range kept {
		if !slices.Contains(now, name) {
			t.Errorf("%q was written, and has no meaning any more", name)
		}
	}
	for _, name := range now {
		if !slices.Contains(kept, name) {
			t.Errorf("%q is not in testdata/names.txt", name)
		}
	}
}

// namesOf are the constants of the package that are of a type, with it.
func namesOf(t *testing.T, types ...string) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for spec := range ast.Preorder(f) {
			c, ok := spec.(*ast.ValueSpec)
			if !ok {
				continue
			}
			of, ok := c.Type.(*ast.Ident)
			if !ok || !slices.Contains(types, of.Name) {
				continue
			}
			for _, v := range c.Values {
				if lit, ok := v.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					word, err := strconv.Unquote(lit.Value)
					if err != nil {
						t.Fatal(err)
					}
					out = append(out, of.Name+" "+word)
				}
			}
		}
	}
	return out
}
