package membership

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"reflect"
	"strings"
	"time"

	"kozamori/internal/quote"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// Redeem binds a LINE user to the account that a code was made for, as an
// owner with the default rules, in one transaction with the code's end. The
// same code again by the same person, and a code for an account that they own
// already, come back as Already: rules and channels stay as they are. A
// guardian with a code of the bank becomes an owner and keeps the rules that
// they chose.
//
// ErrCode, ErrExpired, *Locked or ErrFull; any other error leaves it open
// whether the person was bound: redeem again. lang is the person's, if known.
func (d *Service) Redeem(ctx context.Context, lineUser, code string, lang watch.Lang) (Bound, error) {
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
		case c.UsedBy == d.alias(lineUser):
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
			verdict = d.wrongCode(p, now)
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
		d.logger().InfoContext(ctx, "membership: bound", "bank", bound.Account.Bank, "watchers", len(bound.Account.Watchers))
	}
	return bound, nil
}

// KeepStranger is how long somebody who watches nothing is remembered.
const KeepStranger = 30 * 24 * time.Hour

// stranger gives an end to what is kept of somebody who watches nothing.
func (d *Service) stranger(p *store.Person) {
	if p.Version == 0 || !p.Expires.IsZero() {
		p.Expires = d.now().Add(KeepStranger)
	}
}

// LogCodeWrong is logged when somebody gave a code that is none, and LogErased when an
// account was erased. Metrics are counted from them.
const (
	LogCodeWrong = "membership: a code was refused"
	LogErased    = "membership: erased"
)

// wrongCode counts a wrong code against a person.
func (d *Service) wrongCode(p *store.Person, now time.Time) error {
	if now.Sub(p.WrongAt) >= LockedFor {
		p.WrongCodes = 0
	}
	d.logger().Warn(LogCodeWrong)
	p.WrongCodes++
	p.WrongAt = now
	d.stranger(p)
	if p.WrongCodes >= MaxWrong {
		p.WrongCodes, p.LockedUntil = 0, now.Add(LockedFor)
		return &Locked{Until: p.LockedUntil}
	}
	return ErrCode
}

// bind commits the code's end, the account, the binding and the person
// together. The second result is a verdict of ours.
func (d *Service) bind(ctx context.Context, p *store.Person, c *store.Code, lang watch.Lang, now time.Time) (Bound, error, error) {
	a, err := d.account(ctx, c.Account)
	if err != nil {
		return Bound{}, nil, err
	}
	g := grant{Role: watch.Owner, Mask: c.Mask, Email: c.Email, Langs: []watch.Lang{lang, p.Lang, c.Lang}, Way: watch.WayChat}
	writes, bound, err := d.bindTo(ctx, a, p, g, past{c.Links, c.HistoryFrom}, now)
	if errors.Is(err, ErrFull) {
		return Bound{}, err, nil
	}
	if err != nil {
		return Bound{}, nil, err
	}
	c.UsedBy, c.UsedAt, c.Email, c.Links = d.alias(p.LineUser), now, "", nil
	if err := d.Store.Write(ctx, append(writes, store.PutPerson(p), store.PutCode(c))...); err != nil {
		return Bound{}, nil, err
	}
	a.Version++
	return bound, nil, nil
}

// bindTo makes a person a watcher of an account, and the writes that say so: the
// account, the binding, what the bank tells of before if it had no owner, and the
// step of the trail. The caller commits them with the person and with what let them
// in. ErrFull.
func (d *Service) bindTo(ctx context.Context, a *watch.Account, p *store.Person, g grant, before past, now time.Time) ([]store.Write, Bound, error) {
	first := unowned(a)
	w, already, err := d.admit(a, p, g, now)
	if err != nil {
		return nil, Bound{}, err
	}
	binding, err := d.binding(ctx, a, w)
	if err != nil {
		return nil, Bound{}, err
	}
	writes := []store.Write{store.PutAccount(a), binding}
	if a.Version == 0 {
		named, err := d.keepNames(ctx, a.AccountKey)
		if err != nil {
			return nil, Bound{}, err
		}
		writes = append(writes, named...)
	}
	if first {
		seeds, err := d.seed(ctx, a, before, now)
		if err != nil {
			return nil, Bound{}, err
		}
		writes = append(writes, seeds...)
	}
	if !already {
		writes = append(writes, d.joined(a, w, g.Way))
	}
	return writes, Bound{Account: a, Watcher: *w, Already: already}, nil
}

// account reads an account that may not be watched yet, by any of its refs.
func (d *Service) account(ctx context.Context, k watch.AccountKey) (*watch.Account, error) {
	a, err := d.Store.Account(ctx, k)
	if errors.Is(err, store.ErrNotFound) {
		names, err := d.Store.Names(ctx, k)
		if err != nil {
			return nil, err
		}
		return &watch.Account{AccountKey: names.Account}, nil
	}
	return a, err
}

// binding is the write that lets a watcher find their account.
func (d *Service) binding(ctx context.Context, a *watch.Account, w *watch.Watcher) (store.Write, error) {
	b, err := d.Store.Binding(ctx, w.LineUser, a.AccountKey)
	if err != nil {
		return store.Write{}, err
	}
	b.Watcher = w.ID
	return store.PutBinding(w.LineUser, *b), nil
}

// joined is the step of the trail that says who began to watch, and what they
// agreed to.
func (d *Service) joined(a *watch.Account, w *watch.Watcher, way watch.Way) store.Write {
	s := d.step(a.AccountKey, watch.StepJoined, w, way)
	if c := w.Consent; c != nil {
		s.Turns = append(s.Turns, c.Turn())
	}
	return d.Store.PutStep(s)
}

// grant is what a code, a nonce, an enrolment or an invitation gives a person.
type grant struct {
	Role       watch.Role
	Mask       quote.Text
	Email      string
	Name       quote.Text
	HideAmount bool
	Langs      []watch.Lang // the first that is known is the watcher's
	Way        watch.Way    // how the person came, which stands with what they agreed to
}

// admit makes a person a watcher of an account, in memory. One who is an
// owner already, or would gain nothing, keeps what they have, but that another
// invitation may hide amounts from a guardian and give them another name; a
// guardian that the bank vouches for becomes an owner and keeps their rules.
// ErrFull if there is no room.
func (d *Service) admit(a *watch.Account, p *store.Person, g grant, now time.Time) (w *watch.Watcher, already bool, err error) {
	if g.Mask != "" {
		a.Mask = g.Mask
	}
	w, known := a.WatcherOf(p.LineUser)
	already = known && (w.Role == watch.Owner || w.Role == g.Role)
	switch {
	case !known && len(a.Watchers) >= watch.MaxWatchers:
		return nil, false, ErrFull
	case !known:
		a.Watchers = append(a.Watchers, newWatcher(p, g, now))
		w = &a.Watchers[len(a.Watchers)-1]
	case !already:
		w.Role, w.Name, w.HideAmount = g.Role, g.Name, g.HideAmount
		if reflect.ValueOf(w.Rules).IsZero() {
			// A guardian's silence is not an owner's choice.
			w.Rules = defaultRules(g.Role)
		}
	}
	if !already {
		agreed := &watch.Consent{At: now, Way: g.Way, Version: d.Policy.Version}
		if w.Consent != nil {
			agreed.Unknown = w.Consent.Unknown
		}
		w.Consent = agreed
		addMail(w, g.Email)
	} else if watch.ByMail(p.LineUser) {
		addMail(w, g.Email) // they had stopped the mails
	}
	if already && w.Role == watch.Guardian {
		w.HideAmount = w.HideAmount || g.HideAmount
		w.Name = cmp.Or(g.Name, w.Name)
	}
	if c, ok := w.Mail(); ok && watch.ByMail(p.LineUser) && c.Address == g.Email {
		c.UnreachableSince = time.Time{} // they have read a mail there
	}
	// A person who acts on LINE is there, whatever became of an older "follow".
	if c, ok := w.Chat(); ok {
		c.UnreachableSince = time.Time{}
	}
	p.UnfollowedAt, p.WrongCodes, p.WrongAt, p.Expires = time.Time{}, 0, time.Time{}, time.Time{}
	if p.Lang == "" {
		p.Lang = w.Lang
	}
	return w, already, nil
}

// newWatcher has the default rules and is told over LINE, or by mail alone. The id says nothing
// about the person: it stays in records after they left.
func newWatcher(p *store.Person, g grant, now time.Time) watch.Watcher {
	lang := watch.Japanese
	for _, l := range g.Langs {
		if l != "" {
			lang = l
			break
		}
	}
	return watch.Watcher{
		ID: NewWatcherID(), Role: g.Role, Name: g.Name, LineUser: p.LineUser, Lang: lang, Since: now, HideAmount: g.HideAmount,
		Channels: watch.FirstChannels(p.LineUser), Rules: defaultRules(g.Role),
	}
}

// NewWatcherID makes the id of a new watcher, from crypto/rand.
func NewWatcherID() string { return "w" + strings.ToLower(rand.Text()) }

// addMail makes the address that the bank gave a further channel, unless the
// person has a mail address already.
func addMail(w *watch.Watcher, address string) {
	if _, has := w.Mail(); !has && address != "" {
		w.SetMail(address)
	}
}
