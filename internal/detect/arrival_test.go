package detect_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/watch"
)

// idsOfOne is what a bank says of one authorisation: posted under an id that takes the
// place of its own, that one replaced in turn, or two that capture a part each, with
// returns by any of the ids; at times of one day in no order, or of days alone.
func idsOfOne(r *rand.Rand) (out []jsontext.Value) {
	days := r.IntN(2) == 0
	add := func(kind, txn string, yen int64, more string) {
		ago := time.Duration(120+r.IntN(50))*time.Minute + time.Duration(len(out))*time.Second // at no other's moment
		if kind == "debit.reversed" {
			ago -= time.Hour
		}
		said := string(say(kind, fmt.Sprint("e", len(out)), txn, ago, yen, more))
		if days {
			from := strings.Index(said, `"occurred_at":"`)
			said = said[:from] + `"occurred_on":"` + received.In(watch.JST).Format(time.DateOnly) + said[from+len(`"occurred_at":"2020-10-03T03:06:00Z`):]
		}
		out = append(out, jsontext.Value(said))
	}
	add("debit", "p", 5000, pending)
	var ids []string
	most := int64(7000)
	switch r.IntN(3) {
	case 0:
		add("debit", "q", most, `,"replaces":"p"`)
		ids = []string{"p", "q"}
	case 1:
		add("debit", "q", most-500, `,"replaces":"p"`)
		add("debit", "s", most, `,"replaces":"q"`)
		ids = []string{"p", "q", "s"}
	case 2:
		add("debit", "a", 3000, `,"replaces":"p"`)
		add("debit", "b", 2000, `,"replaces":"p"`)
		ids, most = []string{"a", "b"}, 2000
	}
	for range r.IntN(3) {
		add("debit.reversed", ids[r.IntN(len(ids))], []int64{100, 200, 300, most}[r.IntN(4)], "")
	}
	return out
}

// In whatever order the events of several ids reach us, of a debit whose return or whose
// next id is heard of first too, the same is taken, and the same is known to be back.
func TestIDsOfOneDebitComeToTheSameInAnyOrderOfArrival(t *testing.T) {
	t.Parallel()
	onBoth(t, 150, 30, idsOfOneDebit)
}

func idsOfOneDebit(t *testing.T, newHouse func(*testing.T) *house, seeds []uint64) {
	for _, seed := range seeds {
		r := rand.New(rand.NewPCG(seed, 31))
		story := idsOfOne(r)
		want, of := "", ""
		for range 6 {
			h := newHouse(t)
			var order []heard
			for i, e := range story {
				order = append(order, heard{e, received.Add(time.Duration(i) * time.Minute)})
				h.sendAt(t, order[i].at, e)
			}
			var out []string
			for _, x := range h.history(t) {
				if x.Complete && len(x.Story()) > 0 {
					out = append(out, fmt.Sprintf("%d, %d back for certain, again %d", x.Amount, x.Amount-x.Taken(), x.Again))
				}
			}
			slices.Sort(out)
			got := strings.Join(out, "\n")
			if want == "" {
				want, of = got, says(order)
			} else if got != want {
				t.Fatalf("seed %d:\n%s\n%s\n\nand in another order\n%s\n%s", seed, of, want, says(order), got)
			}
			r.Shuffle(len(story), func(i, j int) { story[i], story[j] = story[j], story[i] })
		}
	}
}
