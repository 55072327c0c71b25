package watch_test

import (
	"testing"
	"time"

	"kozamori/internal/watch"
)

func TestTheNightIsJapansFromMidnightToItsEnd(t *testing.T) {
	at := func(h, m, s int) time.Time { return time.Date(2026, 11, 24, h, m, s, 0, watch.JST) }
	for name, c := range map[string]struct {
		facts watch.Facts
		want  watch.Reason
	}{
		"the last second of the day":          {watch.Facts{Service: "paypay", OccurredAt: at(23, 59, 59)}, 0},
		"midnight":                            {watch.Facts{Service: "paypay", OccurredAt: at(0, 0, 0)}, watch.Night},
		"the same moment on another zone's":   {watch.Facts{Service: "paypay", OccurredAt: at(0, 0, 0).UTC()}, watch.Night},
		"the last second of the night":        {watch.Facts{Service: "paypay", OccurredAt: at(4, 59, 59)}, watch.Night},
		"its end":                             {watch.Facts{Service: "paypay", OccurredAt: at(5, 0, 0)}, 0},
		"the night of Greenwich":              {watch.Facts{Service: "paypay", OccurredAt: time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)}, 0},
		"a day of which no hour is known":     {watch.Facts{Service: "paypay", OccurredAt: at(0, 0, 0), DateOnly: true}, 0},
		"what no payment service takes":       {watch.Facts{OccurredAt: at(3, 0, 0)}, 0},
		"a link, of which there is a rule":    {watch.Facts{Link: true, Service: "paypay", OccurredAt: at(3, 0, 0)}, 0},
		"an amount that the watcher trusts":   {watch.Facts{Service: "paypay", Amount: 1, OccurredAt: at(3, 0, 0)}, watch.Night},
		"what may be a bill, and is left out": {watch.Facts{Service: "paypay", Undecided: true, OccurredAt: at(3, 0, 0)}, watch.Night},
	} {
		t.Run(name, func(t *testing.T) {
			now := c.facts.OccurredAt
			r := watch.Rules{Night: true, IgnoreUndecided: true, Trusts: []watch.Trust{{Service: "paypay", UpTo: 1, Until: now.Add(1)}}}
			why := r.Evaluate(&c.facts, now)
			if why != c.want || why.Critical() {
				t.Errorf("reasons %q, critical %v; want %q", why, why.Critical(), c.want)
			}
			r.Night = false
			if why := r.Evaluate(&c.facts, now); why != 0 {
				t.Errorf("switched off, it tells %q", why)
			}
		})
	}
}
