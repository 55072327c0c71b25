package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/japanese"
)

func TestAStatementOfYearsIsLookedThrough(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put := func(name, text string, sjis bool) string {
		b := []byte(text)
		if sjis {
			var err error
			if b, err = japanese.ShiftJIS.NewEncoder().Bytes(b); err != nil {
				t.Fatal(err)
			}
		}
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	past := put("past.csv", "取引日,摘要,出金金額,入金金額,残高\n2019/10/05,ﾄﾞｺﾓｺｳｻﾞ,\"30,000\",,\"70,000\"\n2019/10/06,ﾄﾞｺﾓｺｳｻﾞ,\"28,000\",,\"42,000\"\n2019/12/25,給料,,\"200,000\",\"242,000\"\n", true)
	none := put("none.csv", "取引日,摘要,出金金額,入金金額,残高\n2020/01/05,電気,8000,,1\n", false)
	pdf := put("s.pdf", "%PDF-1.7", false)
	broken := put("broken.csv", "取引日,摘要,出金金額,入金金額,残高\n2020/01/05,電気,八千,,1\n", false)
	for _, c := range []struct {
		args []string
		code int
		says []string
	}{
		{[]string{"scan", "-bank", "0125", past, past}, 0, []string{"2019年10月5日から2019年12月25日まで、3行を調べました。", "3行は、1回だけ", "2019-11", "決済サービスの引き落とし 2件、合計 58,000円", "最大 30,000円", "届け出の期限", "2019-10-05", "Shift_JIS, SBI新生銀行"}},
		{[]string{"scan", "-en", past}, 0, []string{"Looked at 3 rows", "Debits of payment services: 2, ¥58,000 in all."}},
		{[]string{"scan", "-json", past}, 0, []string{`"day":"2019-10-05","yen":30000,"text":"ﾄﾞｺﾓｺｳｻﾞ","service":"docomo"`}},
		{[]string{"scan", none}, 0, []string{"見つかりませんでした", "分かりません"}},
		{[]string{"scan", pdf, none}, 1, []string{"a PDF; download the statement as a CSV", "1行を調べました", "1 of 2 files were not read"}},
		{[]string{"scan", broken}, 1, []string{"line 2, money out: \"八千\" is no amount of yen", "調べられる行がありませんでした"}},
		{[]string{"scan"}, 2, []string{"Name at least one statement"}},
		{[]string{"scan", "-bank", "9", past}, 2, []string{"-bank must be"}},
	} {
		var out, errs strings.Builder
		code := run(t.Context(), &console{In: strings.NewReader(""), Out: &out, Err: &errs}, c.args)
		for _, want := range c.says {
			if !strings.Contains(out.String()+errs.String(), want) {
				t.Errorf("%v does not say %q:\n%s%s", c.args[0:1], want, out.String(), errs.String())
			}
		}
		if code != c.code {
			t.Errorf("%v ends with %d, want %d: %s", c.args, code, c.code, errs.String())
		}
	}
}

func TestMonthsThatFollowEachOtherAreOneSpan(t *testing.T) {
	for months, want := range map[string]string{
		"":                        "",
		"2024-02":                 "2024-02",
		"2023-11 2023-12 2024-01": "2023-11 - 2024-01",
		"2019-11 2020-01 2020-02 2020-04 2020-12": "2019-11, 2020-01 - 2020-02, 2020-04, 2020-12",
	} {
		if got := strings.Join(spans(strings.Fields(months)), ", "); got != want {
			t.Errorf("%q: %q, want %q", months, got, want)
		}
	}
}
