package history

import (
	"context"
	"errors"
	"time"

	"kozamori/internal/membership"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// Related reads the report about another account of a watcher to whose story an
// incident belongs; nil if there is none that stands.
func Related(ctx context.Context, s *store.Store, groups []watch.Group, watcher string) (*watch.Dispute, error) {
	for _, g := range groups {
		id := g.Record.Related(watcher)
		if id == "" {
			continue
		}
		d, err := s.Dispute(ctx, id)
		if errors.Is(err, store.ErrNotFound) || err == nil && d.Withdrawn() {
			return nil, nil
		}
		return d, err
	}
	return nil, nil
}

// How many incidents of each account are shown with a report about another, and among
// how many records they are looked for.
const relatedMost, relatedLook = 20, 500

// RelatedTo lists what belongs to the story of a report, on the other accounts of a
// person who was told of it.
func RelatedTo(ctx context.Context, s *store.Store, d *watch.Dispute, lineUser string) (out []Alert, err error) {
	from := d.AnsweredAt.Add(-watch.TrustFor - watch.KeepTrust) // as old as what a trust kept silent
	for b, err := range s.Bindings(ctx, lineUser) {
		if err != nil {
			return nil, err
		}
		if b.Account == d.Account {
			continue
		}
		a, err := s.Account(ctx, b.Account)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		w, ok := a.WatcherOf(lineUser)
		if !ok || w.ReportedAt.Before(d.AnsweredAt) {
			continue
		}
		found, _, err := Alerts(ctx, s, membership.Bound{Account: a, Watcher: *w}, from, time.Time{}, relatedMost, relatedLook)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			if f.Related != nil && f.Related.ID == d.ID {
				out = append(out, f)
			}
		}
	}
	return out, nil
}
