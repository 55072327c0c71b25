package wording

import (
	"strings"
	"testing"
	"time"

	"kozamori/internal/watch"
)

// A title names each service of an incident, and says that there are more where it
// names not all.
func TestATitleNamesTheServicesOfAnIncident(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		services []string
		changed  bool // one of them is told again
		link     bool // the first is a link
		ja, en   string
	}{
		"two":               {services: []string{"PayPay", "d払い"}, ja: "あなたの口座から、PayPayとd払いの引き落としが2回ありました", en: "PayPay and d払い took money from your account 2 times"},
		"two of three":      {services: []string{"PayPay", "d払い", "PayPay"}, ja: "PayPayとd払いの引き落としが3回", en: "PayPay and d払い took money from your account 3 times"},
		"three":             {services: []string{"A", "B", "C"}, ja: "A、BとCの引き落としが3回", en: "A, B and C took"},
		"four":              {services: []string{"A", "B", "C", "D"}, ja: "AとBなどの引き落としが4回", en: "A and B and others took"},
		"a link":            {services: []string{"A", "B"}, link: true, ja: "あなたの口座での、AとBの動きをお知らせします", en: "News of A and B on your account"},
		"a change":          {services: []string{"A", "B"}, changed: true, ja: "あなたの口座での、AとBの動きをお知らせします", en: "News of A and B on your account"},
		"one is not known":  {services: []string{"A", ""}, ja: "あなたの口座での、Aなどの動きをお知らせします", en: "News of A and others on your account"},
		"one service alone": {services: []string{"A", "A"}, ja: "あなたの口座から、Aの引き落としが2回ありました", en: "A took money from your account 2 times"},
	} {
		for lang, want := range map[watch.Lang]string{watch.Japanese: c.ja, watch.English: c.en} {
			f := IncidentFacts{Debits: len(c.services)}
			for i, s := range c.services {
				r := &watch.Record{ID: strings.Repeat("r", i+1), Kind: watch.Debit, Amount: 1000, OccurredAt: at, Complete: true, Service: s, Status: watch.Posted}
				p := AlertFacts{Record: r, ServiceName: s, Delivery: watch.Delivery{Lang: lang}, Notice: watch.Notice{Reasons: watch.Because(watch.ServiceDebit)}, CanAnswer: true}
				if c.link && i == 0 {
					r.Kind, r.Amount = watch.LinkRegistered, 0
				}
				if c.changed && i == 0 {
					p.Was = &watch.Shown{Amount: 500, Service: s, Status: watch.Posted}
				}
				f.Parts = append(f.Parts, p)
			}
			if got := Incident(f).Title; !strings.Contains(got, want) {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
	}
}
