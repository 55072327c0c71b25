package wording

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kozamori/internal/watch"
)

// A service of which each debit was reversed is not said to have taken 0 yen.
func TestAServiceWhoseDebitsWereReversedHasNoLastAmount(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	for yen, want := range map[int64]bool{0: false, 5000: true} {
		lines := []ServiceLine{{Name: "PayPay", Activity: watch.ServiceActivity{FirstAt: at, LastAt: at, Debits: 1, LastAmount: yen}}}
		for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
			page := fmt.Sprint(lines[0].facts(lang, false, true, at))
			chat := fmt.Sprint(ServicesList(ServicesListFacts{Lang: lang, Accounts: []AccountServices{{Services: lines}}, Now: at}).Cards)
			for _, said := range []string{page, chat} {
				if strings.Contains(said, Yen(lang, yen)) != want {
					t.Errorf("of %d yen it is said: %s", yen, said)
				}
			}
		}
	}
}
