package watch

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// thrice is what a bank says of a debit three times, each time of the same moment: once
// plainly, and that it takes the place of two ids, each of which it may have authorised.
func thrice(r *rand.Rand) (out []Entry) {
	said := Entry{Kind: Debit, Status: []Status{Posted, Posted, Pending}[r.IntN(3)], At: noon, Amount: 3000, Service: "docomo"}
	for i, of := range []string{"", "t1", "t2"} {
		e := said
		e.Event, e.Replaces, e.Of = fmt.Sprint("said", i), i > 0, of
		out = append(out, e)
	}
	for _, id := range []string{"t1", "t2", ""} {
		if r.IntN(3) > 0 {
			out = append(out, Entry{Event: "held as " + id, Kind: Debit, Status: Pending, Txn: id, At: noon.Add(-time.Duration(1+r.IntN(90))*time.Minute - time.Duration(len(out))*time.Second), Amount: []int64{2000, 3000, 5000}[r.IntN(3)], Service: "docomo"})
		}
	}
	if r.IntN(3) == 0 {
		out = append(out, Entry{Event: "back", Kind: DebitReversed, Txn: []string{"", "t1", "t2"}[r.IntN(3)], At: noon.Add(time.Hour), Amount: 500})
	}
	return out
}

// plainly leaves out which of the three it was that said it: they are one debit's.
func plainly(comes string) string {
	return regexp.MustCompile(`said\d( said\d)*`).ReplaceAllString(comes, "said")
}

// Of which of the two that replace an id it is the plain statement, arrival decides; it
// changes since when that one is known, and nothing that is told of an amount, or of how
// many there are.
func TestADebitThatIsSaidToReplaceTwoIDsIsTheSameInAnyOrder(t *testing.T) {
	differ := 0
	for seed := *historiesFrom; seed < *historiesFrom+*histories/3; seed++ {
		r := rand.New(rand.NewPCG(uint64(seed), 33))
		story := thrice(r)
		want, of := "", ""
		for range 4 {
			for i := range story {
				story[i].ReceivedAt = noon.Add(3*time.Hour + time.Duration(i)*time.Minute)
			}
			records, _ := record(t, story)
			if got := plainly(comesTo(records)); want == "" {
				want, of = got, says(story)
			} else if got != want {
				if differ++; differ < 4 {
					t.Errorf("seed %d: %s\n%s\n\nand in another order: %s\n%s", seed, of, want, says(story), got)
				}
				break
			}
			r.Shuffle(len(story), func(i, j int) { story[i], story[j] = story[j], story[i] })
		}
	}
	if differ > 0 {
		t.Errorf("%d differ", differ)
	}
}

// saidThrice calls the events of debits that are so said under an id, in what a record says,
// by the name of one of them: which of them is on record, arrival decides.
func saidThrice(stories [2][]Entry) func(record string) string {
	var names []string
	for _, story := range stories {
		for _, plain := range story {
			if !plain.opens() || plain.Replaces || plain.DateOnly {
				continue
			}
			alike := slices.DeleteFunc(slices.Clone(story), func(e Entry) bool { return !e.same(&plain) })
			of := map[string]bool{}
			for _, e := range alike {
				if e.Replaces {
					of[e.Of] = true
				}
			}
			for _, e := range alike {
				if len(of) > 1 {
					names = append(names, " "+e.Event+" ", " "+alike[0].Event+" ")
				}
			}
		}
	}
	called := strings.NewReplacer(names...)
	return func(record string) string { return called.Replace(record + " ") }
}
