package watch

import "testing"

// changeIsTrue fails if what a watcher is told of a debit's change is not so by the slow
// model, or if nothing has changed that is told by a name of its own.
func changeIsTrue(t *testing.T, r *Record, was *Shown) {
	t.Helper()
	if was == nil || r.Kind != Debit {
		return
	}
	d := slowRead(r.Story())
	back, before := d.back, was.Returned
	if d.gone() {
		back = d.amount
	}
	if !was.UndoneAt.IsZero() {
		before = was.Amount
	}
	taken := false // what was released
	if was.Status == Pending && d.posted {
		before, taken = before-was.Freed, was.Freed > 0 && d.amount-back > was.Amount-before
	}
	later := d.again > was.Again && (d.first.DateOnly || was.DateOnly || d.first.At.After(was.OccurredAt))
	less := !d.gone() && (back < before || taken) && !later
	kinds := map[string]bool{
		"less came back":       less,
		"taken again":          later,
		"more was taken":       d.amount > was.Amount,
		"another service":      r.Service != "" && r.Service != was.Service,
		"more came back":       back > before,
		"all of it is":         d.gone() && was.UndoneAt.IsZero(),
		"not certain, or is":   back > 0 && before > 0 && r.MayStand() != was.MayStand(),
		"its name is doubtful": r.Service == was.Service && r.Confidence == Undecided && was.Confidence != Undecided,
		"again is doubtful":    d.again == was.Again && d.again > 0 && r.MayBeAgain && !was.MayBeAgain,
	}
	kinds["more may have come back"] = r.MayBack > was.MayBack || later && r.MayBack > 0
	kinds["none of that has"] = was.MayBack > 0 && r.MayBack == 0 && r.UndoneAt.IsZero()
	any := false
	for _, is := range kinds {
		any = any || is
	}
	if !any {
		t.Errorf("told of a change, and nothing has changed: %s, now %s", saysRecord(r.As(was)), saysRecord(r))
	}
	if got := was.Stands(r); got != less {
		t.Errorf("told that it has not come back, or less did: %v, and it is %v: %s, now %s", got, less, saysRecord(r.As(was)), saysRecord(r))
	}
	if got := was.TakenAgain(r); got != later {
		t.Errorf("told as taken again: %v, and it is %v: %s, now %s", got, later, saysRecord(r.As(was)), saysRecord(r))
	}
	if got := was.MoreBack(r); got && back <= before && !(d.gone() && was.UndoneAt.IsZero()) {
		t.Errorf("told that some came back, and none has: %s, now %s", saysRecord(r.As(was)), saysRecord(r))
	}
	again, more := was.Changed(r)
	if a, m := was.Changed(r.As(r.Shows(""))); a != again || m != more {
		t.Errorf("as a part of a story it is to be told: %v (worse: %v), and by itself %v (%v): %s, now %s", a, m, again, more, saysRecord(r.As(was)), saysRecord(r))
	}
}
