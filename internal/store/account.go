package store

import (
	"bytes"
	"context"
	"slices"

	"kozamori/internal/watch"
)

// UpdateAccount reads an account, lets change alter it, and writes it back,
// again and again until no other writer came between. What change returns is
// written together with it, such as a check of what the change rests on. When
// change returns an error nothing is written and the error is returned with
// the account as change left it; without one the account comes back as it is
// stored now. Nothing is written either if nothing changed and there are only
// checks. An account that has no watcher left is deleted, with its activity.
// ErrNotFound if it has no watcher.
func (s *Store) UpdateAccount(ctx context.Context, k watch.AccountKey, change func(*watch.Account) ([]Write, error)) (*watch.Account, error) {
	var a *watch.Account
	err := Retry(ctx, func() (err error) {
		if a, err = s.Account(ctx, k); err != nil {
			return err
		}
		was := accounts.Encode(a)
		more, err := change(a)
		if err != nil {
			return err
		}
		if len(a.Watchers) == 0 {
			return s.Write(ctx, slices.Concat([]Write{DeleteAccount(a)}, DeleteActivity(a.AccountKey), more)...)
		}
		if bytes.Equal(was, accounts.Encode(a)) && !slices.ContainsFunc(more, func(w Write) bool { return !w.Check }) {
			return nil
		}
		if err = s.Write(ctx, append([]Write{PutAccount(a)}, more...)...); err == nil {
			a.Version++
		}
		return err
	})
	return a, err
}
