package watch_test

import (
	"testing"
	"time"

	"kozamori/internal/watch"
)

// BenchmarkEvaluate is one event for a watcher with eight rules: a least
// amount, one of a service's own, first seen, after a new link, burst, a
// monthly total, any debit over an amount, and a trust.
func BenchmarkEvaluate(b *testing.B) {
	now := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	rules := watch.Rules{ServiceMin: 1, ServiceMinFor: map[string]int64{"kyash": 5000}, FirstSeen: true, AfterNewLink: true, Burst: true,
		MonthlyTotal: map[string]int64{"paypay": 100000}, AnyDebit: 500000,
		Trusts: []watch.Trust{{Service: "paypay", UpTo: 5000, Until: now.Add(time.Hour)}}}
	for name, f := range map[string]*watch.Facts{
		"service debit":  {Service: "paypay", Amount: 30000, MonthTotal: 120000, FirstSeen: true, OccurredAt: now},
		"trusted":        {Service: "paypay", Amount: 3000, MonthTotal: 12000, OccurredAt: now},
		"ordinary debit": {Amount: 30000, OccurredAt: now},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var why watch.Reason
			for b.Loop() {
				why |= rules.Evaluate(f, now)
			}
		})
	}
}
