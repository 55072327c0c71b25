package wording

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

// source is the package's own files, parsed, without tests.
func source(t *testing.T) map[string]*ast.File {
	t.Helper()
	files := map[string]*ast.File{}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	for _, e := range entries {
		name := e.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		if files[name], err = parser.ParseFile(fset, name, nil, 0); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// texts finds every text{…} of the package by the name of its variable.
func texts(t *testing.T) map[string]text {
	t.Helper()
	found := map[string]text{}
	for file, f := range source(t) {
		ast.Inspect(f, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			for i, v := range spec.Values {
				lit, ok := v.(*ast.CompositeLit)
				if !ok || !isText(lit.Type) {
					continue
				}
				name := spec.Names[i].Name
				if _, twice := found[name]; twice {
					t.Errorf("%s: two texts are called %s", file, name)
				}
				found[name] = readText(t, name, lit)
			}
			return true
		})
	}
	if len(found) < 80 {
		t.Fatalf("found only %d texts; is the search broken?", len(found))
	}
	return found
}

func isText(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "text"
}

func readText(t *testing.T, name string, lit *ast.CompositeLit) text {
	var out text
	for _, el := range lit.Elts {
		kv, ok := el.(*ast.KeyValueExpr)
		if !ok {
			t.Errorf("%s: write the languages by name", name)
			continue
		}
		s, ok := constString(kv.Value)
		if !ok {
			t.Errorf("%s: not a plain string", name)
		}
		switch kv.Key.(*ast.Ident).Name {
		case "ja":
			out.ja = s
		case "en":
			out.en = s
		}
	}
	return out
}

// constString evaluates a string literal or a sum of them.
func constString(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, err == nil
	case *ast.BinaryExpr:
		a, ok1 := constString(e.X)
		b, ok2 := constString(e.Y)
		return a + b, ok1 && ok2 && e.Op == token.ADD
	}
	return "", false
}

var verb = regexp.MustCompile(`%(?:\[(\d+)\])?([a-zA-Z%])`)

// verbs lists what a format takes, by argument.
func verbs(t *testing.T, s string) []string {
	t.Helper()
	args := map[int]string{}
	next := 1
	for _, m := range verb.FindAllStringSubmatch(s, -1) {
		if m[2] == "%" {
			continue
		}
		if m[1] != "" {
			next, _ = strconv.Atoi(m[1])
		}
		args[next] = m[2]
		next++
	}
	var out []string
	for _, i := range slices.Sorted(maps.Keys(args)) {
		if i != len(out)+1 {
			t.Errorf("%q leaves out argument %d", s, len(out)+1)
		}
		out = append(out, args[i])
	}
	return out
}

func TestEveryTextIsInBothLanguages(t *testing.T) {
	kana := regexp.MustCompile(`[\p{Hiragana}\p{Katakana}\p{Han}]`)
	for name, x := range texts(t) {
		if x.ja == "" || x.en == "" {
			t.Errorf("%s lacks a language: %+v", name, x)
			continue
		}
		if d := cmp.Diff(verbs(t, x.ja), verbs(t, x.en)); d != "" {
			t.Errorf("%s takes other arguments in English (-ja +en):\n%s", name, d)
		}
		for _, s := range []string{x.ja, x.en} {
			if strings.TrimSpace(s) != s && !strings.HasPrefix(s, " (") {
				t.Errorf("%s begins or ends with a space: %q", name, s)
			}
		}
		if kana.MatchString(x.en) && !strings.Contains(x.en, "「") {
			t.Errorf("%s is Japanese in its English: %q", name, x.en)
		}
	}
}

func TestJapaneseWidthsAreConsistent(t *testing.T) {
	for name, x := range texts(t) {
		runes := []rune(x.ja)
		for i, r := range runes {
			switch {
			case r >= '！' && r <= '～' && !strings.ContainsRune("！？（）：／～", r):
				t.Errorf("%s: %q is a full-width letter, digit or sign; write it half-width", name, r)
			case r >= '｡' && r <= 'ﾟ':
				t.Errorf("%s: %q is half-width kana", name, r)
			case strings.ContainsRune("?!,()", r) && i > 0 && unicode.In(runes[i-1], unicode.Hiragana, unicode.Katakana, unicode.Han):
				t.Errorf("%s: half-width %q after Japanese in %q", name, r, x.ja)
			case r == ' ' && i > 0 && i+1 < len(runes) && runes[i-1] != '→' && runes[i+1] != '→' && (wide(runes[i-1]) || wide(runes[i+1])):
				t.Errorf("%s: a space next to Japanese in %q", name, x.ja)
			}
		}
	}
}

// spelt are words that are written in one way each. A reader who meets two wonders
// whether they are two things.
var spelt = map[string]*regexp.Regexp{
	"分かる": regexp.MustCompile(`わか[らりるれっ]`), "間違える": regexp.MustCompile(`まちが[いえ]`), "違う": regexp.MustCompile(`[^間]ちが[いうえ]`),
	"始める": regexp.MustCompile(`はじめ[るまたよ]`), "一緒に": regexp.MustCompile(`いっしょに`), "書き換える": regexp.MustCompile(`書きかえ`),
	"お尋ねする": regexp.MustCompile(`たずね`), "今日": regexp.MustCompile(`きょう`), "済む": regexp.MustCompile(`すん[でだ]|すみ[まの]`),
	"要る、不要": regexp.MustCompile(`いらない|いりません`), "だれ": regexp.MustCompile(`誰`), "ほか": regexp.MustCompile(`他[のに]`),
	"ください": regexp.MustCompile(`下さい`), "できる": regexp.MustCompile(`出来`), "身に覚えのない（名詞の前）": regexp.MustCompile(`身に覚えがない(?:もの|お知らせ|引き落とし|取引)`),
	"見守りをやめる": regexp.MustCompile(`登録をやめ|^解除$|見守りを解除|「解除」`), "心当たりがある（回答）": regexp.MustCompile(`自分です`), "email": regexp.MustCompile(`(?i)\bmail(?:s|ed)?\b`),
}

func TestEachWordIsWrittenInOneWay(t *testing.T) {
	for name, x := range texts(t) {
		for way, other := range spelt {
			if s := other.FindString(x.ja + "\n" + x.en); s != "" {
				t.Errorf("%s writes %q: %s", name, s, way)
			}
		}
	}
}

func wide(r rune) bool { return unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Han) }

func TestEveryTextIsUsed(t *testing.T) {
	uses := map[string]int{}
	for _, f := range source(t) {
		ast.Inspect(f, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				uses[id.Name]++
			}
			return true
		})
	}
	for name := range texts(t) {
		if uses[name] < 2 {
			t.Errorf("%s is never said", name)
		}
	}
}

// A sentence written outside a text would exist in one language only.
func TestNobodySpeaksOutsideTheTexts(t *testing.T) {
	for file, f := range source(t) {
		if file == "say.go" {
			continue // 円 and the names of the weekdays
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if lit, ok := n.(*ast.CompositeLit); ok && isText(lit.Type) {
				return false
			}
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING && strings.ContainsFunc(lit.Value, wide) {
				t.Errorf("%s: %s stands outside a text", file, lit.Value)
			}
			return true
		})
	}
}
