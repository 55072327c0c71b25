package chat

import (
	"context"
	"errors"

	"kozamori/internal/membership"
	"kozamori/internal/message"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// family gives the way to the pages where guardians are invited.
func (t *talk) family(ctx context.Context) (plan, error) {
	return t.door(ctx, wording.CmdFamily, wording.OpenFamily)
}

// settings gives the way to the settings page.
func (t *talk) settings(ctx context.Context) (plan, error) {
	return t.door(ctx, wording.CmdSettings, wording.OpenSettings)
}

// door makes a link to the person's own pages, which opens once.
func (t *talk) door(ctx context.Context, name wording.Command, open func(watch.Lang, string) message.Message) (plan, error) {
	list, lang, err := t.accounts(ctx)
	switch {
	case err != nil:
		return plan{}, err
	case t.Door == nil:
		return say(wording.NotYet(lang, name)), nil
	case len(list) == 0:
		return t.unconnected(ctx, lang)
	}
	link, err := t.Door(ctx, t.Event.User, lang)
	if err != nil {
		return plan{}, err
	}
	return say(open(lang, link)), nil
}

// invited shows what an invitation offers. It binds nothing: the person
// who got it decides with a button.
func (t *talk) invited(ctx context.Context, code string) (plan, error) {
	lang, err := t.lang(ctx)
	if err != nil {
		return plan{}, err
	}
	inv, err := t.Membership.Invitation(ctx, t.Event.User, code)
	if err != nil {
		return t.notInvited(lang, err)
	}
	bank, _ := t.Names.Bank(ctx, inv.Account.Bank, lang)
	return say(wording.AskJoin(wording.InvitationFacts{Lang: lang, Consent: t.consent(), Account: wording.ChatAccount{BankName: bank, Mask: inv.Mask},
		HideAmount: inv.HideAmount, Expires: inv.Expires, Now: t.at(), Code: code})), nil
}

// join binds a guardian.
func (t *talk) join(ctx context.Context, code string) (plan, error) {
	lang, err := t.lang(ctx)
	if err != nil {
		return plan{}, err
	}
	bound, err := t.Membership.Accept(ctx, t.Event.User, code, lang)
	if err != nil {
		return t.notInvited(lang, err)
	}
	w := bound.Watcher
	account := t.chatAccounts(ctx, w.Lang, []membership.Bound{bound})[0]
	already := bound.Already && w.Since.Before(t.at().Add(-justNow))
	return say(wording.Joined(w.Lang, account, w.HideAmount, already)), nil
}

// notInvited words why an invitation binds nothing.
func (t *talk) notInvited(lang watch.Lang, err error) (plan, error) {
	locked, isLocked := errors.AsType[*membership.Locked](err)
	switch {
	case errors.Is(err, membership.ErrInvite):
		return say(wording.InviteWrong(lang)), nil
	case errors.Is(err, membership.ErrExpired):
		return say(wording.InviteExpired(lang)), nil
	case errors.Is(err, membership.ErrOwn):
		return say(wording.InviteOwn(lang)), nil
	case errors.Is(err, membership.ErrFull):
		return say(wording.CodeFull(lang)), nil
	case isLocked:
		return say(wording.CodeLocked(lang, locked.Until, t.at())), nil
	}
	return plan{}, err
}
