package watch

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestUnderAttackNoTrustAndNoSettingKeepsAServiceSilent(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	trusted := DefaultRules()
	trusted.Trusts = []Trust{{Service: "docomo", UpTo: 100_000, Until: now.AddDate(0, 1, 0)}, {Service: "paypay", UpTo: 100_000, Until: now.AddDate(0, 1, 0)}}
	paused := trusted
	paused.PausedUntil = now.AddDate(0, 0, 3)
	debit := Facts{Service: "docomo", Amount: 3000, KnownFor: FirstAfter}
	for name, c := range map[string]struct {
		rules Rules
		facts Facts
		want  Reason
	}{
		"a trusted debit":                      {trusted, debit, ServiceDebit | UnderAttack},
		"during a pause":                       {paused, debit, ServiceDebit | UnderAttack},
		"of somebody who is told nothing else": {Rules{}, debit, UnderAttack},
		"a link":                               {Rules{}, Facts{Link: true, Service: "docomo"}, UnderAttack},
		"a debit of no service":                {trusted, Facts{Amount: 3000}, 0},
	} {
		before := c.rules
		before.Trusts = append([]Trust(nil), c.rules.Trusts...)
		got := c.rules.EvaluateUnderAttack(&c.facts, now)
		if got != c.want || got.Critical() != (c.want != 0) {
			t.Errorf("%s: %s, critical %v", name, got, got.Critical())
		}
		if diff := cmp.Diff(before, c.rules); diff != "" {
			t.Errorf("%s: the rules were changed:\n%s", name, diff)
		}
	}
	if why := trusted.Evaluate(&debit, now); why != 0 {
		t.Errorf("without a campaign it is told: %s", why)
	}
	quiet := DefaultRules()
	quiet.Quiet = &Quiet{From: 0, To: 23 * 60}
	if at := quiet.HoldUntil(UnderAttack, now); !at.Equal(now) {
		t.Errorf("it waits for the end of quiet hours, until %v", at)
	}
}
