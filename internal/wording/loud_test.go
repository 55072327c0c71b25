package wording

import (
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
			for _, answered := range []bool{false, true} {
				r.Answer = nil
				if answered {
					r.Answer = &watch.Answer{Value: watch.Mine, Watcher: "w", At: r.OccurredAt}
				}
				for i, form := range AlertPage(page, NoRefusal).Parts[0].Forms {
					want := 1
					if i == 0 && !answered {
						want = 2
					}
					if loud[form.Style] != want {
						t.Errorf("the page in %s, answered %v: %q is %s", lang, answered, form.Label, form.Style)
					}
				}
			}
			thanks := answerFacts(lang)
			thanks.Trust, thanks.TrustDays = watch.Trust{Service: "paypay", UpTo: 5000}, 90
			for _, b := range MineThanks(thanks).Buttons {
				if loud[b.Style] > 1 {
					t.Errorf("after \"mine\", %q is %s", b.Label, b.Style)
				}
			}
		}
	}
}

// A button has room for its account, and both answers name it in one way.
func TestAButtonNamesItsAccountInItsRoom(t *testing.T) {
	for account, want := range map[string][2]string{ // to an owner, to a guardian
		"七十七銀行 普通 ***4567":              {"身に覚えがない 七十七銀行 ***4567|自分です 七十七銀行 ***4567", "本人は身に覚えがない ***4567|本人の利用です ***4567"},
		"青森みちのく銀行 普通 ***4567":           {"身に覚えがない ***4567|自分です ***4567", "本人は身に覚えがない ***4567|本人の利用です ***4567"},
		"PayPay銀行 ***4567":              {"身に覚えがない PayPay銀行 ***4567|自分です PayPay銀行 ***4567", "本人は身に覚えがない ***4567|本人の利用です ***4567"},
		"七十七銀行":                         {"身に覚えがない 七十七銀行|自分です 七十七銀行", "本人は身に覚えがない 七十七銀行|本人の利用です 七十七銀行"},
		"":                              {"身に覚えがない|自分です", "本人は身に覚えがない|本人の利用です"},
		"Aomori Michinoku Bank ***4567": {"身に覚えがない ***4567|自分です ***4567", "本人は身に覚えがない ***4567|本人の利用です ***4567"},
	} {
		for i, guardian := range []bool{false, true} {
			notMine, mine := answerLabels(watch.Japanese, guardian, account)
			if got := notMine.Label + "|" + mine.Label; got != want[i] {
				t.Errorf("%s: %q, want %q", account, got, want[i])
			}
		}
	}
	notMine, mine := answerLabels(watch.English, false, "77 Bank 普通 ***4567")
	if got := notMine.Label + "|" + notMine.Short + "|" + mine.Label + "|" + mine.Short; got != "That was not me 77 Bank ***4567|Not me ***4567|That was me 77 Bank ***4567|It was me ***4567" {
		t.Errorf("in English they are %q", got)
	}
}
