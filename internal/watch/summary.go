package watch

import (
	"slices"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// PastSum is what one message says of records that are Past.
type PastSum struct {
	Debits int   `json:"debits,omitempty"` // those that stand
	Yen    int64 `json:"yen,omitempty"`    // of them
	Links  int   `json:"links,omitempty"`  // those that stand
	// Changed are those of which an earlier summary told its reader, which are more, or
	// of another service, since; More is how many yen more they took.
	Changed int       `json:"changed,omitempty"`
	More    int64     `json:"more,omitempty"`
	FirstAt time.Time `json:"first_at"`
	LastAt  time.Time `json:"last_at"`
	At      time.Time `json:"at"` // when it was summed up

	Unknown jsontext.Value `json:",embed"`
}

// Summed is that a record was put into a summary, and into a later one since,
// because it became more.
type Summed struct {
	At  time.Time `json:"at"`            // as Record.SummedAt was
	Yen int64     `json:"yen,omitempty"` // what was taken just before it became more

	Unknown jsontext.Value `json:",embed"`
}

// Empty tells whether nothing is left to say.
func (s *PastSum) Empty() bool { return s.Debits == 0 && s.Links == 0 && s.Changed == 0 }

// add counts a record, of which its reader knows what was taken before, or nothing.
func (s *PastSum) add(r *Record, before *Summed) {
	switch {
	case before != nil:
		s.Changed++
		s.More += max(0, r.Taken()-before.Yen)
	case r.Kind == LinkRegistered:
		s.Links++
	default:
		s.Debits++
		s.Yen += r.Taken()
	}
	if s.FirstAt.IsZero() || r.OccurredAt.Before(s.FirstAt) {
		s.FirstAt = r.OccurredAt
	}
	if r.OccurredAt.After(s.LastAt) {
		s.LastAt = r.OccurredAt
	}
}

// Summaries is how many summaries a record carries.
func (r *Record) Summaries() (n int) {
	for i := range r.Deliveries {
		if d := &r.Deliveries[i]; d.Kind == TellSummary {
			n = max(n, d.Seq+1)
		}
	}
	return n
}

// summedFrom is since when the records came that a summary is about.
func (r *Record) summedFrom(seq int) (from time.Time) {
	for i := range r.Deliveries {
		if d := &r.Deliveries[i]; d.Kind == TellSummary && d.Seq == seq && (from.IsZero() || d.CreatedAt.Before(from)) {
			from = d.CreatedAt
		}
	}
	return from
}

// summaries are those that a watcher is told of an account's past by, of all that its
// records carry, and when each of those began.
type summaries struct {
	told   []*Delivery // with what they say, in that watcher's words
	from   map[*Delivery]time.Time
	begins []time.Time // of all, in order
}

func summariesOf(watcher string, all []*Record) *summaries {
	s := &summaries{from: map[*Delivery]time.Time{}}
	for _, r := range all {
		for n := range r.Summaries() {
			if at := r.summedFrom(n); !at.IsZero() {
				s.begins = append(s.begins, at)
			}
		}
		for i := range r.Deliveries {
			d := &r.Deliveries[i]
			if d.Kind != TellSummary || d.Watcher != watcher {
				continue
			}
			s.from[d] = r.summedFrom(d.Seq)
			if d.Sum != nil && d.State != Cancelled && d.State != Undelivered {
				s.told = append(s.told, d)
			}
		}
	}
	slices.SortStableFunc(s.begins, time.Time.Compare)
	return s
}

// has tells whether a summary that began at a time is about what was put into one at
// another.
func (s *summaries) has(from, at time.Time) bool {
	if at.IsZero() || at.Before(from) {
		return false
	}
	i := slices.IndexFunc(s.begins, func(b time.Time) bool { return b.After(from) })
	return i < 0 || at.Before(s.begins[i])
}

// before is what a watcher knows of a record by the summaries that were made before a
// time, but for one of them: nil if they know nothing of it. all tells that they know
// all of it.
func (s *summaries) before(but *Delivery, o *Record, now time.Time) (known *Summed, all bool) {
	times := o.summedAt()
	best := -1
	for _, d := range s.told {
		same := s.from[d].Equal(s.from[but])
		later := d.Sum.At.After(now) || d.Sum.At.Equal(now) && but.Sum != nil && s.from[d].After(s.from[but])
		if d.ID == but.ID && same || later {
			continue
		}
		if !slices.ContainsFunc(times, func(t Summed) bool { return s.has(s.from[d], t.At) && !t.At.After(d.Sum.At) }) {
			continue
		}
		for i, t := range times {
			if !t.At.After(d.Sum.At) {
				best = max(best, i)
			}
		}
	}
	if best < 0 {
		return nil, false
	}
	return &times[best], best == len(times)-1
}

// summedAt are all the times at which a record was put into a summary; the last one is
// without what it took, for it takes that still.
func (r *Record) summedAt() []Summed {
	return append(slices.Clone(r.Summed), Summed{At: r.SummedAt})
}

// SummaryMark tells one of an account's summaries from the others, in an address.
func (r *Record) SummaryMark(d *Delivery) string {
	return strconv.FormatInt(r.summedFrom(d.Seq).UnixMilli(), 36)
}

// SummaryOf finds, among all records of an account, that which carries the summary of a
// mark, and the last delivery of it to a watcher that says something; nil if there is none.
func SummaryOf(all []*Record, mark, watcher string) (r *Record, d *Delivery) {
	for _, o := range all {
		for i := range o.Deliveries {
			if x := &o.Deliveries[i]; x.Kind == TellSummary && x.Watcher == watcher && x.Sum != nil && o.SummaryMark(x) == mark {
				r, d = o, x
			}
		}
	}
	return r, d
}

// InSummary lists which of an account's records a summary that the record carries is
// about: those that came before the next summary began, and of which its reader does
// not know as much by another one. before is, of each, what they knew.
func (r *Record) InSummary(d *Delivery, all []*Record, now time.Time) (in []*Record, before []*Summed) {
	s := summariesOf(d.Watcher, all)
	from := r.summedFrom(d.Seq)
	s.from[d] = from
	for _, o := range all {
		if !o.Complete || !slices.ContainsFunc(o.summedAt(), func(t Summed) bool { return s.has(from, t.At) }) {
			continue
		}
		if known, all := s.before(d, o, now); !all {
			in, before = append(in, o), append(before, known)
		}
	}
	return in, before
}

// SumUp says what the records that a summary is about have come to, among all
// of the account: those that stand. What is not known to have come back does.
func (r *Record) SumUp(d *Delivery, all []*Record, now time.Time) (s PastSum) {
	s.At = now
	in, before := r.InSummary(d, all, now)
	for i, o := range in {
		if o.Past && !o.Gone() {
			s.add(o, before[i])
		}
	}
	return s
}
