package watch

import (
	"cmp"
	"maps"
	"slices"
	"sort"
	"time"
)

// Bounds of what an account's activity remembers.
const (
	keepRecent = 100 // debits, of the last PastAfter
	keepMonths = 2   // those that an event can be of while it is news
	keepLinks  = 50  // that stand: as many as a bank can name at opt-in
	keepGone   = 10  // links that were removed
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
		Link:    r.Kind == LinkRegistered,
		Amount:  r.Amount,
		Service: r.Service,
		// An unknown word next to a name is no bill that a person could mean.
		Undecided:  r.Confidence == Undecided && r.Other != "",
		Overdrawn:  r.Balance != nil && *r.Balance < 0,
		OccurredAt: r.OccurredAt,
		DateOnly:   r.DateOnly,
		OfFile:     r.File != "",
	}
	if f.Link || r.Service == "" {
		return f
	}
	s := a.Services[r.Service]
	f.FirstSeen = s == nil || len(s.Links) == 0 && s.known(r) == 0
	f.KnownFor = a.knownFor(r.OccurredAt)
	f.MonthTotal = r.Amount
	if s != nil {
		f.MonthTotal += s.Months[month(r.OccurredAt)]
	}
	links := a.linksBefore(r.Service, r.OccurredAt)
	f.AfterLink, f.OwnLink = len(links) > 0, a.own(links, r)
	f.Burst = a.burst(r)
	return f
}

// known is how many debits make a service known to the account when it takes
// one more. What may be a card's bill makes no more known than the like of it.
func (s *ServiceActivity) known(r *Record) int {
	if r.Confidence == Undecided {
		return s.Debits
	}
	return max(0, s.Debits-s.Doubtful)
}

// linksBefore lists the links of the service that were registered within the
// window before at. Links whose service is unknown are kept under "", and those of
// which the descriptor names another one than the bank may be of either.
func (a *Activity) linksBefore(service string, at time.Time) (out []Link) {
	for id, s := range a.Services {
		for _, l := range s.Links {
			of := id == service || id == "" || service != "" && l.Second == service
			if since := kept(at).Sub(kept(l.RegisteredAt)); of && since >= 0 && since <= AfterNewLinkWindow {
				out = append(out, l)
			}
		}
	}
	return out
}

// burst tells whether some window of BurstWindow holds this debit and enough
// others. Any window, not only the one that ends here: debits arrive late and
// out of order.
//
// Of what is known by its day alone it is not known that it came within the window.
func (a *Activity) burst(r *Record) bool {
	if r.DateOnly {
		return false
	}
	at := []time.Time{r.OccurredAt}
	for _, d := range a.Recent {
		if d.Record != r.ID && !d.DateOnly && d.At.Sub(r.OccurredAt).Abs() <= BurstWindow {
			at = append(at, d.At)
		}
	}
	slices.SortStableFunc(at, time.Time.Compare)
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

// knownFor is how long before at the account's debits are on record; zero if
// nothing is known from before.
func (a *Activity) knownFor(at time.Time) time.Duration {
	if a.HistoryFrom.IsZero() || at.Before(a.HistoryFrom) {
		return 0
	}
	return at.Sub(a.HistoryFrom)
}

// Promise notes since when the account's debits will be on record once its bank
// has sent its history: until some of it is there that is not known.
func (a *Activity) Promise(from time.Time) {
	switch {
	case from.IsZero():
	case !a.HistoryFrom.IsZero():
		a.Since(from)
	case a.HistoryPromised.IsZero() || from.Before(a.HistoryPromised):
		a.HistoryPromised = from.UTC()
	}
}

// Since notes since when the account's debits are on record, or since when that
// was promised. It is false if that was known, or more.
func (a *Activity) Since(from time.Time) bool {
	if p := a.HistoryPromised; !from.IsZero() && !p.IsZero() && p.Before(from) {
		from = p
	}
	if from.IsZero() || !a.HistoryFrom.IsZero() && !from.Before(a.HistoryFrom) {
		return false
	}
	a.HistoryFrom = from.UTC()
	return true
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

func (f *Facts) isNew() bool { return f.Link || f.FirstSeen }

// Clone copies the activity, so that changing the copy leaves it as it is.
func (a *Activity) Clone() *Activity {
	c := *a
	c.Recent, c.Services = slices.Clone(a.Recent), maps.Clone(a.Services)
	for id, s := range c.Services {
		service := *s
		service.Months, service.Links = maps.Clone(s.Months), slices.Clone(s.Links)
		c.Services[id] = &service
	}
	if a.Summary != nil {
		summary := *a.Summary
		c.Summary = &summary
	}
	return &c
}

// Apply adds a record to the activity.
func (a *Activity) Apply(r *Record) { a.Replace(nil, r) }

// Replace takes back what the record was and adds what it has become; nil is
// nothing. Times are kept in UTC, whose zone is one letter long: each alert
// writes them, by the kilobyte. Whatever the order, the same comes of it: that a service touched
// the account is not forgotten, and all else is what the records say now. What is
// not known to have come back is taken; is notes how much of it was counted so.
func (a *Activity) Replace(was, is *Record) {
	var link Link
	var debit RecentDebit
	if was != nil {
		link, debit = a.take(was)
	}
	if is == nil {
		return
	}
	is.Counted = 0
	for _, e := range is.Story() {
		if e.opens() && (e.Kind == LinkRegistered || e.Service != "") {
			a.service(e.Service).touch(e.At.UTC())
		}
	}
	switch {
	case !is.Complete:
	case is.Kind == LinkRegistered:
		s := a.service(is.Service)
		l := Link{Record: is.ID, RegisteredAt: is.OccurredAt.UTC(), MayBeGone: is.MayStand() || is.MayAlso(), OwnAt: ownStill(link, was, is), Unknown: link.Unknown}
		if is.Second != nil {
			l.Second = is.Second.Service
		}
		if is.Gone() {
			l.RemovedAt = is.UndoneAt.UTC()
		}
		s.Links = append(s.Links, l)
		sort.SliceStable(s.Links, func(i, j int) bool { return s.Links[i].RegisteredAt.Before(s.Links[j].RegisteredAt) })
		s.bound()
	case is.Service != "":
		s := a.service(is.Service)
		s.Debits++
		if is.Confidence == Undecided {
			s.Doubtful++
		}
		is.Counted = is.Taken() - is.Kept()
		s.add(is.OccurredAt, is.Taken())
		if !is.Gone() {
			a.remember(RecentDebit{Record: is.ID, At: is.OccurredAt.UTC(), Amount: is.Amount, Service: is.Service, DateOnly: is.DateOnly, Unknown: debit.Unknown})
		}
	}
}

// bound forgets the oldest links that were removed, and those of more than any account
// has that stand.
func (s *ServiceActivity) bound() {
	gone, stand := 0, 0
	for _, l := range s.Links {
		if l.RemovedAt.IsZero() {
			stand++
		} else {
			gone++
		}
	}
	s.Links = slices.DeleteFunc(s.Links, func(l Link) bool {
		n, most := &stand, keepLinks
		if !l.RemovedAt.IsZero() {
			n, most = &gone, keepGone
		}
		if *n <= most {
			return false
		}
		*n--
		return true
	})
}

// ownStill is when a link that changed was called the owner's own: what was said
// of one service says nothing of another.
func ownStill(link Link, was, is *Record) time.Time {
	if was == nil || was.Service != is.Service {
		return time.Time{}
	}
	return link.OwnAt
}

// take takes back what a record added, and returns what it was.
func (a *Activity) take(r *Record) (link Link, debit RecentDebit) {
	s := a.Services[r.Service]
	switch {
	case s == nil || !r.Complete:
	case r.Kind == LinkRegistered:
		if i := slices.IndexFunc(s.Links, func(l Link) bool { return l.Record == r.ID }); i >= 0 {
			link = s.Links[i]
			s.Links = slices.Delete(s.Links, i, i+1)
		}
	case r.Service != "":
		s.Debits = max(0, s.Debits-1)
		if r.Confidence == Undecided {
			s.Doubtful = max(0, s.Doubtful-1)
		}
		s.add(r.OccurredAt, -r.Kept()-r.Counted) // the versions before counted what they kept
		if i := slices.IndexFunc(a.Recent, func(d RecentDebit) bool { return d.Record == r.ID }); i >= 0 {
			debit = a.Recent[i]
			a.Recent = slices.Delete(a.Recent, i, i+1)
			s.LastAmount = a.lastAmount(r.Service)
		}
	}
	return link, debit
}

// lastAmount is the amount of a service's latest debit that stands; 0 if none
// of the recent ones does.
func (a *Activity) lastAmount(service string) int64 {
	var last RecentDebit
	for _, d := range a.Recent {
		if d.Service == service && (d.At.After(last.At) || d.At.Equal(last.At) && d.Amount > last.Amount) {
			last = d
		}
	}
	return last.Amount
}

// remember keeps a debit for burst, for as long as events that happened near it
// may still come as news. Older ones only cost: each write carries them.
func (a *Activity) remember(d RecentDebit) {
	a.Recent = append(a.Recent, d)
	slices.SortStableFunc(a.Recent, func(x, y RecentDebit) int { return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.Record, y.Record)) })
	var last time.Time
	for _, s := range a.Services {
		if s.LastAt.After(last) {
			last = s.LastAt
		}
	}
	a.Recent = slices.DeleteFunc(a.Recent, func(d RecentDebit) bool { return last.Sub(d.At) > PastAfter+BurstWindow })
	a.Recent = a.Recent[max(0, len(a.Recent)-keepRecent):]
	if amount := a.lastAmount(d.Service); amount > 0 {
		a.Services[d.Service].LastAmount = amount
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

// add changes the total of a month. Months without a total, and those before
// the latest keepMonths, are not kept.
func (s *ServiceActivity) add(at time.Time, amount int64) {
	m := month(at)
	if _, ok := s.Months[m]; !ok && amount <= 0 {
		return
	}
	if s.Months == nil {
		s.Months = map[string]int64{}
	}
	s.Months[m] += amount
	if s.Months[m] == 0 {
		delete(s.Months, m)
	}
	for len(s.Months) > keepMonths { // the versions before kept more
		delete(s.Months, slices.Min(slices.Collect(maps.Keys(s.Months))))
	}
}
