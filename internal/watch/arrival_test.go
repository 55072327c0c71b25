package watch

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// arrivals is what a bank says of one authorisation: it is posted under its own id or
// under another, that one is replaced in turn, or two capture a part of it each; some
// comes back, by any of the ids. Times are of one day and in no order, or are days alone.
// What would be another story if it was heard in another order is not drawn: a return, of
// a day alone, of just what was authorised.
func arrivals(r *rand.Rand) (out []Entry) {
	days := r.IntN(2) == 0
	midnight := time.Date(noon.Year(), noon.Month(), noon.Day(), 0, 0, 0, 0, JST)
	ids := []string{""}
	add := func(kind Kind, status Status, txn string, yen int64) *Entry {
		e := Entry{Event: fmt.Sprint("e", len(out)), Kind: kind, Status: status, Txn: txn, Amount: yen, At: noon.Add(time.Duration(r.IntN(60))*time.Minute + time.Duration(len(out))*time.Second)} // at no other's moment
		if kind == DebitReversed {
			e.At = e.At.Add(time.Hour)
		} else {
			e.Service = "docomo"
		}
		if days {
			e.At, e.DateOnly = midnight, true
		}
		out = append(out, e)
		return &out[len(out)-1]
	}
	add(Debit, Pending, "", 5000)
	if r.IntN(3) == 0 { // authorised on the day before
		out[0].At = out[0].At.AddDate(0, 0, -1)
	}
	posting := func(txn, of string, yen int64) {
		e := add(Debit, Posted, txn, yen)
		e.Replaces, e.Of = true, of
		ids = append(ids, txn)
	}
	most := int64(7000)
	switch r.IntN(4) {
	case 0:
		if e := add(Debit, Posted, "", most); e.At.Before(out[0].At) { // that it is its posting, its time says alone
			e.At = out[0].At
		}
	case 1:
		posting("q", "", most)
	case 2:
		posting("q", "", most-500)
		posting("s", "q", most)
	case 3:
		posting("a", "", 3000)
		posting("b", "", 2000)
		if most = 2000; days { // of which capture it is, if that is not said, may depend on what was known
			ids = ids[1:]
		}
	}
	if !days && r.IntN(4) == 0 { // some of it is released, and the rest is posted
		out = out[:1]
		ids, most = ids[:1], 4000
		free := add(DebitReversed, Pending, "", 1000)
		free.At = free.At.Add(-time.Duration(r.IntN(2)) * time.Hour)
		if r.IntN(2) == 0 {
			add(Debit, Posted, "", most)
		} else {
			posting("q", "", most)
		}
		if e := &out[len(out)-1]; e.At.Before(out[0].At) { // that it is less than was authorised, its time explains alone
			e.At = out[0].At
		}
	} else if r.IntN(4) == 0 { // the authorisation alone is released, before it is posted or after
		e := add(DebitReversed, Pending, "", []int64{0, 1000, 5000}[r.IntN(3)])
		e.At = e.At.Add(-time.Duration(r.IntN(2)) * time.Hour)
		if days {
			e.At = midnight
		}
	}
	for range r.IntN(3) {
		back := []int64{100, 200, 300, most}[r.IntN(4)]
		add(DebitReversed, "", ids[r.IntN(len(ids))], back)
	}
	return out
}

// comesTo says which debits some records are, but not which entry of theirs is shown as
// the first: of two that is the one that was heard of first.
func comesTo(records []*Record) string {
	var out []string
	for _, r := range records {
		var of []string
		for _, e := range r.Story() { // of two captures, which one the authorisation stands with says nothing
			if e.Status != Pending {
				of = append(of, e.Event)
			}
		}
		slices.Sort(of)
		if len(r.Story()) > 0 {
			out = append(out, fmt.Sprintf("%v %s %d, %d back for certain, of %q again %d", of, r.Status, r.Amount, r.Amount-r.Taken(), r.Service, r.Again))
		}
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// In whatever order a bank's events reach us, what they come to is the same: the order
// is no word of the bank's.
func TestTheSameComesOfEventsThatArriveInAnyOrder(t *testing.T) {
	for seed := *historiesFrom; seed < *historiesFrom+*histories; seed++ {
		r := rand.New(rand.NewPCG(uint64(seed), 29))
		story := arrivals(r)
		first := noon.Add([]time.Duration{3 * time.Hour, 50 * time.Hour}[r.IntN(2)])
		want, of := "", []Entry(nil)
		for range 4 {
			for i := range story {
				story[i].ReceivedAt = first.Add(time.Duration(i) * time.Minute)
			}
			records, _ := record(t, story)
			got := comesTo(records)
			if is := moreThanReturned(records, story); is != "" {
				t.Fatalf("seed %d: %s\nof %s\n%s", seed, is, says(story), got)
			}
			if want == "" {
				want, of = got, slices.Clone(story)
			} else if got != want {
				t.Fatalf("seed %d: %s\n%s\n\nand in another order: %s\n%s", seed, says(of), want, says(story), got)
			}
			r.Shuffle(len(story), func(i, j int) { story[i], story[j] = story[j], story[i] })
		}
	}
}

func says(entries []Entry) string {
	var b strings.Builder
	for _, e := range entries {
		fmt.Fprintf(&b, "\n %s %s %s %d %s as %q replaces %v %q day %v received %s", e.Event, e.Kind, e.Status, e.Amount, e.At.Format("02.15:04"), e.Txn, e.Replaces, e.Of, e.DateOnly, e.ReceivedAt.Format("02.15:04"))
	}
	return b.String()
}

// moreThanReturned says of which posting more is told to have come back than the bank said
// of all, or another amount than one that was posted: what is released of an authorisation
// is neither.
func moreThanReturned(records []*Record, story []Entry) string {
	back := int64(0)
	for i := range story {
		if e := &story[i]; e.Kind == DebitReversed && e.Status != Pending {
			back += e.Amount
		}
	}
	for _, r := range records {
		posted := slices.ContainsFunc(r.Story(), func(e Entry) bool { return e.Status == Posted && e.Amount == r.Amount })
		if len(r.Story()) > 0 && r.Status == Posted && (!posted && back == 0 || r.Amount-r.Kept() > back) {
			return saysRecord(r)
		}
	}
	return ""
}
