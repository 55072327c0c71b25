package chat

import (
	"context"
	"time"

	"kozamori/internal/button"
	"kozamori/internal/membership"
	"kozamori/internal/settings"
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
		return t.unconnected(ctx, lang)
	}
	return say(wording.AskPause(lang, t.at())), nil
}

// pause stops what is not critical for a while, on every account.
func (t *talk) pause(ctx context.Context, press button.Press) (plan, error) {
	until, ok := pauseEnd(t.at(), press)
	if !ok {
		return t.askPause(ctx)
	}
	list, lang, err := t.accounts(ctx)
	switch {
	case err != nil:
		return plan{}, err
	case len(list) == 0:
		return t.unconnected(ctx, lang)
	}
	p := say(wording.Paused(lang, until, t.at()))
	p.do = func(ctx context.Context) error { return t.pauseUntil(ctx, list, until) }
	return p, nil
}

// pauseEnd is the end of a pause that begins at a time. False if the button
// names none, or one that is over: the button is an old one.
func pauseEnd(at time.Time, p button.Press) (time.Time, bool) {
	end := p.Until
	if end.IsZero() && p.For > 0 {
		end = at.Add(p.For)
	}
	return end.UTC(), end.After(at) && end.Before(at.Add(maxPause))
}

func (t *talk) resume(ctx context.Context) (plan, error) {
	list, lang, err := t.accounts(ctx)
	switch {
	case err != nil:
		return plan{}, err
	case len(list) == 0:
		return t.unconnected(ctx, lang)
	}
	paused := false
	for _, b := range list {
		paused = paused || b.Watcher.Rules.PausedUntil.After(t.at())
	}
	p := say(wording.Resumed(lang, paused))
	p.do = func(ctx context.Context) error { return t.pauseUntil(ctx, list, time.Time{}) }
	return p, nil
}

// pauseUntil writes a pause, or its end, to every account of the person.
func (t *talk) pauseUntil(ctx context.Context, list []membership.Bound, until time.Time) error {
	var accounts []watch.AccountKey
	for _, b := range list {
		accounts = append(accounts, b.Account.AccountKey)
	}
	return settings.New(t.Store, t.Queue).Pause(ctx, t.Event.User, accounts, t.at(), until)
}
