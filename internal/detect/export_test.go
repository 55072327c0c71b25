package detect

import (
	"context"
	"testing"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

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

// Forget has each call decode the accounts that it reads.
func (s *Stage) Forget() { s.filters = store.NewPrefilters(0) }

// Kept tells whether the prefilter of an account is kept.
func (s *Stage) Kept(ctx context.Context, t *testing.T, k watch.AccountKey) bool {
	t.Helper()
	read := func() *watch.Prefilter {
		as, _, err := s.Store.Watched(ctx, s.filters, []watch.AccountKey{k}, func(watch.AccountKey) bool { return false })
		if err != nil {
			t.Fatal(err)
		}
		return as[k].Prefilter
	}
	first, again := read(), read()
	return first == again
}
