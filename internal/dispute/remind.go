package dispute

import (
	"slices"
	"time"

	"kozamori/internal/catalog"
	"kozamori/internal/watch"
)

// remindAt is the hour of the day, in Japan, at which people are reminded of a
// claim.
const remindAt = 10

// remind has the owners, and who reported, told once more before the time ends
// in which the loss can be claimed from a service or the bank. It waits on the
// record, as what waits for the end of quiet hours does.
func (f *file) remind() {
	total := f.dispute.TotalAt(0)
	if total.Debits == 0 {
		return
	}
	for _, day := range claimDays(total, f.record.Account.Bank, f.dispute.AnsweredAt) {
		at := day.Add(-watch.RemindClaim + remindAt*time.Hour)
		if !at.After(f.now) {
			continue // the answer to the report has just said it
		}
		for i := range f.account.Watchers {
			w := &f.account.Watchers[i]
			if w.ID != f.watcher.ID && w.Role != watch.Owner || f.reminded(w.ID, watch.ClaimSeq(day)) {
				continue
			}
			f.record.Say(watch.TellClaim, w, watch.ClaimSeq(day), f.now, w.Rules.HoldUntil(0, at))
		}
	}
}

func (f *file) reminded(watcher string, seq int) bool {
	return slices.ContainsFunc(f.record.Deliveries, func(d watch.Delivery) bool {
		return d.Kind == watch.TellClaim && d.Watcher == watcher && d.Seq == seq
	})
}

// claimDays are the last days of the claims that are known, the first of each
// service and of the bank.
func claimDays(total watch.Total, bank string, noticed time.Time) []time.Time {
	var days []time.Time
	add := func(claims []catalog.Claim) {
		var first time.Time
		for _, c := range claims {
			if end := watch.ClaimEnds(c.Days, c.Since == "loss", total.First, noticed); first.IsZero() || end.Before(first) {
				first = end
			}
		}
		if !first.IsZero() {
			days = append(days, first)
		}
	}
	for _, id := range total.Of {
		if s, ok := catalog.ByID(id); ok {
			add(s.Claims)
		}
	}
	if b, ok := catalog.BankByCode(bank); ok {
		add(b.Claims)
	}
	slices.SortFunc(days, time.Time.Compare)
	return slices.CompactFunc(days, time.Time.Equal)
}
