package watch

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// takenPlace is what a bank may say under an id whose authorisation one posting took,
// while another says that it took its place: that one comes back, by a date before it
// or after, and more is taken under the id.
func takenPlace(r *rand.Rand) (out []Entry) {
	days := r.IntN(3) == 0
	pick := func(yen ...int64) int64 { return yen[r.IntN(len(yen))] }
	at := noon.Add(-12 * time.Hour)
	add := func(kind Kind, status Status, yen int64) *Entry {
		at = at.Add(time.Duration(1+r.IntN(6)) * time.Hour)
		e := Entry{Event: fmt.Sprint("e", len(out)), Kind: kind, Status: status, At: at, ReceivedAt: at.Add(time.Second), Amount: yen}
		if kind == Debit {
			e.Service = "docomo"
		}
		out = append(out, e)
		return &out[len(out)-1]
	}
	add(Debit, Pending, pick(500, 1000))
	add(Debit, Posted, pick(1, 500, 1000))
	back := func() {
		if u := add(DebitReversed, "", pick(0, 0, 500)); r.IntN(3) == 0 {
			u.Txn = "t1"
		}
	}
	early := r.IntN(2) == 0
	if early {
		back()
	}
	p := add(Debit, Posted, 500)
	p.Replaces, p.Txn = true, []string{"", "", "t1"}[r.IntN(3)]
	if !early {
		back()
	}
	for range 1 + r.IntN(3) {
		status := Pending
		if r.IntN(3) == 0 {
			status = Posted
		}
		add(Debit, status, pick(1, 500, 500, 1000))
	}
	for i := range out {
		if e := &out[i]; days {
			e.At, e.DateOnly = time.Date(e.At.Year(), e.At.Month(), e.At.Day(), 0, 0, 0, 0, JST), true
		}
	}
	return out
}

// oneSeries is what a bank may say of a series of debits under one id, of businesses
// that the catalogue does not know: some come back, and a text may name none.
func oneSeries(r *rand.Rand) (out []Entry) {
	for i := range 4 + r.IntN(4) {
		at := time.Date(noon.Year(), noon.Month(), noon.Day()+i*(1+r.IntN(3)), 0, 0, 0, 0, JST)
		e := Entry{Event: fmt.Sprint("e", i), Kind: Debit, Status: Posted, At: at, ReceivedAt: at.Add(time.Duration(r.IntN(30)) * time.Hour), Amount: 500, DateOnly: true}
		switch r.IntN(4) {
		case 0:
			e.Service, e.Word = Unlisted, []string{"nune", "nunu"}[r.IntN(2)]
		case 1:
			e.Service = "docomo"
		case 2:
			if i > 0 {
				e.Kind, e.Status, e.Amount = DebitReversed, "", []int64{0, 500}[r.IntN(2)]
			}
		}
		out = append(out, e)
	}
	return out
}
