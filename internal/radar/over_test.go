package radar

import (
	"fmt"
	"math"
	"testing"
	"time"
)

// What was counted until a campaign was over suspects nothing again, and what is counted
// after does, be it in the same ten minutes; and a new campaign counts that alone.
func TestWhatIsCountedAfterACampaignWasOverCountsAlone(t *testing.T) {
	t.Parallel()
	begin := time.Date(2020, 9, 2, 3, 0, 0, 0, time.UTC)
	n := &Norm{Bank: "0125", Hours: 2000}
	for _, k := range Kinds {
		n.Kinds = append(n.Kinds, KindNorm{Kind: k, Services: []ServiceNorm{{Service: "docomo", Count: 1e6, Hours: 1e9}}})
	}
	for _, to := range []State{Dismissed, Ended} {
		for _, known := range []bool{true, false} { // by a version that notes what was counted
			cell := &Cell{Bank: "0125", Service: "docomo", Kind: Refused, At: begin}
			count := func(who string, from, number int, at time.Time) {
				for i := from; i < from+number; i++ {
					if _, err := cell.Add(fmt.Sprint(who, i), fmt.Sprint(who, i, at.Unix()), at); err != nil {
						t.Fatal(err)
					}
				}
			}
			s := &Standing{Bank: "0125"}
			look := func(at time.Time) (out []Test) {
				return StandOut(Tests(n, []*Cell{cell}, s.Over, at), 35*Comparisons(n))
			}
			count("first", 0, 60, begin.Add(time.Minute))
			found := look(begin.Add(2 * time.Minute))
			if len(found) == 0 {
				t.Fatal("an attack is not seen")
			}
			c := Open(&found[0], begin.Add(2*time.Minute))
			if s.Note(c); !s.Over("docomo").At.IsZero() {
				t.Errorf("%+v", s)
			}
			over := begin.Add(3 * time.Minute)
			if c.Set(to, "", false, over); !s.Closes(c) {
				t.Error("it is over, and that is not noted")
			}
			if s.Note(c); known {
				s.Close("docomo", []*Cell{cell, {Service: "paypay", Kind: Refused, At: begin, Counted: cell.Counted}})
			}
			if s.Closes(c) {
				t.Error("it is over twice")
			}
			count("first", 0, 60, over.Add(time.Second)) // those again
			if got := look(over.Add(30 * time.Second)); len(got) != 0 {
				t.Errorf("%s: what was counted suspects again: %+v", to, got)
			}
			count("other", 0, 64, over.Add(time.Minute))
			got := look(over.Add(time.Minute))
			if !known {
				if len(got) != 0 {
					t.Errorf("%s, by a version of before: %+v", to, got)
				}
				continue
			}
			if len(got) == 0 || math.Abs(float64(got[0].Seen-64)) > 8 {
				t.Fatalf("%s: of 64 others a minute after: %+v", to, got)
			}
			next := Open(&got[0], over.Add(time.Minute))
			s.Note(next)
			for i := range got {
				next.Add(&got[i], over.Add(time.Minute))
			}
			if next.Since.Before(over) {
				t.Errorf("%s: the next campaign is since %s, the first was over at %s", to, next.Since, over)
			}
			for _, x := range look(over.Add(2 * time.Minute)) { // while it stands
				if next.Add(&x, over.Add(2*time.Minute)); x.From.Before(over) || math.Abs(float64(x.Seen-64)) > 8 {
					t.Errorf("%s: what was over counts for the next campaign: %+v", to, x)
				}
			}
			if s.Note(next); len(s.Services[0].Over.Counted) != 1 {
				t.Errorf("%s: %+v", to, s.Services[0].Over)
			}
			next.Set(Confirmed, "", false, over.Add(2*LinkedFor))
			if s.Note(next); len(s.Services[0].Over.Counted) != 0 || !s.Over("docomo").At.Equal(over) {
				t.Errorf("%s: a day later it keeps %+v", to, s.Services[0].Over)
			}
		}
	}
}
