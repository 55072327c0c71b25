package watch_test

import (
	"slices"
	"testing"
	"time"

	"kozamori/internal/watch"
)

var untoldAt = time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)

func TestWhatStaysUntold(t *testing.T) {
	services := []string{"paypay", "kyash"}
	for name, c := range map[string]struct {
		change func(*watch.Rules)
		want   []string
	}{
		"nothing by default":                      {func(*watch.Rules) {}, nil},
		"everything without rules":                {func(r *watch.Rules) { *r = watch.Rules{} }, services},
		"everything with the amount switched off": {func(r *watch.Rules) { r.ServiceMin = 0 }, services},
		"nothing up to the amount":                {func(r *watch.Rules) { r.ServiceMin = watch.LargeDebit }, nil},
		"everything above the amount":             {func(r *watch.Rules) { r.ServiceMin = watch.LargeDebit + 1 }, services},
		"one service that is switched off":        {func(r *watch.Rules) { r.ServiceMinFor = map[string]int64{"kyash": 0} }, []string{"kyash"}},
		"one service that is switched on":         {func(r *watch.Rules) { r.ServiceMin, r.ServiceMinFor = 0, map[string]int64{"kyash": 1} }, []string{"paypay"}},
		"nothing if any debit is told":            {func(r *watch.Rules) { r.ServiceMin, r.AnyDebit = 0, 1 }, nil},
		"what is remarkable does not help": {func(r *watch.Rules) {
			*r = watch.Rules{FirstSeen: true, Burst: true, NearLimit: true, NewLink: true, AfterNewLink: true, Overdrawn: true}
		}, services},
		"a trust and a pause end by themselves": {func(r *watch.Rules) {
			r.Trusts, r.PausedUntil = []watch.Trust{{Service: "paypay", UpTo: 1_000_000, Until: untoldAt.AddDate(0, 1, 0)}}, untoldAt.AddDate(0, 0, 7)
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			r := watch.DefaultRules()
			c.change(&r)
			if got := r.Untold(services, untoldAt); !slices.Equal(got, c.want) {
				t.Errorf("%v stay untold, want %v", got, c.want)
			}
		})
	}
}
