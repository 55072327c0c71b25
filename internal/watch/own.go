package watch

import (
	"slices"
	"time"
)

// CallsOwn tells whether an answer says of links that they are the owner's own. A person
// who holds a mailbox says it of none: what follows such a link is told more quietly.
func (a *Answer) CallsOwn() bool {
	return a != nil && a.Value == Mine && !a.Other && (a.Way == WayChat || a.Way == WayPage)
}

// CalledOwn tells whether a link of the incident was called the owner's own.
func (r *Record) CalledOwn() bool {
	return r.Answer.CallsOwn() && slices.ContainsFunc(r.Parts(), func(p *Record) bool { return p.Kind == LinkRegistered && p.UndoneAt.IsZero() })
}

// own tells whether links were all called the owner's own, and the debit's service
// has taken no more than OwnLinkYen since, with the debit. After a report of
// whatever service nothing is called so.
func (a *Activity) own(links []Link, r *Record) bool {
	if a.robbed(r) || len(links) == 0 || slices.ContainsFunc(links, func(l Link) bool { return l.OwnAt.IsZero() }) {
		return false
	}
	return a.takenSince(links, r) <= OwnLinkYen
}

// takenSince is what a debit's service has taken since the first of these links, with
// the debit.
func (a *Activity) takenSince(links []Link, r *Record) int64 {
	first := slices.MinFunc(links, func(x, y Link) int { return x.RegisteredAt.Compare(y.RegisteredAt) })
	taken := r.Amount
	for _, d := range a.Recent {
		if d.Record != r.ID && d.Service == r.Service && !d.At.Before(kept(first.RegisteredAt)) && !d.At.After(r.OccurredAt) {
			taken += d.Amount
		}
	}
	return taken
}

// robbed tells whether somebody reported whatever service before a debit.
func (a *Activity) robbed(r *Record) bool {
	return slices.ContainsFunc(a.Reported, func(d Reported) bool { return r.OccurredAt.Sub(d.At) <= ReportedFor })
}

// Follows are the links that a debit follows within AfterNewLinkWindow, if its service
// has taken no more than OwnLinkYen since the first of them, with the debit. After a
// report it follows none.
func (a *Activity) Follows(r *Record) []Link {
	links := a.linksBefore(r.Service, r.OccurredAt)
	if len(links) == 0 || a.robbed(r) || a.takenSince(links, r) > OwnLinkYen {
		return nil
	}
	return links
}

// CallOwn notes of the links of these records when they were called the owner's
// own; the zero time if they are not. It tells whether that is new.
func (a *Activity) CallOwn(records []string, at time.Time) (changed bool) {
	for _, s := range a.Services {
		for i := range s.Links {
			if l := &s.Links[i]; slices.Contains(records, l.Record) && l.OwnAt.IsZero() != at.IsZero() {
				l.OwnAt, changed = at.UTC(), true
			}
		}
	}
	return changed
}
