package detect

import (
	"context"

	"kozamori/internal/store"
)

// bill remembers a debit that is taken for a bill and not told: the next
// month's rests on it.
func (a *accountWork) bill(ctx context.Context, w work) error {
	if !w.billed || !a.activity.AddBill(w.form, w.event.OccurredAt, w.event.Amount) {
		return nil
	}
	if err := a.Store.Write(ctx, store.PutActivity(a.account.AccountKey, a.activity)); err != nil {
		return err
	}
	a.activity.Version++
	return nil
}
