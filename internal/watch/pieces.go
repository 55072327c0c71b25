package watch

import "slices"

// An incident that is full goes on in another record, a piece of it, and
// incidents that one answer is about become pieces of one of them. Each keeps its
// number, its page and what people were told of it; the report about all of them
// is one, with one number of its own.

const (
	// MaxPieces bounds the pieces of an incident that goes on: with its lead, some
	// 300 transactions. What comes after them is a story, and a report, of its own.
	MaxPieces = 5
	// MaxReported bounds the transactions of incidents that are reported together,
	// and the pieces that they are in.
	MaxReported, maxTogether = (MaxPieces + 1) * (MaxMembers + 1), 40
)

// StoryID is the lead that the pieces of an incident belong to.
func (r *Record) StoryID() string {
	switch {
	case r.With != "":
		return r.With
	case r.Continues != "":
		return r.Continues
	}
	return r.ID
}

// CaseID gives an incident its number: one that goes on has that of the first.
func (r *Record) CaseID() string {
	if r.Continues != "" {
		return r.Continues
	}
	return r.IncidentID()
}

// GoOn makes o, with which another record begins, a piece of this incident,
// which is full; false if there are too many. What was reported stands for it.
func (r *Record) GoOn(o *Record) bool {
	if len(r.Pieces) >= MaxPieces {
		return false
	}
	o.Continues, r.Pieces = r.ID, append(slices.Clone(r.Pieces), o.ID)
	if r.Answer != nil && r.Answer.Value == NotMine {
		o.Answer = &Answer{Value: NotMine, Watcher: r.Answer.Watcher, Via: r.Answer.Via, At: r.Answer.At}
		o.Dispute = r.Dispute
	}
	return true
}

// Take makes another incident, with its pieces, part of what this one tells,
// because one answer is about both; false if that is too much for one report.
// story are this one and its pieces, others the other and its own.
func (r *Record) Take(story, others []*Record) bool {
	parts := 0
	for _, l := range slices.Concat(story, others) {
		parts += 1 + len(l.Members)
	}
	if parts > MaxReported || len(story)+len(others) > maxTogether {
		return false
	}
	r.Pieces = slices.Clone(r.Pieces)
	for _, o := range others {
		o.With, o.Pieces = r.ID, nil
		r.Pieces = append(r.Pieces, o.ID)
	}
	return true
}
