package watch

import (
	"fmt"
	"testing"
	"time"
)

func TestWhatAnActivityRemembersOfBills(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	var a Activity
	if !a.AddBill("PAYPAYカ", noon, 100) || a.AddBill("PAYPAYカ", noon.Add(time.Microsecond), 100) {
		t.Error("a debit is remembered twice, or not at all")
	}
	old := a.Clone()
	a.AddBill("PAYPAYカ", noon.AddDate(0, -1, 0), 200)
	if len(old.Bills[0].Debits) != 1 {
		t.Error("a copy changes with what it was copied from")
	}
	got := a.BillsOf("PAYPAYカ", noon)
	if len(got) != 1 || got[0].Amount != 200 || len(a.BillsOf("PAYPAYカ", noon.Add(1))) != 2 || a.BillsOf("ほか", noon) != nil {
		t.Errorf("before noon there are %+v", got)
	}
	a.AddBill("PAYPAYカ", noon.AddDate(-2, 0, 0), 300)
	if got := a.BillsOf("PAYPAYカ", noon.Add(1)); len(got) != 2 {
		t.Errorf("two years later there are %+v", got)
	}
	for i := range 3 * keepBills {
		for j := range 2 * keepBill {
			a.AddBill(fmt.Sprint(i), noon.Add(time.Duration(j)*time.Hour), 1)
		}
	}
	if len(a.Bills) != keepBills || len(a.Bills[0].Debits) != keepBill || a.Bills[keepBills-1].Form != fmt.Sprint(3*keepBills-1) {
		t.Errorf("%d forms are remembered, of the first %d debits", len(a.Bills), len(a.Bills[0].Debits))
	}
}

func TestBillsAreRememberedForFourHundredDays(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	for age, want := range map[time.Duration]int{400 * 24 * time.Hour: 2, 400*24*time.Hour + time.Millisecond: 1} {
		var a Activity
		a.AddBill("PAYPAYカ", noon.Add(-age), 1)
		a.AddBill("PAYPAYカ", noon, 2)
		if got := a.BillsOf("PAYPAYカ", noon.Add(1)); len(got) != want {
			t.Errorf("%s later %d are remembered, want %d", age, len(got), want)
		}
	}
}
