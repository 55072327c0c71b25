package enrol

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// Redeem binds a LINE user to the account that a code was made for, as an
// owner with the default rules, in one transaction with the code's end. The
// same code again by the same person, and a code for an account that they own
// already, come back as Already: rules and channels stay as they are. A
// guardian with a code of the bank becomes an owner and keeps their rules.
//
// ErrCode, ErrExpired, *Locked or ErrFull; any other error leaves it open
// whether the person was bound: redeem again. lang is the person's, if known.
func (d *Desk) Redeem(ctx context.Context, lineUser, code string, lang watch.Lang) (Bound, error) {
	hash := d.Keys.Hash(purpose, bare(code))
	var bound Bound
	var verdict error
	err := store.Retry(ctx, func() error {
		bound, verdict = Bound{}, nil
		now := d.now()
		p, err := d.Store.Person(ctx, lineUser)
		if err != nil {
			return err
		}
		if now.Before(p.LockedUntil) {
			verdict = &Locked{Until: p.LockedUntil}
			return nil
		}
		c, err := d.Store.Code(ctx, hash)
		switch {
		case errors.Is(err, store.ErrNotFound):
			c = nil
		case err != nil:
			return err
		case c.UsedBy == lineUser:
			// An answer that got lost, or a second tap.
			if a, err := d.Store.Account(ctx, c.Account); err == nil {
				if w, ok := a.WatcherOf(lineUser); ok {
					bound = Bound{Account: a, Watcher: *w, Already: true}
					return nil
				}
			} else if !errors.Is(err, store.ErrNotFound) {
				return err
			}
		}
		switch {
		case c == nil, c.UsedBy != "":
			// The outcome of a guess is told only once the guess is counted:
			// many at a time learn no more than one after the other.
			verdict = wrongCode(p, now)
			return d.Store.Write(ctx, store.PutPerson(p))
		case !now.Before(c.Expires):
			verdict = ErrExpired
			return nil
		}
		bound, verdict, err = d.bind(ctx, p, c, lang, now)
		return err
	})
	if err == nil {
		err = verdict
	}
	if err != nil {
		return Bound{}, err
	}
	if !bound.Already {
		d.logger().InfoContext(ctx, "enrol: bound", "bank", bound.Account.Bank, "watchers", len(bound.Account.Watchers))
	}
	return bound, nil
}

// wrongCode counts a wrong code against a person.
func wrongCode(p *store.Person, now time.Time) error {
	if now.Sub(p.WrongAt) >= LockedFor {
		p.WrongCodes = 0
	}
	p.WrongCodes++
	p.WrongAt = now
	if p.WrongCodes >= MaxWrong {
		p.WrongCodes, p.LockedUntil = 0, now.Add(LockedFor)
		return &Locked{Until: p.LockedUntil}
	}
	return ErrCode
}

// bind commits the code's end, the account, the binding and the person
// together. The second result is a verdict of ours.
func (d *Desk) bind(ctx context.Context, p *store.Person, c *store.Code, lang watch.Lang, now time.Time) (Bound, error, error) {
	a, err := d.Store.Account(ctx, c.Account)
	if errors.Is(err, store.ErrNotFound) {
		a, err = &watch.Account{AccountKey: c.Account}, nil
	}
	if err != nil {
		return Bound{}, nil, err
	}
	if c.Mask != "" {
		a.Mask = c.Mask
	}
	w, known := a.WatcherOf(p.LineUser)
	already := known && w.Role == watch.Owner
	switch {
	case !known && len(a.Watchers) >= watch.MaxWatchers:
		return Bound{}, ErrFull, nil
	case !known:
		a.Watchers = append(a.Watchers, newWatcher(p, c, lang, now))
		w = &a.Watchers[len(a.Watchers)-1]
	case !already:
		w.Role, w.HideAmount = watch.Owner, false
	}
	if !already {
		addMail(w, c.Email)
	}
	// Whoever sends a code is there, whatever became of an older "follow".
	for i := range w.Channels {
		if w.Channels[i].Kind == watch.LINE {
			w.Channels[i].UnreachableSince = time.Time{}
		}
	}
	p.UnfollowedAt, p.WrongCodes, p.WrongAt = time.Time{}, 0, time.Time{}
	if p.Lang == "" {
		p.Lang = w.Lang
	}
	c.UsedBy, c.UsedAt, c.Email = p.LineUser, now, ""
	err = d.Store.Write(ctx, store.PutCode(c), store.PutPerson(p), store.PutAccount(a),
		store.PutBinding(p.LineUser, store.Binding{Account: a.AccountKey, Watcher: w.ID}))
	if err != nil {
		return Bound{}, nil, err
	}
	a.Version++
	return Bound{Account: a, Watcher: *w, Already: already}, nil, nil
}

// newWatcher is an owner with the default rules, told over LINE. The id says
// nothing about the person: it stays in records after they left.
func newWatcher(p *store.Person, c *store.Code, lang watch.Lang, now time.Time) watch.Watcher {
	for _, l := range []watch.Lang{p.Lang, c.Lang, watch.Japanese} {
		if lang == "" {
			lang = l
		}
	}
	return watch.Watcher{
		ID: NewWatcherID(), Role: watch.Owner, LineUser: p.LineUser, Lang: lang, Since: now,
		Channels: []watch.Channel{{Kind: watch.LINE}}, Rules: watch.DefaultRules(),
	}
}

// NewWatcherID makes the id of a new watcher, from crypto/rand.
func NewWatcherID() string { return "w" + strings.ToLower(rand.Text()) }

// addMail makes the address that the bank gave a further channel, unless the
// person has a mail address already.
func addMail(w *watch.Watcher, address string) {
	if address == "" {
		return
	}
	for _, c := range w.Channels {
		if c.Kind == watch.Email {
			return
		}
	}
	w.Channels = append(w.Channels, watch.Channel{Kind: watch.Email, Address: address})
}
