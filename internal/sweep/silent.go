package sweep

import (
	"context"
	"time"

	"kozamori/internal/store"
)

// LogOld is what is counted each minute of numbers to call that were checked too
// long ago.
const LogOld = "numbers to call were checked too long ago"

// old tells of them: those of banks, which are told on, and of the catalogue, which
// are not.
func (s *Stage) old(rep *Report) {
	if s.OldNumbers != nil {
		rep.Old += s.OldNumbers(s.Now())
	}
	if rep.Old > 0 {
		s.Logger.Info(LogOld, "numbers", int64(rep.Old))
	}
}

// silent raises and clears the alarm of banks that send nothing, and counts numbers
// to call that are old. A bank whose
// feed cannot be read keeps no other from being looked at.
func (s *Stage) silent(ctx context.Context, rep *Report) error {
	var first error
	defer func() { s.old(rep) }()
	for b, err := range s.Store.Banks(ctx) {
		if err != nil {
			return err
		}
		for _, c := range b.Contacts() {
			if store.Stale(c.On, s.Now()) {
				rep.Old++
			}
		}
		if b.SilentAfter == 0 {
			continue
		}
		quiet, err := s.listen(ctx, b)
		if err != nil {
			s.Logger.Error("cannot compute feed health", "bank", b.Code, "err", err)
			if first == nil {
				first = err
			}
		}
		if quiet {
			rep.Silent++
		}
	}
	return first
}

// listen tells whether a bank is silent, and notes since when.
func (s *Stage) listen(ctx context.Context, b *store.Bank) (quiet bool, err error) {
	err = store.Retry(ctx, func() error {
		f, err := s.Store.Feed(ctx, b.Code)
		if err != nil {
			return err
		}
		quiet = !f.LastEvent.IsZero() && s.Now().Sub(f.LastEvent) >= b.SilentAfter
		if quiet {
			s.Logger.Error("a bank sends no events", "bank", b.Code, "since", f.LastEvent)
		}
		if quiet == !f.SilentSince.IsZero() {
			return nil
		}
		f.SilentSince = time.Time{}
		if quiet {
			f.SilentSince = f.LastEvent
		}
		// Ingest writes the same item whenever an event comes: what it wrote
		// in the meantime must not be lost.
		return s.Store.Write(ctx, store.PutFeed(f))
	})
	return quiet, err
}
