package watch

import (
	"cmp"
	"slices"
	"time"
)

// Hit is a record of which rules would have told.
type Hit struct {
	Record  *Record
	Reasons Reason
}

// Blind says what a WhatIf cannot know, because it is not on record.
type Blind struct {
	// Ordinary debits (no payment service) leave a record only if somebody's
	// rules asked for them at the time; rules about them may have told more.
	Ordinary bool
}

// WhatIf says of which records from a time on the rules would have told, the
// newest first, by the same Facts and Evaluate that detect uses. Records from
// before that time are only what the account is known by; give as many as are
// kept; what the account's activity remembers from before them is known of
// too. Pauses are left out: they are about now. fold is catalog.Fold, limits
// catalog.LimitsOf.
func WhatIf(rules Rules, records []*Record, act *Activity, from time.Time,
	fold func(string) string, limits func(service string) (once, month int64)) ([]Hit, Blind) {
	rules.PausedUntil = time.Time{}
	records = slices.Clone(records)
	slices.SortStableFunc(records, func(x, y *Record) int {
		return cmp.Or(x.OccurredAt.Compare(y.OccurredAt), cmp.Compare(x.ID, y.ID))
	})
	past := Activity{HistoryFrom: act.HistoryFrom}
	var out []Hit
	for _, r := range records {
		if !r.Complete {
			continue
		}
		f := past.Facts(r)
		if s := act.Services[r.Service]; s != nil && s.FirstAt.Before(r.OccurredAt) {
			f.FirstSeen = false
		}
		f.MostOnce, f.MostMonth = limits(r.Service)
		if rules.Reads() {
			f.Keyword = fold(r.Descriptor.Raw())
		}
		if why := rules.Evaluate(&f, r.OccurredAt); why != 0 && !r.OccurredAt.Before(from) {
			out = append(out, Hit{r, why})
		}
		past.Apply(r)
	}
	slices.Reverse(out)
	return out, Blind{Ordinary: slices.ContainsFunc(table, func(row Rule) bool {
		return row.About&OtherDebits != 0 && row.Value.On(&rules)
	})}
}
