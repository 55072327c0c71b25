package watch_test

import (
	"regexp"
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

// What the address is made of, as expressions say it.
var (
	atoms  = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}$")
	domain = regexp.MustCompile(`^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])$`)
)

func FuzzMailAddressesAreWhatTheExpressionsSay(f *testing.F) {
	long := strings.Repeat("a", 63)
	for _, s := range []string{"", "a", "a.jp", "a.j", "a.1p", "a.p1", "a-.jp", "-a.jp", "a..jp", ".a.jp", "a.jp.", "a.b-c.jp", "a.jp-", "a_b.jp", "a.192", "a@b.jp",
		long + ".jp", long + "a.jp", "a." + long, "a." + long + "a", "a.é", "a\x80.jp", "[1].jp", "a.`z", "a.{a", "a.[A", "a.@A", "a b.jp", "a.jp\n", "1.2.jp", "a(b", "a\"b", "A.JP"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.ContainsAny(s, "@") {
			return
		}
		if _, ok := watch.MailAddress("x@" + s); ok != (len(s) <= 253 && domain.MatchString(s)) {
			t.Errorf("the domain %q passes: %v", s, ok)
		}
		if _, ok := watch.MailAddress(s + "@example.jp"); ok != atoms.MatchString(s) && !strings.HasPrefix(s, `"`) {
			t.Errorf("the local part %q passes: %v", s, ok)
		}
	})
}
