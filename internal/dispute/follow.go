package dispute

import (
	"slices"

	"kozamori/internal/watch"
)

// followUp is the id of the dispute that follows one which its bank has closed.
func followUp(closed *watch.Dispute) string { return watch.Derive("dispute", closed.ID, "follow-up") }

// follow reports what was called the person's own while the rest was reported,
// after the bank has closed that: in a dispute of its own, which names the first.
// What the asker does not add stays theirs.
func (f *file) follow(via watch.Via) {
	closed, about := f.dispute, f.reportedOnes()
	added := map[*watch.Record][]*watch.Record{}
	for _, l := range about {
		for _, p := range l.Parts() {
			if slices.Contains(l.Answer.Except, p.ID) && !slices.Contains(f.who.Except, p.ID) {
				added[l] = append(added[l], p)
			}
		}
	}
	if f.dispute = f.next; f.dispute == nil {
		id := followUp(closed)
		f.dispute = &watch.Dispute{
			ID: id, Reference: Reference(id), Record: f.record.ID, OnAccount: watch.On(f.record.Account), Mask: f.record.Mask, Follows: closed.ID,
		}
	}
	f.first = closed
	var parts []*watch.Record
	for _, l := range about {
		if len(added[l]) == 0 {
			continue
		}
		parts = append(parts, added[l]...)
		except := slices.DeleteFunc(slices.Clone(f.who.Except), func(id string) bool { _, in := l.Part(id); return !in })
		l.Answer = &watch.Answer{Value: watch.NotMine, Watcher: f.watcher.ID, Via: via, At: f.now, Except: except}
		l.Dispute = f.dispute.ID
		l.StopEscalation()
	}
	f.opens(parts, f.dispute.Opening(), via)
}

// before is the answer to a piece that stands again when the report about it is
// taken back: none, unless that followed one which is closed.
func (f *file) before(l *watch.Record) *watch.Answer {
	d := f.first
	if d == nil {
		return nil
	}
	a := &watch.Answer{Value: watch.NotMine, Watcher: d.Watcher, Via: d.Via, At: d.AnsweredAt}
	for _, p := range l.Parts() {
		if _, in := d.Transaction(p.ID); !in {
			a.Except = append(a.Except, p.ID)
		}
	}
	l.Dispute = d.ID
	return a
}
