package membership

import (
	"context"
	"strconv"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// ShowAmounts lets a guardian see amounts, or hides them, on the owner's word,
// and the guardian is told. It holds at once, for what waits to be sent too. As
// it was it changes nothing. ErrNotFound unless the asker owns the account and
// the other is a guardian of it.
func (d *Service) ShowAmounts(ctx context.Context, lineUser string, k watch.AccountKey, watcher string, show bool) error {
	kind, turn := watch.NewsHidden, ""
	if show {
		kind = watch.NewsShown
	}
	tell := d.once()
	return store.Retry(ctx, func() error {
		a, _, err := d.owned(ctx, lineUser, k)
		if err != nil {
			return err
		}
		g, ok := a.Watcher(watcher)
		if !ok || g.Role != watch.Guardian {
			return ErrNotFound
		}
		if g.HideAmount != show {
			return nil
		}
		if turn == "" {
			turn = strconv.FormatInt(a.Version, 10)
		}
		g.HideAmount = !show
		if err := tell(ctx, inTurn(toGuardians(kind, a, []watch.Watcher{*g}), turn)); err != nil {
			return err
		}
		return d.Store.Write(ctx, store.PutAccount(a))
	})
}
