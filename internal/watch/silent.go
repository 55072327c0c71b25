package watch

import (
	"slices"
	"time"
)

// TrustFor is how long a service is trusted.
const TrustFor = 90 * 24 * time.Hour

// since is when a trust began. The versions before kept its end alone.
func (t *Trust) since() time.Time {
	if t.Since.IsZero() {
		return t.Until.Add(-TrustFor)
	}
	return t.Since
}

// GoesOnFrom notes that a trust takes the place of an earlier one of its service,
// with what a newer version keeps with it.
func (t *Trust) GoesOnFrom(o Trust) {
	if t.Unknown == nil {
		t.Unknown = o.Unknown
	}
	if at := o.since(); at.Before(t.since()) {
		t.Since = at
	}
}

// KeepTrust is how long a trust that has ended is remembered: what it had kept from
// its watcher is told, too, if they say "not mine" of the service until then.
const KeepTrust = 30 * 24 * time.Hour

// KeepEnded remembers the trusts that a watcher had before a change and has no longer.
func (w *Watcher) KeepEnded(before *Watcher, at time.Time) {
	over := func(t Trust) bool { return at.Sub(t.Until) >= KeepTrust }
	w.EndedTrusts = slices.DeleteFunc(slices.Clone(w.EndedTrusts), over)
	for _, t := range before.Rules.Trusts {
		stands := slices.ContainsFunc(w.Rules.Trusts, func(o Trust) bool {
			return o.Service == t.Service && o.UpTo >= t.UpTo && !o.Until.Before(t.Until) && !o.since().After(t.since())
		})
		if stands {
			continue
		}
		t.Since = t.since()
		if at.Before(t.Until) {
			t.Until = at.UTC()
		}
		if !over(t) {
			w.EndedTrusts = append(w.EndedTrusts, t)
		}
	}
	w.EndedTrusts = w.EndedTrusts[max(0, len(w.EndedTrusts)-MaxTrusts):]
}

// trusts are a watcher's, and those that have ended and are remembered.
func (w *Watcher) trusts() []Trust { return append(slices.Clip(w.Rules.Trusts), w.EndedTrusts...) }

// TrustedSince is when the first of a watcher's trusts in one of some services
// began; zero if there is none.
func (w *Watcher) TrustedSince(services []string) (first time.Time) {
	trusts := w.trusts()
	for i := range trusts {
		t := &trusts[i]
		if at := t.since(); slices.Contains(services, t.Service) && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first
}

// Silenced is why a watcher would have been told of a debit of one of some
// services, if their trust in it had not kept it from them; 0 if it did not. Of
// what came back whole for certain there is nothing to tell.
func (w *Watcher) Silenced(r *Record, services []string) Reason {
	if r.Kind != Debit || !r.Complete || r.Past || r.Alias != "" || r.Gone() || r.BeforeWatched(w) || !slices.Contains(services, r.Service) {
		return 0
	}
	if n, ok := r.Notice(w.ID); ok && n.own() {
		return 0
	}
	under := slices.ContainsFunc(w.trusts(), func(t Trust) bool {
		return t.Service == r.Service && r.Amount <= t.UpTo && !r.RecordedAt.Before(t.since()) && r.RecordedAt.Before(t.Until)
	})
	if !under {
		return 0
	}
	rules := w.Rules
	rules.Trusts, rules.PausedUntil = nil, time.Time{}
	// What a pattern had said of it would have been told in spite of the trust.
	var none Activity
	f := none.Facts(r)
	f.FirstSeen = false
	return rules.Evaluate(&f, r.RecordedAt)
}

// Unsilence notes on a record that a watcher is to be told of it after all, because of
// a report: by its dispute, if it is about another account.
func (r *Record) Unsilence(watcher string, why Reason, related string) {
	r.Notices = slices.Clone(r.Notices)
	if n, ok := r.Notice(watcher); ok { // they were called
		n.Reasons, n.Silenced, n.Related = Because(why), true, related
		return
	}
	r.Notices = append(r.Notices, Notice{Watcher: watcher, Reasons: Because(why), Silenced: true, Related: related})
}

// Apart tells whether an incident is of nothing but debits that a trust had kept
// from people: they are asked about it apart from what they had been told of.
func (r *Record) Apart() bool {
	return !slices.ContainsFunc(r.Parts(), func(p *Record) bool { return !p.unsilenced() })
}

func (r *Record) unsilenced() bool {
	return slices.ContainsFunc(r.Notices, func(n Notice) bool { return n.Silenced })
}

// SilencedFor are the parts of incidents, but those that are undone, that a trust
// had kept from a watcher and that wait for an answer, and the incident that the
// first of them is in.
func SilencedFor(watcher string, groups []Group) (parts []*Record, lead string) {
	for _, g := range groups {
		if g.Record.Answer != nil {
			continue
		}
		for _, l := range g.Pieces {
			for _, p := range l.Parts() {
				n, ok := p.Notice(watcher)
				if !ok || !n.Silenced || !p.UndoneAt.IsZero() || !l.Apart() {
					continue
				}
				if parts = append(parts, p); lead == "" {
					lead = l.ID
				}
			}
		}
	}
	return parts, lead
}
