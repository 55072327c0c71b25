package watch

import (
	"fmt"
	"testing"
	"time"
)

// Of the changes that a bank did not take the latest say why, and the one that fails now.
func TestADisputeSaysWhyTheLatestChangesWereNotTaken(t *testing.T) {
	t.Parallel()
	d := &Dispute{}
	for seq := 1; seq <= MaxFailures+5; seq++ {
		d.Changes = append(d.Changes, DisputeChange{Seq: seq})
	}
	failed := func() (out []int) {
		for _, c := range d.Changes {
			if c.Failed != nil {
				out = append(out, c.Seq)
			}
		}
		return out
	}
	for seq := range d.Changes[:MaxFailures] {
		d.Fails(seq+1, CallbackFailure{Status: 500})
	}
	if got := failed(); len(got) != MaxFailures || got[0] != 1 {
		t.Fatalf("of %d the failures of %v are kept", MaxFailures, got)
	}
	d.Fails(MaxFailures+1, CallbackFailure{Status: 503})
	if got := failed(); len(got) != MaxFailures || got[0] != 2 || got[len(got)-1] != MaxFailures+1 || d.Changes[MaxFailures].Failed.Status != 503 {
		t.Errorf("then those of %v", got)
	}
	d.Fails(1, CallbackFailure{Status: 404}) // an old one is tried again
	if got := failed(); len(got) != MaxFailures+1 || got[0] != 1 || d.Changes[0].Failed.Status != 404 {
		t.Errorf("an old one is tried again, and those of %v are kept", got)
	}
}

// What a report is now is told from what it was by what it was opened or updated with
// last, and its age by when the bank was last told of more; a bank's own words and a
// withdrawal move neither.
func TestWhatAReportIsNow(t *testing.T) {
	t.Parallel()
	later := func(h int) time.Time { return noon.Add(time.Duration(h) * time.Hour) }
	change := func(seq int, s DisputeStatus, h int) DisputeChange {
		return DisputeChange{Seq: seq, Status: s, At: later(h)}
	}
	opened, updated, received, withdrawn := change(1, DisputeOpened, 0), change(2, DisputeUpdated, 1), change(3, DisputeReceived, 2), change(4, DisputeWithdrawn, 3)
	for name, c := range map[string]struct {
		changes []DisputeChange
		status  DisputeStatus
		mark    string
		grown   time.Time
		latest  int
	}{
		"nothing":                  {nil, DisputeOpened, "", noon, 0},
		"opened":                   {[]DisputeChange{opened}, DisputeOpened, "1", noon, 1},
		"updated":                  {[]DisputeChange{opened, updated}, DisputeOpened, "2", later(1), 1},
		"received":                 {[]DisputeChange{opened, updated, received}, DisputeReceived, "2", later(1), 3},
		"taken back":               {[]DisputeChange{opened, updated, received, withdrawn}, DisputeWithdrawn, "2", later(1), 4},
		"opened again":             {[]DisputeChange{opened, withdrawn, change(5, DisputeOpened, 4)}, DisputeOpened, "5", noon, 5},
		"updates in another order": {[]DisputeChange{opened, change(5, DisputeUpdated, 9), change(6, DisputeUpdated, 7)}, DisputeOpened, "6", later(9), 1},
		"an update of before":      {[]DisputeChange{opened, change(2, DisputeUpdated, -1)}, DisputeOpened, "2", noon, 1},
	} {
		d := &Dispute{Status: c.status, AnsweredAt: noon, Changes: c.changes}
		if d.Mark() != c.mark || !d.GrownAt().Equal(c.grown) || d.Latest().Seq != c.latest || d.Latest().Status != c.status {
			t.Errorf("%s: mark %q, grown at %s, the latest is %+v", name, d.Mark(), d.GrownAt(), d.Latest())
		}
	}
}

// A bank finds in a dispute what it was told of, by the id with which it was told.
func TestABankKnowsATransactionByTheIDThatItWasTold(t *testing.T) {
	t.Parallel()
	d := &Dispute{Record: "r", Txn: "told", Kind: Debit, Also: []Disputed{{Record: "left", Txn: "told-left", Left: 2}, {Record: "o", Txn: "told-o"}}}
	for id, want := range map[string]string{"r": "told", "o": "told-o", "left": "t-left", "x": "t-x"} {
		r := alerted(id, 100, noon, ServiceDebit)
		if got := d.NameOf(r); got != want {
			t.Errorf("%s is called %q, want %q", id, got, want)
		}
		if got := (*Dispute)(nil).NameOf(r); got != "t-"+id {
			t.Errorf("without a dispute %s is called %q", id, got)
		}
	}
}

// What a bank said of a further transaction is what is kept of that, or the one event
// that told of it; of the versions that kept neither it is nothing.
func TestTheStoryOfAFurtherTransaction(t *testing.T) {
	t.Parallel()
	said := []Entry{{Event: "a"}, {Event: "b"}}
	one := Disputed{Record: "r", Txn: "t", Kind: Debit, Event: "e", ReceivedAt: noon.Add(1), Was: Shown{Status: Posted, Amount: 5, OccurredAt: noon}}
	all, none := one, one
	all.History, none.Event = said, ""
	if got := all.Story(); len(got) != 2 {
		t.Errorf("of all that was said it is %+v", got)
	}
	if got := none.Story(); len(got) != 0 {
		t.Errorf("of nothing it is %+v", got)
	}
	want := Entry{Event: "e", Kind: Debit, Status: Posted, At: noon, ReceivedAt: noon.Add(1), Amount: 5, Txn: "t"}
	if got := one.Story(); len(got) != 1 || fmt.Sprintf("%+v", got[0]) != fmt.Sprintf("%+v", want) {
		t.Errorf("of one event it is %+v", got)
	}
}

// An opening that a program did not note is noted once there is another, as what the
// dispute was about; one that was noted stays.
func TestEachOpeningSaysWhatItWasAbout(t *testing.T) {
	t.Parallel()
	noted := &Opening{Record: "noted"}
	d := &Dispute{Record: "new", Txn: "t-new", Kind: Debit, Changes: []DisputeChange{
		{Seq: 1, Status: DisputeOpened}, {Seq: 2, Status: DisputeWithdrawn}, {Seq: 3, Status: DisputeOpened, Opens: noted}, {Seq: 4, Status: DisputeWithdrawn}, {Seq: 5, Status: DisputeOpened},
	}}
	d.Open([]*Record{alerted("new", 100, noon, ServiceDebit), alerted("more", 100, noon, ServiceDebit)}, Opening{Record: "old"})
	var got []string
	for _, c := range d.Changes {
		if c.Opens == nil {
			got = append(got, "-")
		} else {
			got = append(got, c.Opens.Record)
		}
	}
	if fmt.Sprint(got) != "[old - noted - new]" || d.Opening().Txn != "t-new" || len(d.AlsoAt(latest)) != 1 {
		t.Errorf("they say %v, the last of %+v and %d more", got, d.Opening(), len(d.AlsoAt(latest)))
	}
}
