package email

import (
	"html"
	"regexp"
	"strings"
	"testing"

	"kozamori/internal/message"
	"kozamori/internal/testkit/breadth"
	"kozamori/internal/testkit/hostile"
	"kozamori/internal/testkit/markuptest"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

var tags = regexp.MustCompile(`(?s)<style.*?</style>|<[^>]*>`)

// seen is what a mail program shows of a mail's HTML: not our own padding of
// the preview.
func seen(body string) string {
	return html.UnescapeString(tags.ReplaceAllString(strings.ReplaceAll(body, hide, ""), "\n"))
}

// rendered is a mail without the marks of its numbers.
func rendered(m message.Message, labels message.Labels) (text, page string) {
	text, page = render(m, labels)
	return text, markuptest.Unmarked(page)
}

// Whatever a bank prints, no mail hides, stacks or pushes away anything, and
// nothing of it becomes a link; no header has any of it.
func TestNothingThatStrangersWriteGetsOutOfItsLine(t *testing.T) {
	t.Parallel()
	for l, lang := range []watch.Lang{watch.Japanese, watch.English} {
		labels := wording.LabelsIn(string(lang))
		plainly := hostile.Messages(lang, "ﾍﾟｲﾍﾟｲ")
		ours, tagged, hrefs := map[string]hostile.Lines{}, map[string]int{}, map[string]int{}
		for name, m := range plainly {
			text, page := rendered(m, labels)
			ours[name], tagged[name], hrefs[name] = hostile.LinesOf(text, seen(page)), strings.Count(page, "<"), strings.Count(page, "href")
		}
		for i, x := range hostile.Texts() {
			if i%(2*breadth.Of(3, 1)) != l { // each in one language
				continue
			}
			for name, m := range hostile.Messages(lang, x.Raw) {
				text, page := rendered(m, labels)
				if harm := ours[name].Harm(text); harm != "" {
					t.Errorf("%s, %s, %q: the text has %s", lang, name, x.Raw, harm)
				}
				if harm := ours[name].Harm(seen(page)); harm != "" {
					t.Errorf("%s, %s, %q: the HTML has %s", lang, name, x.Raw, harm)
				}
				if n := strings.Count(page, "<"); n > tagged[name]+2 || strings.Count(page, "href") != hrefs[name] {
					t.Errorf("%s, %s, %q: %d tags, and %d of a harmless text", lang, name, x.Raw, n, tagged[name])
				}
				if m.Alt != plainly[name].Alt { // the subject, and all that the headers have
					t.Errorf("%s, %s, %q: the subject is %q", lang, name, x.Raw, m.Alt)
				}
			}
		}
	}
}
