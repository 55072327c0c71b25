package watch

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Bounds of what an account's activity remembers.
const (
	keepRecent = 50
	keepMonths = 13
	keepLinks  = 10
)

// kept is a time as records keep it. What an activity was told before events
// were read to the millisecond is finer than the record that told it.
func kept(t time.Time) time.Time { return t.Truncate(time.Millisecond) }

// month is the calendar month in JST, "2026-11".
func month(t time.Time) string { return t.In(JST).Format("2006-01") }

// Facts is what the rules need to know of a complete record, given the
// activity before it is applied.
func (a *Activity) Facts(r *Record) Facts {
	f := Facts{
		Link:       r.Kind == LinkRegistered,
		Amount:     r.Amount,
		Service:    r.Service,
		Undecided:  r.Confidence == Undecided,
		Overdrawn:  r.Balance != nil && *r.Balance < 0,
		OccurredAt: r.OccurredAt,
	}
	if f.Link || r.Service == "" {
		return f
	}
	s := a.Services[r.Service]
	f.FirstSeen = s == nil || s.Debits == 0 && len(s.Links) == 0
	f.MonthTotal = r.Amount
	if s != nil {
		f.MonthTotal += s.Months[month(r.OccurredAt)]
	}
	f.AfterLink = a.linkedBefore(r.Service, r.OccurredAt) || a.linkedBefore("", r.OccurredAt)
	f.Burst = a.burst(r)
	return f
}

// linkedBefore tells whether a link of the service was registered within the
// window before at. Links whose service is unknown are kept under "".
func (a *Activity) linkedBefore(service string, at time.Time) bool {
	s := a.Services[service]
	if s == nil {
		return false
	}
	return slices.ContainsFunc(s.Links, func(l Link) bool {
		since := kept(at).Sub(kept(l.RegisteredAt))
		return since >= 0 && since <= AfterNewLinkWindow
	})
}

// burst tells whether some window of BurstWindow holds this debit and enough
// others. Any window, not only the one that ends here: debits arrive late and
// out of order.
func (a *Activity) burst(r *Record) bool {
	at := []time.Time{r.OccurredAt}
	for _, d := range a.Recent {
		if d.Record != r.ID && d.At.Sub(r.OccurredAt).Abs() <= BurstWindow {
			at = append(at, d.At)
		}
	}
	slices.SortFunc(at, time.Time.Compare)
	for i := BurstCount - 1; i < len(at); i++ {
		if at[i].Sub(at[i-BurstCount+1]) <= BurstWindow {
			// The window must hold this debit: all candidates are within
			// BurstWindow of it, but a window may lie to one side.
			first, last := at[i-BurstCount+1], at[i]
			if !r.OccurredAt.Before(first) && !r.OccurredAt.After(last) {
				return true
			}
		}
	}
	return false
}

func (a *Activity) service(id string) *ServiceActivity {
	if a.Services == nil {
		a.Services = map[string]*ServiceActivity{}
	}
	s := a.Services[id]
	if s == nil {
		s = &ServiceActivity{}
		a.Services[id] = s
	}
	return s
}

// Apply adds a complete record to the activity.
func (a *Activity) Apply(r *Record) {
	if r.Kind == LinkRegistered {
		s := a.service(r.Service)
		s.touch(r.OccurredAt)
		s.Links = append(s.Links, Link{Record: r.ID, RegisteredAt: r.OccurredAt, RemovedAt: r.UndoneAt, Route: r.Route})
		slices.SortStableFunc(s.Links, func(x, y Link) int { return x.RegisteredAt.Compare(y.RegisteredAt) })
		s.Links = s.Links[max(0, len(s.Links)-keepLinks):]
		return
	}
	if r.Service == "" || !r.UndoneAt.IsZero() {
		return
	}
	s := a.service(r.Service)
	if !r.OccurredAt.Before(s.LastAt) {
		s.LastAmount = r.Amount
	}
	s.touch(r.OccurredAt)
	s.Debits++
	s.add(r.OccurredAt, r.Amount)
	a.Recent = append(a.Recent, RecentDebit{Record: r.ID, At: r.OccurredAt, Amount: r.Amount, Service: r.Service})
	slices.SortStableFunc(a.Recent, func(x, y RecentDebit) int { return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.Record, y.Record)) })
	a.Recent = a.Recent[max(0, len(a.Recent)-keepRecent):]
}

// Undo takes back what Apply added, when the bank reversed the debit or
// removed the link at the given time. That the service touched the account
// is not forgotten.
func (a *Activity) Undo(r *Record, at time.Time) {
	s := a.Services[r.Service]
	if s == nil {
		return
	}
	if r.Kind == LinkRegistered {
		for i := range s.Links {
			if s.Links[i].Record == r.ID {
				s.Links[i].RemovedAt = at
			}
		}
		return
	}
	s.add(r.OccurredAt, -r.Amount)
	a.Recent = slices.DeleteFunc(a.Recent, func(d RecentDebit) bool { return d.Record == r.ID })
}

// Amend replaces the amount of an applied debit: the posted amount of a
// pending debit may differ.
func (a *Activity) Amend(r *Record, amount int64) {
	s := a.Services[r.Service]
	if s == nil {
		return
	}
	s.add(r.OccurredAt, amount-r.Amount)
	for i := range a.Recent {
		if a.Recent[i].Record == r.ID {
			a.Recent[i].Amount = amount
		}
	}
	if kept(s.LastAt).Equal(kept(r.OccurredAt)) {
		s.LastAmount = amount
	}
}

func (s *ServiceActivity) touch(at time.Time) {
	if s.FirstAt.IsZero() || at.Before(s.FirstAt) {
		s.FirstAt = at
	}
	if at.After(s.LastAt) {
		s.LastAt = at
	}
}

func (s *ServiceActivity) add(at time.Time, amount int64) {
	if s.Months == nil {
		s.Months = map[string]int64{}
	}
	s.Months[month(at)] += amount
	if len(s.Months) > keepMonths {
		delete(s.Months, slices.Min(slices.Collect(maps.Keys(s.Months))))
	}
}
