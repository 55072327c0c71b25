package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/japanese"

	"kozamori/internal/catalog"
)

func TestClassify(t *testing.T) {
	file := filepath.Join(t.TempDir(), "lines.txt")
	if err := os.WriteFile(file, []byte("\uFEFFﾍﾟｲﾍﾟｲ\r\nNTTﾄﾞｺﾓ"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		in   string
		args []string
		want string
		told string
	}{
		"a line that is recognised": {"", []string{"-json", "-bank", "0168", "RKデイ―バライ"},
			`{"line":"RKデイ―バライ","bank":"0168","service":"docomo","confidence":"seen","pattern":"デイーバライ","trap":null}`, ""},
		"a trap": {"", []string{"-json", "NTTﾄﾞｺﾓ"},
			`{"line":"NTTﾄﾞｺﾓ","bank":null,"service":null,"confidence":null,"pattern":null,"trap":"NTTドコモ"}`, ""},
		"neither": {"", []string{"-json", "ｶﾞｽ<ﾀﾞｲ>"},
			`{"line":"ｶﾞｽ<ﾀﾞｲ>","bank":null,"service":null,"confidence":null,"pattern":null,"trap":null}`, ""},
		"standard input, an object for each line": {"KYASH\n\nPAYPAYｶ", []string{"-json"},
			`{"line":"KYASH","bank":null,"service":"kyash","confidence":"guessed","pattern":"KYASH","trap":null}
{"line":"","bank":null,"service":null,"confidence":null,"pattern":null,"trap":null}
{"line":"PAYPAYｶ","bank":null,"service":"paypay","confidence":"undecided","pattern":"PAYPAY","trap":"カード"}`, "Standard input: UTF-8, one line a row.\n"},
		"a file of lines": {"", []string{"-json", file},
			`{"line":"ﾍﾟｲﾍﾟｲ","bank":null,"service":"paypay","confidence":"elsewhere","pattern":"ペイペイ","trap":null}
{"line":"NTTﾄﾞｺﾓ","bank":null,"service":null,"confidence":null,"pattern":null,"trap":"NTTドコモ"}`, file + ": UTF-8 with a mark, one line a row.\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var out, errs bytes.Buffer
			code := run(t.Context(), &console{In: strings.NewReader(c.in), Out: &out, Err: &errs, Env: os.Getenv}, append([]string{"classify"}, c.args...))
			if diff := cmp.Diff(c.want+"\n", out.String()); diff != "" || code != 0 || errs.String() != c.told {
				t.Errorf("exit %d, %s\n%s", code, errs.String(), diff)
			}
		})
	}
}

// What banks export is read in the way that they write it; what cannot be read
// is refused.
func TestClassifyReadsWhatBanksWrite(t *testing.T) {
	text := "口座振替　ペイペイ\r\nﾄﾞｺﾓｺｳｻﾞ\r\n電気料　トウキヨウデンリヨク\r\n"
	sjis, err := japanese.ShiftJIS.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	units := utf16.Encode([]rune(text))
	wide := func(mark string, big bool) string {
		b := []byte(mark)
		for _, u := range units {
			if big {
				b = append(b, byte(u>>8), byte(u))
			} else {
				b = append(b, byte(u), byte(u>>8))
			}
		}
		return string(b)
	}
	for name, c := range map[string]struct{ in, how string }{
		"Shift_JIS":                 {sjis, "Shift_JIS, one line a row"},
		"UTF-8":                     {text, "UTF-8, one line a row"},
		"UTF-8 with a mark":         {"\uFEFF" + text, "UTF-8 with a mark"},
		"UTF-16, little, marked":    {wide("\xFF\xFE", false), "UTF-16 (little end first) with a mark"},
		"UTF-16, big, marked":       {wide("\xFE\xFF", true), "UTF-16 (big end first) with a mark"},
		"UTF-16, little, no mark":   {wide("", false), "UTF-16 (little end first), one"},
		"UTF-16, big, no mark":      {wide("", true), "UTF-16 (big end first), one"},
		"a line of Shift_JIS alone": {strings.Split(sjis, "\r")[0] + "\n" + strings.Split(sjis, "\r\n")[1], "Shift_JIS"},
	} {
		var out, errs bytes.Buffer
		code := run(t.Context(), &console{In: strings.NewReader(c.in), Out: &out, Err: &errs, Env: os.Getenv}, []string{"classify", "-json", "-bank", "0009"})
		if code != 0 || !strings.Contains(errs.String(), c.how) {
			t.Errorf("%s: exit %d, %q", name, code, errs.String())
		}
		if !strings.Contains(out.String(), `"service":"paypay"`) || !strings.Contains(out.String(), `"service":"docomo"`) {
			t.Errorf("%s: %s", name, out.String())
		}
	}
	for name, in := range map[string]string{
		"a picture":         "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
		"JIS":               "\x1B$B%Z%$%Z%$\x1B(B\n",
		"an open quote":     "日付,摘要,出金金額,入金金額\n2026/11/1,\"ﾍﾟｲﾍﾟｲ,3000,\n2026/11/2,PAYPAY,3000,\n",
		"half a letter":     sjis[:len(sjis)-3],
		"broken UTF-8":      "\uFEFFペイ\xe3\x83",
		"half a wide one":   "\xFF\xFE\x30",
		"EUC-JP":            "\xa5\xda\xa5\xa4\xa5\xda\xa5\xa4\xff\n",
		"a lone half of 16": "\xFF\xFE\x00\xD8",
	} {
		var out, errs bytes.Buffer
		if code := run(t.Context(), &console{In: strings.NewReader(in), Out: &out, Err: &errs, Env: os.Getenv}, []string{"classify", "-json"}); code == 0 || out.Len() > 0 || errs.Len() == 0 {
			t.Errorf("%s is read: exit %d, %s", name, code, out.String())
		}
	}
}

// The columns of banks' files are found by their names.
func TestClassifyReadsColumns(t *testing.T) {
	for bank, c := range map[string]struct{ csv, want string }{
		"0005": {"日付,摘要,摘要内容,支払い金額,預かり金額,差引残高,メモ\n2018/10/1,口座振替,ＲＴＫ　ペイペイ,\"10,000\",,1\n2018/10/2,振込１,ペイペイ（カ,,500,1\n", "paypay,"},
		"0009": {"年月日,お引出し,お預入れ,お取り扱い内容,残高\n2024/8/27,3000,,PAYPAY,1\n2024/8/28,,3000,PAYPAY,1\n", "paypay,"},
		"9900": {"お客さま口座情報\n記号番号,1\n\n取引日,入出金明細ＩＤ,受入金額（円）,払出金額（円）,詳細１,詳細２,現在（貸付）高\n20250728,1,,3000,自払,ﾒﾙﾍﾟｲ,1\n20250729,2,500,,送金,ﾒﾙﾍﾟｲ,1\n", "merpay,"},
		"0036": {"取引日,入出金(円),取引後残高(円),入出金内容\n20230427,-3000,1,ト゛コモコウサ゛\n20230428,3000,1,ト゛コモコウサ゛\n", "docomo,"},
		"0038": {"日付\t内容\t出金金額\t入金金額\n2026/11/1\tﾍﾟｲﾍﾟｲ\t3000\t\n2026/11/2\tﾍﾟｲﾍﾟｲ\t\t3000\n", "paypay,"},
		"0010": {"日付;内容;出金金額;入金金額\n2026/11/1;\"ﾍﾟｲﾍﾟｲ\n(ﾒﾓ)\";3000;\n2026/11/2;ﾍﾟｲﾍﾟｲ;;3000\n", "paypay,"},
	} {
		var out, errs bytes.Buffer
		code := run(t.Context(), &console{In: strings.NewReader(c.csv), Out: &out, Err: &errs, Env: os.Getenv}, []string{"classify", "-json", "-bank", bank})
		got := ""
		for l := range strings.Lines(out.String()) {
			var d decision
			if err := json.Unmarshal([]byte(l), &d); err != nil {
				t.Fatal(err)
			}
			if d.Service != nil {
				got += *d.Service
			}
			got += ","
		}
		if code != 0 || got != c.want+"," {
			t.Errorf("bank %s: exit %d, %q, want %q\n%s%s", bank, code, got, c.want+",", errs.String(), out.String())
		}
	}
}

func TestNewEntriesAreTried(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	good := write("good.rec", "Service: nunepay\nJa: ヌネペイ\nEn: Nunepay\nDebit: charge\nName: ヌネペイ | guessed\n")
	bad := write("bad.rec", "Service: x\nJa: x\nEn: x\nDebit: charge\nName: ヤチン | guessed\n")
	lines := write("lines.txt", "RTK ﾇﾈﾍﾟｲ\nPAYPAY\nｶﾞｽ\n")
	for name, c := range map[string]struct {
		args []string
		code int
		want []string
	}{
		"the built-in catalogue":     {[]string{"catalog", "check"}, 0, []string{"go together"}},
		"an entry that is right":     {[]string{"catalog", "check", good}, 0, []string{"go together"}},
		"an entry that would ruin":   {[]string{"catalog", "check", bad}, 1, []string{"bad.rec:5", "ordinary lines"}},
		"what an entry would change": {[]string{"catalog", "try", "-lines", lines, good}, 0, []string{"silent", "nunepay (sure)", "RTK ﾇﾈﾍﾟｲ"}},
		"nothing to try on":          {[]string{"catalog", "try", good}, 2, []string{"-lines"}},
		"what is at work":            {[]string{"catalog", "show"}, 0, []string{catalog.Version()}},
		"a service":                  {[]string{"catalog", "show", "docomo"}, 0, []string{"0570-018-360", "30 days from the notice"}},
		"a service that there isn't": {[]string{"catalog", "show", "nope"}, 1, []string{"no service nope"}},
	} {
		var out bytes.Buffer
		code := run(t.Context(), &console{In: strings.NewReader(""), Out: &out, Err: &out, Env: os.Getenv}, c.args)
		if code != c.code {
			t.Errorf("%s: exit %d\n%s", name, code, out.String())
		}
		for _, want := range c.want {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: it does not say %q\n%s", name, want, out.String())
			}
		}
	}
}

func TestClassifyTellsWhy(t *testing.T) {
	var out bytes.Buffer
	run(t.Context(), &console{In: strings.NewReader(""), Out: &out, Err: &out, Env: os.Getenv}, []string{"classify", "-explain", "RKデイ―バライ"})
	for _, want := range []string{"→ docomo", "RK: a mark in front", "services.rec:", "U+2015", "dash", "docomo: name seen at other banks, real-time rail"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the explanation lacks %q:\n%s", want, out.String())
		}
	}
}

// Of a word like 取消 it depends on which way the money went whether a line is a
// charge: the answer says so, and knows of a column that tells.
func TestClassifyOfWordsForMoneyThatCameIn(t *testing.T) {
	csv := "日付,摘要,お支払金額,お預り金額\n2026/11/02,取消 PAYPAY,3000,\n2026/11/03,取消 PAYPAY,,3000\n"
	for _, c := range []struct{ in, want string }{
		{"取消 PAYPAY\n", "→ none if money came in (取消); of a debit paypay (PayPay), undecided: may be 取り消し"},
		{"取消\n", "→ none: 取消"},
		{csv, "→ paypay (PayPay), undecided: may be 取消"},
		{csv, "→ none: money came in"},
	} {
		var out bytes.Buffer
		if code := run(t.Context(), &console{In: strings.NewReader(c.in), Out: &out, Err: io.Discard, Env: os.Getenv}, []string{"classify"}); code != 0 || !strings.Contains(out.String(), c.want+"\n") {
			t.Errorf("exit %d, want %q of\n%s", code, c.want, out.String())
		}
	}
}
