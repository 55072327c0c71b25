package detect_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/watch"
)

// A bank that gives all debits one id and a bank that gives each its own say
// the same, so people are told the same, for the same reasons: which debit is
// the first of its service, and which takes the month's total over its mark,
// does not hang on ids.
func TestOneIDForAllDebitsAndAnIDForEachAreToldForTheSameReasons(t *testing.T) {
	onBoth(t, 12, 5, oneIDForAll)
}

func oneIDForAll(t *testing.T, newHouse func(*testing.T) *house, seeds []uint64) {
	const day = 24 * time.Hour
	seen := map[watch.Reason]int{}
	for _, seed := range seeds {
		rng := rand.New(rand.NewPCG(seed, 7))
		var one, each []jsontext.Value
		for i := range 6 {
			ago, yen := 6*day-time.Duration(i)*day-time.Duration(rng.IntN(600))*time.Minute, 1000*(1+rng.Int64N(90))
			service := []string{`,"descriptor":"PAYPAY"`, ""}[rng.IntN(2)]
			one = append(one, say("debit", fmt.Sprint("a", i), "9998", ago, yen, service))
			each = append(each, say("debit", fmt.Sprint("a", i), fmt.Sprint("t", i), ago, yen, service))
		}
		reasons := func(events []jsontext.Value) (out []string) {
			h := newHouse(t)
			h.rules(func(r *watch.Rules) { r.MonthlyTotal = map[string]int64{"paypay": 100_000, "docomo": 100_000} })
			for _, e := range events {
				h.send(t, e)
			}
			for _, r := range h.history(t) {
				for _, n := range r.Notices {
					out = append(out, fmt.Sprintf("%s %d %s %s", r.Event, r.Amount, r.Service, n.Reasons))
					for _, why := range []watch.Reason{watch.FirstSeen, watch.MonthlyTotal} {
						if n.Reasons.Reason&why != 0 {
							seen[why]++
						}
					}
				}
			}
			slices.Sort(out)
			return out
		}
		if got, want := reasons(one), reasons(each); !slices.Equal(got, want) {
			t.Errorf("seed %d: with one id people are told\n%q, with an id for each\n%q", seed, got, want)
		}
	}
	if seen[watch.FirstSeen] == 0 || seen[watch.MonthlyTotal] == 0 {
		t.Errorf("the debits are too tame to compare: %v", seen)
	}
}
