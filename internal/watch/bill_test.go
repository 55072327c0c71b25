package watch

import (
	"fmt"
	"testing"
	"time"
)

func TestWhatIsRememberedOfBills(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	var a Bills
	if !a.Add("PAYPAYカ", noon, 100) || a.Add("PAYPAYカ", noon.Add(time.Microsecond), 100) {
		t.Error("a debit is remembered twice, or not at all")
	}
	old := a
	a.Add("PAYPAYカ", noon.AddDate(0, -1, 0), 200)
	if len(old.Forms[0].Debits) != 1 {
		t.Error("a copy changes with what it was copied from")
	}
	got := a.Of("PAYPAYカ", noon)
	if len(got) != 1 || got[0].Amount != 200 || len(a.Of("PAYPAYカ", noon.Add(1))) != 2 || a.Of("ほか", noon) != nil {
		t.Errorf("before noon there are %+v", got)
	}
	a.Add("PAYPAYカ", noon.AddDate(-2, 0, 0), 300)
	if got := a.Of("PAYPAYカ", noon.Add(1)); len(got) != 2 {
		t.Errorf("two years later there are %+v", got)
	}
	for i := range 3 * keepBills {
		for j := range 2 * keepBill {
			a.Add(fmt.Sprint(i), noon.Add(time.Duration(j)*time.Hour), 1)
		}
	}
	if len(a.Forms) != keepBills || len(a.Forms[0].Debits) != keepBill || a.Forms[keepBills-1].Form != fmt.Sprint(3*keepBills-1) {
		t.Errorf("%d forms are remembered, of the first %d debits", len(a.Forms), len(a.Forms[0].Debits))
	}
}

func TestBillsAreRememberedForFourHundredDays(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	for age, want := range map[time.Duration]int{400 * 24 * time.Hour: 2, 400*24*time.Hour + time.Millisecond: 1} {
		var a Bills
		a.Add("PAYPAYカ", noon.Add(-age), 1)
		a.Add("PAYPAYカ", noon, 2)
		if got := a.Of("PAYPAYカ", noon.Add(1)); len(got) != want {
			t.Errorf("%s later %d are remembered, want %d", age, len(got), want)
		}
	}
}

// What the version before kept is known as it was, is not changed for it, and
// counts as nothing new; what is kept now is not lost for it.
func TestBillsOfTheVersionBeforeAreKnownWithThoseOfNow(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	months := func(form string, from, n int) Bill {
		f := Bill{Form: form}
		for i := range n {
			f.Debits = append(f.Debits, BillDebit{At: noon.AddDate(0, from+i-12, 0), Amount: 1000})
		}
		return f
	}
	many := func(name string, n int) (out []Bill) {
		for i := range n {
			out = append(out, months(fmt.Sprint(name, i), 0, 1))
		}
		return out
	}
	for name, c := range map[string]struct {
		before, now []Bill
		want        map[string]int
	}{
		"nothing":                 {want: map[string]int{"a": 0}},
		"only before":             {before: []Bill{months("a", 0, 3)}, want: map[string]int{"a": 3}},
		"only now":                {now: []Bill{months("a", 0, 3)}, want: map[string]int{"a": 3}},
		"the same twice":          {before: []Bill{months("a", 0, 3)}, now: []Bill{months("a", 0, 3)}, want: map[string]int{"a": 3}},
		"one after the other":     {before: []Bill{months("a", 0, 3), months("b", 0, 1)}, now: []Bill{months("a", 2, 3)}, want: map[string]int{"a": 5, "b": 1}},
		"now is kept before then": {before: many("old", keepBills), now: many("new", keepBills), want: map[string]int{"old0": 0, "new0": 1, "new19": 1}},
		"the latest of then":      {before: many("old", keepBills), now: many("new", 1), want: map[string]int{"old0": 0, "old1": 1, "new0": 1}},
	} {
		act := &Activity{Bills: c.before}
		was := fmt.Sprint(act.Bills)
		b := &Bills{Forms: c.now}
		b.Join(act)
		b.Join(act)
		for form, n := range c.want {
			if got := b.Of(form, noon); len(got) != n {
				t.Errorf("%s: %d debits of %s, want %d", name, len(got), form, n)
			}
		}
		if b.Changed || fmt.Sprint(act.Bills) != was {
			t.Errorf("%s: changed %v, and the activity holds %v", name, b.Changed, act.Bills)
		}
		b.Add("a", noon, 1)
		if !b.Changed || fmt.Sprint(act.Bills) != was || !b.Last().Equal(noon) {
			t.Errorf("%s: after one more changed %v, the latest is of %s, and the activity holds %v", name, b.Changed, b.Last(), act.Bills)
		}
	}
}
