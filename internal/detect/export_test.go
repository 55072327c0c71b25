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
