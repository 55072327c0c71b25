package settings

import (
	"context"
	"errors"
	"time"

	"kozamori/internal/catalog"
	"kozamori/internal/news"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// services are those of which an owner is to be told.
func services(now time.Time) []string {
	var ids []string
	for _, s := range catalog.Offered(now) {
		ids = append(ids, s.ID)
	}
	return ids
}

// Look looks at an account that is due: owners whose settings keep debits from
// them are reminded each month, once their quiet hours and their pause are over,
// and addresses that were replaced are dropped after the days in which they can
// be brought back. Reminders are queued before it is noted that they were. It may
// be repeated; an account that is gone, or not due, is left.
func (s Settings) Look(ctx context.Context, k watch.AccountKey, now time.Time) error {
	tell := s.news.Once()
	_, err := s.store.UpdateAccount(ctx, k, func(a *watch.Account) ([]store.Write, error) {
		if due := a.Due(); due.IsZero() || due.After(now) {
			return nil, errNoChange
		}
		var out []watch.News
		for i := range a.Watchers {
			w := &a.Watchers[i]
			w.EndFormer(now)
			if w.RemindAt.IsZero() || w.RemindAt.After(now) {
				continue
			}
			at := w.RemindAt
			w.Remind(services(now), now)
			switch held := later(w.Rules.HoldUntil(0, now), w.Rules.PausedUntil); {
			case w.RemindAt.IsZero(): // it is over
			case held.After(now):
				w.RemindAt = held.UTC()
			default:
				out = append(out, news.OfExposure(a, w, at)...)
				w.RemindAt = watch.NextReminder(now)
			}
		}
		return nil, tell(ctx, out)
	})
	if errors.Is(err, errNoChange) || errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
