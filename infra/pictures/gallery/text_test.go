package gallery_test

import (
	"regexp"
	"slices"
	"testing"

	"kozamori/infra/pictures/gallery"
	"kozamori/internal/button"
	api "kozamori/internal/line"
	"kozamori/internal/message"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// Where LINE refuses the drawn form, the same message goes as text: no line of it
// announces what comes elsewhere.
func TestTextSaysAtOnceWhatItAnnounces(t *testing.T) {
	t.Parallel()
	announces := regexp.MustCompile(`[^\n]*[：:]\n\n[^\n-][^\n]*`)
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		for _, k := range gallery.Kinds(lang) {
			if got := announces.FindString(api.PlainText(k.Message, wording.LabelsIn(string(lang)))); got != "" {
				t.Errorf("%s: %q", k.ID(lang), got)
			}
		}
	}
}

// A list that goes by mail keeps no button of the chat, so what asks there leads to
// its page.
func TestWhatAListAsksHasItsPage(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		for _, k := range gallery.Kinds(lang) {
			for _, c := range k.Message.Cards {
				if !slices.ContainsFunc(c.Buttons, asks) {
					continue
				}
				seen++
				if !slices.ContainsFunc(c.Buttons, func(b message.Button) bool { return b.URL != "" }) {
					t.Errorf("%s: a card asks, and leads to no page: %s", k.ID(lang), c.Title)
				}
			}
		}
	}
	if seen < 4 {
		t.Errorf("%d cards ask", seen)
	}
}

func asks(b message.Button) bool {
	p, ok := button.Parse(b.Postback)
	return ok && slices.Contains([]button.Verb{button.Mine, button.NotMine, button.Ask}, p.Verb)
}
