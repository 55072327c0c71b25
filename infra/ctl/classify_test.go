package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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
	}{
		"a line that is recognised": {"", []string{"-json", "-bank", "0168", "RKデイ―バライ"},
			`{"line":"RKデイ―バライ","bank":"0168","service":"docomo","confidence":"seen","pattern":"デイーバライ","trap":null}`},
		"a trap": {"", []string{"-json", "NTTﾄﾞｺﾓ"},
			`{"line":"NTTﾄﾞｺﾓ","bank":null,"service":null,"confidence":null,"pattern":null,"trap":"NTTドコモ"}`},
		"neither": {"", []string{"-json", "ｶﾞｽ<ﾀﾞｲ>"},
			`{"line":"ｶﾞｽ<ﾀﾞｲ>","bank":null,"service":null,"confidence":null,"pattern":null,"trap":null}`},
		"standard input, an object for each line": {"KYASH\n\nPAYPAYｶ", []string{"-json"},
			`{"line":"KYASH","bank":null,"service":"kyash","confidence":"guessed","pattern":"KYASH","trap":null}
{"line":"","bank":null,"service":null,"confidence":null,"pattern":null,"trap":null}
{"line":"PAYPAYｶ","bank":null,"service":"paypay","confidence":"undecided","pattern":"PAYPAY","trap":"カード"}`},
		"a file of lines": {"", []string{"-json", file},
			`{"line":"ﾍﾟｲﾍﾟｲ","bank":null,"service":"paypay","confidence":"seen","pattern":"ペイペイ","trap":null}
{"line":"NTTﾄﾞｺﾓ","bank":null,"service":null,"confidence":null,"pattern":null,"trap":"NTTドコモ"}`},
	} {
		t.Run(name, func(t *testing.T) {
			var out, errs bytes.Buffer
			code := run(t.Context(), &console{In: strings.NewReader(c.in), Out: &out, Err: &errs, Env: os.Getenv}, append([]string{"classify"}, c.args...))
			if diff := cmp.Diff(c.want+"\n", out.String()); diff != "" || code != 0 || errs.Len() > 0 {
				t.Errorf("exit %d, %s\n%s", code, errs.String(), diff)
			}
		})
	}
}

func TestClassifyTellsWhy(t *testing.T) {
	var out bytes.Buffer
	run(t.Context(), &console{In: strings.NewReader(""), Out: &out, Err: &out, Env: os.Getenv}, []string{"classify", "-explain", "RKデイ―バライ"})
	for _, want := range []string{"→ docomo", "RK: a mark in front", "services.rec:", "U+2015", "dash"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the explanation lacks %q:\n%s", want, out.String())
		}
	}
}
