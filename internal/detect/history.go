package detect

import (
	"context"
	"errors"
	"slices"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// since notes since when all debits of the account are on record, if that is
// longer than was known.
func (a *accountWork) since(ctx context.Context, from time.Time) error {
	if !from.Before(a.account.WatchedSince()) {
		return nil
	}
	return a.changing(ctx, func() error {
		if !a.activity.Since(from) {
			return nil
		}
		if err := a.Store.Write(ctx, store.PutActivity(a.account.AccountKey, a.activity)); err != nil {
			return err
		}
		a.activity.Version++
		return nil
	})
}

// errNotSeeded says that an event is not about a charge link that the bank named
// when it bound the account, so that it is dealt with like any other.
var errNotSeeded = errors.New("it is about no link that was named before")

// seeded deals with an event about a charge link that the bank has named
// already, with its service and day, when it bound the account; errNotSeeded if it
// is about no such link.
func (a *accountWork) seeded(ctx context.Context, w work, entry watch.Entry) (outcome, error) {
	switch entry.Kind {
	case watch.LinkRemoved:
		return a.seededRemoved(ctx, w, entry)
	case watch.LinkRegistered:
		return outcome{}, a.seededRegistered(ctx, w, entry)
	}
	return outcome{}, errNotSeeded
}

// seededRemoved ends a link that the bank had named when it bound the account,
// and whose registration, with the id that the removal has, it never sent: the
// only one of its service that stands. The id leads there from now on.
func (a *accountWork) seededRemoved(ctx context.Context, w work, entry watch.Entry) (outcome, error) {
	s := a.activity.Services[w.match.Service]
	if s == nil || w.match.Service == "" {
		return outcome{}, errNotSeeded
	}
	standing := slices.DeleteFunc(slices.Clone(s.Links), func(l watch.Link) bool { return !l.RemovedAt.IsZero() || l.RegisteredAt.After(entry.At) })
	if len(standing) != 1 {
		return outcome{}, errNotSeeded
	}
	own := a.newRecord(w.event)
	switch _, err := a.Store.Record(ctx, own.ID); {
	case err == nil:
		return outcome{}, errNotSeeded // of a link that has this id
	case !errors.Is(err, store.ErrNotFound):
		return outcome{}, err
	}
	old, err := a.Store.Record(ctx, standing[0].Record)
	if errors.Is(err, store.ErrNotFound) || err == nil && !old.Seeded() {
		return outcome{}, errNotSeeded
	}
	if err != nil {
		return outcome{}, err
	}
	own.Kind, own.OccurredAt, own.ReceivedAt, own.Alias = watch.LinkRegistered, entry.At, entry.ReceivedAt, old.ID
	entry.Txn = own.Txn
	return a.add(ctx, w, entry, []*watch.Record{old, own})
}

// seededRegistered deals with the registration of such a link. The link's own
// record takes the place of the one that stood for it: it has the id by which
// its removal will be known. One that somebody has answered stays, and the
// event says nothing new.
func (a *accountWork) seededRegistered(ctx context.Context, w work, entry watch.Entry) error {
	s := a.activity.Services[entry.Service]
	if s == nil {
		return errNotSeeded
	}
	has := func(id string) bool {
		return slices.ContainsFunc(s.Links, func(l watch.Link) bool { return l.Record == id })
	}
	id := watch.SeededID(w.event.Account(), &entry)
	if !has(id) {
		id = watch.SeededBefore(w.event.Account(), &entry)
	}
	if !has(id) {
		return errNotSeeded
	}
	old, err := a.Store.Record(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return errNotSeeded
	}
	if err != nil {
		return err
	}
	if old.Answer != nil {
		return a.Store.Write(ctx, trace(w.event, old))
	}
	r := a.newRecord(w.event, entry)
	switch _, err := a.Store.Record(ctx, r.ID); {
	case err == nil:
		return errNotSeeded
	case !errors.Is(err, store.ErrNotFound):
		return err
	}
	r.Past, r.ShownAt = true, old.ShownAt
	if r.ShownAt.IsZero() {
		r.ShownAt = old.RecordedAt
	}
	a.activity.Replace(old, r)
	old.Tell(nil)
	err = a.Store.Write(ctx, store.PutRecord(r), store.PutRecord(old), store.PutActivity(r.Account, a.activity), trace(w.event, r))
	if err == nil {
		a.activity.Version++
	}
	return err
}
