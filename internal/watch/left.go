package watch

import "time"

// Returnable tells whether a step ended the watching of somebody else on an account
// that the reader owns, and is not too old to be taken back in one tap. A guardian
// who was sent away cannot overrule the owner.
func (s *Step) Returnable(reader *Watcher, now time.Time) bool {
	return s.Kind == StepLeft && s.Of != "" && s.Of != reader.ID && reader.Role == Owner && now.Sub(s.At) < RestoreFor
}

// OwnLeaving tells whether a watcher, as an owner, left by this step of their own,
// and that is not too old to be taken back in one tap: somebody who held
// their telephone may have done it.
func (s *Step) OwnLeaving(watcher string, now time.Time) bool {
	return s.Kind == StepLeft && s.Of != "" && s.Of == watcher && s.By == s.Of && s.OfRole == Owner && now.Sub(s.At) < RestoreFor
}

// Returned tells whether a step brought a watcher back who had left. One that sets
// settings back has turns.
func (s *Step) Returned() bool { return s.Kind == StepRestored && len(s.Turns) == 0 }
