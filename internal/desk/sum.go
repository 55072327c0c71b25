package desk

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"kozamori/internal/dispute"
	"kozamori/internal/watch"
)

// sums are what reports of a time come to.
type sums struct {
	reports, open, withdrawn int
	accounts                 map[string]bool
	debits, links            int
	yen, returned            int64
	status                   map[watch.DisputeStatus]int
	found                    map[found]int
	services                 map[string]*serviceSum
	days                     map[string]*daySum
	waits                    [len(waitNames)][]time.Duration
}

// found is who found a theft, and where they said so.
type found struct {
	role watch.Role
	via  watch.Via
}

type serviceSum struct {
	service string
	reports int
	yen     int64
}

type daySum struct {
	day     string
	reports int
	yen     int64
}

// The waits from a debit to its end.
const (
	debitToAlert = iota
	alertToReport
	reportToBank
	reportToStop
	debitToStop
)

// sum adds up reports. Those that were taken back count as such, and in nothing else.
func sum(list []*watch.Dispute) *sums {
	s := &sums{accounts: map[string]bool{}, status: map[watch.DisputeStatus]int{}, found: map[found]int{}, services: map[string]*serviceSum{}, days: map[string]*daySum{}}
	for _, d := range list {
		s.reports++
		s.status[d.Status]++
		if d.Withdrawn() {
			s.withdrawn++
			continue
		}
		s.add(d)
	}
	return s
}

func (s *sums) add(d *watch.Dispute) {
	if slices.Contains(open, d.Status) {
		s.open++
	}
	t := totalOf(d)
	s.accounts[d.Account.Ref] = true
	s.debits, s.links, s.yen = s.debits+t.Debits+t.Undone, s.links+t.Links, s.yen+t.Gross
	s.found[found{d.AnsweredBy, d.Via}]++
	day := d.AnsweredAt.In(watch.JST).Format(time.DateOnly)
	if s.days[day] == nil {
		s.days[day] = &daySum{day: day}
	}
	s.days[day].reports++
	s.days[day].yen += t.Gross
	counted := map[string]bool{}
	for _, x := range dispute.FactsOf(d).Transactions {
		if s.services[x.Service] == nil {
			s.services[x.Service] = &serviceSum{service: x.Service}
		}
		of := s.services[x.Service]
		of.yen += x.Amount
		s.returned += x.Returned
		if !counted[x.Service] {
			counted[x.Service] = true
			of.reports++
		}
	}
	s.wait(d)
}

// wait notes how long each step took, where both of its ends are known.
func (s *sums) wait(d *watch.Dispute) {
	var told, stopped time.Time
	for _, c := range d.Changes {
		if c.Status == watch.DisputeOpened && told.IsZero() {
			told = c.ToldAt
		}
		if c.Status == watch.DisputeFrozen && stopped.IsZero() {
			stopped = c.At
		}
	}
	alerted := d.AcceptedAt
	if alerted.IsZero() {
		alerted = d.AlertedAt
	}
	for i, ends := range [len(waitNames)][2]time.Time{debitToAlert: {d.OccurredAt, alerted}, alertToReport: {alerted, d.AnsweredAt}, reportToBank: {d.AnsweredAt, told},
		reportToStop: {d.AnsweredAt, stopped}, debitToStop: {d.OccurredAt, stopped}} {
		if !ends[0].IsZero() && !ends[1].IsZero() && !ends[1].Before(ends[0]) {
			s.waits[i] = append(s.waits[i], ends[1].Sub(ends[0]))
		}
	}
}

// median is the middle one of waits, or the mean of the middle two. False if there is
// none.
func median(waits []time.Duration) (time.Duration, bool) {
	n := len(waits)
	if n == 0 {
		return 0, false
	}
	sorted := slices.Sorted(slices.Values(waits))
	return (sorted[(n-1)/2] + sorted[n/2]) / 2, true
}

// ofServices are the sums of the services, the largest first.
func (s *sums) ofServices() []*serviceSum {
	return slices.SortedFunc(maps.Values(s.services), func(a, b *serviceSum) int {
		return cmp.Or(cmp.Compare(b.yen, a.yen), cmp.Compare(a.service, b.service))
	})
}

// ofDays are the sums of the days, the oldest first.
func (s *sums) ofDays() []*daySum {
	return slices.SortedFunc(maps.Values(s.days), func(a, b *daySum) int { return cmp.Compare(a.day, b.day) })
}
