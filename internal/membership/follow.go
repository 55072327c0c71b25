package membership

import (
	"context"
	"errors"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// Followed says that a person added or unblocked the LINE account at a time
// of LINE's: LINE reaches them again, for every account. An event that is
// older than the latest one changes nothing. lang is the person's, if known.
func (d *Service) Followed(ctx context.Context, lineUser string, at time.Time, lang watch.Lang) error {
	return d.follow(ctx, lineUser, at, func(p *store.Person) {
		p.UnfollowedAt = time.Time{}
		if p.Lang == "" {
			p.Lang = lang
		}
	})
}

// Unfollowed says that a person blocked or left the LINE account: LINE takes
// messages to them and delivers none, so that the next channel is used.
func (d *Service) Unfollowed(ctx context.Context, lineUser string, at time.Time) error {
	return d.follow(ctx, lineUser, at, func(p *store.Person) { p.UnfollowedAt = at })
}

var errOlder = errors.New("membership: an older event")

func (d *Service) follow(ctx context.Context, lineUser string, at time.Time, change func(*store.Person)) error {
	at = at.UTC()
	p, err := d.Store.UpdatePerson(ctx, lineUser, func(p *store.Person) error {
		if at.Before(p.FollowEvent) {
			return errOlder
		}
		p.FollowEvent = at
		d.stranger(p)
		change(p)
		return nil
	})
	if errors.Is(err, errOlder) {
		return nil
	}
	if err != nil {
		return err
	}
	for b, err := range d.Store.Bindings(ctx, lineUser) {
		if err != nil {
			return err
		}
		if err := d.mark(ctx, lineUser, b.Account, at, p.UnfollowedAt); err != nil {
			return err
		}
	}
	return nil
}

// mark writes on one account whether LINE reaches a watcher, unless a later
// event has come meanwhile.
func (d *Service) mark(ctx context.Context, lineUser string, k watch.AccountKey, at, unreachable time.Time) error {
	_, err := d.Store.UpdateAccount(ctx, k, func(a *watch.Account) ([]store.Write, error) {
		p, err := d.Store.Person(ctx, lineUser)
		if err != nil {
			return nil, err
		}
		w, ok := a.WatcherOf(lineUser)
		if !ok || !p.FollowEvent.Equal(at) || !p.UnfollowedAt.Equal(unreachable) {
			return nil, errOlder
		}
		if c, ok := w.Chat(); ok && c.UnreachableSince.IsZero() != unreachable.IsZero() {
			c.UnreachableSince = unreachable
		}
		return []store.Write{store.CheckPerson(p)}, nil
	})
	if errors.Is(err, errOlder) || errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}
