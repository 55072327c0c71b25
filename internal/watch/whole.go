package watch

import (
	"slices"
	"sort"
)

// StandsAs tells whether the same can be said of two pieces of an incident:
// one report is about both, both were said to be the owner's, or both wait for an
// answer.
func (r *Record) StandsAs(o *Record) bool {
	mine := func(l *Record) bool { return l.Answered() && l.Answer.Value == Mine }
	reported := func(l *Record) bool { return l.Answer != nil && l.Answer.Value == NotMine }
	switch {
	case reported(r) || reported(o):
		return reported(r) && reported(o) && r.Dispute == o.Dispute
	default:
		return mine(r) == mine(o) && (mine(r) || r.Apart() == o.Apart())
	}
}

// Group is the pieces of an incident that stand alike.
type Group struct {
	// Record is the record with which they began: it has what people were told of
	// them, the answer and the dispute. Of several pieces it is the Whole of them.
	Record  *Record
	Dispute *Dispute // nil if "not mine" was never said
	Pieces  []*Record
}

// GroupsOf sorts the pieces of an incident by how they stand, what waits for an
// answer first.
func GroupsOf(pieces []*Record) (out []Group) {
	var together [][]*Record
	for _, l := range pieces {
		if i := slices.IndexFunc(together, func(g []*Record) bool { return g[0].StandsAs(l) }); i >= 0 {
			together[i] = append(together[i], l)
		} else {
			together = append(together, []*Record{l})
		}
	}
	for _, pieces := range together {
		out = append(out, Group{Record: Whole(pieces), Pieces: pieces})
	}
	waits := func(g Group) int {
		if g.Record.Answered() || g.Record.Over() {
			return 1
		}
		return 0
	}
	sort.SliceStable(out, func(i, j int) bool { return waits(out[i]) < waits(out[j]) })
	return out
}

// Whole is several pieces of an incident, the first one first, that stand alike,
// as one: with the parts, the messages and the answers of all. It is to be shown,
// and never stored.
func Whole(pieces []*Record) *Record {
	if len(pieces) == 1 {
		return pieces[0]
	}
	w := pieces[0].Clone()
	w.Answer = nil
	for i, l := range pieces {
		if a := l.Answer; a != nil {
			w.Answer = w.Answer.with(l, w.ID)
		}
		if i == 0 {
			continue
		}
		for _, o := range l.Overruled {
			w.overruled(o)
		}
		w.Members = append(w.Members, Member{Record: l.ID, Txn: l.Name(), Kind: l.Kind, Event: l.Event, ReceivedAt: l.ReceivedAt, RecordedAt: l.RecordedAt,
			Route: l.Route, Is: *l.Shows(""), Void: !l.Complete, Notices: l.Notices})
		w.Members = append(w.Members, l.Members...)
		for _, n := range l.Notices {
			if was, ok := w.Notice(n.Watcher); !ok {
				w.Notices = append(w.Notices, Notice{Watcher: n.Watcher, Called: n.Called, Asked: n.Asked})
			} else if was.Called == "" {
				was.Called, was.Asked = n.Called, n.Asked
			}
		}
		for _, d := range l.Deliveries {
			if d.Kind.OfIncident() {
				d.Says = l.SaidBy(&d)
			}
			if d.Kind == TellAlert {
				d.Kind = TellMore
			}
			d.ID = l.ID + " " + d.ID // an id is of its own record
			w.Deliveries = append(w.Deliveries, d)
		}
	}
	return w
}

// with is an answer together with that of a further piece.
func (a *Answer) with(l *Record, lead string) *Answer {
	o := *l.Answer
	if l.ID != lead && o.Shows != nil {
		o.Says, o.Shows = append(slices.Clone(o.Says), Said{Record: l.ID, Is: o.Shows}), nil
	}
	if a == nil {
		return &o
	}
	older, newer := a, &o
	if older.At.After(newer.At) {
		older, newer = newer, older
	}
	out := *newer
	if out.Shows == nil {
		out.Shows = older.Shows // of the lead's alone
	}
	out.Says = slices.Concat(older.Says, newer.Says)
	out.Except = slices.Concat(older.Except, newer.Except)
	out.Unseen = slices.Concat(older.Unseen, newer.Unseen)
	out.Grew = slices.Concat(older.Grew, newer.Grew)
	return &out
}

// CaseIDs are the numbers of the incidents that are shown as one, as CaseID gives
// them, each once.
func CaseIDs(pieces []*Record) (out []string) {
	for _, l := range pieces {
		if id := l.CaseID(); !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}
