package membership

import (
	"context"
	"errors"
	"slices"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// Unbind ends a person's watching of an account, at once: alerts that are
// held or queued for them are cancelled when their turn comes, because they
// are no longer a watcher. When the last owner leaves, the guardians that
// owners named leave too; when no watcher is left, the account and its activity
// are forgotten. Records stay: they name watchers by ids that mean nothing
// outside the account. The others are told. For watch.RestoreFor an owner who stays
// can take it back, and so can an owner who left. It returns the account as it was.
// ErrNotFound if they do not watch it.
func (d *Service) Unbind(ctx context.Context, lineUser string, k watch.AccountKey, way watch.Way) (Bound, error) {
	return d.unbind(ctx, lineUser, k, way, nil)
}

// unbind is Unbind; if the account's only owner wants its records erased too, erase
// is the wish, which is kept with their leaving. ErrShared if they are not the only one.
func (d *Service) unbind(ctx context.Context, lineUser string, k watch.AccountKey, way watch.Way, erase *store.ErasureWish) (Bound, error) {
	var was Bound
	var gone []watch.Watcher
	tell, ids := d.news().Once(), leavings{}
	_, err := d.Store.UpdateAccount(ctx, k, func(a *watch.Account) ([]store.Write, error) {
		w, ok := a.WatcherOf(lineUser)
		switch {
		case !ok || erase != nil && w.Role != watch.Owner:
			return nil, ErrNotFound
		case erase != nil && !a.SoleOwner(w.ID):
			return nil, ErrShared
		}
		before := *a
		before.Watchers = slices.Clone(a.Watchers)
		was = Bound{Account: &before, Watcher: *w, Already: true}
		gone = a.Leaving(w.ID)
		if err := tell(ctx, ofLeaving(&before, w, gone, way, ids, erase != nil, d.now())); err != nil {
			return nil, err
		}
		writes, err := d.takeOff(ctx, a, gone)
		writes = append(writes, d.leaving(&was.Watcher, &before, gone, way, ids)...)
		if erase != nil {
			erase.OnAccount, erase.By = watch.On(before.AccountKey), was.Watcher.ID
			writes = append(writes, store.PutErasureWish(erase))
		}
		return writes, err
	})
	if errors.Is(err, store.ErrNotFound) {
		err = ErrNotFound
	}
	if err != nil {
		return Bound{}, err
	}
	d.logger().InfoContext(ctx, "membership: unbound", "bank", k.Bank, "gone", len(gone))
	if len(gone) == len(was.Account.Watchers) {
		// No watcher is left that a code, an invitation or a claim could belong to.
		names, err := d.Store.Names(ctx, k)
		if err == nil {
			err = d.endSecrets(ctx, names, d.now(), store.TicketLeft)
		}
		if err != nil {
			d.logger().WarnContext(ctx, "membership: codes of a forgotten account are kept until they end", "error", err)
		}
	}
	d.closeDoors(ctx, gone)
	return was, nil
}

// leaving are the steps of the trail that say who goes from an account as it was,
// because of by, and what takes each back.
func (d *Service) leaving(by *watch.Watcher, a *watch.Account, gone []watch.Watcher, way watch.Way, ids leavings) []store.Write {
	var out []store.Write
	for i := range gone {
		s := d.step(a.AccountKey, watch.StepLeft, &gone[i], way)
		s.ID, s.By, s.ByRole, s.Lowered = ids.of(a, gone[i].ID), by.ID, by.Role, true
		out = append(append(out, d.Store.PutStep(s)), keepLeaver(s, &gone[i], a.Mask)...)
	}
	return out
}

// step is one step of the trail that a watcher makes about themselves.
func (d *Service) step(k watch.AccountKey, kind watch.StepKind, w *watch.Watcher, way watch.Way) *watch.Step {
	return &watch.Step{ID: watch.NewStepID(), OnAccount: watch.On(k), At: d.now(), Kind: kind, Way: way, By: w.ID, ByRole: w.Role, Of: w.ID, OfRole: w.Role}
}

// takeOff takes watchers off an account, and returns what goes with them: their
// bindings, and each person who watches nothing else.
func (d *Service) takeOff(ctx context.Context, a *watch.Account, gone []watch.Watcher) ([]store.Write, error) {
	a.Watchers = slices.DeleteFunc(a.Watchers, func(w watch.Watcher) bool {
		return slices.ContainsFunc(gone, func(g watch.Watcher) bool { return g.ID == w.ID })
	})
	var writes []store.Write
	for _, g := range gone {
		if g.LineUser == "" {
			continue
		}
		writes = append(writes, store.DeleteBinding(g.LineUser, a.AccountKey))
		w, ok, err := d.forgetting(ctx, g.LineUser, a.AccountKey)
		if err != nil {
			return nil, err
		}
		if ok {
			writes = append(writes, w)
		}
	}
	return writes, nil
}

// forgetting is the write that forgets a person who watches nothing but an
// account that they leave; false if there is nothing to write. Wrong codes
// are held against them a little longer: leaving must not be the way out of a
// lock. It fails on the person's version when they are bound meanwhile.
func (d *Service) forgetting(ctx context.Context, lineUser string, leaving watch.AccountKey) (store.Write, bool, error) {
	p, err := d.Store.Person(ctx, lineUser) // before the bindings: each of them moves its version
	if err != nil || p.Version == 0 {
		return store.Write{}, false, err
	}
	for b, err := range d.Store.Bindings(ctx, lineUser) {
		if err != nil || b.Account != leaving {
			return store.Write{}, false, err
		}
	}
	held := p.WrongAt.Add(LockedFor)
	if p.LockedUntil.After(held) {
		held = p.LockedUntil
	}
	if !d.now().Before(held) {
		return store.DeletePerson(p), true, nil
	}
	*p = store.Person{LineUser: lineUser, WrongCodes: p.WrongCodes, WrongAt: p.WrongAt, LockedUntil: p.LockedUntil,
		Expires: held.Add(time.Second), Version: p.Version}
	return store.PutPerson(p), true, nil
}

// closeDoors ends the sessions, and the links to one, of people who watch
// nothing any more, but what an owner may bring them back by, and removes what only a newer version keeps of them. A failure is not the caller's: each account asks who
// watches it, and they end by themselves within the hour.
func (d *Service) closeDoors(ctx context.Context, gone []watch.Watcher) {
	for _, w := range gone {
		if w.LineUser == "" {
			continue
		}
		if err := d.closeDoor(ctx, w.LineUser); err != nil {
			d.logger().WarnContext(ctx, "membership: sessions of a person who watches nothing are kept until they end", "error", err)
		}
	}
}

func (d *Service) closeDoor(ctx context.Context, lineUser string) error {
	if some, err := store.First(d.Store.Bindings(ctx, lineUser), 1); err != nil || len(some) > 0 {
		return err
	}
	_, writes, err := deletes(d.Store.Tickets(ctx, store.PersonTickets(lineUser)), func(t *store.Ticket) bool { return t.Kind != store.TicketLeftOf },
		func(t *store.Ticket) []store.Write { return []store.Write{store.DeleteTicket(t.Kind, t.Hash)} })
	if err != nil {
		return err
	}
	unknown, err := d.Store.DeleteUnknownOf(ctx, lineUser)
	if err != nil {
		return err
	}
	return d.inParts(ctx, append(unknown, writes...))
}
