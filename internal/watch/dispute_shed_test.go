package watch

import (
	"fmt"
	"strings"
	"testing"
)

// A dispute forgets of further transactions what its bank said of them, as far as there
// is no room for it next to all that is still to be told; the earlier ones are kept, and
// as many as there is room for.
func TestADisputeForgetsNoMoreThanItMust(t *testing.T) {
	t.Parallel()
	for _, changes := range []int{0, 1, 40} {
		for _, also := range []int{0, 20, 300} {
			d := &Dispute{ID: "d", Kind: Debit, Record: "r", Status: DisputeOpened}
			for i := range changes {
				d.Changes = append(d.Changes, DisputeChange{Seq: i + 1, Status: DisputeUpdated, TellBank: true, Shows: &Shown{Amount: 1, OccurredAt: noon}})
			}
			for i := range also {
				a := Disputed{Record: fmt.Sprint("r", i), Kind: Debit, Event: strings.Repeat("e", 50), Was: Shown{OccurredAt: noon}}
				for range 1 + i%5 {
					a.History = append(a.History, Entry{Event: "e", Kind: Debit, At: noon})
				}
				d.Also = append(d.Also, a)
			}
			if d.bytes()+100*len(d.Changes) > maxDisputeBytes {
				t.Fatal("it has no room by itself")
			}
			cost := func(a *Disputed) int { return 12 + len(a.Event) + ledgerBytes(a.History) }
			whole := d.Also
			d.shed()
			left, kept := maxDisputeBytes-d.bytes()-100*len(d.Changes), 0
			for i := range d.Also {
				switch a := &d.Also[i]; {
				case a.Event != "":
					kept++
					left -= cost(a)
				case len(a.History) > 0:
					t.Errorf("%d of %d: half of it is forgotten", i, also)
				case cost(&whole[i]) <= left:
					t.Errorf("%d changes: %d of %d takes %d bytes, of which %d are left, and is forgotten", changes, i, also, cost(&whole[i]), left)
				}
			}
			if left < 0 || (kept == also) != (also < 300) {
				t.Errorf("%d changes: %d of %d are kept, with %d bytes left", changes, kept, also, left)
			}
		}
	}
}
