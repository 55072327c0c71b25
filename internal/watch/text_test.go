package watch

import (
	"strings"
	"testing"
)

// What people write is refused where it enters, with the field and the reason.
func TestWhatPeopleAreShownIsCheckedWhereItEnters(t *testing.T) {
	for in, want := range map[string]struct{ mask, name, words string }{
		"":                          {},
		"普通 ***4567":                {},
		"長女":                        {},
		"普通\u202e***4567":           {"turns the direction", "turns the direction", "turns the direction"},
		"a\u200bb":                  {"invisible", "invisible", "invisible"},
		"a\u0301\u0301\u0301\u0301": {"piled", "piled", "piled"},
		"a\x00b":                    {"control", "control", "control"},
		"a\nb":                      {"control", "control", ""},
		"https://evil.example":      {"a link", "a link", "a link"},
		"a@b":                       {"an @", "an @", "an @"},
		"普通 1234567":                {"more digits than a mask", "a telephone number", ""},
		"0120-990-634":              {"more digits than a mask", "a telephone number", ""},
		"確認。\nお待ちを。\t10日まで":              {"control", "control", ""},
		strings.Repeat("あ", MaxName+1):   {"", "longer than 20", ""},
		strings.Repeat("あ", MaxMask+1):   {"longer than 40", "longer than 20", ""},
		strings.Repeat("あ", 301):         {"longer than 40", "longer than 20", "longer than 300"},
		"くわしくは www.bank.example をご覧ください": {"a link", "longer than 20", "a link"},
	} {
		for _, c := range []struct {
			field, want string
			fe          *FieldError
		}{{"account_mask", want.mask, CheckNewMask("account_mask", in)}, {"name", want.name, CheckName("name", in)}, {"text", want.words, CheckWords("text", in, 300)}} {
			switch {
			case (c.fe == nil) != (c.want == ""):
				t.Errorf("%q as %s: %v, want %q", in, c.field, c.fe, c.want)
			case c.fe != nil && (c.fe.Field != c.field || c.fe.Code == "" || !strings.Contains(c.fe.Problem, c.want)):
				t.Errorf("%q as %s: %q (%s) of %s, want %q", in, c.field, c.fe.Problem, c.fe.Code, c.fe.Field, c.want)
			}
		}
		if fe := CheckMask("account_mask", in); (fe == nil) != (!strings.ContainsAny(in, "\x00\n\t") && len([]rune(in)) <= MaxMask) {
			t.Errorf("an event is refused for its mask %q: %v", in, fe)
		}
	}
}
