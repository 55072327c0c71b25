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
		if err := Whole(c.text, func(n string) g.Node { return h.B(g.Text(n)) }, func(n string) g.Node { return h.I(g.Text(n)) }).Render(&b); err != nil || b.String() != c.want {
			t.Errorf("%s: %q (%v), want %q", name, b.String(), err, c.want)
		}
	}
}

func TestANumberStaysWithItsUnit(t *testing.T) {
	for text, want := range map[string]string{
		"合計は100,000円です":        "合計は<b>100,000円</b>です",
		"登録から72時間以内":           "登録から<b>72時間</b>以内",
		"（受付：9:00-17:00）":      "（受付：<i>9:00-17:00</i>）",
		"電話 0120-000-000":      "電話 <i>0120-000-000</i>",
		"#9110、+81-3":          "<b>#9110</b>、<b>+81-3</b>",
		"普通 ***4567":           "普通 <b>***4567</b>",
		"¥100,000 of −¥5,000":  "<b>¥100,000</b> of <b>−¥5,000</b>",
		"2020年9月4日(金) 14:05":   "<b>2020年</b><b>9月</b><b>4日</b>(金) <b>14:05</b>",
		"3件・2秒間、10%":           "<b>3件</b>・<b>2秒間</b>、<b>10%</b>",
		"1.":                   "1.",
		"*":                    "*",
		"ends with 12-":        "ends with <b>12</b>-",
		"1":                    "1",
		"in A12 and A-12":      "in A12 and A-12",
		"123456789012345678円か": "123456789012345678円か",
		"":                     "",
		"<12>":                 "&lt;<b>12</b>&gt;",
		"KZ-7F3K-9Q4M":         "<i>KZ-7F3K-9Q4M</i>",
	} {
		var b strings.Builder
		err := Whole(text, func(n string) g.Node { return h.I(g.Text(n)) }, func(n string) g.Node { return h.B(g.Text(n)) }).Render(&b)
		if err != nil || b.String() != want {
			t.Errorf("%s is drawn as %q (%v), want %q", text, b.String(), err, want)
		}
	}
}
