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
		return a.Service == b.Service && a.DateOnly == b.DateOnly
	}
	return (!a.DateOnly || a.Event == b.Event) && (a.Kind == DebitReversed || a.Service == b.Service)
}

// slowSays is all that is compared of a debit or link.
func (d slowDebit) text() string {
	undone := ""
	if d.gone() {
		undone = d.backAt.Format("02.15:04")
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
	return fmt.Sprintf("%s %s %d %s %q again %d %v %s%s", d.first.At.Format("01-02.15:04"), status, d.amount, undone, d.named.Service, d.again, d.presents, d.first.Event, known+map[bool]string{true: " unsure"}[d.unsure]+map[bool]string{true: " may be it"}[d.mayBe]+map[bool]string{true: " misnamed"}[d.misnamed])
}

func (d slowDebit) kept() int64 {
	if d.gone() {
		return 0
	}
	return d.amount - d.back
}

// slowUnsure notes what may as well have come back of another debit of the id, of
// which more or less was left just then, or that is of another service.
func slowUnsure(all []slowDebit, order []Entry) {
	left := func(d slowDebit, u Entry) (yen int64, fits bool) {
		var before []Entry
		for _, e := range d.story {
			place := func(e Entry) int {
				return slices.IndexFunc(order, func(x Entry) bool { return x.Event == e.Event && slowSame(x, e) })
			}
			if place(e) < place(u) {
				before = append(before, e)
			}
		}
		was := slowRead(before)
		if !was.anything || was.gone() || u.Kind == LinkRemoved && was.other(u) {
			return 0, false
		}
		return was.amount - was.back, was.amount-was.back >= u.Amount
	}
	for i, d := range all {
		if !d.anything || d.back == 0 && d.backAt.IsZero() {
			continue
		}
		all[i].misnamed = d.first.Kind == Debit && slices.ContainsFunc(d.returns, d.other)
		for _, u := range d.story {
			own, fits := left(d, u)
			for j, o := range all {
				other, could := left(o, u)
				if d.gone() && o.gone() || u.Service != "" && u.Service == d.named.Service && u.Service != o.named.Service ||
					u.Txn != "" && slices.Contains(d.ids(), u.Txn) && !slices.Contains(o.ids(), u.Txn) {
					continue
				}
				if !opening(u) && j != i && fits && could && (own != other || d.first.Kind == LinkRegistered || d.named.Service != o.named.Service) {
					all[i].unsure, all[j].mayBe = true, true
				}
			}
		}
	}
}
