package wording

import (
	"testing"

	"kozamori/internal/message"
	"kozamori/internal/testkit/presstest"
	"kozamori/internal/watch"
)

// What a message asks its reader to press is on it, or on the alert that it names. A
// mail has its links alone.
func TestWhatAMessageAsksToPressIsThere(t *testing.T) {
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		var alert []string
		for _, b := range Alert(alertFacts(lang, debit(), watch.ServiceDebit)).Buttons {
			alert = append(alert, b.Label)
		}
		for _, of := range []struct {
			mail   bool
			before []string // that its reader has in sight
			all    map[string]message.Message
		}{{false, alert, messages(lang)}, {false, nil, incidents(lang)}, {false, nil, chatMessages(lang)}, {true, nil, enrolMails(lang)}} {
			for name, m := range of.all {
				var labels []string
				for _, x := range append([]message.Message{m}, m.Cards...) {
					for _, b := range append(x.Buttons, x.Choices...) {
						if !of.mail || b.URL != "" {
							labels = append(labels, b.Label)
						}
					}
				}
				texts := append(m.Paragraphs(), m.Foot, m.Title)
				for _, s := range m.Steps {
					texts = append(texts, s.Text)
				}
				for _, lost := range presstest.Missing(texts, labels, of.before) {
					t.Errorf("%s in %s asks to press what is not there: %s", name, lang, lost)
				}
			}
		}
	}
}
