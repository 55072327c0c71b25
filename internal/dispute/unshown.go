package dispute

import (
	"slices"

	"kozamori/internal/watch"
)

// unshown notes which of what is reported its page did not show, or the message that
// was answered.
func (f *file) unshown(parts []*watch.Record) {
	var came, grew func(l *watch.Record) []string
	switch {
	case f.who.Saw != nil:
		came = func(l *watch.Record) []string { fresh, _ := l.Unseen(f.who.Saw); return ids(fresh) }
		grew = func(l *watch.Record) []string { _, changed := l.Unseen(f.who.Saw); return ids(changed) }
	case f.message() != nil:
		came, grew = f.cameSince, f.grewSince
	default:
		return
	}
	reported := ids(parts)
	of := func(some []string) []string {
		return slices.DeleteFunc(some, func(id string) bool { return !slices.Contains(reported, id) })
	}
	for _, l := range f.reportedOnes() {
		if l.Answer.At.Equal(f.now) {
			l.Answer.Unseen, l.Answer.Grew = of(came(l)), of(grew(l))
		}
	}
}

func ids(parts []*watch.Record) (out []string) {
	for _, p := range parts {
		out = append(out, p.ID)
	}
	return out
}

// message is the message to the asker that they answered; nil if they answered
// something else, such as a list.
func (f *file) message() *watch.Delivery {
	if d, ok := f.record.Delivery(f.who.Delivery); ok && d.Watcher == f.watcher.ID && d.Kind.OfIncident() {
		return d
	}
	return nil
}

// cameSince are the parts of a piece that the message, and those before it, did not
// show: of another piece, what was recorded after it.
func (f *file) cameSince(l *watch.Record) (out []string) {
	if l == f.record {
		for _, s := range f.unseen() {
			if s.Was == nil {
				out = append(out, s.Record)
			}
		}
		return out
	}
	d := f.message()
	at := d.CreatedAt
	if d.AcceptedAt.After(at) {
		at = d.AcceptedAt // what it says could still change until then
	}
	for _, p := range l.Parts() {
		if p.RecordedAt.After(at) && p.UndoneAt.IsZero() {
			out = append(out, p.ID)
		}
	}
	return out
}

// grewSince are those of which the message showed less.
func (f *file) grewSince(l *watch.Record) (out []string) {
	if l != f.record {
		return nil
	}
	for _, s := range f.unseen() {
		if s.Was != nil {
			out = append(out, s.Record)
		}
	}
	return out
}
