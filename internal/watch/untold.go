package watch

import "time"

// LargeDebit is what a debit by a payment service takes that no watcher may miss,
// in yen: the thefts that this project exists for took 30,000 and more at a
// time.
const LargeDebit = 30_000

// Untold are the services of which a debit of LargeDebit, about which nothing
// else is remarkable, would not be told under the rules. What is trusted or
// paused is left out: it ends by itself, and is said by its own words.
func (r *Rules) Untold(services []string, now time.Time) []string {
	return r.UntoldOf(LargeDebit, services, now)
}

// UntoldOf is the same of a debit of any amount, in yen.
func (r *Rules) UntoldOf(amount int64, services []string, now time.Time) []string {
	c := *r
	c.Trusts, c.PausedUntil = nil, time.Time{}
	var out []string
	for _, id := range services {
		f := Facts{Service: id, Amount: amount, OccurredAt: now, WatchedFor: FirstAfterFeed}
		if c.Evaluate(&f, now) == 0 {
			out = append(out, id)
		}
	}
	return out
}
