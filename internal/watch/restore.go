package watch

import (
	"maps"
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

const (
	// RestoreFor is how long a step that lowered protection can be taken back in
	// one tap, and how long an address is kept for that.
	RestoreFor = 7 * 24 * time.Hour
	// RestoreDays is RestoreFor in days.
	RestoreDays = int(RestoreFor / (24 * time.Hour))
	// CopyFor is how long mails to a new address go to the one before it too.
	CopyFor = 24 * time.Hour
	// maxFormer is how many addresses are kept; the oldest stay, which are those
	// of before somebody began to replace them. Further ones cannot be brought back
	// in one tap, and that is said.
	maxFormer = 24
)

// Former is an address of a channel that was replaced or taken off.
type Former struct {
	Kind    ChannelKind `json:"kind"`
	Address string      `json:"address"`
	At      time.Time   `json:"at"`

	Unknown jsontext.Value `json:",embed"`
}

// KeepFormer keeps the addresses that a watcher had before a change and has no
// longer, and drops those that were kept for RestoreFor.
func (w *Watcher) KeepFormer(before *Watcher, at time.Time) {
	w.EndFormer(at)
	for _, c := range before.Channels {
		now, ok := w.Channel(c.Kind)
		if c.Address == "" || ok && now.Address == c.Address || len(w.Former) >= maxFormer {
			continue
		}
		w.Former = append(w.Former, Former{Kind: c.Kind, Address: c.Address, At: at.UTC()})
	}
}

// EndFormer drops the addresses that were kept for RestoreFor.
func (w *Watcher) EndFormer(at time.Time) {
	w.Former = slices.DeleteFunc(slices.Clone(w.Former), func(f Former) bool { return at.Sub(f.At) >= RestoreFor })
}

// Copies are the addresses that a message over a channel goes to as well: those
// that a new one replaced less than CopyFor ago.
func (w *Watcher) Copies(kind ChannelKind, now time.Time) (out []string) {
	for _, f := range w.Copied(kind, now) {
		out = append(out, f.Address)
	}
	return out
}

// Copied are those addresses with the time at which each was replaced, each once.
func (w *Watcher) Copied(kind ChannelKind, now time.Time) (out []Former) {
	c, ok := w.Channel(kind)
	if !ok {
		return nil
	}
	for _, f := range w.Former {
		if f.Kind == kind && f.Address != c.Address && now.Sub(f.At) < CopyFor && !slices.ContainsFunc(out, func(o Former) bool { return o.Address == f.Address }) {
			out = append(out, f)
		}
	}
	return out
}

// Before are the addresses that a watcher had until less than RestoreFor ago, each
// once: until then they can set back that it was replaced or taken off.
func (w *Watcher) Before(now time.Time) (out []Former) {
	for _, f := range w.Former {
		c, has := w.Channel(f.Kind)
		same := func(o Former) bool { return o.Kind == f.Kind && o.Address == f.Address }
		if now.Sub(f.At) < RestoreFor && !(has && c.Address == f.Address) && !slices.ContainsFunc(out, same) {
			out = append(out, f)
		}
	}
	return out
}

// MailCopied is Copied of mail.
func (w *Watcher) MailCopied(now time.Time) []Former { return w.Copied(Email, now) }

// Restorable tells whether a step lowered what a watcher is told, by something
// that can be set back, and is not too old for that.
func (s *Step) Restorable(now time.Time) bool {
	return s.Kind == StepSettings && s.Lowered && s.Of != "" && now.Sub(s.At) < RestoreFor
}

// Undoes tells whether setting a step back would change anything for the watcher whom
// it is about, as they are now: somebody may have done so.
func (s *Step) Undoes(w *Watcher, now time.Time) bool {
	c := w.Clone()
	whole := s.Restore(c, now)
	turns, _ := Compare(w, c, now)
	return !whole || len(turns) > 0
}

// Restore sets back what a step lowered, of the watcher whom it is about, and
// leaves the rest as it is now: what was chosen since and protects more stays.
// Without whole there is something that this program cannot set back.
func (s *Step) Restore(w *Watcher, now time.Time) (whole bool) {
	whole = true
	before, after := s.Rules()
	for i := range s.Turns {
		switch t := &s.Turns[i]; {
		case !t.Lowers:
		default:
			if over, ok := t.OfAddress(); ok {
				whole = s.restoreAddress(w, over) && whole // false of a newer program's
			} else if row := RuleNamed(t.Name); row.Name != "" {
				row.Value.restore(&w.Rules, &before, &after, now)
			}
		}
	}
	return whole
}

// What follows sets one rule of is back from after to before.

func (Always) restore(_, _, _ *Rules, _ time.Time) {}

func (v Flag) restore(is, before, _ *Rules, now time.Time) {
	if v.lowers(before, is, now) {
		*v.At(is) = *v.At(before)
	}
}

func (v Yen) restore(is, before, _ *Rules, now time.Time) {
	if v.lowers(before, is, now) {
		*v.At(is) = *v.At(before)
	}
}

func (v Hours) restore(is, before, _ *Rules, now time.Time) {
	if v.lowers(before, is, now) {
		*v.At(is) = *v.At(before)
	}
}

func (v Until) restore(is, before, _ *Rules, now time.Time) {
	if v.lowers(before, is, now) {
		*v.At(is) = *v.At(before)
	}
}

// Only the services that the step changed are looked at, each for itself.
func (v YenFor) restore(is, before, after *Rules, now time.Time) {
	for _, id := range v.Differ(before, after) {
		next := *is
		*v.At(&next) = maps.Clone(*v.At(is))
		if *v.At(&next) == nil {
			*v.At(&next) = map[string]int64{}
		}
		delete(*v.At(&next), id)
		if yen, own := (*v.At(before))[id]; own {
			(*v.At(&next))[id] = yen
		}
		if v.lowers(&next, is, now) {
			*v.At(is) = *v.At(&next)
		}
	}
}

func (v Words) restore(is, before, _ *Rules, _ time.Time) {
	for _, word := range *v.At(before) {
		if !slices.Contains(*v.At(is), word) {
			*v.At(is) = append(slices.Clone(*v.At(is)), word)
		}
	}
}

func (v Trusted) restore(is, before, after *Rules, _ time.Time) {
	in := func(r *Rules, t Trust) bool {
		return slices.ContainsFunc(*v.At(r), func(o Trust) bool {
			return o.Service == t.Service && o.UpTo == t.UpTo && o.Until.Equal(t.Until)
		})
	}
	*v.At(is) = slices.DeleteFunc(slices.Clone(*v.At(is)), func(t Trust) bool { return in(after, t) && !in(before, t) })
}

// restoreAddress gives a watcher the address of a channel back that the step took
// away. False if that is not kept.
func (s *Step) restoreAddress(w *Watcher, kind ChannelKind) bool {
	for _, f := range w.Former {
		if f.Kind == kind && f.At.Equal(s.At) {
			w.SetChannel(Channel{Kind: f.Kind, Address: f.Address})
			return true
		}
	}
	return false
}
