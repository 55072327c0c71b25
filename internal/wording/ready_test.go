package wording

import (
	"strings"
	"testing"

	"kozamori/internal/quote"
	"kozamori/internal/watch"
)

// A ready text can be said like one that a bank writes, and people read it in their
// language, on the phone and on the page.
func TestAReadyTextIsReadInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, r := range ReadyTexts() {
		if seen[r.ID] {
			t.Errorf("%s is there twice", r.ID)
		}
		seen[r.ID] = true
		for lang, want := range map[watch.Lang]string{watch.Japanese: r.Ja, watch.English: r.En} {
			if fe := watch.CheckWords("text", want, 300); fe != nil {
				t.Errorf("%s: a bank could not write it: %v", r.ID, fe.Problem)
			}
			d := disputeFacts(lang)
			d.Change = watch.DisputeChange{Seq: 2, Status: r.Status, Text: quote.Text(r.Ja), Ready: r.ID}
			if got := strings.Join(DisputeStatus(d).Text, "\n"); !strings.Contains(got, want) {
				t.Errorf("%s in %s: %q", r.ID, lang, got)
			}
			d.HideAmount = true
			if got := strings.Join(DisputeStatus(d).Text, "\n"); strings.Contains(got, want) {
				t.Errorf("%s is shown to who sees no amounts", r.ID)
			}
			page := PageFacts{}
			page.Dispute = d.Dispute
			page.Watcher.Lang = lang
			page.Dispute.Status, page.Dispute.Text = r.Status, quote.Text(r.Ja)
			page.Dispute.Changes = append(page.Dispute.Changes, d.Change)
			if got := page.said().Raw(); got != want {
				t.Errorf("%s on the page in %s: %q", r.ID, lang, got)
			}
		}
	}
	// One of a version to come is read as it was kept, and what a bank wrote itself is
	// told as it is.
	for _, c := range []watch.DisputeChange{{Ready: "of_later", Text: "後の文"}, {Text: "自分で書いた文"}} {
		if got := bankText(watch.English, c); got != c.Text {
			t.Errorf("%q is told as %q", c.Text, got)
		}
	}
}
