package watch

import (
	"slices"
	"testing"
	"time"
)

// Who is called because of a report reads which of it the report leaves out, as it was
// when that was decided. Others are asked about it.
func TestACallSaysWhatTheReportLeavesOut(t *testing.T) {
	for called, except := range map[Call][]string{CallReported: {"a"}, "": nil} {
		r := alerted("r", 100, noon.Add(-time.Hour), ServiceDebit)
		r.Dispute, r.Answer = "d", &Answer{Value: NotMine, At: noon.Add(time.Hour), Except: []string{"a"}}
		r.Notices = append(r.Notices, Notice{Watcher: "family", Called: called, Reasons: Because(ServiceDebit)})
		r.Join(alerted("a", 7, noon, ServiceDebit))
		d := bring(t, r, reader("family", LINE), LINE, noon.Add(2*time.Hour))
		if !slices.Equal(d.Except, except) {
			t.Errorf("called %q: it leaves out %q, want %q", called, d.Except, except)
		}
		if got := len(d.Reports(r.SaidBy(d))); got != len(d.Says)-len(except) {
			t.Errorf("called %q: it says that %d of %d are reported", called, got, len(d.Says))
		}
		r.Answer.Except = nil // it is reported as well
		if renewed := r.Renew(d); called != "" && (!renewed || d.Except != nil) {
			t.Errorf("called %q: it says still that %q is left out", called, d.Except)
		}
	}
}
