package detect

import (
	"context"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// heard are the account's bills, which few events ask for.
func (a *accountWork) heard(ctx context.Context) (*watch.Bills, error) {
	if a.bills == nil {
		b, err := a.Store.Bills(ctx, a.account.AccountKey)
		if err != nil {
			return nil, err
		}
		b.Join(a.activity)
		a.bills = b
	}
	return a.bills, nil
}

// bill remembers a debit that is taken for a bill and not told: the next
// month's rests on it.
func (a *accountWork) bill(ctx context.Context, w work) error {
	if !w.billed || !a.bills.Add(w.form, w.event.OccurredAt, w.event.Amount) {
		return nil
	}
	if err := a.Store.Write(ctx, a.billsWrite()...); err != nil {
		return err
	}
	a.billsWritten()
	return nil
}

// billsWrite is the write of bills that changed; none if they did not.
func (a *accountWork) billsWrite() []store.Write {
	if a.bills == nil || !a.bills.Changed {
		return nil
	}
	return []store.Write{store.PutBills(a.account.AccountKey, a.bills)}
}

func (a *accountWork) billsWritten() {
	if a.bills != nil && a.bills.Changed {
		a.bills.Version++
		a.bills.Changed = false
	}
}
