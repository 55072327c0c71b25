package watch

import (
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Bounds of what is remembered of an account's bills.
const (
	keepBills = 20 // forms
	keepBill  = 14 // debits of each
	// KeepBill is how long a debit that may be a bill is remembered.
	KeepBill = 400 * 24 * time.Hour
)

// Bills are an account's debits that may be bills, by their catalog.Form, of the
// last year: that they come each month is what tells. They are apart from its
// Activity, which each alert writes: they are ten times as long, and only a
// debit that may be one reads or changes them.
type Bills struct {
	Forms []Bill `json:"forms,omitempty"` // the one that was heard of last stands last

	Version int64 `json:"-"`
	Changed bool  `json:"-"` // since they were read

	Unknown jsontext.Value `json:",embed"`
}

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

// Of are the debits of a form before a time.
func (b *Bills) Of(form string, before time.Time) []BillDebit {
	for _, f := range b.Forms {
		if f.Form == form {
			return slices.DeleteFunc(slices.Clone(f.Debits), func(d BillDebit) bool { return !d.At.Before(before) })
		}
	}
	return nil
}

// Last is the time of the latest; zero if there is none.
func (b *Bills) Last() (at time.Time) {
	for _, f := range b.Forms {
		for _, d := range f.Debits {
			if d.At.After(at) {
				at = d.At
			}
		}
	}
	return at
}

// Join adds those that an activity holds from before they had a place of their
// own. It is no change: they are joined each time.
func (b *Bills) Join(before *Activity) {
	own := slices.Clone(b.Forms)
	var older []Bill
	for _, f := range before.Bills {
		i := slices.IndexFunc(own, func(o Bill) bool { return o.Form == f.Form })
		if i < 0 {
			older = append(older, f)
			continue
		}
		for _, d := range f.Debits {
			own[i].add(d)
		}
	}
	b.Forms = append(older, own...)
	b.Forms = b.Forms[max(0, len(b.Forms)-keepBills):]
}

// Add remembers a debit that may be a bill. It is false if it was there.
func (b *Bills) Add(form string, at time.Time, amount int64) bool {
	f := Bill{Form: form}
	if i := slices.IndexFunc(b.Forms, func(f Bill) bool { return f.Form == form }); i >= 0 {
		f = b.Forms[i]
	}
	if !f.add(BillDebit{At: kept(at), Amount: amount}) {
		return false
	}
	b.Forms = append(slices.DeleteFunc(slices.Clone(b.Forms), func(f Bill) bool { return f.Form == form }), f)
	b.Forms = b.Forms[max(0, len(b.Forms)-keepBills):]
	b.Changed = true
	return true
}

func (f *Bill) add(d BillDebit) bool {
	if slices.ContainsFunc(f.Debits, func(o BillDebit) bool { return o.At.Equal(d.At) && o.Amount == d.Amount }) {
		return false
	}
	f.Debits = append(slices.Clone(f.Debits), d)
	slices.SortStableFunc(f.Debits, func(x, y BillDebit) int { return x.At.Compare(y.At) })
	last := f.Debits[len(f.Debits)-1].At
	f.Debits = slices.DeleteFunc(f.Debits, func(d BillDebit) bool { return last.Sub(d.At) > KeepBill })
	f.Debits = f.Debits[max(0, len(f.Debits)-keepBill):]
	return true
}
