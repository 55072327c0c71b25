package watch

import (
	"fmt"
	"testing"
	"time"
)

// However often the transactions of a dispute change, each as often or one alone,
// and whether the bank takes its callbacks or is down, the last that it is told is
// what they are now, and the dispute does not grow without end.
func TestABankMissesNoChangeOfAFullDispute(t *testing.T) {
	for _, taken := range []bool{true, false} {
		for name, parts := range map[string]int{"one transaction": 1, "a few": 3, "as many as there are": MaxReported} {
			var all []*Record
			for i := range parts {
				all = append(all, alerted(fmt.Sprint("r", i), 100, noon, ServiceDebit))
			}
			d := &Dispute{ID: "d", Record: all[0].ID, Kind: Debit, Txn: all[0].Txn, Status: DisputeOpened}
			d.Note(all[0])
			d.Changes = []DisputeChange{{Seq: 1, Status: DisputeOpened, At: noon, TellBank: true, Shows: all[0].Shows("")}}
			d.Open(nil, d.Opening())
			tell := func() {
				if c, ok := d.Untold(); ok && taken {
					c.ToldAt = noon
				}
			}
			for _, p := range all[1:] {
				if !d.Another(p, noon) {
					t.Fatalf("%s: %s finds no room", name, p.ID)
				}
				tell()
			}
			for range 100 { // the bank's own
				d.Changes = append(d.Changes, DisputeChange{Seq: d.nextSeq(), Status: DisputeReceived, At: noon})
			}
			for n := range max(400, 2*parts) {
				p := all[n%parts]
				p.Amount++
				if n%7 == 0 {
					p.UndoneAt = noon.Add(time.Duration(n) * time.Second)
				}
				before := d.nextSeq()
				if !d.Update(p, noon.Add(time.Minute)) {
					t.Fatalf("%s: a change of %s says nothing", name, p.ID)
				}
				if d.nextSeq() != before+1 {
					t.Fatalf("%s, taken %v: change %d of %s is not told", name, taken, n, p.ID)
				}
				last := d.Changes[len(d.Changes)-1].Seq
				for i, p := range all {
					if n%100 > 0 && i != n%parts {
						continue // all of them each hundred times
					}
					if s, ok := d.TransactionAt(p.ID, last); !ok || s.Amount != p.Amount || !s.UndoneAt.Equal(p.UndoneAt) {
						t.Fatalf("%s, taken %v: after change %d the bank is told %+v of %s, which is of %d", name, taken, n, s, p.ID, p.Amount)
					}
				}
				tell()
			}
			if d.ours() > maxDisputeChanges || d.bytes() > maxDisputeBytes+roomForUpdates+1000 {
				t.Errorf("%s: %d changes, %d bytes", name, d.ours(), d.bytes())
			}
		}
	}
}

// What is dropped changes nothing of what the changes after it say.
func TestWhatIsForgottenStaysSaid(t *testing.T) {
	a, b := alerted("a", 100, noon, ServiceDebit), alerted("b", 100, noon, ServiceDebit)
	d := &Dispute{ID: "d", Record: "a", Kind: Debit, Status: DisputeOpened}
	d.Note(a)
	d.Changes = []DisputeChange{{Seq: 1, Status: DisputeOpened, At: noon, TellBank: true, Shows: a.Shows("")}}
	d.Open([]*Record{b}, d.Opening())
	for n := range 20 {
		p := []*Record{a, b, b}[n%3]
		p.Amount++
		d.Update(p, noon)
	}
	say := func() map[int]string {
		out := map[int]string{}
		for _, c := range d.Changes[1:] {
			x, _ := d.TransactionAt("a", c.Seq)
			y, _ := d.TransactionAt("b", c.Seq)
			out[c.Seq] = fmt.Sprint(x.Amount, y.Amount)
		}
		return out
	}
	for was := say(); d.forget(); {
		for seq, is := range say() {
			if is != was[seq] {
				t.Errorf("change %d says %s, and said %s", seq, is, was[seq])
			}
		}
	}
	if len(d.Changes) != 1 {
		t.Errorf("%d changes are left", len(d.Changes))
	}
}
