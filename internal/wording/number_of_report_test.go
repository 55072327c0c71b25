package wording

import (
	"fmt"
	"strings"
	"testing"

	"kozamori/internal/watch"
)

// Who has reported nothing has no number to give, and is not told to give one.
func TestANumberOfAReportIsSpokenOfOnlyWhereThereIsOne(t *testing.T) {
	t.Parallel()
	for lang, word := range map[watch.Lang]string{watch.Japanese: "受付番号", watch.English: "report number"} {
		f := TroubleFacts{Lang: lang, Bank: Named{"77", Contact{Phone: "0120-000-000"}}, Services: []Named{{"PayPay", Contact{}}}}
		page := fmt.Sprint(ExpiredPage(lang, "77", f.Bank.Contact, "", ""))
		for name, says := range map[string]string{"what to do": fmt.Sprint(Trouble(f)), "how to stop money": fmt.Sprint(StopMoney(f)), "whom to call": fmt.Sprint(WhomToCall(f)), "a link that leads nowhere": page} {
			if strings.Contains(says, word) {
				t.Errorf("%s in %s speaks of a %s: %s", name, lang, word, says)
			}
		}
		if says := fmt.Sprint(DisputeOpened(disputeFacts(lang))); !strings.Contains(says, word) {
			t.Errorf("a report in %s says nothing of its %s", lang, word)
		}
	}
}
