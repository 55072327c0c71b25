package chat

import (
	"context"
	"errors"
	"time"

	"kozamori/internal/membership"
	"kozamori/internal/message"
	"kozamori/internal/wording"
)

// follow greets somebody who added or unblocked us: from now on LINE reaches
// them again.
func (t *talk) follow(ctx context.Context) (plan, error) {
	profile := t.profileLang(ctx, t.Event.User)
	if err := t.Membership.Followed(ctx, t.Event.User, t.at(), profile); err != nil {
		return plan{}, err
	}
	list, lang, err := t.accounts(ctx)
	if err != nil {
		return plan{}, err
	}
	return say(wording.Welcome(lang, t.chatAccounts(ctx, lang, list), t.consent())), nil
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
	bound, err := t.Membership.Redeem(ctx, t.Event.User, code, lang)
	locked, isLocked := errors.AsType[*membership.Locked](err)
	switch {
	case errors.Is(err, membership.ErrCode):
		return say(wording.CodeWrong(lang)), nil
	case errors.Is(err, membership.ErrExpired):
		return say(wording.CodeExpired(lang)), nil
	case isLocked:
		return say(wording.CodeLocked(lang, locked.Until, t.at())), nil
	case errors.Is(err, membership.ErrFull):
		return say(wording.CodeFull(lang)), nil
	case err != nil:
		return plan{}, err
	}
	return t.connected(ctx, []membership.Bound{bound})
}

// connected greets somebody whose accounts, of one bank, are bound.
func (t *talk) connected(ctx context.Context, list []membership.Bound) (plan, error) {
	w := list[0].Watcher
	f := wording.ConnectedFacts{Lang: w.Lang, Rules: w.Rules, Accounts: t.chatAccounts(ctx, w.Lang, list), Already: true, Consent: t.consent()}
	for _, b := range list {
		f.Already = f.Already && b.Already && b.Watcher.Since.Before(t.at().Add(-justNow))
	}
	_, f.Mail = w.Mail()
	m := wording.Connected(f)
	if f.Already {
		return say(m), nil
	}
	// Another owner's watching may have found some.
	services, err := t.servicesOnce(ctx, list, w.Lang)
	if err != nil || services == nil {
		return say(m), err
	}
	services.Choices = m.Choices // only the last message's are shown
	return plan{say: []message.Message{m, *services}}, nil
}
