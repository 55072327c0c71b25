package watch

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// What this version divides is nothing that an earlier one had joined.
func TestWhatIsDividedTodayHoldsNothingJoined(t *testing.T) {
	for seed := range *slowHistories * 10 {
		for _, c := range Divide(slowStory(rand.New(rand.NewPCG(uint64(seed), 12)), 0)) {
			r := &Record{ID: "r"}
			r.Tell(c)
			for _, e := range r.joined(1, "") {
				if e.Joined != 0 {
					t.Fatalf("seed %d: %s", seed, describe(c))
				}
			}
		}
	}
}

// However late a bank tells that a debit came back, what was told as debits of
// two days stays two.
func TestAReturnJoinsNoDebitsOfTwoDays(t *testing.T) {
	for seed := range *slowHistories * 10 {
		entries := slowStory(rand.New(rand.NewPCG(uint64(seed), 12)), 0)
		for i := range entries { // the posting may be of another day than its authorisation
			if e := &entries[i]; e.Kind == Debit {
				e.Status, e.Replaces = Posted, false
			}
		}
		for _, c := range Divide(entries) {
			first := ""
			for _, e := range c {
				switch {
				case e.Kind != Debit:
				case first == "":
					first = day(e.At)
				case first != day(e.At):
					t.Fatalf("seed %d: one debit of two days: %s", seed, describe(c))
				}
			}
		}
	}
}

// A record in which a version before had joined a debit and the one that was
// presented again stays one, with its answer, whatever is said of it next.
func TestWhatWasJoinedStaysOne(t *testing.T) {
	entries := said(t, "posted 3000", "back 3000 +1h", "posted 3000 +2d")
	for _, more := range [][]string{{"back 3000 +2d +1h"}, {"back 1000 +2d +1h"}, {"posted 3000 +2d"}, {"posted 3000"}, {"posted 9000 +2d +1h"}} {
		r := &Record{ID: "r", Answer: &Answer{Value: Mine, Watcher: "w"}}
		r.Tell(slices.Clone(entries))
		e := said(t, more...)[0]
		e.Event = "next"
		changed, fresh, err := Add([]*Record{r}, e)
		if err != nil || len(fresh) != 0 || r.Again != 1 {
			t.Errorf("%s: %s, and %d records beside it (%v)", more[0], shape([]*Record{r}), len(fresh), err)
		}
		for _, x := range changed {
			for _, e := range x.Entries {
				if e.Joined != 0 {
					t.Errorf("%s: the mark is kept", more[0])
				}
			}
		}
	}
	r := &Record{ID: "r"}
	r.Tell(slices.Clone(entries))
	e := said(t, "posted 3000 +3d")[0]
	e.Event = "next"
	if _, fresh, err := Add([]*Record{r}, e); err != nil || len(fresh) != 1 {
		t.Errorf("a debit of the day after: %d records beside it (%v), want 1", len(fresh), err)
	}
}
