package history

import (
	"context"
	"errors"
	"slices"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// TakenBack tells, of a part of an incident that a watcher was told of as urgent because
// it is new after a report, whether that report was taken back: nil if none of it is.
// The reason stays on record, as people were told it. related is what Related found.
func TakenBack(ctx context.Context, s *store.Store, groups []watch.Group, related *watch.Dispute, k watch.AccountKey, w *watch.Watcher) (func(part *watch.Record) bool, error) {
	after := func(p *watch.Record) (*watch.Notice, bool) {
		n, ok := p.Notice(w.ID)
		return n, ok && n.Reasons.Reason&watch.AfterDispute != 0
	}
	if !slices.ContainsFunc(groups, func(g watch.Group) bool {
		return slices.ContainsFunc(g.Record.Parts(), func(p *watch.Record) bool { _, is := after(p); return is })
	}) {
		return nil, nil
	}
	stands, err := reportStands(ctx, s, k, w)
	if err != nil {
		return nil, err
	}
	return func(p *watch.Record) bool {
		n, is := after(p)
		return is && (!stands || n.Related != "" && related == nil)
	}, nil
}

// reportStands tells whether any report of an account, or of a watcher of it about
// another one, was not taken back. One of which nothing is known any more stands.
func reportStands(ctx context.Context, s *store.Store, k watch.AccountKey, w *watch.Watcher) (bool, error) {
	act, err := s.Activity(ctx, k)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return false, err
	}
	if err == nil && len(act.Reported) > 0 {
		return true, nil
	}
	for _, m := range w.AllReports() {
		d, err := s.Dispute(ctx, m.Dispute)
		if errors.Is(err, store.ErrNotFound) || err == nil && !d.Withdrawn() {
			return true, nil
		}
		if err != nil {
			return false, err
		}
	}
	return false, nil
}
