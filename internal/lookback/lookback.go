// Package lookback tells what payment services took from an account, as far as
// its statements go. It is pure: what it is given is not kept.
package lookback

import (
	"cmp"
	"fmt"
	"sort"
	"time"

	"kozamori/internal/catalog"
	"kozamori/internal/statement"
	"kozamori/internal/watch"
)

// Debit is a row that a payment service made, or may have made.
type Debit struct {
	statement.Row
	File    string
	Nth     int    // among the rows of its file that are alike in all else, from 0
	Service string // catalogue id
	// Other is what else it may be, in Japanese; empty if it is not doubtful.
	Other string
	Sure  bool // by a spelling that was seen, or what else tells it for certain
}

// Sum is what one service took.
type Sum struct {
	Service        string
	First, Last    time.Time
	Count          int
	Total, Largest int64
	Months         map[string]int64 // yen by month, "2026-11"
	Doubtful       int              // of Count: debits that may be something else
}

// Report is what came of a look back.
type Report struct {
	First, Last time.Time // of all rows
	Rows        int       // that were looked at, each once
	Again       int       // rows that an earlier file held, too
	Debits      []Debit   // the oldest first
	Services    []Sum     // the largest total first
	Gaps        []string  // months between the first and the last row that have none, "2026-03"
}

// Total is what all services took together.
func (r *Report) Total() (yen int64) {
	for _, s := range r.Services {
		yen += s.Total
	}
	return yen
}

// Looker gathers files.
type Looker struct {
	Bank   string // code, if it is known: it tells how descriptors are read
	report Report
	seen   map[statement.Key]bool
	months map[string]bool
}

// Add looks through a file.
func (l *Looker) Add(name string, s *statement.Statement) {
	if l.seen == nil {
		l.seen, l.months = make(map[statement.Key]bool, len(s.Rows)), map[string]bool{}
	}
	for i, k := range s.Keys() {
		if l.seen[k] {
			l.report.Again++
			continue
		}
		l.seen[k] = true
		l.row(name, s.Rows[i], k.Nth)
	}
}

func (l *Looker) row(file string, row statement.Row, nth int) {
	r := &l.report
	r.Rows++
	if r.First.IsZero() || row.Day.Before(r.First) {
		r.First = row.Day
	}
	if row.Day.After(r.Last) {
		r.Last = row.Day
	}
	l.months[row.Day.Format("2006-01")] = true
	if row.Out == 0 {
		return
	}
	d := catalog.Decide(&catalog.Evidence{Bank: l.Bank, Descriptor: row.Text, Detail: row.Detail, Collector: row.Collector, Amount: row.Out, At: row.Day})
	if id := d.Service(); id != "" {
		r.Debits = append(r.Debits, Debit{Row: row, File: file, Nth: nth, Service: id, Other: d.Other(), Sure: d.Strength == catalog.Sure})
	}
}

// bookedWithin is how many days a debit is pending at most.
const bookedWithin = 10

// booked leaves out what is pending in one file and booked in another.
func booked(debits []Debit) (out []Debit) {
	taken := make([]bool, len(debits))
	for i := range debits {
		if d := &debits[i]; !d.Pending || !takeBooked(d, debits, taken) {
			out = append(out, *d)
		}
	}
	return out
}

func takeBooked(d *Debit, debits []Debit, taken []bool) bool {
	for k := range debits {
		b := &debits[k]
		late := b.Day.Sub(d.Day)
		if !taken[k] && !b.Pending && b.Out == d.Out && b.Account == d.Account && b.Text == d.Text && b.Service == d.Service && late >= -24*time.Hour && late <= bookedWithin*24*time.Hour {
			taken[k] = true
			return true
		}
	}
	return false
}

// Report is what came of all files.
func (l *Looker) Report() Report {
	r := l.report
	r.Debits = booked(r.Debits)
	sort.SliceStable(r.Debits, func(i, j int) bool { return r.Debits[i].Day.Before(r.Debits[j].Day) })
	r.Services = sum(r.Debits)
	if !r.First.IsZero() {
		for m := r.First.AddDate(0, 0, 1-r.First.Day()); m.Before(r.Last); m = m.AddDate(0, 1, 0) {
			if name := m.Format("2006-01"); !l.months[name] {
				r.Gaps = append(r.Gaps, name)
			}
		}
	}
	return r
}

// sum tells debits by service, the largest total first.
func sum(debits []Debit) (out []Sum) {
	sums := map[string]*Sum{}
	for i := range debits {
		d := &debits[i]
		s := sums[d.Service]
		if s == nil {
			s = &Sum{Service: d.Service, First: d.Day, Months: map[string]int64{}}
			sums[d.Service] = s
		}
		s.Last = d.Day
		s.Count++
		s.Total += d.Out
		s.Largest = max(s.Largest, d.Out)
		s.Months[d.Day.Format("2006-01")] += d.Out
		if d.Other != "" {
			s.Doubtful++
		}
	}
	for _, s := range sums {
		out = append(out, *s)
	}
	sort.SliceStable(out, func(i, j int) bool {
		return cmp.Or(cmp.Compare(out[j].Total, out[i].Total), cmp.Compare(out[i].Service, out[j].Service)) < 0
	})
	return out
}

// Claim is until when a loss to a service can be claimed, as far as is known.
type Claim struct {
	Until time.Time
	catalog.Claim
	Over bool
}

// Claims are, by the days of Japan, those of the latest debit of a service; none if nothing is known.
// Those that run from the notice run from now.
func Claims(s *Sum, now time.Time) (out []Claim) {
	service, ok := catalog.ByID(s.Service)
	if !ok {
		return nil
	}
	for _, c := range service.Claims {
		from := s.Last
		if c.Since == "notice" {
			from = now
		}
		if from.IsZero() { // the day of the loss is not known
			out = append(out, Claim{Claim: c})
			continue
		}
		until := watch.ClaimEnds(c.Days, true, from, now)
		out = append(out, Claim{Until: until, Claim: c, Over: !now.Before(until.AddDate(0, 0, 1))})
	}
	return out
}

func (c Claim) String() string {
	return fmt.Sprintf("%s %s (%d days, %s)", c.Until.Format(time.DateOnly), c.What, c.Days, c.Source)
}
