package infra_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// What a program says beside its sentences to people (usage, faults, what it
// prints, log lines) has its numbers from the constants, as verbs. The digits
// that a text may hold are those of the world outside, listed here.

// outside are the numbers in texts of programs that no constant of ours makes.
var outside = regexp.MustCompile(strings.Join([]string{
	`コード of four digits|\b4[- ]digits?\b|code of ten digits`, // 金融機関コード, 委託者コード
	`half-width|\bhalf (there|a character)|other half|1回だけ|a day of the calendar|, or a day, |in a month$|one day or month|the version is one day|the day or month`,
	`%[-+# 0-9.\[\]*]*[a-zA-Z%]`, // verbs
	`2006[-0-9T:+]*[0-9]`, `\bJIS X 0201\b|\bRFC 3339\b|\b(UTF|utf)-(8|16)\b|\bHMAC-SHA256\b|\bsha256-|\bISO 20022\b|camt\.052, \.053 or \.054|\bEd25519\b|\bbase64\b|\bv1, a comma\b`,
	`\(20\d\d-\d\d(-\d\d)?\)|such as [^0-9]*[0-9][^ ,;]*|\bport (0|above 1023)\b`, // samples, and ports of systems
	`Say -region [a-z0-9-]+`,
	`0120-000-000, \+81-3-0000-0000`,
	`neither 1 \(in\) nor 2 \(out\)`, // of a format
	`\b0 (is|ends|limits)\b|, or 0$|\bfrom [01] to |\b1 to |\bis 1 at least|\b1 or more\b|^1 attempt$`, // none, and some
	`/v1/|catalogue manifest 1\n`,
	`\btwo (folders|kinds are|readings|live secrets|spellings or more|with a comma)|one of two of a rotation|four different things|nor two with`, // counted where it is said
	`again in an hour`, // advice: LINE does not say how long it takes
	`\\ud800 to \\udfff`,
	`26 letters and digits`,              // what an id looks like; held by a test of watch
	`four are enough for the owner`,      // what banks print
	`(?s)What to tell the bank:.*Then: `, // numbered steps
	`\|ゼロ\|0\|皆無|^\^\\p\{Han\}\{.*$`,     // patterns of phrase: what people type
	`September 2020: four in 75 seconds|an hour after it was linked|170,000 yen below zero|2 good among 7 bad`, // of samples; held by a test of events
}, "|"))

var (
	// aText is no name, format or style.
	aText  = regexp.MustCompile(`[a-z]{2,} |\p{Hiragana}`)
	aStyle = regexp.MustCompile(`<line x1=|[0-9]px\b|#[0-9a-f]{3,6}\b|initial-scale|charset=|viewBox`)
	// aNumber finds a number, also where it is written in words.
	aNumber = regexp.MustCompile(`[0-9０-９]|(?i)\b(two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty|sixty|hundred|half|thousand)\b|\b(an|one) hour\b|\b(a|one) (second|minute|day|week|month|year)\b|[一二三四五六七八九十百千](分|秒|時間|日|週|回|件|個|か月|文字|円|年)`)
)

// literals visits each string of the product, but for wording, which has a test
// of its own, and sim, which says what others say.
func literals(t *testing.T, visit func(where, text string)) {
	t.Helper()
	skip := map[string]bool{"testdata": true, "testkit": true, "wording": true, "sim": true, "bench": true, "samlocal": true}
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
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			for n := range ast.Preorder(file) {
				if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
					text, err := strconv.Unquote(l.Value)
					if err != nil {
						return err
					}
					visit(set.Position(l.Pos()).String(), text)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestNumbersInTextsOfProgramsAreThoseInUse(t *testing.T) {
	t.Parallel()
	texts := 0
	literals(t, func(where, text string) {
		if !aText.MatchString(text) || aStyle.MatchString(text) {
			return
		}
		texts++
		if n := aNumber.FindString(outside.ReplaceAllString(text, " ")); n != "" {
			t.Errorf("%s says %s, which is held against no constant: %q", where, n, text)
		}
	})
	if texts < 1000 {
		t.Errorf("only %d texts were found", texts)
	}
}

// The page of the local stack says nothing of how long or how many.
func TestTheLocalPageTellsNoNumbers(t *testing.T) {
	t.Parallel()
	page := read(t, "local/page/index.html")
	page = regexp.MustCompile(`<option>\d+</option>|<span class="count" id="[a-z-]+">0</span>`).ReplaceAllString(page, " ") // choices, and counts that scripts fill
	page = regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, " ")
	if n := aNumber.FindString(page); n != "" {
		t.Errorf("the page says %s, which is held against no constant", n)
	}
	for _, name := range []string{"page.js", "phone.js", "dom.js"} {
		for _, s := range regexp.MustCompile("\"[^\"\n]*\"|`[^`]*`").FindAllString(read(t, "local/page/"+name), -1) {
			if n := aNumber.FindString(regexp.MustCompile(`\$\{[^}]*\}`).ReplaceAllString(s, " ")); n != "" && aText.MatchString(s) {
				t.Errorf("%s says %s, which is held against no constant: %s", name, n, s)
			}
		}
	}
}
