package watch

import (
	"slices"
	"time"
)

// ReportedFor is for how long after "not mine" a service's debits are told to
// the bank as further ones.
const ReportedFor = 30 * 24 * time.Hour

// keepReported bounds the disputes that an activity names.
const keepReported = 20

// Report notes that a dispute, about one service or more, is open, or no longer.
func (a *Activity) Report(d *Dispute, open bool) {
	before := a.Reported
	a.Reported = slices.DeleteFunc(slices.Clone(before), func(r Reported) bool { return r.Dispute == d.ID })
	if !open {
		return
	}
	for _, service := range d.TotalAt(0).Of {
		is := Reported{Dispute: d.ID, Service: service}
		if i := slices.IndexFunc(before, func(r Reported) bool { return r.Dispute == d.ID && r.Service == service }); i >= 0 {
			is = before[i]
		}
		is.At, is.Lead = d.AnsweredAt, d.Record
		a.Reported = append(a.Reported, is)
	}
	a.Reported = a.Reported[max(0, len(a.Reported)-keepReported):]
}

// ReportMore notes the services of what joined an open dispute: the person has not
// recognised them either. The dispute keeps its place among the others.
func (a *Activity) ReportMore(d *Dispute) {
	var last int
	var of []string
	for i, r := range a.Reported {
		if r.Dispute == d.ID {
			last, of = i, append(of, r.Service)
		}
	}
	if len(of) == 0 {
		return // it is open no longer
	}
	for _, service := range d.TotalAt(0).Of {
		if !slices.Contains(of, service) {
			more := a.Reported[last]
			more.Service = service
			a.Reported = slices.Insert(slices.Clone(a.Reported), last+1, more)
			last++
		}
	}
	a.Reported = a.Reported[max(0, len(a.Reported)-keepReported):]
}

// ReportedOf finds the latest open dispute about a service that is not older
// than ReportedFor.
func (a *Activity) ReportedOf(service string, now time.Time) (dispute string, ok bool) {
	for _, r := range slices.Backward(a.Reported) {
		if r.Service == service && service != "" && now.Sub(r.At) <= ReportedFor {
			return r.Dispute, true
		}
	}
	return "", false
}

// AfterReport tells whether facts are about a service that was reported as not
// the owner's, or about something new after such a report. known is when we
// first heard of it: what was there when the report was made does not follow it.
func (a *Activity) AfterReport(f *Facts, known, now time.Time) bool {
	return slices.ContainsFunc(a.Reported, func(r Reported) bool {
		return !known.Before(r.At) && now.Sub(r.At) <= ReportedFor && (f.isNew() || f.Service == r.Service && r.Service != "")
	})
}
