package watch

import (
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Made is a report that a person made, about whichever account.
type Made struct {
	Dispute string    `json:"dispute"`
	At      time.Time `json:"at"`

	Unknown jsontext.Value `json:",embed"`
}

// AddReport notes that a watcher said "not mine". What is new after that is the same
// story, on any account: as long as one of their reports stands.
func (w *Watcher) AddReport(dispute string, at time.Time) {
	if !at.After(w.ReportedAt) {
		return
	}
	made := Made{Dispute: dispute, At: at}
	reports := w.ReportsWithin(at)
	if i := slices.IndexFunc(reports, func(m Made) bool { return m.Dispute == dispute }); i >= 0 {
		made.Unknown = reports[i].Unknown
		reports = slices.Delete(reports, i, i+1)
	}
	reports = append(reports, made)
	w.Reports = reports[max(0, len(reports)-keepReported):]
	w.ReportedAt, w.ReportedAs = at, dispute
}

// AllReports are the reports of a watcher that are kept, however old.
func (w *Watcher) AllReports() []Made { return w.ReportsWithin(time.Time{}) }

// ReportsWithin are the reports of a watcher that are not older than ReportedFor, the
// oldest first. The versions before kept the latest alone.
func (w *Watcher) ReportsWithin(now time.Time) []Made {
	out := slices.DeleteFunc(slices.Clone(w.Reports), func(m Made) bool { return now.Sub(m.At) > ReportedFor })
	kept := slices.ContainsFunc(out, func(m Made) bool { return m.Dispute == w.ReportedAs && !m.At.Before(w.ReportedAt) })
	if !kept && !w.ReportedAt.IsZero() && now.Sub(w.ReportedAt) <= ReportedFor {
		out = slices.DeleteFunc(out, func(m Made) bool { return m.Dispute == w.ReportedAs })
		out = append(out, Made{Dispute: w.ReportedAs, At: w.ReportedAt})
	}
	return out
}

// AfterReport tells whether facts are about something new, after one of these reports
// of a person, on any account.
func AfterReport(reports []Made, f *Facts, known, now time.Time) bool {
	return slices.ContainsFunc(reports, func(m Made) bool {
		return !known.Before(m.At) && now.Sub(m.At) <= ReportedFor && f.isNew()
	})
}
