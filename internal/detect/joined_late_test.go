package detect_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// A bank says late that a posting and a pending debit of another id are one: the
// posting was told by itself before, perhaps with another amount, and the clocks of
// what it says are seconds apart. What it authorises after the posting, with
// another amount, may be a debit of its own, whatever it says that it replaces: it
// would be silent else.
func TestWhatIsJoinedLateIsOneDebitInAnyOrder(t *testing.T) {
	t.Parallel()
	onBoth(t, 150, 30, joinedLate)
}

func joinedLate(t *testing.T, newHouse func(*testing.T) *house, seeds []uint64) {
	for _, seed := range seeds {
		r := rand.New(rand.NewPCG(seed, 31))
		at := func() time.Duration { return 10*time.Minute - time.Duration(r.IntN(3)*r.IntN(20))*time.Second }
		yen := func() int64 { return []int64{1, 3000, 100000}[r.IntN(3)] }
		a, b, c := yen(), yen(), yen()
		third := [][2]string{{"q", `,"replaces":"p"`}, {"p", pending + `,"replaces":"q"`}, {"q", pending + `,"replaces":"p"`}, {"p", `,"replaces":"q"`}}[r.IntN(4)]
		story := []heard{
			{say("debit", "a", "p", at(), a, pending), received.Add(-9 * time.Minute)},
			{say("debit", "b", "q", at(), b, ""), received.Add(-8 * time.Minute)},
			{say("debit", "c", third[0], at(), c, third[1]), received.Add(-7 * time.Minute)},
		}
		var want string
		for i := range 6 {
			order := slices.Clone(story)
			if i > 0 {
				r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
			}
			h := newHouse(t)
			for _, e := range order {
				h.sendAt(t, e.at, e.said)
			}
			var out []string
			for _, x := range h.history(t) {
				if x.Complete {
					out = append(out, fmt.Sprintf("%s %d at %s by %d", x.Status, x.Amount, x.OccurredAt.Format("15:04:05"), len(x.Story())))
				}
			}
			slices.Sort(out)
			got := strings.Join(out, "\n")
			if i == 0 {
				want = got
			}
			if posted := !strings.Contains(third[1], pending); got != want || posted && strings.Contains(got, "\n") {
				t.Errorf("%v, seed %d: got\n%s\nwant\n%s\n%s", third, seed, got, want, says(order))
				break
			}
		}
	}
}
