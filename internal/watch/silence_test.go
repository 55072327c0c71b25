package watch_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"kozamori/internal/watch"
)

// ruleCase says of a reason, a second time and on purpose, how it comes about
// and which settings may silence it: nothing else may, alone or together,
// however sure the catalogue is of the service. A pause may silence what is not
// critical.
type ruleCase struct {
	happens func(*watch.Facts) // to an ordinary debit; the rules are at their loudest
	silence []string
}

// ruleCases is where a new rule that tells says so.
var ruleCases = map[watch.Reason]ruleCase{
	watch.UnderAttack:  {func(f *watch.Facts) { f.UnderAttack = true }, nil},
	watch.AfterDispute: {func(f *watch.Facts) { f.AfterReport = true }, nil},
	watch.AfterNewLink: {func(f *watch.Facts) { f.AfterLink = true }, []string{"after_new_link"}},
	watch.AfterOwnLink: {func(f *watch.Facts) { f.AfterLink, f.OwnLink = true, true }, []string{"after_new_link"}},
	watch.Burst:        {func(f *watch.Facts) { f.Burst = true }, []string{"burst"}},
	watch.FirstSeen:    {func(f *watch.Facts) { f.FirstSeen, f.KnownFor = true, watch.FirstAfter }, []string{"first_seen", "trusts", "ignore_undecided"}},
	watch.Overdrawn:    {func(f *watch.Facts) { f.Overdrawn = true }, []string{"overdrawn"}},
	watch.MonthlyTotal: {func(f *watch.Facts) { f.MonthTotal = 10000 }, []string{"monthly_total"}},
	watch.NearLimit:    {func(f *watch.Facts) { f.MostMonth, f.MonthTotal = 10000, 10000 }, []string{"near_limit"}},
	watch.Night:        {func(f *watch.Facts) { f.OccurredAt = noon.Add(15 * time.Hour) }, []string{"night"}},
	watch.NewLink:      {func(f *watch.Facts) { f.Link = true }, []string{"new_link"}},
	watch.ServiceDebit: {func(*watch.Facts) {}, []string{"service_min", "trusts", "ignore_undecided"}},
	watch.AnyDebit:     {func(*watch.Facts) {}, []string{"any_debit"}},
	watch.Keyword:      {func(f *watch.Facts) { f.Keyword = "ヤチン" }, []string{"keywords"}},
}

// extremes takes a setting to where it tells least, and to where it tells most.
func extremes(t *testing.T, row watch.Rule) (least, most func(*watch.Rules)) {
	t.Helper()
	switch v := row.Value.(type) {
	case watch.Flag:
		flag := func(on bool) func(*watch.Rules) { return func(r *watch.Rules) { *v.At(r) = on } }
		return flag(v.Mutes), flag(!v.Mutes)
	case watch.Yen:
		return func(r *watch.Rules) { *v.At(r) = 0 }, func(r *watch.Rules) { *v.At(r) = 1 }
	case watch.YenFor:
		if v.Else != nil { // one service's own says nothing of the others
			return func(r *watch.Rules) { *v.At(r) = map[string]int64{"kyash": 0} }, func(r *watch.Rules) { *v.At(r) = nil }
		}
		return func(r *watch.Rules) { *v.At(r) = nil }, func(r *watch.Rules) { *v.At(r) = map[string]int64{"paypay": 10000} }
	case watch.Words:
		return func(r *watch.Rules) { *v.At(r) = nil }, func(r *watch.Rules) { *v.At(r) = []string{"ヤチン"} }
	case watch.Trusted:
		return func(r *watch.Rules) {
			*v.At(r) = []watch.Trust{{Service: "paypay", UpTo: watch.MaxYen, Until: noon.Add(time.Hour)}}
		}, func(r *watch.Rules) { *v.At(r) = nil }
	case watch.Hours:
		return func(r *watch.Rules) { *v.At(r) = &watch.Quiet{From: 0, To: 24*60 - 1} }, func(r *watch.Rules) { *v.At(r) = nil }
	case watch.Until:
		return func(r *watch.Rules) { *v.At(r) = noon.Add(time.Hour) }, func(r *watch.Rules) { *v.At(r) = time.Time{} }
	}
	t.Fatalf("%s has a kind of value that the tests do not know", row.Name)
	return nil, nil
}

// What no setting may silence is told under every set of settings, whether the
// debit is surely a wallet's or may be a card's bill.
func TestOnlyItsOwnSettingsSilenceAReason(t *testing.T) {
	quietest := map[string]func(*watch.Rules){}
	var loud watch.Rules
	for _, row := range watch.Table() {
		if _, ok := ruleCases[row.Reason]; row.Reason != 0 && !ok {
			t.Errorf("what may silence %s is not said", row.Reason)
		}
		if _, always := row.Value.(watch.Always); !always {
			least, most := extremes(t, row)
			quietest[row.Name] = least
			most(&loud)
		}
	}
	general := []string{"ignore_undecided", "paused_until", "quiet", "service_min", "trusts"}
	for _, undecided := range []bool{false, true} {
		for why, c := range ruleCases {
			f := debit(func(f *watch.Facts) { f.Undecided = undecided }, c.happens)
			// Every set of its own settings and of those that are about more than
			// one reason, with all others as they are and at their quietest.
			names := slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(general), c.silence...))))
			others := slices.DeleteFunc(slices.Sorted(maps.Keys(quietest)), func(name string) bool { return slices.Contains(names, name) })
			for set := range 2 << len(names) {
				r, may := loud, false
				for i, name := range names {
					if set>>i&1 == 0 {
						continue
					}
					quietest[name](&r)
					may = may || slices.Contains(c.silence, name) && (undecided || name != "ignore_undecided")
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
