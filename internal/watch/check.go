package watch

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of rules.
const (
	MaxYen      = 1_000_000_000_000
	MaxKeywords = 20
	MinKeyword  = 2  // characters, once folded: a shorter word is in everything
	MaxKeyword  = 30 // likewise
	MaxTrusts   = 15
	MaxTrustFor = 366 * 24 * time.Hour
	MaxPauseFor = 31 * 24 * time.Hour
)

// Fault is why a rule cannot work.
type Fault string

// The faults of rules.
const (
	FaultAmount  Fault = "amount"  // not from 1 to MaxYen (0 turns a rule off where it can be off)
	FaultService Fault = "service" // not a payment service that we know
	FaultWord    Fault = "word"    // too short or too long once folded
	FaultMany    Fault = "many"    // more than can be kept
	FaultQuiet   Fault = "quiet"   // not two different times of a day
	FaultPast    Fault = "past"    // over already
	FaultFar     Fault = "far"     // too far ahead
)

// RuleFault is one rule that cannot work. Field is the rule's JSON name, with
// a service or a place in the list behind it: "service_min_for.paypay",
// "keywords.2".
type RuleFault struct {
	Field string
	Fault Fault
}

// Check says which of the rules cannot be evaluated, in a fixed order; none
// if all can. isService knows payment services by id.
func (r *Rules) Check(isService func(id string) bool, now time.Time) []RuleFault {
	var out []RuleFault
	bad := func(field string, f Fault) { out = append(out, RuleFault{field, f}) }
	amount := func(field string, yen, least int64) {
		if yen < least || yen > MaxYen {
			bad(field, FaultAmount)
		}
	}
	amount("service_min", r.ServiceMin, 0)
	for _, id := range sorted(r.ServiceMinFor) {
		if !isService(id) {
			bad("service_min_for."+id, FaultService)
		}
		amount("service_min_for."+id, r.ServiceMinFor[id], 0)
	}
	for _, id := range sorted(r.MonthlyTotal) {
		if !isService(id) {
			bad("monthly_total."+id, FaultService)
		}
		amount("monthly_total."+id, r.MonthlyTotal[id], 1)
	}
	amount("any_debit", r.AnyDebit, 0)
	if len(r.Keywords) > MaxKeywords {
		bad("keywords", FaultMany)
	}
	for i, k := range r.Keywords {
		if n := utf8.RuneCountInString(k); n < MinKeyword || n > MaxKeyword || strings.TrimSpace(k) == "" {
			bad("keywords."+strconv.Itoa(i), FaultWord)
		}
	}
	if len(r.Trusts) > MaxTrusts {
		bad("trusts", FaultMany)
	}
	for i, t := range r.Trusts {
		field := "trusts." + strconv.Itoa(i)
		switch {
		case !isService(t.Service):
			bad(field, FaultService)
		case t.UpTo < 1 || t.UpTo > MaxYen:
			bad(field, FaultAmount)
		case !now.Before(t.Until):
			bad(field, FaultPast)
		case t.Until.Sub(now) > MaxTrustFor:
			bad(field, FaultFar)
		}
	}
	if q := r.Quiet; q != nil && (q.From == q.To || q.From < 0 || q.To < 0 || q.From >= 24*60 || q.To >= 24*60) {
		bad("quiet", FaultQuiet)
	}
	if r.PausedUntil.Sub(now) > MaxPauseFor {
		bad("paused_until", FaultFar)
	}
	return out
}
