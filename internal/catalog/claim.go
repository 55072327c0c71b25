package catalog

import (
	"slices"
	"time"

	"kozamori/internal/watch"
)

// ClaimDays are the last days on which what a report is about can be claimed, as
// far as they are known: of each service, counted from the first debit of its own,
// and of the bank, from the first of all. noticed is when the person reported it.
func ClaimDays(t watch.Total, bank string, noticed time.Time) []time.Time {
	var days []time.Time
	add := func(claims []Claim, loss time.Time) {
		var first time.Time
		for _, c := range claims {
			if end := watch.ClaimEnds(c.Days, c.Since == "loss", loss, noticed); first.IsZero() || end.Before(first) {
				first = end
			}
		}
		if !first.IsZero() && !loss.IsZero() {
			days = append(days, first)
		}
	}
	for id, loss := range t.Losses {
		if s, ok := ByID(id); ok {
			add(s.Claims, loss)
		}
	}
	if b, ok := BankByCode(bank); ok {
		add(b.Claims, t.Loss())
	}
	slices.SortStableFunc(days, time.Time.Compare)
	return slices.CompactFunc(days, time.Time.Equal)
}
