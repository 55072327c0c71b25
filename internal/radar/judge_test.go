package radar

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	_ "kozamori/internal/testkit/roomy"
)

// Of a rate that is known exactly the tail is Poisson's, and it is never thinner.
func TestTheTailIsPoissonsWhereTheRateIsKnown(t *testing.T) {
	t.Parallel()
	for _, mean := range []float64{0.001, 0.1, 1, 7, 40} {
		for n := range 60 {
			want, each := 1.0, math.Exp(-mean)
			for k := range n {
				want -= each
				each *= mean / float64(k+1)
			}
			got := tail(n, mean, 1e7)
			if want > 1e-9 && math.Abs(got-want) > 1e-3*want+1e-12 {
				t.Errorf("%d or more of %g: %g, want %g", n, mean, got, want)
			}
			// Beyond the mean what is not known exactly makes much more likely.
			if float64(n) > 2*mean+2 && tail(n, mean, 2) < got {
				t.Errorf("%d or more of %g: %g with a rate that is hardly known, %g with one that is", n, mean, tail(n, mean, 2), got)
			}
		}
	}
}

// Many that stand out a little stand out together (Benjamini and Hochberg): what one
// comparison alone may not say, several may. What has fewer than Fewest accounts never does.
func TestSeveralBanksStandOutTogether(t *testing.T) {
	t.Parallel()
	const of = 1000
	at := func(share float64, seen int) Test { return Test{P: False / of * share, Seen: seen} }
	for name, c := range map[string]struct {
		tests []Test
		want  int
	}{
		"nothing":                       {nil, 0},
		"one at the bound":              {[]Test{at(1, 9)}, 1},
		"one above it":                  {[]Test{at(1.5, 9)}, 0},
		"two, each above it, together":  {[]Test{at(1.5, 9), at(1.9, 9)}, 2},
		"the second says it of both":    {[]Test{at(2, 9), at(1.8, 9)}, 2},
		"chance does not join in":       {[]Test{at(0.5, 9), {P: 0.3, Seen: 9}}, 1},
		"certain, and two people alone": {[]Test{at(0.01, Fewest-1)}, 0},
	} {
		got := StandOut(c.tests, of)
		if len(got) != c.want || !slices.IsSortedFunc(got, func(a, b Test) int { return int(math.Copysign(1, a.P-b.P)) }) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestACampaignGoesFromOneStateToAnother(t *testing.T) {
	t.Parallel()
	now := time.Date(2020, 9, 2, 3, 0, 0, 0, time.UTC)
	states := []State{Suspected, Confirmed, Dismissed, Ended}
	can := map[State][]State{Suspected: {Confirmed, Dismissed, Ended}, Confirmed: {Ended}}
	for _, from := range states {
		for _, to := range states {
			c := Open(&Test{Bank: "0125", Service: "docomo", Seen: 5}, now)
			if from != Suspected && !c.Set(from, "", false, now) {
				t.Fatalf("not to %s", from)
			}
			before := len(c.Changes)
			if got, want := c.Set(to, "clerk", false, now.Add(time.Hour)), slices.Contains(can[from], to); got != want || (c.State == to) != (want || from == to) || len(c.Changes)-before != map[bool]int{true: 1}[want] {
				t.Errorf("from %s to %s: %v, %s, %d changes", from, to, got, c.State, len(c.Changes))
			}
		}
	}
	c := Open(&Test{Bank: "0125", Service: "docomo", Kind: Refused, Seen: 5, First: []Seen{{Txn: "b", At: now.Add(-time.Minute)}}}, now)
	if c.Untold() == nil || c.Lapsed(now.Add(Lapse-1)) || !c.Lapsed(now.Add(Lapse)) {
		t.Errorf("%+v", c)
	}
	var many []Seen
	for i := range 2 * MaxFirst {
		many = append(many, Seen{Txn: fmt.Sprint("t", i), At: now.Add(-time.Hour)})
	}
	later := now.Add(Lapse - time.Hour)
	if !c.Add(&Test{Kind: Refused, Seen: 50, First: many}, later) || c.Evidence[0].Seen != 50 || len(c.Transactions) != MaxFirst || !c.Since.Equal(now.Add(-time.Hour)) || c.Lapsed(now.Add(Lapse)) {
		t.Errorf("%+v", c)
	}
	if c.Add(&Test{Kind: Refused, Seen: 40}, later.Add(time.Hour)) {
		t.Error("less than was seen is new")
	}
	var s Standing
	s.Note(c)
	if is := s.Of("docomo"); is.State != Suspected || !is.Untold || !s.Over("docomo").At.IsZero() || !s.Unusual("docomo", now) || s.Of("paypay").ID != "" || s.Unusual("paypay", now) {
		t.Errorf("%+v", s)
	}
	c.Set(Ended, "", false, later)
	s.Note(c)
	s.Close("docomo", nil)
	if !s.Over("docomo").At.Equal(later) || !s.Unusual("docomo", later.Add(-time.Hour)) || s.Unusual("docomo", later) {
		t.Errorf("ended: %+v", s)
	}
	older := Open(&Test{Bank: "0125", Service: "docomo", Seen: 5}, now.Add(-24*time.Hour))
	s.Note(older)
	if s.Of("docomo").ID != c.ID {
		t.Error("an older campaign takes the place of a newer one")
	}
}

// What a bank can say of a campaign is what Say takes, in each state, and saying it
// again changes nothing.
func TestWhatABankCanSayOfACampaign(t *testing.T) {
	t.Parallel()
	all := []State{Suspected, Confirmed, Dismissed, Ended}
	for _, from := range all {
		for _, to := range all {
			c := &Campaign{State: from, Changes: []Change{{Seq: 1, State: from}}}
			can := slices.Contains(c.CanFollow(), to)
			err := c.Say(to, "clerk", time.Unix(0, 0))
			again := from == to && to != Suspected
			if (err == nil) != (can || again) || err != nil && !errors.Is(err, ErrState) {
				t.Errorf("%s after %s: %v, though it can follow: %v", to, from, err, can)
			}
			if want := 1; can {
				want = 2
				if len(c.Changes) != want || c.State != to || c.Changes[1].Own {
					t.Errorf("%s after %s: %+v", to, from, c)
				}
			} else if len(c.Changes) != want || c.State != from {
				t.Errorf("%s after %s changed it: %+v", to, from, c)
			}
		}
	}
}
