package detect

import (
	"context"
	"errors"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// related notes what is new after a report about another account of a watcher: to them
// it is the same story. The account's bank hears nothing of that, and neither do the
// others who watch it.
func (t *telling) related(ctx context.Context, r *watch.Record) error {
	for i := range t.account.Watchers {
		w := &t.account.Watchers[i]
		n, ok := r.Notice(w.ID)
		if !ok || n.Related != "" || w.ReportedAs == "" || n.Reasons.Reason&watch.AfterDispute == 0 || t.now.Sub(w.ReportedAt) > watch.ReportedFor {
			continue
		}
		switch d, err := t.dispute(ctx, w.ReportedAs); {
		case errors.Is(err, store.ErrNotFound): // erased, with its account
		case err != nil:
			return err
		case d.Account != r.Account && !d.Withdrawn():
			n.Related = d.ID
		}
	}
	return nil
}
