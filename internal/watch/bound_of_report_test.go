package watch

import (
	"fmt"
	"testing"
)

// A report holds MaxReported transactions and no more, however they are spread.
func TestAReportTakesAsManyAsItHolds(t *testing.T) {
	with := func(id string, members int) *Record {
		r := alerted(id, 100, noon, ServiceDebit)
		for i := range members {
			r.Members = append(r.Members, Member{Record: fmt.Sprint(id, i)})
		}
		return r
	}
	for more, want := range map[int]bool{0: true, 1: false} {
		a, b := with("a", 3), with("b", MaxReported-5+more)
		if got := a.Take([]*Record{a}, []*Record{b}); got != want {
			t.Errorf("of %d transactions: taken is %v", 2+3+MaxReported-5+more, got)
		}
	}
}
