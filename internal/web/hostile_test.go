package web

import (
	"html"
	"regexp"
	"strings"
	"testing"

	"kozamori/internal/testkit/breadth"
	"kozamori/internal/testkit/hostile"
	"kozamori/internal/testkit/markuptest"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

var tags = regexp.MustCompile(`(?s)<style.*?</style>|<[^>]*>`)

// The page of an alert, and the claim sheet of a report, show what strangers wrote even if a program would make
// a link of it, as a quotation that hides nothing, and no tag of it.
func TestAPageQuotesWhatStrangersWrite(t *testing.T) {
	t.Parallel()
	drawn := func(lang watch.Lang, raw string, report bool) string {
		f := wording.PageFacts{Record: hostile.Record(raw), Watcher: watch.Watcher{ID: "w1", Role: watch.Owner, Lang: lang}, ServiceName: "PayPay", BankName: "七十七銀行", Now: hostile.Record("").RecordedAt}
		if report {
			f.Dispute = hostile.Dispute(raw)
			f.Record.Dispute, f.Record.Answer = f.Dispute.ID, &watch.Answer{Value: watch.NotMine, Watcher: "w1"}
		}
		var b strings.Builder
		if sheet, ok := wording.ClaimSheet(f, "/a/t"); ok {
			if err := draw(sheet).Render(&b); err != nil {
				t.Fatal(err)
			}
		}
		if err := draw(wording.AlertPage(f, wording.NoRefusal)).Render(&b); err != nil {
			t.Fatal(err)
		}
		return markuptest.Unmarked(b.String())
	}
	for i, x := range hostile.Texts() {
		if i%3 != 0 && !breadth.Whole() {
			continue
		}
		lang := []watch.Lang{watch.Japanese, watch.English}[i%2]
		page, plain := drawn(lang, x.Raw, i%4 < 2), drawn(lang, "ﾍﾟｲﾍﾟｲ", i%4 < 2)
		ours := hostile.LinesOf(tags.ReplaceAllString(plain, "\n"))
		for line := range strings.SplitSeq(html.UnescapeString(tags.ReplaceAllString(page, "\n")), "\n") {
			if flaw := hostile.Flaw(line); flaw != "" && !ours[line] {
				t.Errorf("%s, %q: %q: %s", lang, x.Raw, line, flaw)
			}
		}
		if strings.Count(page, "<a ") != strings.Count(plain, "<a ") || strings.Count(page, "<script") > 0 || strings.Count(page, "<img") > 0 {
			t.Errorf("%s, %q made a tag", lang, x.Raw)
		}
		q := hostile.Record(x.Raw).Descriptor.Quoted(lang == watch.English)
		if shown := tags.ReplaceAllString(page, ""); q != "" && !strings.Contains(html.UnescapeString(shown), q) {
			t.Errorf("%s, %q is not shown as %s", lang, x.Raw, q)
		}
		for _, off := range []string{"telephone=no", "email=no", "address=no"} {
			if !strings.Contains(page, off) {
				t.Fatalf("a phone may make links of a page: no %s", off)
			}
		}
	}
}
