package watch_test

import (
	"strings"
	"testing"

	"kozamori/internal/watch"
)

func TestMailAddress(t *testing.T) {
	for in, want := range map[string]string{
		"hanako@example.jp":                      "hanako@example.jp",
		"a..b@docomo.ne.jp":                      `"a..b"@docomo.ne.jp`, // given out until 2009
		"a.@ezweb.ne.jp":                         `"a."@ezweb.ne.jp`,
		`"a..b"@docomo.ne.jp`:                    `"a..b"@docomo.ne.jp`,
		"a+b_c@mail.example.co.jp":               "a+b_c@mail.example.co.jp",
		"":                                       "",
		"hanako":                                 "",
		"hanako@":                                "",
		"hanako@localhost":                       "",
		"a@b@example.jp":                         "",
		"花子@example.jp":                          "",
		"hanako@例え.jp":                           "",
		"Hanako <hanako@example.jp>":             "",
		"a@example.jp, b@example.jp":             "",
		"a@example.jp\r\nBcc: b@example.jp":      "",
		"\"a\r\nBcc: b\"@example.jp":             "",
		strings.Repeat("a", 65) + "@example.jp":  "",
		"a@" + strings.Repeat("a.", 130) + ".jp": "",
	} {
		got, ok := watch.MailAddress(in)
		if got != want || ok != (want != "") {
			t.Errorf("MailAddress(%q) = %q, %v, want %q", in, got, ok, want)
		}
	}
}
