package chat

import (
	"context"
	"errors"
	"slices"
	"time"

	"kozamori/internal/button"
	"kozamori/internal/membership"
	"kozamori/internal/message"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// askFor is how long the button that leaves works; later it asks again.
const askFor = time.Hour

func days(d time.Duration) int { return int(d / (24 * time.Hour)) }

func (t *talk) askLeave(ctx context.Context) (plan, error) { return t.askWhich(ctx, wording.AskLeave) }
func (t *talk) askErase(ctx context.Context) (plan, error) { return t.askWhich(ctx, wording.AskErase) }

func (t *talk) askWhich(ctx context.Context, ask func(wording.ChatLeaveFacts) message.Message) (plan, error) {
	_, f, err := t.leaving(ctx)
	switch {
	case err != nil:
		return plan{}, err
	case len(f.Accounts) == 0:
		return t.unconnected(ctx, f.Lang)
	}
	return say(ask(f)), nil
}

// leaving is what the person watches, and what is said of leaving it.
func (t *talk) leaving(ctx context.Context) ([]membership.Bound, wording.ChatLeaveFacts, error) {
	list, lang, err := t.accounts(ctx)
	return list, wording.ChatLeaveFacts{Lang: lang, Accounts: t.chatAccounts(ctx, lang, list), Now: t.at(),
		KeepDays: days(t.Store.KeepDispute), RecordDays: days(store.KeepRecord), CopyDays: days(store.KeepCopies)}, err
}

// pressed tells which accounts a button of leaving or erasing names. An
// account is named by the id of its watcher, which tells nothing to anybody
// else. False if the button is too old to be sure that it is still meant.
func (t *talk) pressed(p button.Press, list []membership.Bound) ([]membership.Bound, bool) {
	if since := t.at().Sub(p.Asked); p.Asked.IsZero() || since > askFor || since < -askFor {
		return nil, false
	}
	var out []membership.Bound
	for _, b := range list {
		if p.Watcher == b.Watcher.ID || p.Watcher == button.All {
			out = append(out, b)
		}
	}
	return out, true
}

// leave ends the watching of the accounts that a button names.
func (t *talk) leave(ctx context.Context, p button.Press) (plan, error) {
	list, f, err := t.leaving(ctx)
	if err != nil {
		return plan{}, err
	}
	list, fresh := t.pressed(p, list)
	switch {
	case !fresh:
		return t.askLeave(ctx)
	case len(list) == 0:
		return t.useless(ctx)
	}
	return t.unbind(ctx, list, f), nil
}

// goingFrom are accounts that a person is about to leave, with what brings them back
// where they are an owner.
func (t *talk) goingFrom(ctx context.Context, lang watch.Lang, list []membership.Bound) []wording.ChatAccount {
	out := t.chatAccounts(ctx, lang, list)
	for i, b := range list {
		if b.Watcher.Role == watch.Owner {
			out[i].Step = membership.LeavingStep(b.Account, b.Watcher.ID)
		}
	}
	return out
}

func (t *talk) unbind(ctx context.Context, list []membership.Bound, f wording.ChatLeaveFacts) plan {
	f.Accounts = t.goingFrom(ctx, f.Lang, list)
	p := say(wording.Left(f))
	p.do = func(ctx context.Context) error {
		for _, b := range list {
			if _, err := t.Membership.Unbind(ctx, t.Event.User, b.Account.AccountKey, watch.WayChat); err != nil && !errors.Is(err, membership.ErrNotFound) {
				return err
			}
		}
		return nil
	}
	return p
}

// erase asks once more, or erases the accounts that a button names. Of all of
// them those are only left that are not the person's alone.
func (t *talk) erase(ctx context.Context, press button.Press) (plan, error) {
	list, f, err := t.leaving(ctx)
	if err != nil {
		return plan{}, err
	}
	list, fresh := t.pressed(press, list)
	all := press.Watcher == button.All
	switch {
	case !fresh:
		return t.askErase(ctx)
	case len(list) == 0:
		return t.useless(ctx)
	case !all && !erasable(list[0]):
		// A second try of the same press may come here: the account is still
		// watched, so that the first did not erase it, whatever it meant to say.
		p, err := t.useless(ctx)
		p.do = func(context.Context) error { return &instead{p.say} }
		return p, err
	case !slices.ContainsFunc(list, erasable): // those that could be are gone by now
		return t.unbind(ctx, list, f), nil
	}
	f.Accounts = t.goingFrom(ctx, f.Lang, list)
	p := say(wording.Erased(f))
	p.do = func(ctx context.Context) error {
		if all {
			_, err := t.Membership.Forget(ctx, t.Event.User, watch.WayChat)
			return err
		}
		err := t.Membership.EraseOwn(ctx, t.Event.User, list[0].Account.AccountKey, watch.WayChat)
		switch {
		case errors.Is(err, membership.ErrNotFound):
			return nil
		case errors.Is(err, membership.ErrShared): // another owner came in the meantime
			f.Accounts[0].Erasable = false
			return &instead{[]message.Message{wording.AskErase(f)}}
		}
		return err
	}
	return p, nil
}
