package lookback_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/catalog"
	"kozamori/internal/lookback"
	"kozamori/internal/membership"
	"kozamori/internal/token"
)

func TestPastedLinesAreUnderstood(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"ﾄﾞｺﾓｺｳｻﾞ 100,000円":                                     "1: docomo 100000",
		"ﾄﾞｺﾓｺｳｻﾞ　１００，０００円":                                     "1: docomo 100000",
		"ドコモコウザ 100000":                                         "1: docomo 100000",
		"9/4 ﾄﾞｺﾓｺｳｻﾞ ¥100,000":                                 "1: docomo 100000 2020-09-04",
		"2020/09/04\tﾄﾞｺﾓｺｳｻﾞ\t100,000\t\t−70,000":              "1: docomo 100000 2020-09-04",
		"\"2020/9/4\",\"ﾄﾞｺﾓｺｳｻﾞ\",\"100,000\",\"\",\"97,000\"": "1: docomo 100000 2020-09-04",
		"2020/9/4,ﾄﾞｺﾓｺｳｻﾞ,100000,,97000":                       "1: docomo 100000 2020-09-04",
		"令和2年9月4日 RKデイ―バライ 30,000":                              "1: docomo 30000 2020-09-04",
		"20200904 口座振替３ ﾍﾟｲﾍﾟｲ 3,000円":                          "1: paypay 3000 2020-09-04",
		"出金 PAYPAY 3,000円":                                      "1: paypay 3000",
		"PAYPAY 345円":                                           "1: paypay 345",
		"PAYPAY 3,000円 入金":                                      "",
		"9/4 PAYPAY 3,000円 入金":                                  "1:",
		"お取引\n9/3 ﾄﾞｺﾓｺｳｻﾞ 100,000円\n9/4 ﾄﾞｺﾓｺｳｻﾞ 90,000円\n9/5 ﾃﾞﾝｷ 8,000円": "3: docomo 100000 2020-09-03, docomo 90000 2020-09-04",
		"ﾃﾞﾝｷ 8,000円\nｶﾞｽ 5,000円": "2:",
		"9/5 ﾃﾞﾝｷ 8,000円":         "1:",
		"電気 8,000円":               "",
		// A balance is never told as what was taken, whatever stands around it.
		"9/1 ﾄﾞｺﾓｺｳｻﾞ △30,000 残高 100,000":       "1: docomo 30000 2020-09-01",
		"ﾄﾞｺﾓｺｳｻﾞ 30,000円 残高：100,000円":          "1: docomo 30000",
		"ﾄﾞｺﾓｺｳｻﾞ 30,000円 残高100,000円":           "1: docomo 30000",
		"ﾄﾞｺﾓｺｳｻﾞ 30,000円 差引残高:100,000円":        "1: docomo 30000",
		"2020/9/4\t30,000\t\tﾄﾞｺﾓｺｳｻﾞ\t170,000": "1: docomo 30000 2020-09-04",
		"2020/9/4,30000,,ﾄﾞｺﾓｺｳｻﾞ,170000":       "1: docomo 30000 2020-09-04",
		"2020/9/4 30,000 170,000 ﾄﾞｺﾓｺｳｻﾞ":      "1: docomo 30000 2020-09-04",
		"2020/9/4 30,000円 ﾄﾞｺﾓｺｳｻﾞ":             "1: docomo 30000 2020-09-04",
		"2020/9/4 123 ﾄﾞｺﾓｺｳｻﾞ 30,000 170,000":  "1: docomo 30000 2020-09-04",
		"9/4 PAYPAY 入金 3,000円":                  "1:",
		"9/4 PAYPAY 入金 3,000円 103,000円":         "1:",
		"9/4 PAYPAY 出金 3,000円 残高 97,000円":       "1: paypay 3000 2020-09-04",
		"100000":             "",
		"2026/11/29":         "",
		"残高 3000円を教えて":       "",
		"ドコモコウザ":             "",
		"PayPayで3000円引かれました": "",
		"電話番号 0120-000-000":  "",
		"7F3K 9Q4M 2345":     "",
		"上限を 30,000円":        "",
		"金額を変えたい 10000円":     "",
		"":                   "",
	} {
		p, ok := lookback.Paste(text, now)
		got := ""
		if ok {
			var found []string
			for _, l := range p.Found {
				s := fmt.Sprint(l.Service, " ", l.Yen)
				if !l.Day.IsZero() {
					s += " " + l.Day.Format(time.DateOnly)
				}
				found = append(found, s)
			}
			got = strings.TrimSpace(fmt.Sprint(p.Lines, ": ", strings.Join(found, ", ")))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

// Codes and what people say stay what they are, and each line of a passbook is
// taken for one.
func TestPastedLinesAreNoCodesAndNoPhrases(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 18))
	for range 20_000 {
		code := ""
		for i := range 12 {
			if i > 0 && i%4 == 0 {
				code += "-"
			}
			code += string(token.Letters[rng.IntN(len(token.Letters))])
		}
		for _, text := range []string{code, strings.ReplaceAll(code, "-", " ")} {
			if p, ok := lookback.Paste(text, now); ok {
				t.Fatalf("the code %q: %+v", text, p)
			}
		}
	}
	for _, file := range []string{"said.tsv", "first.tsv"} {
		phrases, err := os.ReadFile("../phrase/testdata/" + file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(phrases)) {
			for said := range strings.SplitSeq(strings.TrimSuffix(line, "\n"), "\t") {
				if p, ok := lookback.Paste(said, now); ok {
					t.Errorf("%q is taken for lines of a statement: %+v", said, p)
				}
			}
		}
	}
	lines, err := os.ReadFile("../catalog/testdata/lines.tsv")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(lines)) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		if len(f) < 3 || f[1] == "none" || f[0] == "descriptor" {
			continue
		}
		text := f[0] + " 30,000円"
		d := catalog.Decide(&catalog.Evidence{Descriptor: f[0], Amount: 30_000})
		if d.Service() == "" { // it takes a bank, or a day, to tell
			continue
		}
		n++
		p, ok := lookback.Paste(text, now)
		if !ok || len(p.Found) != 1 || p.Found[0].Yen != 30_000 {
			t.Errorf("%q: %t %+v", text, ok, p)
		}
		if _, code := membership.LooksLikeCode(text); code {
			t.Errorf("%q is taken for a code", text)
		}
	}
	if n < 30 {
		t.Errorf("only %d lines", n)
	}
}
