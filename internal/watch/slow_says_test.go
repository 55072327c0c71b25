package watch

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// known is when it was known that its service had taken what it took: the bank
// had said how much, and by whom.
func (d slowDebit) known() time.Time {
	out := d.gain.ReceivedAt
	var first time.Time
	for _, e := range d.story {
		if opening(e) && e.Service != "" && e.Service == d.named.Service && (first.IsZero() || e.ReceivedAt.Before(first)) {
			first = e.ReceivedAt
		}
	}
	if first.After(out) {
		return first
	}
	return out
}

// slowDistinct leaves out what an earlier received entry says. Of a day alone
// the bank may mean another time of it, if it has another id.
func slowDistinct(entries []Entry) (out []Entry) {
	entries = slices.Clone(entries)
	slices.SortFunc(entries, func(a, b Entry) int {
		return cmp.Or(a.ReceivedAt.Compare(b.ReceivedAt), strings.Compare(a.Event, b.Event))
	})
	said := slices.Clone(entries)
	for i := range entries { // that it takes another's place may be said in any repetition: of its own event, else the first of which counts
		e := &entries[i]
		for _, own := range []bool{true, false} {
			for _, b := range said {
				if b.Replaces && !e.Replaces && slowSame(*e, b) && (!own || b.Event == e.Event) {
					e.Replaces, e.Of = true, b.Of
				}
			}
		}
	}
	for i, e := range entries {
		if !slices.ContainsFunc(entries[:i], func(b Entry) bool {
			return slowSame(b, e) && (b.Event == e.Event || !opening(e) || !e.DateOnly)
		}) {
			out = append(out, e)
		}
	}
	return out
}

// slowSame tells whether b says what a says already.
func slowSame(a, b Entry) bool {
	if a.Kind != b.Kind || a.Status != b.Status || !a.At.Equal(b.At) || a.Amount != b.Amount || a.Txn != b.Txn || a.Replaces && b.Replaces && a.Of != b.Of {
		return false
	}
	if opening(a) {
		return a.Service == b.Service && a.DateOnly == b.DateOnly && (a.Event == b.Event || slowWord(a) == slowWord(b))
	}
	return (!a.DateOnly || a.Event == b.Event) && (a.Kind == DebitReversed || a.Event == b.Event || a.Service == b.Service && a.Word == b.Word)
}

// slowWord is the bank's word for a service, if nothing else is known of it.
func slowWord(e Entry) string {
	if e.Service == "" || e.Service == Unlisted {
		return e.Word
	}
	return ""
}

// slowCalled tells whether the bank has two words for the services of two.
func slowCalled(a, b Entry) bool {
	return a.Service == b.Service && slowWord(a) != "" && slowWord(b) != "" && slowWord(a) != slowWord(b)
}

// slowSays is all that is compared of a debit or link.
func (d slowDebit) text() string {
	undone := ""
	if d.gone() {
		undone = d.wholeAt(d.amount).Format("02.15:04")
	} else if d.back > 0 {
		undone = fmt.Sprint("back ", d.back)
	}
	status := d.first.Status
	if d.first.Kind == Debit && d.posted {
		status = Posted
	}
	known := ""
	if !d.inherits {
		known = " known " + d.known().Format("02.15:04:05")
	}
	if free := d.back - min(d.solid.back, d.amount); free > 0 && !d.posted && d.anything {
		known += fmt.Sprint(" freed ", free)
	}
	return fmt.Sprintf("%s %s %d %s %q again %d %v %s%s", d.first.At.Format("01-02.15:04"), status, d.amount, undone, d.named.Service, d.again, d.presents, d.first.Event, known+map[bool]string{true: " unsure"}[d.unsure]+map[bool]string{true: fmt.Sprint(" may be it ", d.mayBack)}[d.mayBe]+map[bool]string{true: " misnamed"}[d.misnamed]+map[bool]string{true: " early"}[d.early]+map[bool]string{true: " doubtful"}[d.doubtful]+map[bool]string{true: " may be again"}[d.mayAgain])
}

// taken is what is not known to have come back.
func (d slowDebit) taken() int64 {
	switch {
	case d.unsure || d.misnamed || d.early:
		return d.amount
	case d.gone():
		return 0
	}
	return d.amount - d.back
}
