package catalog

import (
	"strings"
	"time"
	"unicode"

	"kozamori/internal/watch"
)

// A bill comes each month on about the same day. minBills earlier ones make a
// rhythm; banks move a day that is a holiday by up to dayDrift days.
const (
	minBills = 3
	dayDrift = 4
)

// repeated takes the rhythm of the account's earlier debits of the same form.
// It decides between two readings, and never silences a name that is sure.
func (w *weighing) repeated() {
	if w.service == nil || w.strength != Two || w.second != nil || !w.isBill() {
		return
	}
	w.otherWhy |= WhyRhythm
	// A link is the sign of a wallet, so that both are still told.
	if w.why&(WhyLink|WhyNewLink) == 0 && w.marks&flagRail == 0 {
		w.silent = true
	}
}

// isBill tells whether the debit continues a bill: once in each of the months
// before it, about the same day, and of amounts that are no round sums of a
// wallet alone.
func (w *weighing) isBill() bool {
	if len(w.e.Past) < minBills || w.e.At.IsZero() {
		return false
	}
	now := w.e.At.In(watch.JST)
	var months [12]int // how many debits in the month so many before
	roundOnes, near := w.round(w.e.Amount), 0
	for _, p := range w.e.Past {
		at := p.At.In(watch.JST)
		back := 12*(now.Year()-at.Year()) + int(now.Month()) - int(at.Month())
		if back < 0 || back >= len(months) {
			continue
		}
		months[back]++
		if apart(now, at) <= dayDrift {
			near++
		} else {
			return false
		}
		roundOnes = roundOnes && w.round(p.Amount)
	}
	if months[0] > 0 || roundOnes {
		return false
	}
	for back := 1; back <= minBills; back++ {
		if months[back] != 1 {
			return false
		}
	}
	return near >= minBills
}

// round tells whether an amount is one that people charge a wallet with.
func (w *weighing) round(yen int64) bool { return yen%500 == 0 }

// apart is how many days of the month two days are apart, over the month's end
// too.
func apart(x, y time.Time) int {
	d := x.Day() - y.Day()
	if d < 0 {
		d = -d
	}
	return min(d, 31-d)
}

// Form is a descriptor without what changes from one debit of a payee to the
// next: its numbers and dates. Debits of an account with the same form at the
// same bank are each other's history.
func Form(descriptor string) string {
	s := strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return -1
		}
		return r
	}, Fold(descriptor))
	return s
}
