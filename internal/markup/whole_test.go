package markup

import (
	"strings"
	"testing"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

func TestAReportNumberStaysOnOneLine(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"alone":               {"KZ-7F3K-9Q4M", "<b>KZ-7F3K-9Q4M</b>"},
		"in a sentence":       {"受付番号：KZ-7F3K-9Q4M。", "受付番号：<b>KZ-7F3K-9Q4M</b>。"},
		"two of them":         {"KZ-7F3K-9Q4MKZ-AAAA-CCCC", "<b>KZ-7F3K-9Q4M</b><b>KZ-AAAA-CCCC</b>"},
		"cut short":           {"KZ-7F3K-9Q4", "KZ-7F3K-9Q4"},
		"small letters":       {"KZ-7f3k-9q4m", "KZ-7f3k-9q4m"},
		"another hyphen":      {"KZ-7F3K9-Q4M", "KZ-7F3K9-Q4M"},
		"nothing":             {"", ""},
		"markup next to it":   {"<i>KZ-7F3K-9Q4M</i>", "&lt;i&gt;<b>KZ-7F3K-9Q4M</b>&lt;/i&gt;"},
		"markup inside of it": {"KZ-<b>K-9Q4M", "KZ-&lt;b&gt;K-9Q4M"},
	} {
		var b strings.Builder
		if err := Whole(c.text, func(n string) g.Node { return h.B(g.Text(n)) }).Render(&b); err != nil || b.String() != c.want {
			t.Errorf("%s: %q (%v), want %q", name, b.String(), err, c.want)
		}
	}
}
