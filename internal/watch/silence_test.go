package watch_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"kozamori/internal/watch"
)

// maySilence is which settings may silence a reason, said here a second time
// and on purpose: nothing else may, alone or together, however sure the
// catalogue is of the service. A pause may silence what is not critical.
var maySilence = map[watch.Reason][]string{
	watch.AfterDispute: nil,
	watch.AfterNewLink: {"after_new_link"},
	watch.Burst:        {"burst"},
	watch.FirstSeen:    {"first_seen", "trusts", "ignore_undecided"},
	watch.Overdrawn:    {"overdrawn"},
	watch.MonthlyTotal: {"monthly_total"},
	watch.NearLimit:    {"near_limit"},
	watch.NewLink:      {"new_link"},
	watch.ServiceDebit: {"service_min", "trusts", "ignore_undecided"},
	watch.AnyDebit:     {"any_debit"},
	watch.Keyword:      {"keywords"},
}

// quietest takes each setting to where it tells least.
var quietest = map[string]func(*watch.Rules){
	"after_new_link":   func(r *watch.Rules) { r.AfterNewLink = false },
	"burst":            func(r *watch.Rules) { r.Burst = false },
	"first_seen":       func(r *watch.Rules) { r.FirstSeen = false },
	"overdrawn":        func(r *watch.Rules) { r.Overdrawn = false },
	"monthly_total":    func(r *watch.Rules) { r.MonthlyTotal = nil },
	"near_limit":       func(r *watch.Rules) { r.NearLimit = false },
	"new_link":         func(r *watch.Rules) { r.NewLink = false },
	"service_min":      func(r *watch.Rules) { r.ServiceMin = 0 },
	"service_min_for":  func(r *watch.Rules) { r.ServiceMinFor = map[string]int64{"kyash": 0} },
	"any_debit":        func(r *watch.Rules) { r.AnyDebit = 0 },
	"keywords":         func(r *watch.Rules) { r.Keywords = nil },
	"ignore_undecided": func(r *watch.Rules) { r.IgnoreUndecided = true },
	"trusts": func(r *watch.Rules) {
		r.Trusts = []watch.Trust{{Service: "paypay", UpTo: watch.MaxYen, Until: noon.Add(time.Hour)}}
	},
	"quiet":        func(r *watch.Rules) { r.Quiet = &watch.Quiet{From: 0, To: 24*60 - 1} },
	"paused_until": func(r *watch.Rules) { r.PausedUntil = noon.Add(time.Hour) },
}

// What no setting may silence is told under every set of settings, whether the
// debit is surely a wallet's or may be a card's bill.
func TestOnlyItsOwnSettingsSilenceAReason(t *testing.T) {
	for _, row := range watch.Table() {
		if _, always := row.Value.(watch.Always); !always && quietest[row.Name] == nil {
			t.Errorf("%s is not tried", row.Name)
		}
		if _, ok := maySilence[row.Reason]; row.Reason != 0 && !ok {
			t.Errorf("what may silence %s is not said", row.Reason)
		}
	}
	happens := map[watch.Reason]func(*watch.Facts){
		watch.AfterDispute: func(f *watch.Facts) { f.AfterReport = true },
		watch.AfterNewLink: func(f *watch.Facts) { f.AfterLink = true },
		watch.Burst:        func(f *watch.Facts) { f.Burst = true },
		watch.FirstSeen:    func(f *watch.Facts) { f.FirstSeen, f.KnownFor = true, watch.FirstAfter },
		watch.Overdrawn:    func(f *watch.Facts) { f.Overdrawn = true },
		watch.MonthlyTotal: func(f *watch.Facts) { f.MonthTotal = 10000 },
		watch.NearLimit:    func(f *watch.Facts) { f.MostMonth, f.MonthTotal = 10000, 10000 },
		watch.NewLink:      func(f *watch.Facts) { f.Link = true },
		watch.ServiceDebit: func(*watch.Facts) {},
		watch.AnyDebit:     func(*watch.Facts) {},
		watch.Keyword:      func(f *watch.Facts) { f.Keyword = "ヤチン" },
	}
	general := []string{"ignore_undecided", "paused_until", "quiet", "service_min", "trusts"}
	loud := watch.DefaultRules()
	loud.Overdrawn, loud.AnyDebit, loud.Keywords, loud.MonthlyTotal = true, 1, []string{"ヤチン"}, map[string]int64{"paypay": 10000}
	for _, undecided := range []bool{false, true} {
		for why, happen := range happens {
			f := debit(func(f *watch.Facts) { f.Undecided = undecided }, happen)
			// Every set of its own settings and of those that are about more than
			// one reason, with all others as they are and at their quietest.
			names := slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(general), maySilence[why]...))))
			others := slices.DeleteFunc(slices.Sorted(maps.Keys(quietest)), func(name string) bool { return slices.Contains(names, name) })
			for set := range 2 << len(names) {
				r, may := loud, false
				for i, name := range names {
					if set>>i&1 == 0 {
						continue
					}
					quietest[name](&r)
					may = may || slices.Contains(maySilence[why], name) && (undecided || name != "ignore_undecided")
				}
				if set>>len(names) == 1 {
					for _, name := range others {
						quietest[name](&r)
					}
				}
				got := r.Evaluate(f, noon)
				// What is told of the service anyway says that it overdrew.
				may = may && (why != watch.Overdrawn || !got.Has(watch.ServiceDebit))
				if told := got.Has(why); told == (may || noon.Before(r.PausedUntil) && !got.Critical() && !why.Critical()) {
					t.Fatalf("undecided %v, %s, with %+v: told %q", undecided, why, r, got)
				}
				if end, held := r.Quiet.End(noon); held && got.Critical() && r.HoldUntil(got, noon).Equal(end) {
					t.Fatalf("%s waits in quiet hours", got)
				}
			}
		}
	}
}
