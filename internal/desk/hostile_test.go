package desk_test

import (
	"html"
	"strings"
	"testing"

	"kozamori/internal/clerk"
	"kozamori/internal/dispute"
	"kozamori/internal/quote"
	"kozamori/internal/store"
	"kozamori/internal/testkit/hostile"
	"kozamori/internal/watch"
)

// What strangers wrote, and what a bank sent, makes no tag of a page, and hides nothing
// in it.
func TestADeskShowsWhatStrangersWriteAsText(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.report(ours, "acc_1", "dbarai", 98765)
	s := w.signedIn(ours, clerk.Manage)
	pages := func(raw string) string {
		is := w.now(d)
		is.Descriptor, is.Mask, is.Text = quote.Text(raw), quote.Text(raw), quote.Text(raw)
		for i := range is.Changes {
			c := &is.Changes[i]
			if c.Text = quote.Text(raw); c.Shows != nil {
				c.Shows.Descriptor = quote.Text(raw)
			}
		}
		is.Notes = nil
		if dispute.CheckNote(raw) == nil {
			is.Notes = []watch.DisputeNote{{At: w.Now(), Clerk: "x", Text: raw}}
		}
		w.Put(w.World.Store.PutDispute(is))
		x := &store.Refused{ID: "q1", Bank: ours, At: w.Now(), Problem: "is wrong", EventID: "e1", Raw: strings.ToValidUTF8(raw, "?")}
		w.Put(store.PutRefused(x)...)
		return s.page("/desk/0168/cases/"+d.ID) + s.page("/desk/0168/refused/q1")
	}
	plain := pages("PAYPAY")
	for i, x := range hostile.Texts() {
		if i%7 != 0 { // a share of them: each is two pages
			continue
		}
		page := pages(x.Raw)
		for _, tag := range []string{"<a ", "<script", "<img", "<b>", "<form", "<input"} {
			if n := strings.Count(page, tag) - strings.Count(plain, tag); n > 0 && (tag != "<b>" || n > 1) { // a note has its clerk in bold
				t.Errorf("%q made %d of %s", x.Raw, n, tag)
			}
		}
		shown, _, _ := strings.Cut(page, "</html>")
		shown, _, _ = strings.Cut(shown, `class="line notes"`) // a bank's own words to itself are as it wrote them
		if want := quote.Text(x.Raw).Full(); want != "" && !strings.Contains(strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(shown, ""))), ""), strings.Join(strings.Fields(want), "")) {
			t.Errorf("%q is not shown as %q: %q", x.Raw, want, words(shown))
		}
	}
}
