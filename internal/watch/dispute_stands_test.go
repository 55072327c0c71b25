package watch

import (
	"testing"
)

func TestWhetherADisputeStandsIsOursToSay(t *testing.T) {
	change := func(s ...DisputeStatus) *Dispute {
		d := &Dispute{Status: s[len(s)-1]}
		for i, s := range s {
			d.Changes = append(d.Changes, DisputeChange{Seq: i + 1, Status: s})
		}
		return d
	}
	for name, c := range map[string]struct {
		d    *Dispute
		want DisputeStatus
		seq  int
	}{
		"opened":                          {change(DisputeOpened), DisputeOpened, 1},
		"the bank has taken it":           {change(DisputeOpened, DisputeReceived, DisputeFrozen), DisputeOpened, 1},
		"withdrawn, and the bank goes on": {change(DisputeOpened, DisputeWithdrawn, DisputeClosed), DisputeWithdrawn, 2},
		"opened again":                    {change(DisputeOpened, DisputeWithdrawn, DisputeOpened), DisputeOpened, 3},
		"of before there were changes":    {&Dispute{Status: DisputeReceived}, DisputeReceived, 0},
	} {
		if got := c.d.Ours(); got.Status != c.want || got.Seq != c.seq {
			t.Errorf("%s: %+v", name, got)
		}
		if _, r := disputed(); c.d.Update(r, noon) {
			n := len(c.d.Changes)
			if told := n > 0 && c.d.Changes[n-1].Status == DisputeUpdated; told == (c.want == DisputeWithdrawn) {
				t.Errorf("%s: the bank hears of a change: %v", name, told)
			}
		}
	}
}

// Which transactions a report covers changes in the report, and not in a copy of
// it that another reader holds.
func TestWhatAReportCoversChangesInNoCopy(t *testing.T) {
	d := &Dispute{ID: "d", Record: "a"}
	d.Also = []Disputed{{Record: "b", Txn: "b"}, {Record: "c", Txn: "c"}}
	held := d.Also
	d.Cover([]*Record{alerted("c", 100, noon, ServiceDebit), alerted("x", 100, noon, ServiceDebit)}, 3)
	if held[0].Left != 0 || held[1].Left != 0 {
		t.Errorf("another reader's copy says %+v", held)
	}
	if len(d.Also) != 3 || d.Also[0].Left != 3 || d.Also[1].Left != 0 || d.Also[2].Record != "x" || d.Also[2].Seq != 3 {
		t.Errorf("covered are %+v", d.Also)
	}
}

// What a report was about first, at each of its changes: what the latest one that
// began it anew, up to that change, says.
func TestWhatAReportWasAboutFirst(t *testing.T) {
	d := &Dispute{ID: "d", Record: "a", Txn: "own", Changes: []DisputeChange{{Seq: 1}, {Seq: 2, Opens: &Opening{Record: "b"}}, {Seq: 3}, {Seq: 4, Opens: &Opening{Record: "c"}}}}
	for seq, want := range map[int]string{0: "own", 1: "own", 2: "b", 3: "b", 4: "c", 5: "c"} {
		o := d.OpenedAt(seq)
		if got := o.Record; want != "own" && got != want || want == "own" && o.Txn != "own" {
			t.Errorf("at %d it is %+v, want %s", seq, o, want)
		}
	}
	if o := d.Opening(); o.Record != "c" {
		t.Errorf("now it is %+v", o)
	}
}
