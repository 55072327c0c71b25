package chat

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"kozamori/internal/membership"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// maxPause is the longest pause that a button can ask for.
const maxPause = 8 * 24 * time.Hour

func (t *talk) askPause(ctx context.Context) (plan, error) {
	list, lang, err := t.accounts(ctx)
	switch {
	case err != nil:
		return plan{}, err
	case len(list) == 0:
		return say(wording.NotConnected(lang)), nil
	}
	return say(wording.AskPause(lang, t.at())), nil
}

// pause stops what is not critical for a while, on every account.
func (t *talk) pause(ctx context.Context, length string) (plan, error) {
	until, ok := pauseEnd(t.at(), length)
	if !ok {
		return t.askPause(ctx)
	}
	list, lang, err := t.accounts(ctx)
	switch {
	case err != nil:
		return plan{}, err
	case len(list) == 0:
		return say(wording.NotConnected(lang)), nil
	}
	p := say(wording.Paused(lang, until, t.at()))
	p.do = func(ctx context.Context) error { return t.pauseUntil(ctx, list, until) }
	return p, nil
}

// pauseEnd reads the length of a pause that begins at a time. False if it is
// none, or over: the button is an old one.
func pauseEnd(at time.Time, length string) (time.Time, bool) {
	var end time.Time
	switch seconds, fixed := strings.CutPrefix(length, wording.PauseMorning); {
	case fixed:
		n, err := strconv.ParseInt(seconds, 10, 64)
		if err != nil {
			return end, false
		}
		end = time.Unix(n, 0)
	case length == wording.PauseHour, length == wording.PauseWeek:
		d, err := time.ParseDuration(length)
		if err != nil {
			return end, false
		}
		end = at.Add(d)
	}
	return end.UTC(), end.After(at) && end.Before(at.Add(maxPause))
}

func (t *talk) resume(ctx context.Context) (plan, error) {
	list, lang, err := t.accounts(ctx)
	switch {
	case err != nil:
		return plan{}, err
	case len(list) == 0:
		return say(wording.NotConnected(lang)), nil
	}
	paused := false
	for _, b := range list {
		paused = paused || b.Watcher.Rules.PausedUntil.After(t.at())
	}
	p := say(wording.Resumed(lang, paused))
	p.do = func(ctx context.Context) error { return t.pauseUntil(ctx, list, time.Time{}) }
	return p, nil
}

var errOlder = errors.New("chat: an older event")

// pauseUntil writes a pause, or its end, to every account of the person. Of
// two events the later one counts, in whatever order they come or come again.
func (t *talk) pauseUntil(ctx context.Context, list []membership.Bound, until time.Time) error {
	at := t.at().UTC()
	_, err := t.Store.UpdatePerson(ctx, t.Event.User, func(p *store.Person) error {
		if at.Before(p.PauseEvent) {
			return errOlder
		}
		p.PauseEvent = at
		return nil
	})
	if errors.Is(err, errOlder) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, b := range list {
		if err := t.pauseOne(ctx, b.Account.AccountKey, at, until); err != nil {
			return err
		}
	}
	return nil
}

func (t *talk) pauseOne(ctx context.Context, k watch.AccountKey, at, until time.Time) error {
	return store.Retry(ctx, func() error {
		p, err := t.Store.Person(ctx, t.Event.User)
		if err != nil || !p.PauseEvent.Equal(at) {
			return err
		}
		a, err := t.Store.Account(ctx, k)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		w, ok := a.WatcherOf(t.Event.User)
		if !ok || w.Rules.PausedUntil.Equal(until) {
			return nil
		}
		w.Rules.PausedUntil = until
		return t.Store.Write(ctx, store.PutAccount(a), store.CheckPerson(p))
	})
}
