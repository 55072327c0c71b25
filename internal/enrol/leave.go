package enrol

import (
	"context"
	"errors"
	"slices"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// Unbind ends a person's watching of an account, at once: alerts that are
// held or queued for them are cancelled when their turn comes, because they
// are no longer a watcher. When the last owner leaves, the guardians that
// owners named leave too; when nobody is left, the account and its activity
// are forgotten. Records stay: they name watchers by ids that mean nothing
// outside the account. It returns the account as it was. ErrNotFound if they
// do not watch it.
func (d *Desk) Unbind(ctx context.Context, lineUser string, k watch.AccountKey) (Bound, error) {
	var was Bound
	var gone []watch.Watcher
	err := store.Retry(ctx, func() error {
		a, err := d.Store.Account(ctx, k)
		if errors.Is(err, store.ErrNotFound) {
			return ErrNotFound
		}
		if err != nil {
			return err
		}
		w, ok := a.WatcherOf(lineUser)
		if !ok {
			return ErrNotFound
		}
		before := *a
		before.Watchers = slices.Clone(a.Watchers)
		was = Bound{Account: &before, Watcher: *w, Already: true}
		gone = leaving(a, w.ID)
		return d.Store.Write(ctx, without(a, gone)...)
	})
	if err != nil {
		return Bound{}, err
	}
	d.logger().InfoContext(ctx, "enrol: unbound", "bank", k.Bank, "gone", len(gone))
	if len(gone) == len(was.Account.Watchers) {
		// Nobody is left to whom an invitation or a claim could belong.
		if err := d.endTickets(ctx, k); err != nil {
			d.logger().WarnContext(ctx, "enrol: tickets of a forgotten account are kept until they end", "error", err)
		}
	}
	d.forgetPeople(ctx, gone)
	return was, nil
}

// leaving lists who leaves with a watcher.
func leaving(a *watch.Account, id string) []watch.Watcher {
	ownerStays := slices.ContainsFunc(a.Watchers, func(w watch.Watcher) bool { return w.ID != id && w.Role == watch.Owner })
	var gone []watch.Watcher
	for _, w := range a.Watchers {
		if w.ID == id || !ownerStays {
			gone = append(gone, w)
		}
	}
	return gone
}

// without is the transaction that takes watchers off an account.
func without(a *watch.Account, gone []watch.Watcher) []store.Write {
	a.Watchers = slices.DeleteFunc(a.Watchers, func(w watch.Watcher) bool {
		return slices.ContainsFunc(gone, func(g watch.Watcher) bool { return g.ID == w.ID })
	})
	writes := []store.Write{store.PutAccount(a)}
	if len(a.Watchers) == 0 {
		writes = []store.Write{store.DeleteAccount(a), store.DeleteActivity(a.AccountKey)}
	}
	for _, g := range gone {
		if g.LineUser != "" {
			writes = append(writes, store.DeleteBinding(g.LineUser, a.AccountKey))
		}
	}
	return writes
}

// forgetPeople removes what is kept of people who watch nothing any more. A
// failure is not the caller's: they are unbound, and what is left holds a
// language and a time.
func (d *Desk) forgetPeople(ctx context.Context, gone []watch.Watcher) {
	for _, w := range gone {
		if w.LineUser == "" {
			continue
		}
		if err := d.forget(ctx, w.LineUser); err != nil {
			d.logger().WarnContext(ctx, "enrol: a person who watches nothing is still kept", "error", err)
		}
	}
}

// forget removes a person who watches nothing, unless wrong codes are held
// against them: leaving must not be the way out of a lock.
func (d *Desk) forget(ctx context.Context, lineUser string) error {
	p, err := d.Store.Person(ctx, lineUser)
	if err != nil || p.Version == 0 {
		return err
	}
	bindings, err := d.Store.Bindings(ctx, lineUser)
	if err != nil || len(bindings) > 0 {
		return err
	}
	tickets, err := d.Store.Tickets(ctx, store.PersonTickets(lineUser))
	if err != nil {
		return err
	}
	var writes []store.Write
	for _, t := range tickets {
		writes = append(writes, store.DeleteTicket(t.Kind, t.Hash))
	}
	if err := d.inParts(ctx, writes); err != nil {
		return err
	}
	now := d.now()
	if now.Before(p.LockedUntil) || now.Sub(p.WrongAt) < LockedFor {
		return nil
	}
	err = d.Store.Write(ctx, store.DeletePerson(p))
	if _, lost := store.AsCondition(err); lost {
		return nil // they came back
	}
	return err
}
