package watch

// Unnamed tells whether a debit was shown as one of a service for certain, and that is
// not known any more: what it presents again may not have come back. Of what is gone
// itself that is no news.
func (s *Shown) Unnamed(r *Record) bool {
	return s != nil && r.Service != "" && s.Service == r.Service && r.Inherits && s.Confidence != Undecided && r.Confidence == Undecided && r.UndoneAt.IsZero()
}

// NameDoubted tells whether a debit was shown as one of a service for certain, and has
// another's name by now, which it is not certain to have either.
func (s *Shown) NameDoubted(r *Record) bool {
	return s != nil && r.Service != "" && s.Service != "" && s.Service != r.Service && r.Inherits && s.Confidence != Undecided && r.Confidence == Undecided
}

// AgainDoubted tells whether a debit was shown as one that had come back before, and that
// is not known any more.
func (s *Shown) AgainDoubted(r *Record) bool {
	return s != nil && r.Again > 0 && s.Again == r.Again && !s.MayBeAgain && r.MayBeAgain && r.UndoneAt.IsZero()
}
