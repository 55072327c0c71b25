package watch

import (
	"testing"
	"time"
)

// What the bank is told later of a report moves no time at which it was told of what
// was reported: the matrix of what came after, and of what it had taken by then.
func TestWhenTheBankWasToldIsNotMoved(t *testing.T) {
	t.Parallel()
	first, second := alerted("r1", 30_000, noon, ServiceDebit), alerted("r2", 40_000, noon, ServiceDebit)
	at := func(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }
	report := func() *Dispute {
		d := &Dispute{ID: "d", Record: first.ID, Kind: Debit, Txn: first.Txn, Status: DisputeOpened}
		d.Note(first)
		d.Changes = []DisputeChange{{Seq: 1, Status: DisputeOpened, At: at(0), TellBank: true, Shows: first.Shows("")}}
		d.Open(nil, d.Opening())
		return d
	}
	taken := func(d *Dispute, minutes int) {
		if c, ok := d.Untold(); ok {
			c.ToldAt = at(minutes)
		}
	}
	d := report()
	for _, r := range []string{"", "r1", "r2"} {
		if got := d.ToldOf(r); !got.IsZero() {
			t.Errorf("nothing was told, and %q was at %v", r, got)
		}
	}
	taken(d, 1)
	if !d.Another(second, at(2)) {
		t.Fatal("it has no room")
	}
	check := func(when string, want map[string]time.Time) {
		t.Helper()
		for r, w := range want {
			if got := d.ToldOf(r); !got.Equal(w) {
				t.Errorf("%s: %q was told at %v, want %v", when, r, got, w)
			}
		}
	}
	check("a debit joins", map[string]time.Time{"": at(1), "r1": at(1), "r2": {}})
	taken(d, 3)
	check("and is told", map[string]time.Time{"": at(1), "r1": at(1), "r2": at(3)})
	back := *first
	back.Returned = 10
	if !d.Update(&back, at(4)) {
		t.Fatal("a return says nothing")
	}
	taken(d, 5)
	check("some comes back", map[string]time.Time{"": at(1), "r1": at(1), "r2": at(3)})
	// The opening that was given up is heard of with what came after.
	d = report()
	d.Changes[0].GaveUpAt = at(1)
	if !d.Another(second, at(2)) {
		t.Fatal("it has no room")
	}
	taken(d, 6)
	check("the opening was given up", map[string]time.Time{"": at(6), "r1": at(6), "r2": at(6)})
}
