package detect_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/watch"
)

// Where the bank and the descriptor name two services, the more alarming of the two
// is told, whichever of them said it; what is true of the other name alone is kept
// apart, so that it is not said of the first.
func TestTheMoreAlarmingOfTwoNamesIsTold(t *testing.T) {
	const mercari = "ﾒﾙﾍﾟｲ"
	for name, c := range map[string]struct {
		descriptor, service string
		trusts              string // what the owner trusts
		linked              bool   // merpay, just before
		known               []string
		critical            bool
		reasons, second     watch.Reason
	}{
		"its first debit, by the text": {mercari, "paypay", "", false, []string{"PAYPAY"}, true, watch.ServiceDebit | watch.FirstSeen, watch.FirstSeen},
		"its first debit, by the bank": {"PAYPAY", "merpay", "", false, []string{"PAYPAY"}, true, watch.ServiceDebit | watch.FirstSeen, 0},
		"a link of the descriptor's":   {mercari, "paypay", "", true, []string{"PAYPAY", mercari}, true, watch.ServiceDebit | watch.AfterNewLink, watch.AfterNewLink},
		"a link of the bank's":         {"PAYPAY", "merpay", "", true, []string{"PAYPAY", mercari}, true, watch.ServiceDebit | watch.AfterNewLink, 0},
		"no link":                      {mercari, "paypay", "", false, []string{"PAYPAY", mercari}, false, watch.ServiceDebit, 0},
		"they agree":                   {mercari, "merpay", "", true, []string{"PAYPAY", mercari}, true, watch.ServiceDebit | watch.AfterNewLink, 0},
		"the bank's is trusted":        {mercari, "paypay", "paypay", false, []string{"PAYPAY", mercari}, false, watch.ServiceDebit, watch.ServiceDebit},
		"the descriptor's is":          {mercari, "paypay", "merpay", false, []string{"PAYPAY", mercari}, false, watch.ServiceDebit, 0},
		"near the descriptor's limit":  {"ﾄﾞｺﾓｺｳｻﾞ", "paypay", "", false, []string{"PAYPAY", "ﾄﾞｺﾓｺｳｻﾞ"}, false, watch.ServiceDebit, 0},
		"trusted, and a link":          {mercari, "paypay", "paypay", true, []string{"PAYPAY", mercari}, true, watch.ServiceDebit | watch.AfterNewLink, watch.ServiceDebit | watch.AfterNewLink},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.Change(h.key, func(a *watch.Account) {
				if c.trusts != "" {
					a.Watchers[0].Rules.Trusts = []watch.Trust{{Service: c.trusts, UpTo: 9000, Until: h.World.Now().Add(24 * time.Hour)}}
				}
			})
			for i, text := range c.known {
				h.send(t, jsontext.Value(fmt.Sprintf(`{"id":"k%d","type":"debit","transaction_id":"k%d","account_ref":"acc_1","occurred_at":"2020-10-02T14:05:00+09:00","amount":100,"currency":"JPY","descriptor":%q}`, i, i, text)))
			}
			if c.linked {
				h.send(t, jsontext.Value(`{"id":"evt_l","type":"charge_link.registered","transaction_id":"l","account_ref":"acc_1","occurred_at":"2020-10-03T14:05:01+09:00","service":"merpay"}`))
			}
			yen := int64(5000)
			if strings.HasPrefix(name, "near") {
				yen = 95_000
			}
			h.send(t, debit("acc_1", "d", 2, yen, c.descriptor, fmt.Sprintf(`,"service":%q`, c.service)))
			for _, r := range h.history(t) {
				if r.Txn != "d" {
					continue
				}
				if len(r.Notices) == 0 {
					t.Fatal("it is told to nobody")
				}
				n := r.Notices[0]
				if n.Critical(r) != c.critical || n.Reasons.Reason != c.reasons || n.Second.Reason != c.second {
					t.Errorf("told for %s, of which %s of the other name; critical %v", n.Reasons, n.Second, n.Critical(r))
				}
			}
		})
	}
}

// A text that the bank cut off where two services' names part is a doubt, and not a
// disagreement: no bank's word stands against it.
func TestATextOfTwoServicesIsNoDisagreement(t *testing.T) {
	h := newHouse(t)
	h.send(t, debit("acc_1", "d", 2, 5000, "PAYPA", ""))
	if rs := h.history(t); len(rs) != 1 || rs[0].Confidence != watch.Undecided || rs[0].Second != nil {
		t.Errorf("on record are %d: %+v", len(rs), rs)
	}
}
