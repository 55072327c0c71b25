package watch

import "slices"

// CallsOwn tells whether an answer says of links that they are the owner's own. A person
// who holds a mailbox says it of none: what follows such a link is told more quietly.
func (a *Answer) CallsOwn() bool {
	return a != nil && a.Value == Mine && !a.Other && (a.Way == WayChat || a.Way == WayPage)
}

// CalledOwn tells whether a link of the incident was called the owner's own.
func (r *Record) CalledOwn() bool {
	return r.Answer.CallsOwn() && slices.ContainsFunc(r.Parts(), func(p *Record) bool { return p.Kind == LinkRegistered && p.UndoneAt.IsZero() })
}
