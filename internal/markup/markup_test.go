package markup_test

import (
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"kozamori/internal/markup"
)

func TestAddressesThatOpen(t *testing.T) {
	for _, a := range []string{"/", "/home/x?month=2020-09&page=2", "?page=2", "#f-mail", "https://kozamori.example/a/t0ken?a=1&b=2", "http://127.0.0.1:8080/x",
		"HTTPS://kozamori.example", "mailto:help@kozamori.example", "tel:0120-000-000", "tel:+81-3-1234-5678", "/a:b"} {
		if !markup.Opens(a) {
			t.Errorf("%q does not open", a)
		}
	}
}

func TestAddressesThatDoNot(t *testing.T) {
	for _, a := range []string{"", "x", "home/x", "javascript:alert(1)", "JavaScript:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)", "\x01javascript:x",
		"data:text/html,x", "vbscript:x", "file:///etc/passwd", "intent://x", "//evil.example", `/\evil.example`, `\\evil.example`, "/\n/evil.example", "https:evil.example",
		"https://", "http:", "mailto:", "tel:", "tel:x", "tel:javascript:alert(1)", "tel:1", "tel:-12", "tel:0120-000-000,1", "tel:123456789012345678901", "tel:%239110", "tel:0990-000-000", "tel:+81-3", "tel:%23%2321",
		"https://a b", "/a\x7f", "ｊavascript:alert(1)", "view-source:https://x"} {
		if markup.Opens(a) {
			t.Errorf("%q opens", a)
		}
	}
}

func draw(n g.Node) string {
	var b strings.Builder
	_ = n.Render(&b)
	return b.String()
}

func TestALinkThatDoesNotOpenHasNoAddress(t *testing.T) {
	for address, want := range map[string]string{
		`/x?a="&b`:      `<a href="/x?a=&#34;&amp;b">x</a>`,
		"javascript:x'": `<a>x</a>`,
	} {
		if got := draw(h.A(markup.Href(address), g.Text("x"))); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}

func TestLines(t *testing.T) {
	letter := func(s string) g.Node { return h.B(g.Text(s)) }
	got := draw(h.Ul(markup.Lines(letter("a"), nil, g.If(false, letter("b")), markup.Each([]string{"c", "d"}, letter), markup.Each(nil, letter), markup.Said(h.I, "e", h.Class("f")), markup.Said(h.I, ""))))
	if want := "<ul>\n<b>a</b>\n<b>c</b>\n<b>d</b>\n<i class=\"f\">e</i></ul>"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// raw is what may be written as it is, because we wrote it.
var raw = []string{"desk: styleCSS", "web: styleCSS", "web: p.QR", "email: dark(bright)", "email: hide"}

// careful are the functions whose argument decides what a browser does.
var careful = []string{"El", "Rawf", "Href", "Src", "SrcSet", "Action", "FormAction", "Poster", "CiteAttr", "DataEl", "ObjectEl", "Script", "IFrame", "Embed"}

func TestNothingElseIsWrittenUnescaped(t *testing.T) {
	seen := map[string]bool{}
	for _, pkg := range []string{"web", "desk", "email"} {
		files, err := filepath.Glob("../" + pkg + "/*.go")
		if err != nil || len(files) == 0 {
			t.Fatal(pkg, files, err)
		}
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
				s, ok := n.(*ast.SelectorExpr)
				if ok && isDrawing(s) && (slices.Contains(careful, s.Sel.Name) || strings.HasSuffix(s.Sel.Name, "NodeFunc")) {
					t.Errorf("%s: %s is package markup's to use", set.Position(s.Pos()), s.Sel.Name)
				}
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				s, ok = call.Fun.(*ast.SelectorExpr)
				if !ok || !isDrawing(s) {
					return true
				}
				switch s.Sel.Name {
				case "Raw":
					var b strings.Builder
					if err := printer.Fprint(&b, set, call.Args[0]); err != nil {
						t.Fatal(err)
					}
					if what := pkg + ": " + b.String(); slices.Contains(raw, what) {
						seen[what] = true
					} else {
						t.Errorf("%s: %s is written as it is", set.Position(s.Pos()), b.String())
					}
				case "Attr":
					if name, ok := call.Args[0].(*ast.BasicLit); !ok || !slices.Contains([]string{`"novalidate"`, `"inputmode"`, `"open"`}, name.Value) {
						t.Errorf("%s: an attribute that is not known here", set.Position(s.Pos()))
					}
				}
				return true
			})
		}
	}
	if len(seen) != len(raw) {
		t.Errorf("only %v is still written as it is", seen)
	}
}

// isDrawing tells whether something is gomponents'.
func isDrawing(s *ast.SelectorExpr) bool {
	x, ok := s.X.(*ast.Ident)
	return ok && (x.Name == "g" || x.Name == "h")
}
