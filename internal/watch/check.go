package watch

import "time"

// Limits of rules.
const (
	MaxYen      = 1_000_000_000_000
	MaxKeywords = 20
	MinKeyword  = 2  // characters, once folded: a shorter word is in everything
	MaxKeyword  = 30 // characters, once folded
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

// checking is one check on its way.
type checking struct {
	old, next *Rules
	isService func(id string) bool
	now       time.Time
	faults    []RuleFault
}

func (c *checking) bad(field string, f Fault) { c.faults = append(c.faults, RuleFault{field, f}) }

func (c *checking) amount(field string, yen, least int64) {
	if yen < least || yen > MaxYen {
		c.bad(field, FaultAmount)
	}
}

// Check says which of the rules that are to replace old cannot be
// evaluated, in the order of the table; none if all can. What stands in old
// already is left as it is, so that a service or a word of a newer program
// does not keep people from changing anything else. isService knows payment
// services by id.
func (r *Rules) Check(old *Rules, isService func(id string) bool, now time.Time) []RuleFault {
	c := checking{old: old, next: r, isService: isService, now: now}
	for _, row := range table {
		if !row.Value.Same(old, r) {
			row.Value.check(&c, row.Name)
		}
	}
	return c.faults
}
