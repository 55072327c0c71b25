package watch

import (
	"slices"
	"time"
)

// UnderAttack is why a new link or a debit of a service is told while its bank has
// confirmed a campaign of that service: no setting silences it, and it is critical.
const UnderAttack Reason = AfterOwnLink << 1

// campaignRule is the row of UnderAttack, which is no setting. It is the most alarming of
// all, and stands first.
var campaignRule = Rule{
	Name: "under_attack", Value: Always{},
	Reason: UnderAttack, Says: "under_attack", About: Links | ServiceDebits, Critical: UnderAttack,
	Tells: func(_ *Rules, f *Facts, _ Sofar) bool { return f.UnderAttack },
}

// EvaluateUnderAttack is Evaluate of a link or a debit of a service of which the bank
// has confirmed a campaign: trust in that service is suspended. Rules and facts stay as
// they are.
func (r *Rules) EvaluateUnderAttack(f *Facts, now time.Time) Reason {
	rules, facts := *r, *f
	rules.Trusts = slices.DeleteFunc(slices.Clone(r.Trusts), func(t Trust) bool { return t.Service == f.Service })
	facts.UnderAttack = true
	return rules.Evaluate(&facts, now)
}
