package membership

import (
	"context"
	"errors"
	"time"

	"kozamori/internal/queue"
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

// Unfollowed says that a person blocked or left the LINE account at a time of LINE's: it
// takes messages to them and delivers none, so that the next channel is used, also for
// those that it took since.
func (d *Service) Unfollowed(ctx context.Context, lineUser string, at time.Time) error {
	at = at.UTC()
	if err := d.follow(ctx, lineUser, at, func(p *store.Person) { p.UnfollowedAt = at }); err != nil {
		return err
	}
	return d.lost(ctx, lineUser, at)
}

// onItsWay is how much later a delivery is looked at that was perhaps being sent as its
// reader left: who sends it may not have read that they had.
const onItsWay = 30 * time.Second

// lost has the next channel tell what the chat took for a person since they had left it
// at a time, and until they came back, if they did. What it is about may be of long ago,
// as what the bank did about a dispute: all records are looked through.
func (d *Service) lost(ctx context.Context, lineUser string, at time.Time) error {
	if d.Queue == nil {
		return nil
	}
	p, err := d.Store.Person(ctx, lineUser)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	back := time.Time{}
	if p.UnfollowedAt.IsZero() {
		back = p.FollowEvent
	}
	var jobs queue.Jobs
	for b, err := range d.Store.Bindings(ctx, lineUser) {
		if err == nil {
			err = d.lostOf(ctx, b.Account, lineUser, at, back, &jobs)
		}
		if err != nil {
			return err
		}
	}
	return jobs.Send(ctx, d.Queue)
}

// lostOf is lost of one account.
func (d *Service) lostOf(ctx context.Context, k watch.AccountKey, lineUser string, at, back time.Time, jobs *queue.Jobs) error {
	a, err := d.Store.Account(ctx, k)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	w, ok := a.WatcherOf(lineUser)
	if !ok {
		return nil
	}
	chat, ok := w.Chat()
	if !ok {
		return nil
	}
	for r, err := range d.Store.History(ctx, k, time.Time{}, time.Time{}) {
		if err != nil {
			return err
		}
		for i := range r.Deliveries {
			t := &r.Deliveries[i]
			switch {
			case t.Watcher != w.ID || t.Channel != chat.Kind:
			case t.State == watch.Accepted && !t.AcceptedAt.Before(at) && (back.IsZero() || t.AcceptedAt.Before(back)):
				jobs.Gone(r, t, at, 0)
			case t.State.Waits() && back.IsZero():
				jobs.Gone(r, t, at, onItsWay)
			}
		}
	}
	return nil
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
