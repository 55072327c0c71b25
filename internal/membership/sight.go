package membership

import (
	"context"
	"errors"
	"strconv"

	"kozamori/internal/settings"
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
	tell := d.news().Once()
	_, err := settings.New(d.Store, d.Queue).Change(ctx, k, settings.Who{Watcher: watcher, Way: watch.WayPage, At: d.now()}, func(c *settings.Change) error {
		g := c.Watcher
		own, ok := c.Account.WatcherOf(lineUser)
		if !ok || own.Role != watch.Owner || g.Role != watch.Guardian {
			return ErrNotFound
		}
		c.By = own.ID
		if g.HideAmount != show {
			return nil
		}
		if turn == "" {
			turn = strconv.FormatInt(c.Account.Version, 10)
		}
		g.HideAmount = !show
		return tell(ctx, inTurn(toGuardians(kind, c.Account, []watch.Watcher{*g}), turn))
	})
	if errors.Is(err, store.ErrNotFound) {
		return ErrNotFound
	}
	return err
}
