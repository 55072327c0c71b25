package dispute

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// pieces reads what else the incident of a file consists of, the others that the
// answer is about, and the dispute.
func (k *Service) pieces(ctx context.Context, f *file) (err error) {
	if f.root, err = k.piece(ctx, f, f.record.StoryID()); err != nil {
		return err
	}
	if f.root == nil { // gone
		f.root = f.record
	}
	if f.rest, err = k.restOf(ctx, f, f.root, f.record); err != nil {
		return err
	}
	if f.root != f.record {
		f.rest = slices.Insert(f.rest, 0, f.root)
	}
	for _, id := range f.who.Also {
		if err := k.another(ctx, f, id); err != nil {
			return err
		}
	}
	if f.dispute, err = k.disputeOf(ctx, f.record); err != nil {
		return err
	}
	if f.dispute != nil && f.dispute.Follows != "" {
		if f.first, err = k.disputeOf(ctx, &watch.Record{Dispute: f.dispute.Follows}); err != nil {
			return err
		}
	}
	if f.dispute != nil && f.dispute.Status == watch.DisputeClosed {
		if f.next, err = k.disputeOf(ctx, &watch.Record{Dispute: followUp(f.dispute)}); err != nil {
			return err
		}
	}
	if f.record.Dispute != "" {
		return nil
	}
	for _, l := range f.story() {
		if f.one, err = k.disputeOf(ctx, l); err != nil || f.one != nil && f.one.Status != watch.DisputeClosed {
			return err
		}
	}
	f.one = nil
	return nil
}

func (k *Service) disputeOf(ctx context.Context, r *watch.Record) (*watch.Dispute, error) {
	if r.Dispute == "" {
		return nil, nil
	}
	d, err := k.Store.Dispute(ctx, r.Dispute)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return d, err
}

// piece reads an incident of the file's account; nil if it is gone.
func (k *Service) piece(ctx context.Context, f *file, id string) (*watch.Record, error) {
	if id == f.record.ID {
		return f.record, nil
	}
	r, err := k.Store.Record(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && r.Account != f.record.Account {
		return nil, nil
	}
	return r, err
}

// restOf reads the pieces of an incident but one.
func (k *Service) restOf(ctx context.Context, f *file, root, but *watch.Record) (out []*watch.Record, err error) {
	for _, id := range root.Pieces {
		if id == but.ID {
			continue
		}
		p, err := k.piece(ctx, f, id)
		if err != nil {
			return nil, err
		}
		if p != nil {
			out = append(out, p)
		}
	}
	return out, nil
}

// another reads an incident that the answer is about as well, with its pieces.
// One that is another account's, answered already, gone or too much for one report
// is left alone.
func (k *Service) another(ctx context.Context, f *file, id string) error {
	r, err := k.Store.Record(ctx, id)
	if err == nil {
		r, err = k.Store.Lead(ctx, r)
	}
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	known := slices.ContainsFunc(f.story(), func(o *watch.Record) bool { return o.ID == r.ID })
	if known || r.Account != f.record.Account || r.Answer != nil || r.Dispute != "" {
		return nil
	}
	if r.StoryID() != r.ID {
		switch root, err := k.Store.Record(ctx, r.StoryID()); {
		case err == nil && root.Dispute == "":
			r = root
		case err == nil || errors.Is(err, store.ErrNotFound):
			return nil
		default:
			return err
		}
	}
	others, err := k.restOf(ctx, f, r, r)
	if err != nil {
		return err
	}
	if others = slices.Insert(others, 0, r); f.root.Take(f.story(), others) {
		f.rest = append(f.rest, others...)
	}
	return nil
}

// story are the incident's pieces, in the order in which they joined.
func (f *file) story() []*watch.Record {
	out := append(slices.Clone(f.rest), f.record)
	place := func(l *watch.Record) int {
		if l == f.root {
			return -1
		}
		if i := slices.Index(f.root.Pieces, l.ID); i >= 0 {
			return i
		}
		return len(f.root.Pieces)
	}
	slices.SortStableFunc(out, func(a, b *watch.Record) int { return cmp.Compare(place(a), place(b)) })
	return out
}

// reportedOnes are the pieces that the standing report is about.
func (f *file) reportedOnes() []*watch.Record {
	return slices.DeleteFunc(f.story(), func(l *watch.Record) bool {
		return l.Answer == nil || l.Answer.Value != watch.NotMine || f.dispute == nil || l.Dispute != f.dispute.ID
	})
}

// services are those of what is reported.
func (f *file) services() []string {
	var out []string
	for _, l := range f.reportedOnes() {
		for _, p := range l.Parts() {
			if p.Service != "" && !slices.Contains(l.Answer.Except, p.ID) {
				out = append(out, p.Service)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// part finds a part of the incident in whichever piece has it.
func (f *file) part(id string) (*watch.Record, bool) {
	for _, l := range f.story() {
		if p, ok := l.Part(id); ok {
			return p, true
		}
	}
	return nil, false
}

// reported answers "not mine" of each piece, and lists the parts that the asker
// does not say are theirs: the one with which the incident began first, if it is
// among them. A piece that was said to be theirs, or has a report of its own, stays
// as it is; so does one that the report is about already.
func (f *file) reported(via watch.Via) (out []*watch.Record) {
	add := func(l *watch.Record) {
		for _, p := range l.Parts() {
			switch {
			case slices.Contains(l.Answer.Except, p.ID):
			case p.ID == f.root.ID:
				out = slices.Insert(out, 0, p)
			default:
				out = append(out, p)
			}
		}
	}
	more := slices.ContainsFunc(f.story(), func(l *watch.Record) bool {
		return f.reports(l) && slices.ContainsFunc(l.Parts(), func(p *watch.Record) bool { return !slices.Contains(f.who.Except, p.ID) })
	})
	for _, l := range f.story() {
		own := l == f.record
		switch {
		case !own && f.in(l):
			l.Answer = f.narrowed(l.Answer)
			add(l)
			continue
		case !f.reports(l):
			continue
		}
		var except []string
		for _, p := range l.Parts() {
			if slices.Contains(f.who.Except, p.ID) {
				except = append(except, p.ID)
			}
		}
		if own && !more { // all of it unticked, and "not mine" pressed: it is about something
			except = nil
		}
		l.Answer = &watch.Answer{Value: watch.NotMine, Watcher: f.watcher.ID, Via: via, At: f.now, Except: except}
		l.Dispute = f.dispute.ID
		l.StopEscalation()
		add(l)
	}
	return out
}

// reports tells whether "not mine" is about a piece: not if that has a report of
// its own, or was said to be theirs, unless the page showed it.
func (f *file) reports(l *watch.Record) bool {
	switch {
	case l == f.record:
		return true
	case l.Dispute != "" && l.Dispute != f.dispute.ID, f.in(l):
		return false
	case f.apart(l), l.Answer != nil && l.Answer.Value == watch.Mine && l.Answered():
		return slices.ContainsFunc(l.Parts(), func(p *watch.Record) bool { _, shown := f.who.Saw[p.ID]; return shown })
	}
	return true
}

// apart tells whether a piece is of what a trust had kept from people, and the one
// that is answered is not: it is asked about apart.
func (f *file) apart(l *watch.Record) bool { return l != f.record && l.Apart() && !f.record.Apart() }

// in tells whether a piece is reported already.
func (f *file) in(l *watch.Record) bool {
	return l.Answer != nil && l.Answer.Value == watch.NotMine && l.Dispute == f.dispute.ID
}

// narrowed is the answer of a piece that is reported, if less of it is said to be
// theirs now.
func (f *file) narrowed(a *watch.Answer) *watch.Answer {
	if !f.adding {
		return a
	}
	keeps := func(id string) bool { return slices.Contains(f.who.Except, id) }
	if !slices.ContainsFunc(a.Except, func(id string) bool { return !keeps(id) }) {
		return a
	}
	out := *a
	out.Except = slices.DeleteFunc(slices.Clone(a.Except), func(id string) bool { return !keeps(id) })
	return &out
}

// adds tells whether "not mine" is about more than the report that stands: a piece
// of the incident that it does not cover, which a version without pieces left;
// something that was called the person's own has taken more since, or they
// confirm that it is not theirs after all. What is not added stays theirs.
func (f *file) adds() bool {
	adds := f.dispute.Status != watch.DisputeClosed && slices.ContainsFunc(f.story(), func(l *watch.Record) bool {
		return l.Answer == nil && (l.Dispute == "" || l.Dispute == f.dispute.ID) && !l.Over() && !f.apart(l)
	})
	var stay []string
	for _, l := range f.reportedOnes() {
		for _, id := range l.Answer.Except {
			switch {
			case slices.Contains(f.who.Except, id):
				stay = append(stay, id)
			case grew(l, id), f.who.Confirms(f.dispute):
				adds = true
			default:
				stay = append(stay, id)
			}
		}
	}
	if adds {
		f.who.Except, f.who.Saw, f.adding = stay, nil, true
	}
	return adds
}

// grew tells whether a part that was called the person's own when the rest was
// reported has taken more since.
func grew(r *watch.Record, id string) bool {
	shows := r.Answer.Shows
	if id != r.ID {
		shows = nil
		if i := slices.IndexFunc(r.Answer.Says, func(s watch.Said) bool { return s.Record == id }); i >= 0 {
			shows = r.Answer.Says[i].Is
		}
	}
	p, ok := r.Part(id)
	return ok && shows != nil && !shows.Covers(p)
}

// alike are the pieces that stand as the one of the file does, the first one first.
func (f *file) alike() []*watch.Record {
	return slices.DeleteFunc(f.story(), func(l *watch.Record) bool { return l != f.record && !l.StandsAs(f.record) })
}

// about is what the asker speaks of.
func (f *file) about() *watch.Record {
	if f.who.Whole {
		return watch.Whole(f.alike())
	}
	return f.record
}
