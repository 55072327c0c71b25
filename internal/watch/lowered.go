package watch

import (
	"maps"
	"slices"
	"time"
)

// clone is a copy that shares nothing that changes.
func (r *Rules) clone() *Rules {
	c := *r
	c.ServiceMinFor, c.MonthlyTotal = maps.Clone(r.ServiceMinFor), maps.Clone(r.MonthlyTotal)
	c.Keywords, c.Trusts = slices.Clone(r.Keywords), slices.Clone(r.Trusts)
	if r.Quiet != nil {
		q := *r.Quiet
		c.Quiet = &q
	}
	return &c
}

func (Always) lowers(_, _ *Rules, _ time.Time) bool { return false }

func (v Flag) lowers(before, after *Rules, _ time.Time) bool {
	x, y := *v.At(before), *v.At(after)
	if v.Mutes {
		x, y = !x, !y
	}
	return x && !y
}

func (v Yen) lowers(before, after *Rules, _ time.Time) bool {
	return later(*v.At(before), *v.At(after))
}

// later tells whether who is told from one amount on is told of less from
// another on; 0 is never.
func later(before, after int64) bool {
	return before > 0 && (after == 0 || after > before)
}

func (v YenFor) lowers(before, after *Rules, _ time.Time) bool {
	from := func(r *Rules, id string) int64 {
		if yen, own := (*v.At(r))[id]; own || v.Else == nil {
			return yen
		}
		return *v.Else(r)
	}
	return slices.ContainsFunc(v.Differ(before, after), func(id string) bool { return later(from(before, id), from(after, id)) })
}

// Differ lists the services, in order, whose amounts are not the same in both.
func (v YenFor) Differ(a, b *Rules) []string {
	x, y := *v.At(a), *v.At(b)
	out := slices.AppendSeq(slices.Collect(maps.Keys(x)), maps.Keys(y))
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(id string) bool {
		n, in := x[id]
		m, too := y[id]
		return n == m && in == too
	})
}

func (v Words) lowers(before, after *Rules, _ time.Time) bool {
	return slices.ContainsFunc(*v.At(before), func(word string) bool { return !slices.Contains(*v.At(after), word) })
}

// A trust lowers unless one that stood before covers it.
func (v Trusted) lowers(before, after *Rules, now time.Time) bool {
	return slices.ContainsFunc(*v.At(after), func(t Trust) bool {
		return now.Before(t.Until) && !slices.ContainsFunc(*v.At(before), func(o Trust) bool {
			return o.Service == t.Service && o.UpTo >= t.UpTo && !o.Until.Before(t.Until)
		})
	})
}

// Hours lower if any minute becomes quiet.
func (v Hours) lowers(before, after *Rules, _ time.Time) bool {
	x, y := *v.At(before), *v.At(after)
	for m := range 24 * 60 {
		if y.quiet(m) && !x.quiet(m) {
			return true
		}
	}
	return false
}

// quiet tells whether a minute after midnight is one of the quiet hours.
func (q *Quiet) quiet(m int) bool {
	switch {
	case q == nil || q.From == q.To:
		return false
	case q.From < q.To:
		return m >= q.From && m < q.To
	}
	return m >= q.From || m < q.To
}

func (v Until) lowers(before, after *Rules, now time.Time) bool {
	y := *v.At(after)
	return y.After(now) && y.After(*v.At(before))
}
