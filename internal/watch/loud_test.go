package watch

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// Whatever ids a bank gives them, and whatever it says that they replace: of a debit
// that is the latest of its record, and was received last, the person is told no less
// than it is, and by no other service: of an authorisation by that record, or by those
// together of which the bank says that they took its place. This depends on none of the
// rules by which debits are divided.
func TestNoDebitIsSilentInAnyOrder(t *testing.T) {
	for seed := *historiesFrom; seed < *historiesFrom+*histories; seed++ {
		r := rand.New(rand.NewPCG(uint64(seed), 27))
		story := slowStory(r, 0)
		slices.SortStableFunc(story, func(a, b Entry) int { return a.ReceivedAt.Compare(b.ReceivedAt) })
		a := &slowAccount{watcher: Watcher{ID: "w"}}
		for i, e := range story {
			a.add(t, 0, e)
			if e.Kind != Debit || slices.ContainsFunc(story[:i], func(b Entry) bool { return b.same(&e) }) {
				continue
			}
			for _, x := range a.ids[0] {
				if x.Service == "" || !isLatestOf(e, x) {
					continue
				}
				if told := knows(x); (told == nil || told.Amount < e.Amount || e.Service != "" && told.Service != e.Service) && a.toldInPlaceOf(e) < e.Amount {
					var said strings.Builder
					for _, e := range story[:i+1] {
						fmt.Fprintf(&said, "\n %s %s %s %d %q at %s received %s as %q replaces %v %q day %v", e.Event, e.Kind, e.Status, e.Amount, e.Service,
							e.At.Format("01-02.15:04"), e.ReceivedAt.Format("02.15:04:05"), e.Txn, e.Replaces, e.Of, e.DateOnly)
					}
					known := "nothing"
					if told != nil {
						known = saysRecord(told)
					}
					t.Fatalf("seed %d:%s\n%s is in %s, of which the person knows %s", seed, said.String(), e.Event, saysRecord(x), known)
				}
			}
		}
	}
}

// toldInPlaceOf is how much the person was told of by the service of an authorisation, in
// yen, in the debits of which the bank says that they took the place of its id.
func (a *slowAccount) toldInPlaceOf(e Entry) (yen int64) {
	for _, x := range a.ids[0] {
		takes := slices.ContainsFunc(x.Story(), func(b Entry) bool { return b.opens() && b.Replaces && b.Of == e.Txn })
		if told := knows(x); takes && e.Status == Pending && told != nil && (e.Service == "" || told.Service == e.Service) {
			yen += told.Amount
		}
	}
	return yen
}

// isLatestOf tells whether an entry is one of a record's, and later than its others.
func isLatestOf(e Entry, r *Record) bool {
	in := false
	for _, x := range r.Story() {
		switch {
		case x.Event == e.Event && x.same(&e):
			in = true
		case !x.opens() || x.when().Before(e.when()):
		default:
			return false
		}
	}
	return in
}
