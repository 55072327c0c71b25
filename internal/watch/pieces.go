package watch

import (
	"slices"
	"time"
)

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

// What an incident and a report hold is one item each, of which DynamoDB takes 400
// KB, with texts of 255 characters and ten people who are told of each change.
const (
	maxTexts         = 20_000 // bytes of a bank's ids and texts in one piece
	maxTellings      = 300    // messages about one piece, before another begins
	maxBytes         = 240_000
	maxTogetherTexts = (MaxPieces + 1) * maxTexts // of what is reported together
)

// Full tells whether what comes now begins another piece of the incident.
func (r *Record) Full() bool {
	return len(r.Members) >= MaxMembers || len(r.Deliveries) >= maxTellings || r.texts() >= maxTexts || r.bytes() >= maxBytes
}

// texts is how long the ids and texts of the incident's alerts are, in bytes.
func (r *Record) texts() int {
	n := len(r.Txn) + len(r.Descriptor)
	for i := range r.Members {
		n += len(r.Members[i].Txn) + len(r.Members[i].Is.Descriptor)
	}
	return n
}

// bytes is about how long the record is, once everybody has heard twice of each of
// its alerts: as it was, and as it is.
func (r *Record) bytes() int {
	alert := func(text, people int) int { return 700 + text + people*(500+2*(250+text)) }
	n := alert(len(r.Txn)+len(r.Descriptor), len(r.Notices))
	for i := range r.Members {
		n += alert(len(r.Members[i].Txn)+len(r.Members[i].Is.Descriptor), len(r.Members[i].Notices))
	}
	return n
}

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
	parts, texts := 0, 0
	for _, l := range slices.Concat(story, others) {
		parts += 1 + len(l.Members)
		texts += l.texts()
	}
	if parts > MaxReported || texts > maxTogetherTexts || len(story)+len(others) > maxTogether {
		return false
	}
	r.Pieces = slices.Clone(r.Pieces)
	for _, o := range others {
		o.With, o.Pieces = r.ID, nil
		r.Pieces = append(r.Pieces, o.ID)
	}
	return true
}

// Follow has a delivery of a piece come after what the piece before it still has to
// tell its reader, and not in the seconds after what that has told.
func (d *Delivery) Follow(before *Record, now time.Time) {
	if d.State != Queued {
		return
	}
	after := before.lastTold(d.Watcher, d.Channel)
	if waits, _ := before.Waiting(d.Watcher, d.Channel); waits == nil && !after.IsZero() {
		after = after.Add(GatherFor)
	}
	if before.setBack(d.Watcher, d.Channel, now) {
		after = now.Add(GatherFor)
	}
	if after.After(now) && after.After(d.After) {
		d.After, d.Due = after, after.Add(LostAfter)
	}
}

// Behind tells whether a piece before has to tell the reader of a delivery of what
// happened before that: not what waits for the end of quiet hours, which a message
// that does not wait for it leaves behind.
func (d *Delivery) Behind(before *Record) bool {
	waits, _ := before.Waiting(d.Watcher, d.Channel)
	return waits != nil && waits.State != Held && !waits.CreatedAt.After(d.CreatedAt)
}

// Before is the piece that came before one of those of a root; "" if that is the first.
func (r *Record) Before(piece string) string {
	switch i := slices.Index(r.Pieces, piece); {
	case i > 0:
		return r.Pieces[i-1]
	case i == 0:
		return r.ID
	}
	return ""
}
