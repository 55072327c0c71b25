package chat

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"time"

	"kozamori/internal/enrol"
	"kozamori/internal/look"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// follow greets somebody who added or unblocked us: from now on LINE reaches
// them again.
func (t *talk) follow(ctx context.Context) (plan, error) {
	profile := t.profileLang(ctx, t.Event.User)
	if err := t.Enrol.Followed(ctx, t.Event.User, t.at(), profile); err != nil {
		return plan{}, err
	}
	list, lang, err := t.accounts(ctx)
	if err != nil {
		return plan{}, err
	}
	return say(wording.Welcome(lang, t.chatAccounts(ctx, lang, list))), nil
}

// justNow is how far LINE's clock and ours may differ when we tell a binding
// that this very event made from an older one.
const justNow = time.Minute

// redeem binds the account of a code.
func (t *talk) redeem(ctx context.Context, code string) (plan, error) {
	lang, err := t.lang(ctx)
	if err != nil {
		return plan{}, err
	}
	bound, err := t.Enrol.Redeem(ctx, t.Event.User, code, lang)
	locked, isLocked := errors.AsType[*enrol.Locked](err)
	switch {
	case errors.Is(err, enrol.ErrCode):
		return say(wording.CodeWrong(lang)), nil
	case errors.Is(err, enrol.ErrExpired):
		return say(wording.CodeExpired(lang)), nil
	case isLocked:
		return say(wording.CodeLocked(lang, locked.Until, t.at())), nil
	case errors.Is(err, enrol.ErrFull):
		return say(wording.CodeFull(lang)), nil
	case err != nil:
		return plan{}, err
	}
	return t.connected(ctx, []enrol.Bound{bound})
}

// connected greets somebody whose accounts, of one bank, are bound.
func (t *talk) connected(ctx context.Context, list []enrol.Bound) (plan, error) {
	w := list[0].Watcher
	f := wording.ConnectedFacts{Lang: w.Lang, Rules: w.Rules, Accounts: t.chatAccounts(ctx, w.Lang, list), Already: true}
	for _, b := range list {
		f.Already = f.Already && b.Already && b.Watcher.Since.Before(t.at().Add(-justNow))
	}
	for _, c := range w.Channels {
		f.Mail = f.Mail || c.Kind == watch.Email
	}
	m := wording.Connected(f)
	if f.Already {
		return say(m), nil
	}
	for _, b := range list {
		// Another owner's watching may have found some.
		found, err := look.Services(ctx, t.Store, b.Account.AccountKey)
		if err != nil {
			return plan{}, err
		}
		if len(found) > 0 {
			wording.ServicesHint(&m)
			break
		}
	}
	return say(m), nil
}

// askFor is how long the button that leaves works; later it asks again.
const askFor = time.Hour

func (t *talk) askLeave(ctx context.Context) (plan, error) {
	list, lang, err := t.accounts(ctx)
	switch {
	case err != nil:
		return plan{}, err
	case len(list) == 0:
		return say(wording.NotConnected(lang)), nil
	}
	return say(wording.AskLeave(lang, t.chatAccounts(ctx, lang, list), t.at())), nil
}

// leave ends the watching of the accounts that a button names. An account is
// named by the id of its watcher, which tells nothing to anybody else.
func (t *talk) leave(ctx context.Context, v url.Values) (plan, error) {
	asked, err := strconv.ParseInt(v.Get("t"), 36, 64)
	if since := t.at().Sub(time.Unix(asked, 0)); err != nil || since > askFor || since < -askFor {
		return t.askLeave(ctx)
	}
	list, lang, err := t.accounts(ctx)
	if err != nil {
		return plan{}, err
	}
	var leaving []enrol.Bound
	for _, b := range list {
		if id := v.Get("w"); id == b.Watcher.ID || id == wording.LeaveAll {
			leaving = append(leaving, b)
		}
	}
	if len(leaving) == 0 {
		return t.useless(ctx)
	}
	p := say(wording.Left(lang, t.chatAccounts(ctx, lang, leaving)))
	p.do = func(ctx context.Context) error {
		for _, b := range leaving {
			if _, err := t.Enrol.Unbind(ctx, t.Event.User, b.Account.AccountKey); err != nil && !errors.Is(err, enrol.ErrNotFound) {
				return err
			}
		}
		return nil
	}
	return p, nil
}
