package watch_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/watch"
)

// TestWhatProtectsLessIsCalledLowered goes through each rule both ways: one
// lowers, the other does not.
func TestWhatProtectsLessIsCalledLowered(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 29, 3, 0, 0, 0, time.UTC)
	until := now.AddDate(0, 0, 90)
	trust := func(yen int64, until time.Time) watch.Trust {
		return watch.Trust{Service: "paypay", UpTo: yen, Until: until}
	}
	cases := map[string]struct {
		rule   string
		change func(*watch.Rules) // lowers
		back   bool               // taking it back lowers too
	}{
		"debits are told from more on":  {"service_min", func(r *watch.Rules) { r.ServiceMin = 10_000 }, false},
		"debits are not told":           {"service_min", func(r *watch.Rules) { r.ServiceMin = 0 }, false},
		"one service from more on":      {"service_min_for", func(r *watch.Rules) { r.ServiceMinFor = map[string]int64{"paypay": 5_000, "dbarai": 500} }, false},
		"one service never":             {"service_min_for", func(r *watch.Rules) { r.ServiceMinFor = map[string]int64{"paypay": 0, "dbarai": 500} }, false},
		"an amount of a service ends":   {"service_min_for", func(r *watch.Rules) { r.ServiceMinFor = map[string]int64{"paypay": 1}; r.ServiceMin = 1000 }, false},
		"a month's total is higher":     {"monthly_total", func(r *watch.Rules) { r.MonthlyTotal = map[string]int64{"paypay": 90_000} }, false},
		"a month's total is not told":   {"monthly_total", func(r *watch.Rules) { r.MonthlyTotal = nil }, false},
		"any debit is not told":         {"any_debit", func(r *watch.Rules) { r.AnyDebit = 0 }, false},
		"a word is taken out":           {"keywords", func(r *watch.Rules) { r.Keywords = []string{"ガス"} }, false},
		"a word is another":             {"keywords", func(r *watch.Rules) { r.Keywords = []string{"ガス", "ミズ"} }, true},
		"a service is trusted":          {"trusts", func(r *watch.Rules) { r.Trusts = append(r.Trusts, trust(900, until)) }, false},
		"a service is trusted for more": {"trusts", func(r *watch.Rules) { r.Trusts = []watch.Trust{trust(501, until.AddDate(0, 0, -80))} }, false},
		"quiet hours begin":             {"quiet", func(r *watch.Rules) { r.Quiet = &watch.Quiet{From: 22 * 60, To: 7 * 60} }, false},
		"quiet hours are longer":        {"quiet", func(r *watch.Rules) { r.Quiet = &watch.Quiet{From: 0, To: 6*60 + 1} }, false},
		"quiet hours move":              {"quiet", func(r *watch.Rules) { r.Quiet = &watch.Quiet{From: 3 * 60, To: 9 * 60} }, true},
		"a pause":                       {"paused_until", func(r *watch.Rules) { r.PausedUntil = now.Add(time.Hour) }, false},
	}
	for _, row := range watch.Table() { // what is on or off needs no case of its own
		if v, ok := row.Value.(watch.Flag); ok {
			c := cases[row.Name]
			c.rule, c.change = row.Name, func(r *watch.Rules) { *v.At(r) = v.Mutes }
			cases[row.Name] = c
		}
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			was := &watch.Watcher{ID: "w1", Rules: watch.DefaultRules()}
			for _, row := range watch.Table() {
				if v, ok := row.Value.(watch.Flag); ok {
					*v.At(&was.Rules) = !v.Mutes
				}
			}
			was.Rules.AnyDebit, was.Rules.Keywords = 3000, []string{"ガス", "デンキ"}
			was.Rules.ServiceMinFor, was.Rules.MonthlyTotal = map[string]int64{"dbarai": 500}, map[string]int64{"paypay": 50_000}
			was.Rules.Trusts = []watch.Trust{trust(500, now.AddDate(0, 0, 5))}
			was.Rules.Quiet = &watch.Quiet{From: 0, To: 6 * 60}
			is := was.Clone()
			c.change(&is.Rules)
			turns, lowered := watch.Compare(was, is, now)
			if n := len(turns); !lowered || n == 0 {
				t.Fatalf("%d turns, none of which lowers", n)
			}
			found := false
			for _, x := range turns {
				found = found || x.Name == c.rule && (x.Lowers || c.rule == "service_min_for")
			}
			if !found {
				t.Errorf("%s is not among %v", c.rule, turns)
			}
			if _, back := watch.Compare(is, was, now); back && !c.back && c.rule != "trusts" {
				t.Error("and so does taking it back")
			}
			if again, _ := watch.Compare(is, is.Clone(), now); len(again) > 0 {
				t.Errorf("no change is told as %v", again)
			}
			// One tap sets it back, and never lowers what another step has since
			// raised, or lowers what that one lowered any further.
			step := watch.Step{Kind: watch.StepSettings, At: now, Of: "w1", Turns: turns, Lowered: true}
			set := is.Clone()
			step.Restore(set, now)
			if left, less := watch.Compare(was, set, now); less {
				t.Errorf("set back, it still lowers: %v", left)
			}
			for other, o := range cases {
				then := is.Clone()
				o.change(&then.Rules)
				set := then.Clone()
				step.Restore(set, now)
				moved := c.rule == "quiet" && (c.back || o.back) // of two times one is always lost
				if turns, less := watch.Compare(then, set, now); less && !moved {
					t.Errorf("set back after %s, it lowers: %v", other, turns)
				}
				raised := was.Clone() // the other way round: somebody chose more meanwhile
				raised.Rules.ServiceMinFor, raised.Rules.Keywords = map[string]int64{"dbarai": 1, "paypay": 1}, []string{"ガス", "デンキ", "スイドウ"}
				raised.Rules.Trusts, raised.Rules.Quiet = nil, nil
				step.Restore(raised, now)
				if turns, less := watch.Compare(was, raised, now); less {
					t.Errorf("set back though more was chosen, it lowers: %v", turns)
				}
			}
		})
	}
}

// TestAStepHoldsTheRulesAsTheyWere reads from a step what was compared.
func TestAStepHoldsTheRulesAsTheyWere(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 29, 3, 0, 0, 0, time.UTC)
	was := &watch.Watcher{Rules: watch.DefaultRules(), Channels: []watch.Channel{{Kind: watch.LINE}, {Kind: watch.Email, Address: "hanako@mail.example"}}}
	is := was.Clone()
	is.Rules = watch.Rules{}
	is.Rules.Trusts = []watch.Trust{{Service: "paypay", UpTo: 500, Until: now.Add(time.Hour)}}
	is.SetChannel(watch.Channel{Kind: watch.Email, Address: "thief@mail.example"})
	s := watch.Step{}
	s.Turns, s.Lowered = watch.Compare(was, is, now)
	before, after := s.Rules()
	if d := cmp.Diff(was.Rules, before); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(is.Rules, after); d != "" {
		t.Error(d)
	}
	mail := s.Turns[len(s.Turns)-1]
	x, y := mail.Said()
	if mail.Name != string(watch.Email) || x != "h…@m…" || y != "t…@m…" || !mail.Lowers {
		t.Errorf("%q: %q, %q, lowers %v", mail.Name, x, y, mail.Lowers)
	}
	if _, raised := watch.Compare(&watch.Watcher{}, is, now); !raised {
		t.Error("a trust alone does not lower")
	}
	first := was.Clone()
	first.DropChannel(watch.Email)
	if turns, lowered := watch.Compare(first, was, now); lowered || len(turns) != 1 {
		t.Error("a first address lowers protection")
	}
}
