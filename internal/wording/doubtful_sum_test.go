package wording

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kozamori/internal/watch"
)

// Where debits of a service may be something else, no list and no sum gives them
// to the service alone: the matrix of how many of three are doubtful, whether a
// link stands beside them, and where it is said.
func TestNoSumGivesAServiceWhatMayBeSomethingElse(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		for doubtful := range 4 {
			for _, linked := range []bool{false, true} {
				line := ServiceLine{Name: "PayPay", Activity: watch.ServiceActivity{FirstAt: at, LastAt: at, Debits: 3, Doubtful: doubtful, LastAmount: 900}}
				if linked {
					line.Activity.Links = []watch.Link{{RegisteredAt: at}}
				}
				view := AccountView{Lang: lang, Watcher: watch.Watcher{Lang: lang}}
				page := ServicesPage(ServicesFacts{View: view, Services: []ServiceLine{line}, Now: at}).Parts[1]
				card := ServicesList(ServicesListFacts{Lang: lang, Accounts: []AccountServices{{Services: []ServiceLine{line}}}, Now: at}).Cards[0]
				bar := (&HistoryFacts{View: view, Totals: []ServiceTotal{{Name: "PayPay", Debits: 3, Doubtful: doubtful, Yen: 900}}}).picture().Bars[0]
				either := tOrOther.in(lang, "PayPay")
				for where, said := range map[string]struct {
					name, rest string
					links      bool
				}{"page": {page.Title, fmt.Sprint(page.Facts), true}, "chat": {card.Title, fmt.Sprint(card.Facts), true}, "month": {bar.Label, bar.Value, false}} {
					if strings.Contains(said.rest, tServLinked.in(lang)) == (doubtful == 3 && !linked) && where != "month" {
						t.Errorf("%s, %s: %d of 3 doubtful, linked %v: %q", where, lang, doubtful, linked, said.rest)
					}
					all := doubtful == 3 && (!linked || !said.links)
					if (said.name == either) != all || !all && said.name != "PayPay" {
						t.Errorf("%s, %s: %d of 3 doubtful, linked %v: %q", where, lang, doubtful, linked, said.name)
					}
					some := tServDoubt.in(lang, doubtful, 3)
					if where == "month" {
						some = tBarsDoubt.in(lang, tBarsYen.in(lang, Yen(lang, 900), tBarsCount.in(lang, 3)), doubtful)
					}
					mixed := doubtful > 0 && !all
					if strings.Contains(said.rest, some) != mixed {
						t.Errorf("%s, %s: %d of 3 doubtful: %q", where, lang, doubtful, said.rest)
					}
				}
			}
		}
	}
}
