package wording

import (
	"strings"
	"testing"
	"unicode/utf8"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// Somebody with more than one account reads on each button, and in what the
// chat shows as said by them, which of them it is about; somebody with one is
// spared that on the button.
func TestEachButtonNamesTheAccountOfWhoHasSeveral(t *testing.T) {
	t.Parallel()
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		for _, several := range []bool{true, false} {
			of := func(f *AlertFacts) { f.Delivery.Several = several }
			guardian := func(f *AlertFacts) { f.Guardian, f.Delivery.Several = true, several }
			d, a := disputeFacts(lang), answerFacts(lang)
			d.Several, a.Several = several, several
			a.Trust, a.TrustDays = watch.Trust{Service: "paypay", UpTo: 5000, Until: jst("2020-12-03 00:00:00")}, 90
			incident := func(change func(*AlertFacts)) message.Message {
				parts := []AlertFacts{alertFacts(lang, debit(), watch.ServiceDebit, change), alertFacts(lang, debit(), watch.ServiceDebit, change)}
				return Incident(IncidentFacts{Parts: parts, Debits: 2, Yen: 200000, First: parts[0].Record.OccurredAt, Last: parts[1].Record.OccurredAt})
			}
			was := alertFacts(lang, debit(), watch.ServiceDebit, of)
			was.Was = &watch.Shown{Amount: 1, Service: "docomo"}
			for name, m := range map[string]message.Message{
				"alert": Alert(alertFacts(lang, debit(), watch.ServiceDebit, of)), "link": Alert(alertFacts(lang, link(), watch.NewLink, of)),
				"guardian's": Alert(alertFacts(lang, debit(), watch.ServiceDebit, guardian)), "changed": Changed(was), "incident": incident(of),
				"asked":    AskIncident(IncidentFacts{Parts: []AlertFacts{alertFacts(lang, debit(), watch.ServiceDebit, of)}}),
				"reported": DisputeOpened(d), "reported already": DisputeAlready(d), "undo asks": ConfirmUndo(d), "thanks": MineThanks(a),
			} {
				presses := 0
				for _, b := range m.Buttons {
					if b.Postback == "" {
						continue
					}
					presses++
					if says := strings.Contains(b.Label, "4567"); says != several {
						t.Errorf("%s in %s, several accounts: %t: the button says %q", name, lang, several, b.Label)
					}
					if !strings.Contains(b.Display, "4567") {
						t.Errorf("%s in %s is said as %q", name, lang, b.Display)
					}
					if n := utf8.RuneCountInString(b.Label); n > labelRoom {
						t.Errorf("%s in %s: %q has %d characters", name, lang, b.Label, n)
					}
				}
				if presses == 0 {
					t.Errorf("%s in %s has nothing to press", name, lang)
				}
			}
		}
	}
}
