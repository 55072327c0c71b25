package detect_test

import (
	"fmt"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/watch"
)

// A link of which the bank names one service and the descriptor another is the
// bank's, the other is kept with it, and a debit of either follows the link,
// in one incident.
func TestALinkOfTwoNamesIsKeptUnderBoth(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		service, descriptor string
		first, second       string // services of the link
		follows, not        string // descriptors of debits that follow it, and that do not; none if empty
	}{
		"they agree":                       {"paypay", "PAYPAY", "paypay", "", "PAYPAY", "ﾒﾙﾍﾟｲ"},
		"they disagree":                    {"paypay", "ﾒﾙﾍﾟｲ", "paypay", "merpay", "ﾒﾙﾍﾟｲ", "KYASH"},
		"they disagree, by the bank's":     {"paypay", "ﾒﾙﾍﾟｲ", "paypay", "merpay", "PAYPAY", "KYASH"},
		"the bank's is a word":             {"ペイペイ", "ﾒﾙﾍﾟｲ", "paypay", "merpay", "ﾒﾙﾍﾟｲ", "KYASH"},
		"the text says nothing":            {"paypay", "ｺｳｻﾞﾌﾘｶｴ", "paypay", "", "PAYPAY", "KYASH"},
		"the bank's word is not known":     {"その他", "ﾒﾙﾍﾟｲ", "merpay", "", "ﾒﾙﾍﾟｲ", "PAYPAY"},
		"the bank says nothing":            {"", "ﾒﾙﾍﾟｲ", "merpay", "", "ﾒﾙﾍﾟｲ", "PAYPAY"},
		"there is no text":                 {"paypay", "", "paypay", "", "PAYPAY", "ﾒﾙﾍﾟｲ"},
		"neither is known: any follows it": {"その他", "ｿﾉﾀ", "", "", "PAYPAY", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.send(t, jsontext.Value(fmt.Sprintf(`{"id":"evt_l","type":"charge_link.registered","transaction_id":"l","account_ref":"acc_1","occurred_at":"2020-10-03T14:05:01+09:00","service":%q,"descriptor":%q}`, c.service, c.descriptor)))
			for i, text := range []string{c.follows, c.not} {
				if text != "" {
					h.send(t, debit("acc_1", fmt.Sprint("d", i), 2+i, 500, text, ""))
				}
			}
			records, leads := h.history(t), map[string]string{}
			for _, r := range records {
				leads[r.Txn] = r.ID
			}
			for _, r := range records {
				switch r.Txn {
				case "l":
					second := ""
					if r.Second != nil {
						second = r.Second.Service
					}
					if r.Service != c.first || second != c.second || r.Second != nil && r.Second.Bank {
						t.Errorf("it is a link of %q and %q (%+v)", r.Service, second, r.Second)
					}
				case "d0", "d1":
					if got := r.Notices[0].Reasons.Reason&watch.AfterNewLink != 0; got != (r.Txn == "d0") {
						t.Errorf("the debit %s follows the link: %v", r.Descriptor, got)
					}
					if in := r.Lead == leads["l"]; in != (r.Txn == "d0") {
						t.Errorf("the debit %s is told with the link: %v", r.Descriptor, in)
					}
				}
			}
		})
	}
}
