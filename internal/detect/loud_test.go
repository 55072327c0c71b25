package detect_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"kozamori/internal/watch"
)

// idsThatMeet is what a bank may say of three ids within some hours, or days: each of
// them authorised, posted, raised, in the place of another or of itself, and used again.
func idsThatMeet(r *rand.Rand) (out []heard) {
	step := []time.Duration{7 * time.Minute, 7 * time.Minute, 9 * time.Hour}[r.IntN(3)]
	n := 2 + r.IntN(6)
	for i := range n {
		more, ids := "", []string{"p", "q", "s"}
		if r.IntN(2) == 0 {
			more = pending
		}
		if r.IntN(5) < 2 {
			more += fmt.Sprintf(`,"replaces":%q`, ids[r.IntN(3)])
		}
		if r.IntN(5) == 0 {
			more += `,"descriptor":"PAYPAY"`
		}
		ago := time.Duration(n-i) * step
		at := received.Add(-ago).Add(time.Duration(r.IntN(2)) * step * 3 / 2)
		out = append(out, heard{say("debit", fmt.Sprint("e", i), ids[r.IntN(3)], ago, []int64{500, 1000, 5000, 300000}[r.IntN(4)], more), at})
	}
	slices.SortStableFunc(out, func(a, b heard) int { return a.at.Compare(b.at) })
	return out
}

// Whichever ids a bank gives, and whatever it says that they replace: what is heard
// last and is the latest of its debit is on record once, and people are told of no
// less, and of no other service.
func TestNoIDSwallowsADebit(t *testing.T) {
	t.Parallel()
	onBoth(t, 400, 40, noIDSwallowsADebit)
}

func noIDSwallowsADebit(t *testing.T, newHouse func(*testing.T) *house, seeds []uint64) {
	for _, seed := range seeds {
		story := idsThatMeet(rand.New(rand.NewPCG(seed, 28)))
		h := newHouse(t)
		for i, heard := range story {
			h.sendAt(t, heard.at, heard.said)
			var e struct {
				ID         string
				At         time.Time `json:"occurred_at"`
				Amount     int64
				Descriptor string
			}
			if err := json.Unmarshal(heard.said, &e); err != nil {
				t.Fatal(err)
			}
			fail := func(format string, args ...any) {
				t.Helper()
				for _, x := range h.history(t) {
					t.Logf("%s of %q: %d %s %s, alias %q, by %+v", x.ID, x.Txn, x.Amount, x.Status, x.Service, x.Alias, x.Story())
				}
				t.Fatalf("seed %d: %s\n%s\n%s", seed, fmt.Sprintf(format, args...), says(story[:i+1]), h.Log.String())
			}
			in := 0
			for _, x := range h.history(t) {
				at := slices.IndexFunc(x.Story(), func(b watch.Entry) bool { return b.Event == e.ID })
				if at < 0 {
					continue
				}
				in++
				service := map[string]string{"PAYPAY": "paypay"}[e.Descriptor]
				if service == "" {
					service = "docomo"
				}
				switch {
				case at != len(x.Story())-1: // another one of it was said before, and happened later
				case !x.IsAlert():
					fail("nobody is told of %s", e.ID)
				case x.Amount < e.Amount || x.Service != service:
					fail("%s is %d of %s, and people are told of %d of %s", e.ID, e.Amount, service, x.Amount, x.Service)
				}
			}
			if in != 1 {
				fail("%s is on record %d times", e.ID, in)
			}
		}
	}
}

// And in whatever order they are heard of, each of them is on record once.
func TestEachDebitOfIDsThatMeetIsOnRecordOnceInAnyOrder(t *testing.T) {
	t.Parallel()
	onBoth(t, 400, 40, eachIsOnRecordOnce)
}

func eachIsOnRecordOnce(t *testing.T, newHouse func(*testing.T) *house, seeds []uint64) {
	for _, seed := range seeds {
		r := rand.New(rand.NewPCG(seed, 30))
		story := idsThatMeet(r)
		r.Shuffle(len(story), func(i, j int) { story[i], story[j] = story[j], story[i] })
		h, said := newHouse(t), map[string]int{}
		for _, heard := range story {
			h.sendAt(t, heard.at, heard.said)
			var e struct{ ID string }
			if err := json.Unmarshal(heard.said, &e); err != nil {
				t.Fatal(err)
			}
			said[e.ID] = 0
		}
		for _, x := range h.history(t) {
			for _, b := range x.Story() {
				said[b.Event]++
			}
		}
		for id, n := range said {
			if n != 1 {
				t.Fatalf("seed %d: %s is on record %d times\n%s\n%s", seed, id, n, says(story), h.Log.String())
			}
		}
	}
}
