package watch

import (
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// FilesAt is when a person is told of what came in a bank's file, in minutes after
// midnight in Japan, unless they have set when their quiet hours end: it is of the day
// before, and no one is helped by a message of the night.
const FilesAt = 7*60 + 30

// FilesAt is the next time, not before now, at which the watcher is told of a file: the
// end of their quiet hours, or FilesAt.
func (r *Rules) FilesAt(now time.Time) time.Time {
	at := FilesAt
	if q := r.Quiet; q != nil && q.From != q.To {
		at = q.To
	}
	j := now.In(JST)
	told := time.Date(j.Year(), j.Month(), j.Day(), at/60, at%60, 0, 0, JST)
	if told.Before(now) {
		return told.AddDate(0, 0, 1)
	}
	return told
}

// holdUntil is when a watcher may be told these things: of what came in files alone, and
// is not critical, at the hour for files.
func (r *Record) holdUntil(w *Watcher, says []Said, now time.Time) time.Time {
	why := r.Urgency(says, w.ID)
	if why.Critical() {
		return now
	}
	if !r.ofFiles(says) {
		return w.Rules.HoldUntil(why, now)
	}
	return w.Rules.FilesAt(now)
}

// SummaryUntil is when a watcher may be told of the past, which is gathered until a
// time, by a summary that began with the record.
func (r *Record) SummaryUntil(w *Watcher, gathered time.Time) time.Time {
	if r.File != "" {
		return w.Rules.FilesAt(gathered)
	}
	return w.Rules.HoldUntil(0, gathered)
}

// holdAgain has a message, the nth of the incident, that no channel was asked to take wait after all, if what
// came in files has made all of it such as waits: a link that was removed meanwhile.
func (r *Record) holdAgain(d *Delivery, w *Watcher, nth int, now time.Time) {
	if d.State != Queued || d.Tried || d.Attempts > 0 {
		return
	}
	says := r.Untold(w.ID, d.Channel, nth)
	if len(says) == 0 || !r.ofFiles(says) {
		return
	}
	if at := r.holdUntil(w, says, now); at.After(now) {
		d.State, d.Due, d.After = Held, at, at
	}
}

// ofFiles tells whether all that is said came in files of the bank's.
func (r *Record) ofFiles(says []Said) bool {
	return !slices.ContainsFunc(says, func(s Said) bool {
		p, ok := r.Part(s.Record)
		return !ok || p.File == ""
	})
}

// Other names a delivery of another record.
type Other struct {
	Record   string `json:"record"`
	Delivery string `json:"delivery"`

	Unknown jsontext.Value `json:",embed"`
}

// Settled is how long a file brings nothing more to a person until they are told of it:
// one that is being taken at the hour for files is told once it is through.
const Settled = 20 * time.Minute

// SettledMost is how long after that hour they are told at the latest.
const SettledMost = time.Hour

// GatheredFor is how long a delivery that goes with another waits until it is looked
// what came of that: longer than the usual attempts.
const GatheredFor = 10 * time.Minute

// OfMorning tells whether a delivery that no channel was asked to take tells of nothing
// but what came in files and is not urgent, so that it may go with others in one message:
// of an incident, or a summary of what came too late to be news that says nothing yet.
func (r *Record) OfMorning(d *Delivery) bool {
	if len(d.Gathers) > 0 || !d.untaken() {
		return false
	}
	if d.Kind == TellSummary {
		return r.File != "" && d.Sum == nil && d.With == nil
	}
	return r.calmOfFiles(d)
}

// Carries tells whether what others tell may go with a delivery.
func (r *Record) Carries(d *Delivery) bool { return d.untaken() && r.calmOfFiles(d) }

// Carrying tells whether others go with a delivery that no channel was asked to take.
func (d *Delivery) Carrying() bool { return len(d.Gathers) > 0 && d.untaken() }

// untaken tells whether a delivery waits, and no channel was asked to take it.
func (d *Delivery) untaken() bool {
	return (d.State == Held || d.State == Queued) && !d.Tried && !d.Calling && d.Attempts == 0 && !d.Parked && d.Within == nil
}

// calmOfFiles tells whether an incident's delivery has nothing to tell by now but what came
// in files and is not urgent.
func (r *Record) calmOfFiles(d *Delivery) bool {
	i := slices.IndexFunc(r.Deliveries, func(o Delivery) bool { return o.ID == d.ID })
	if i < 0 || !d.Kind.OfIncident() {
		return false
	}
	says := r.Untold(d.Watcher, d.Channel, i)
	return d.Called == "" && len(says) > 0 && r.ofFiles(says) && !r.Urgency(says, d.Watcher).Critical()
}

// Files are the files of the bank's of which a delivery tells, and when it was last heard
// of one.
func (r *Record) Files(d *Delivery) (files []string, heard time.Time) {
	if d.Kind == TellSummary {
		return []string{r.File}, laterOf(r.RecordedAt, r.SummedAt)
	}
	heard = d.CreatedAt
	for _, s := range r.SaidBy(d) {
		if p, ok := r.Part(s.Record); ok && p.File != "" {
			files, heard = append(files, p.File), laterOf(heard, p.RecordedAt)
		}
	}
	return files, heard
}

// GoWith has a delivery say what is true now, and go with another. False if nothing is
// left of it to tell.
func (r *Record) GoWith(d *Delivery, lead *Record, carrier *Delivery, now time.Time) bool {
	if r.Renew(d); d.State == Cancelled {
		return false
	}
	d.State, d.Due = Gathered, now.Add(GatheredFor)
	d.Within = &Other{Record: lead.ID, Delivery: carrier.ID}
	carrier.Gathers = append(slices.Clone(carrier.Gathers), Other{Record: r.ID, Delivery: d.ID})
	r.ComputeDue()
	return true
}
