package membership

import (
	"context"
	"errors"
	"slices"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// Forget is a person asking to be forgotten: what is theirs alone is erased,
// as by EraseOwn, and they leave the rest. It returns what they watched. An
// error leaves the rest: forget again.
func (d *Service) Forget(ctx context.Context, lineUser string, way watch.Way) ([]Bound, error) {
	list, err := d.Accounts(ctx, lineUser)
	if err != nil {
		return nil, err
	}
	for _, b := range list {
		err := d.EraseOwn(ctx, lineUser, b.Account.AccountKey, way)
		if errors.Is(err, ErrShared) || errors.Is(err, ErrNotFound) {
			_, err = d.Unbind(ctx, lineUser, b.Account.AccountKey, way)
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			return nil, err
		}
	}
	return list, d.closeDoor(ctx, lineUser) // a process may have died before it did
}

// ErrShared says that an account has another owner, whose records they are
// too: one of them can leave, but not erase.
var ErrShared = errors.New("membership: the account has another owner")

// EraseOwn ends the watching of an account on the word of its only owner, as Unbind
// does, and has all that is kept of it erased EraseAgain after the time in which
// they can come back: who holds their telephone must not be able to remove for good
// what it was watched by. ErrNotFound unless they own it, ErrShared if they are not
// the only one.
func (d *Service) EraseOwn(ctx context.Context, lineUser string, k watch.AccountKey, way watch.Way) error {
	now := d.now()
	_, err := d.unbind(ctx, lineUser, k, way, &store.ErasureWish{At: now, Due: now.Add(watch.RestoreFor + EraseAgain), Way: way})
	return err
}

// wished begins the erasure that an owner wished for, if it is due: EraseRest does
// it. An owner who is back was brought back by a version that knows no wishes.
func (d *Service) wished(ctx context.Context, k watch.AccountKey) error {
	wish, err := d.Store.ErasureWish(ctx, k)
	if errors.Is(err, store.ErrNotFound) || err == nil && d.now().Before(wish.Due) {
		return nil
	}
	if err != nil {
		return err
	}
	writes := []store.Write{store.DeleteErasureWish(wish)}
	a, err := d.Store.Account(ctx, wish.Account)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	back := err == nil && slices.ContainsFunc(a.Watchers, func(w watch.Watcher) bool { return !w.Since.After(wish.At) })
	e, err := d.Store.Erasure(ctx, wish.Account)
	if errors.Is(err, store.ErrNotFound) {
		e, err = &store.Erasure{OnAccount: wish.OnAccount}, nil
	}
	if err != nil {
		return err
	}
	if !back && !e.At.After(wish.At) { // else the bank's erases all that this would
		e.At, e.Due, e.Walk, e.Again = wish.At, d.now(), "", false
		writes = append(writes, d.erasing(wish.Account, &watch.Watcher{ID: wish.By, Role: watch.Owner}, wish.Way)...)
		writes = append(writes, store.PutErasureAgain(e))
	}
	err = d.Store.Write(ctx, writes...)
	if _, lost := store.AsCondition(err); lost {
		return nil // it was taken back this moment, or begun by another sweep
	}
	return err
}

// unwish are the writes that take back that the records of an account are to be
// erased, because its owner comes back.
func (d *Service) unwish(ctx context.Context, k watch.AccountKey) ([]store.Write, error) {
	wish, err := d.Store.ErasureWish(ctx, k)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return []store.Write{store.DeleteErasureWish(wish)}, nil
}
