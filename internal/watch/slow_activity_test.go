package watch

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// slowActivity is what all debits and links of an account come to: totals of
// months, when each service was first and last seen, how many debits and links
// there are, and which standing debits are one of three within an hour, of those
// of the last week: what is older is history, which tells nothing.
func slowActivity(all []slowDebit) string {
	var out []string
	var newest time.Time
	for _, service := range []string{"", "docomo", "paypay", Unlisted} {
		months, first, last, debits, links := map[string]int64{}, time.Time{}, time.Time{}, 0, 0
		for _, d := range all {
			for _, e := range d.story {
				if !opening(e) || e.Service != service || e.Kind == Debit && service == "" {
					continue
				}
				if first.IsZero() || e.At.Before(first) {
					first = e.At
				}
				if e.At.After(last) {
					last = e.At
				}
				if e.At.After(newest) {
					newest = e.At
				}
			}
			switch {
			case d.named.Service != service:
			case d.first.Kind == LinkRegistered:
				links++
			case service != "":
				debits++
				months[d.first.At.In(JST).Format("2006-01")] += d.taken()
			}
		}
		for m, yen := range months {
			if yen == 0 {
				delete(months, m)
			}
		}
		if !first.IsZero() {
			out = append(out, fmt.Sprintf("%q %s to %s, %d debits %v, %d links", service, first.Format("01-02.15:04"), last.Format("01-02.15:04"), debits, months, links))
		}
	}
	for _, d := range all {
		if d.first.Kind == Debit && d.named.Service != "" && d.taken() > 0 && newest.Sub(d.first.At) <= 7*24*time.Hour && slowBurst(all, d) {
			out = append(out, "burst at "+d.first.At.Format("01-02.15:04"))
		}
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), "\n")
}

// slowBurst tries each hour that begins with a debit.
func slowBurst(all []slowDebit, d slowDebit) bool {
	standing := func(x slowDebit) bool { return x.first.Kind == Debit && x.named.Service != "" && x.taken() > 0 }
	for _, begin := range all {
		in := func(x slowDebit) bool {
			return standing(x) && !x.first.DateOnly && !x.first.At.Before(begin.first.At) && !x.first.At.After(begin.first.At.Add(time.Hour))
		}
		n := 0
		for _, x := range all {
			if in(x) {
				n++
			}
		}
		if standing(begin) && in(d) && n >= 3 {
			return true
		}
	}
	return false
}

// slowInherit gives a debit that no entry names the service of the one that it
// presents again: the earliest of another day and as much, of which all came back
// at most 35 days before, unless one of that service did so meanwhile.
func slowInherit(all []slowDebit) {
	order := make([]*slowDebit, 0, len(all))
	for i := range all {
		if all[i].anything && all[i].first.Kind == Debit {
			order = append(order, &all[i])
		}
	}
	slices.SortStableFunc(order, func(a, b *slowDebit) int {
		return cmp.Or(a.first.At.Compare(b.first.At), strings.Compare(a.first.Event, b.first.Event))
	})
	follows := func(o *slowDebit, at time.Time, amount int64) bool {
		wait := at.Sub(o.wholeAt(o.amount))
		return o.gone() && o.named.Service != "" && o.amount == amount && wait >= 0 && wait <= 35*24*time.Hour
	}
	for i, d := range order {
		if d.named.Service != "" {
			continue
		}
		for _, o := range order[:i] {
			between := slices.ContainsFunc(order[:i], func(x *slowDebit) bool {
				return x != o && x.named.Service == o.named.Service && !slowCalled(x.named, o.named) && x.first.At.Before(d.first.At) && follows(o, x.first.At, x.amount)
			})
			if follows(o, d.first.At, d.amount) && slowDay(o.first) != slowDay(d.first) && !between {
				d.named.Service, d.inherits, d.heirOf = o.named.Service, true, o
				break
			}
		}
	}
}
