package dispute

import "kozamori/internal/catalog"

// remind has people told once more before the time ends in which the loss can be
// claimed from a service or the bank.
func (f *file) remind() {
	days := catalog.ClaimDays(f.dispute.TotalAt(0), f.record.Account.Bank, f.dispute.AnsweredAt)
	f.record.RemindOfClaims(f.account, f.watcher.ID, days, f.now)
}
