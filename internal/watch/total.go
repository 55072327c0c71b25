package watch

import (
	"iter"
	"slices"
	"time"
)

// Total is what several debits and charge links of one story come to.
type Total struct {
	Debits int   // that stand
	Yen    int64 // that those took and did not return
	Undone int   // debits that were reversed
	Links  int
	Gross  int64     // yen of all debits, as they were taken
	First  time.Time // when the first of all of them happened
	Of     []string  // their services, in the order in which they came
	// Losses are when the first debit of each service happened that stands; the
	// empty name is no known service.
	Losses map[string]time.Time
}

// Loss is when the first debit of all that stand happened; zero if none does.
func (t *Total) Loss() time.Time {
	var first time.Time
	for _, at := range t.Losses {
		if first.IsZero() || at.Before(first) {
			first = at
		}
	}
	return first
}

// LossOf is when the first debit of a service happened that stands.
func (t *Total) LossOf(service string) time.Time { return t.Losses[service] }

// Add counts one more as it was shown.
func (t *Total) Add(kind Kind, s *Shown) {
	switch {
	case kind == LinkRegistered:
		t.Links++
	case !s.Gone():
		t.Debits++
		t.Yen += s.Taken()
		if at, known := t.Losses[s.Service]; !known || s.OccurredAt.Before(at) {
			if t.Losses == nil {
				t.Losses = map[string]time.Time{}
			}
			t.Losses[s.Service] = s.OccurredAt
		}
	default:
		t.Undone++
	}
	t.Gross += s.Amount
	if t.First.IsZero() || s.OccurredAt.Before(t.First) {
		t.First = s.OccurredAt
	}
	if s.Service != "" && !slices.Contains(t.Of, s.Service) {
		t.Of = append(t.Of, s.Service)
	}
}

// Several tells whether it is more than one debit or link.
func (t *Total) Several() bool { return t.Debits+t.Undone+t.Links > 1 }

// TotalOf is what parts of an incident come to, without those that are excepted.
func TotalOf(parts []*Record, except []string) (t Total) {
	for _, p := range parts {
		if !slices.Contains(except, p.ID) {
			t.Add(p.Kind, p.Shows(""))
		}
	}
	return t
}

// TotalSaid is what a message says of parts of the incident; nil if it names none.
func (r *Record) TotalSaid(says []Said) *Total {
	var t Total
	for _, s := range says {
		if p, ok := r.Part(s.Record); ok {
			t.Add(p.Kind, p.As(s.Is).Shows(""))
		}
	}
	if len(says) == 0 {
		return nil
	}
	return &t
}

// TotalAt is what the dispute was about at a change, as the bank was told of it
// then; 0 is the latest.
func (d *Dispute) TotalAt(seq int) (t Total) {
	if seq == 0 {
		seq = latest
	}
	for kind, s := range d.transactions(seq) {
		t.Add(kind, s)
	}
	return t
}

// transactions are those of the dispute at a change, as they were then, the first
// one first.
func (d *Dispute) transactions(seq int) iter.Seq2[Kind, *Shown] {
	return func(yield func(Kind, *Shown) bool) {
		first := d.OpenedAt(seq)
		if s, ok := d.TransactionAt(first.Record, seq); ok && !yield(first.Kind, s) {
			return
		}
		for _, a := range d.AlsoAt(seq) {
			if s, ok := d.TransactionAt(a.Record, seq); ok && !yield(a.Kind, s) {
				return
			}
		}
	}
}
