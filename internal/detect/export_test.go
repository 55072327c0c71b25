package detect

import "kozamori/internal/watch"

// At is how many calls work on an account or wait for it.
func (s *Stage) At(k watch.AccountKey) int {
	s.turns.mu.Lock()
	defer s.turns.mu.Unlock()
	if at := s.turns.at[k]; at != nil {
		return at.with
	}
	return 0
}

// Turns is of how many accounts it is kept who works on them.
func (s *Stage) Turns() int {
	s.turns.mu.Lock()
	defer s.turns.mu.Unlock()
	return len(s.turns.at)
}
