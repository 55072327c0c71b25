package app_test

import (
	"strings"
	"testing"
	"time"
)

// What comes to the phone after "not me" was pressed, and was reported with it,
// says so and asks nothing: it is red, and the person has just answered.
func TestWhatIsToldAfterAReportThatCoversItAsksNothing(t *testing.T) {
	t.Parallel()
	h := newTown(t)
	p := h.alone("acc_1")
	n := p.count()
	h.sends(h.debit("t0", 100000))
	h.settle()
	h.Add(time.Second)
	h.sends(h.debit("t1", 100000))
	h.sends(h.debit("t2", 50000))
	h.settle()
	if came := p.since(n); len(came) != 1 {
		t.Fatalf("%d messages before the answer", len(came))
	}
	if err := h.line.Tap(p.id, tapOf(t, p.since(n)[0]), ""); err != nil {
		t.Fatal(err)
	}
	h.goes(10 * time.Second)
	opened := h.bank.callbacks("dispute.opened")
	if len(opened) != 1 || len(opened[0]["transactions"].([]any)) != 3 {
		t.Fatalf("the bank hears %v", opened)
	}
	last := p.since(n)[p.count()-n-1]
	if !strings.Contains(last, "150,000円") || !strings.Contains(last, "お申し出（KZ-") || !strings.Contains(last, "に含めて銀行へ伝えています") || strings.Contains(last, "a=notmine") || strings.Contains(last, "a=mine") {
		t.Errorf("the follow-up says %s", last)
	}
}
