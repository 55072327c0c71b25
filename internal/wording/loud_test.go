package wording

import (
	"strings"
	"testing"
	"time"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// Of the answers that a message or a page offers, the one that makes its reader safer
// is loud and no other; once somebody has said that it was theirs, that one is not
// loud any more, and nothing that lowers protection is louder.
func TestOnlyWhatMakesSaferIsLoudAndOnlyWhileItIsAsked(t *testing.T) {
	t.Parallel()
	loud := map[message.Style]int{message.Link: 0, message.Secondary: 1, message.Primary: 2, message.Danger: 2}
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		for _, guardian := range []bool{false, true} {
			r := debit()
			r.Confidence, r.Other = watch.Undecided, "PayPayカードの請求" // with a third answer
			f := alertFacts(lang, r, watch.ServiceDebit, func(f *AlertFacts) { f.Guardian, f.Delivery.Several = guardian, true })
			open := OpenItem{Lead: r, Watcher: "w", Delivery: "d", Guardian: guardian, ServiceName: "PayPay"}
			card := (&AccountServices{Name: "77", Watcher: "w", Guardian: guardian}).card(&ServiceLine{Name: "PayPay", Record: r.ID}, lang, true, time.Now())
			changed := f
			changed.Was = &watch.Shown{Amount: 1, Service: "docomo"}
			for name, m := range map[string]message.Message{"an alert": Alert(f), "a change": Changed(changed), "an incident": Incident(IncidentFacts{Parts: []AlertFacts{f, f}, Debits: 2, Yen: 2}),
				"one that waits": open.card(lang, true, time.Now()), "a service": card} {
				answers := 0
				for _, b := range m.Buttons {
					if b.Postback == "" {
						continue
					}
					if answers++; (loud[b.Style] == 2) != (answers == 1) || loud[b.Style] == 0 {
						t.Errorf("%s in %s: answer %d, %q, is %s", name, lang, answers, b.Label, b.Style)
					}
				}
				if answers < 2 {
					t.Errorf("%s in %s has %d answers", name, lang, answers)
				}
			}
			page := PageFacts{Record: r, Watcher: watch.Watcher{ID: "w", Lang: lang, Role: watch.Owner}, ServiceName: "PayPay", Now: time.Now(), Offer: watch.Trust{Service: "paypay", UpTo: 3000}, TrustDays: 90}
			if guardian {
				page.Watcher.Role = watch.Guardian
			}
			trusts := 0
			for _, answered := range []bool{false, true} {
				r.Answer = nil
				if answered {
					r.Answer = &watch.Answer{Value: watch.Mine, Watcher: "w", At: r.OccurredAt}
				}
				for i, form := range AlertPage(page, NoRefusal).Parts[0].Forms {
					want := 1
					if i == 0 && !answered {
						want = 2
					} else if form.Do == DoTrust { // quieter than what makes safer
						want, trusts = 0, trusts+1
					}
					if loud[form.Style] != want {
						t.Errorf("the page in %s, answered %v: %q is %s", lang, answered, form.Label, form.Style)
					}
				}
			}
			if trusts != 1 {
				t.Errorf("the pages in %s offer %d trusts", lang, trusts)
			}
			thanks := answerFacts(lang)
			thanks.Trust, thanks.TrustDays = watch.Trust{Service: "paypay", UpTo: 5000}, 90
			for _, b := range MineThanks(thanks).Buttons {
				if loud[b.Style] > 1 || strings.Contains(b.Postback, "a=trust") && loud[b.Style] > 0 {
					t.Errorf("after \"mine\", %q is %s", b.Label, b.Style)
				}
			}
		}
	}
}
