package watch

import (
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Bounds of what an activity remembers of bills.
const (
	keepBills = 20 // forms
	keepBill  = 14 // debits of each
	keepYear  = 400 * 24 * time.Hour
)

// Bill is the debits of one form that may be a bill, the latest last.
type Bill struct {
	Form   string      `json:"form"`
	Debits []BillDebit `json:"debits"`

	Unknown jsontext.Value `json:",embed"`
}

// BillDebit is one of them.
type BillDebit struct {
	At     time.Time `json:"at"`
	Amount int64     `json:"amount"`

	Unknown jsontext.Value `json:",embed"`
}

// BillsOf are the debits of a form before a time.
func (a *Activity) BillsOf(form string, before time.Time) []BillDebit {
	for _, b := range a.Bills {
		if b.Form == form {
			return slices.DeleteFunc(slices.Clone(b.Debits), func(d BillDebit) bool { return !d.At.Before(before) })
		}
	}
	return nil
}

// AddBill remembers a debit that may be a bill. It is false if it was there.
func (a *Activity) AddBill(form string, at time.Time, amount int64) bool {
	at = kept(at)
	i := slices.IndexFunc(a.Bills, func(b Bill) bool { return b.Form == form })
	if i < 0 {
		a.Bills = append(slices.Clone(a.Bills), Bill{Form: form})
		i = len(a.Bills) - 1
	}
	b := a.Bills[i]
	if slices.ContainsFunc(b.Debits, func(d BillDebit) bool { return d.At.Equal(at) && d.Amount == amount }) {
		return false
	}
	b.Debits = append(slices.Clone(b.Debits), BillDebit{At: at, Amount: amount})
	slices.SortStableFunc(b.Debits, func(x, y BillDebit) int { return x.At.Compare(y.At) })
	last := b.Debits[len(b.Debits)-1].At
	b.Debits = slices.DeleteFunc(b.Debits, func(d BillDebit) bool { return last.Sub(d.At) > keepYear })
	b.Debits = b.Debits[max(0, len(b.Debits)-keepBill):]
	// The form that was heard of last stands last.
	a.Bills = append(slices.Delete(slices.Clone(a.Bills), i, i+1), b)
	a.Bills = a.Bills[max(0, len(a.Bills)-keepBills):]
	return true
}
