package main

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"kozamori/internal/testkit/hostile"
)

// A terminal shows what strangers wrote and obeys none of it.
func TestATerminalObeysNothingThatStrangersWrite(t *testing.T) {
	var in []string
	for _, x := range hostile.Texts() {
		if utf8.ValidString(x.Raw) && !strings.ContainsAny(x.Raw, "\n\r\x00") && x.Raw != "" {
			in = append(in, x.Raw)
		}
	}
	for _, args := range [][]string{{"classify", "-explain"}, {"classify", "-json"}} {
		var out, told bytes.Buffer
		c := &console{In: strings.NewReader(strings.Join(in, "\n")), Out: &out, Err: &told}
		if status := run(context.Background(), c, args); status != 0 {
			t.Fatalf("%s", told.String())
		}
		printed := strings.Count(out.String(), "\n")
		lines := strings.Split(strings.TrimSuffix(out.String()+told.String(), "\n"), "\n")
		if len(lines) < 300 {
			t.Fatalf("%d lines", len(lines))
		}
		for i, line := range lines {
			for _, r := range strings.ReplaceAll(line, "\t", "") {
				if r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e || r >= 0x2060 && r <= 0x206f || r >= 0xe0000 && r <= 0xe0fff {
					t.Errorf("the terminal reads %U in %q", r, line)
				}
			}
			if args[1] == "-json" && i < printed && !json.Valid([]byte(line)) {
				t.Errorf("%q is no JSON", line)
			}
		}
	}
}
