package watch_test

import (
	"fmt"
	"time"

	"kozamori/internal/watch"
)

func ExampleRules_Evaluate() {
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	rules := watch.DefaultRules()

	// The first debit of a service, the morning after somebody linked it.
	first := &watch.Facts{Service: "paypay", Amount: 50_000, FirstSeen: true, KnownFor: watch.FirstAfter, AfterLink: true, OccurredAt: now}
	fmt.Println(rules.Evaluate(first, now), rules.Evaluate(first, now).Critical())

	// "That was me": debits of this service up to 60,000 yen are silent for a
	// month; what follows a new link is told all the same.
	rules.Trusts = []watch.Trust{{Service: "paypay", UpTo: 60_000, Until: now.AddDate(0, 1, 0)}}
	again := &watch.Facts{Service: "paypay", Amount: 50_000, OccurredAt: now}
	fmt.Println(rules.Evaluate(again, now) == 0, rules.Evaluate(first, now))
	// Output:
	// service_debit,first_seen,after_new_link true
	// true after_new_link
}

// At night what is not critical waits for the morning.
func ExampleRules_HoldUntil() {
	rules := watch.DefaultRules()
	rules.Quiet = &watch.Quiet{From: 22 * 60, To: 7 * 60}
	night := time.Date(2026, 11, 28, 23, 30, 0, 0, watch.JST)
	fmt.Println(rules.HoldUntil(watch.ServiceDebit, night).Format(time.DateTime))
	fmt.Println(rules.HoldUntil(watch.ServiceDebit|watch.Burst, night).Format(time.DateTime))
	// Output:
	// 2026-11-29 07:00:00
	// 2026-11-28 23:30:00
}
